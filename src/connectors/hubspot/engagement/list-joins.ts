import { z } from 'zod';
import type { CallContext } from '../../../model/budget.ts';
import type { FoundActivity, WantedEngagement } from '../../../model/engagement.ts';
import type { HubSpotHttp } from '../http.ts';
import { type ListMembership, readMemberships } from '../list-memberships.ts';

/** Names of so many lists in one call: they stand in the address. */
const namesMax = 100;
/** Of one person so many are told, those joined last: some are on hundreds of lists that fill themselves. */
const perPersonMax = 10;

const namesSchema = z.object({ lists: z.array(z.object({ listId: z.string(), name: z.string() })) });

/** What HubSpot says of one person. */
interface Joins {
  readonly contactId: string;
  /** What is told: those that joined last, of lists joined since the moment that was asked for. */
  readonly told: readonly ListMembership[];
  /** Those that may be one of the joins that are known: of the same moment. */
  readonly standing: readonly ListMembership[];
  readonly known: NonNullable<WantedEngagement['joined']>;
}

/**
 * Which lists people were put on or came to by its filters, and when: one call for all of them, and one for the names of lists that are not known yet. Who
 * has left a list again is told by no call: of joins that are known (`joined`), those are over whose list the person is not on any more.
 */
export class HubSpotListJoins {
  readonly #http: HubSpotHttp;
  readonly #names = new Map<string, string>();

  constructor(http: HubSpotHttp) {
    this.#http = http;
  }

  async #joins(wanted: readonly WantedEngagement[], context: CallContext): Promise<readonly Joins[]> {
    const ids = wanted.map(({ contactId }) => contactId);
    const all = Map.groupBy(await readMemberships(this.#http, ids, context), ({ contactId }) => contactId);
    return wanted.map(({ contactId, since, joined: known = [] }) => {
      const own = all.get(contactId) ?? [];
      return {
        contactId,
        told: own
          .filter(({ at }) => at >= since)
          .sort((a, b) => b.at - a.at)
          .slice(0, perPersonMax),
        standing: own.filter((each) => known.some(({ at }) => at === each.at)),
        known,
      };
    });
  }

  async #learnNames(listIds: readonly string[], context: CallContext): Promise<void> {
    const unknown = [...new Set(listIds)].filter((id) => !this.#names.has(id));
    for (let from = 0; from < unknown.length; from += namesMax) {
      const query = unknown.slice(from, from + namesMax).map((id) => `listIds=${encodeURIComponent(id)}`);
      const { body } = await this.#http.read(context, {
        method: 'GET',
        path: `/crm/v3/lists?${query.join('&')}`,
        schema: namesSchema,
      });
      for (const { listId, name } of body.lists) this.#names.set(listId, name);
    }
  }

  /** @throws CallFailed */
  async read(
    wanted: readonly WantedEngagement[],
    context: CallContext,
  ): Promise<ReadonlyMap<string, readonly FoundActivity[]>> {
    const people = await this.#joins(wanted, context);
    await this.#learnNames(
      people.flatMap(({ told, standing }) => [...told, ...standing].map(({ listId }) => listId)),
      context,
    );
    return new Map(
      people.flatMap((person) => {
        const activities = this.#activitiesOf(person);
        return activities.length === 0 ? [] : [[person.contactId, activities] as const];
      }),
    );
  }

  #activitiesOf({ told, standing, known }: Joins): readonly FoundActivity[] {
    const type = 'listJoined' as const;
    // A list without a name was deleted between the two calls.
    const named = (joins: readonly ListMembership[]) =>
      joins.flatMap(({ listId, at }) => {
        const list = this.#names.get(listId);
        return list === undefined ? [] : [{ list, at }];
      });
    const joins = named(told);
    const still = named(standing);
    const isThere = (join: { readonly list: string; readonly at: number }): boolean =>
      still.some(({ list, at }) => list === join.list && at === join.at);
    return [
      ...joins.map((join) => ({ type, ...join })),
      ...known.filter((join) => !isThere(join)).map((join) => ({ type, ...join, isOver: true as const })),
    ];
  }
}
