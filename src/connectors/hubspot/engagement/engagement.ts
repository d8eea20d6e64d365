import type { CallContext } from '../../../model/budget.ts';
import {
  type EngagementKind,
  engagementKinds,
  type FoundActivity,
  type WantedEngagement,
} from '../../../model/engagement.ts';
import { CallFailed } from '../../../model/failure.ts';
import { mapConcurrently } from '../../batches.ts';
import type { HubSpotHttp } from '../http.ts';
import { batchConcurrency } from '../limits.ts';
import { HubSpotForms } from './forms.ts';
import { HubSpotListJoins } from './list-joins.ts';
import { readLogged } from './logged.ts';
import { HubSpotMails } from './mails.ts';
import { readPages } from './pages.ts';

/** What was found of each contact. */
export type Engagement = ReadonlyMap<string, readonly FoundActivity[]>;

type Source = (wanted: readonly WantedEngagement[], context: CallContext) => Promise<Engagement>;

/**
 * What people did, in detail, by the cheapest calls: one a person for pages, the others shared by all. What the account or the app is not
 * allowed (403: events need Enterprise, the others a scope) is not asked for again in the life of the process.
 */
export class HubSpotEngagement {
  readonly #sources: Readonly<Record<EngagementKind, Source>>;
  readonly #refused = new Set<EngagementKind>();

  constructor(http: HubSpotHttp) {
    const forms = new HubSpotForms(http);
    const mails = new HubSpotMails(http);
    const lists = new HubSpotListJoins(http);
    this.#sources = {
      pages: async (wanted, context) => {
        const pages = await mapConcurrently(
          wanted,
          batchConcurrency,
          // Once refused, those that wait are not sent any more.
          async (person) =>
            this.#refused.has('pages')
              ? []
              : await this.#allowed('pages', [], () => readPages(http, person, context)),
        );
        return new Map(wanted.map(({ contactId }, index) => [contactId, pages[index] ?? []]));
      },
      forms: (wanted, context) => forms.read(wanted, context),
      mails: (wanted, context) => mails.read(wanted, context),
      logged: (wanted, context) => readLogged(http, wanted, context),
      lists: (wanted, context) => lists.read(wanted, context),
    };
  }

  /** The kinds that HubSpot refused. */
  get refused(): readonly EngagementKind[] {
    return [...this.#refused];
  }

  async #allowed<T>(kind: EngagementKind, otherwise: T, ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof CallFailed && error.failure.category === 'permission')) throw error;
      this.#refused.add(kind);
      return otherwise;
    }
  }

  /** @throws CallFailed where HubSpot could not be asked; asking again finds the same. */
  async read(wanted: readonly WantedEngagement[], context: CallContext): Promise<Engagement> {
    const found = new Map<string, FoundActivity[]>();
    for (const kind of engagementKinds) {
      const people = wanted.filter(({ kinds }) => kinds.has(kind));
      if (people.length === 0 || this.#refused.has(kind)) continue;
      const part = await this.#allowed(kind, new Map(), () => this.#sources[kind](people, context));
      for (const [id, activities] of part) found.set(id, [...(found.get(id) ?? []), ...activities]);
    }
    return found;
  }
}
