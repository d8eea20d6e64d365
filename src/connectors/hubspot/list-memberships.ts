import { z } from 'zod';
import type { CallContext } from '../../model/budget.ts';
import type { HubSpotHttp } from './http.ts';
import { contactsTypeId } from './wire.ts';

/** Records in one call; the API names no limit. */
const recordsMax = 500;

const membershipsSchema = z.object({
  results: z.array(
    z.object({
      recordId: z.union([z.string(), z.number()]).transform(String),
      recordListMemberships: z.array(
        z.object({ listId: z.string(), lastAddedTimestamp: z.iso.datetime({ offset: true }).nullish() }),
      ),
    }),
  ),
});

/** A contact on a list. `at`: when it came onto it last, milliseconds; NaN where HubSpot does not say. */
export interface ListMembership {
  readonly contactId: string;
  readonly listId: string;
  readonly at: number;
}

/**
 * The lists that contacts are on now, those that fill themselves among them: one call for all. Contacts that are not there are left out.
 * Source: Lists API v3, memberships of records (https://developers.hubspot.com/docs/api-reference/crm-lists-v3/guide). @throws CallFailed
 */
export const readMemberships = async (
  http: HubSpotHttp,
  contactIds: readonly string[],
  context: CallContext,
): Promise<readonly ListMembership[]> => {
  const found: ListMembership[] = [];
  for (let from = 0; from < contactIds.length; from += recordsMax) {
    const { body } = await http.read(context, {
      method: 'POST',
      path: '/crm/v3/lists/records/memberships/batch/read',
      body: {
        inputs: contactIds
          .slice(from, from + recordsMax)
          .map((recordId) => ({ objectTypeId: contactsTypeId, recordId })),
      },
      schema: membershipsSchema,
    });
    found.push(
      ...body.results.flatMap(({ recordId, recordListMemberships }) =>
        recordListMemberships.map(({ listId, lastAddedTimestamp }) => ({
          contactId: recordId,
          listId,
          at: Date.parse(lastAddedTimestamp ?? ''),
        })),
      ),
    );
  }
  return found;
};
