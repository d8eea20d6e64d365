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

/**
 * Which lists people were put on or came to by its filters, and when: one call for all of them, and one for the names of lists that are not known yet. Who
 * has left a list again is told by no call, so that a join is all that there is of it.
 */
export class HubSpotListJoins {
  readonly #http: HubSpotHttp;
  readonly #names = new Map<string, string>();

  constructor(http: HubSpotHttp) {
    this.#http = http;
  }

  async #joins(
    wanted: readonly WantedEngagement[],
    context: CallContext,
  ): Promise<readonly ListMembership[]> {
    const ids = wanted.map(({ contactId }) => contactId);
    const since = new Map(wanted.map((person) => [person.contactId, person.since]));
    const joins = (await readMemberships(this.#http, ids, context)).filter(
      ({ contactId, at }) => at >= (since.get(contactId) ?? Number.POSITIVE_INFINITY),
    );
    return [...Map.groupBy(joins, ({ contactId }) => contactId).values()].flatMap((own) =>
      own.sort((a, b) => b.at - a.at).slice(0, perPersonMax),
    );
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
    const joins = await this.#joins(wanted, context);
    await this.#learnNames(
      joins.map(({ listId }) => listId),
      context,
    );
    const activities = joins.flatMap(({ contactId, listId, at }) => {
      const list = this.#names.get(listId);
      // Deleted between the two calls.
      return list === undefined ? [] : [{ contactId, activity: { type: 'listJoined' as const, at, list } }];
    });
    return new Map(
      [...Map.groupBy(activities, ({ contactId }) => contactId)].map(([id, own]) => [
        id,
        own.map(({ activity }) => activity),
      ]),
    );
  }
}
