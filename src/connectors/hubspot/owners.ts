import type { CallContext } from '../../model/budget.ts';
import type { Owner } from '../../model/owner.ts';
import type { HubSpotHttp } from './http.ts';
import { ownersSchema } from './wire.ts';

/** As many as one call gives (owners guide). */
const pageSize = 100;

interface Page {
  readonly owners: readonly Owner[];
  readonly after: string | null;
}

const readPage = async (
  http: HubSpotHttp,
  archived: boolean,
  after: string | null,
  context: CallContext,
): Promise<Page> => {
  const answer = await http.read(context, {
    method: 'GET',
    path: '/crm/v3/owners',
    query: { limit: String(pageSize), archived: String(archived), ...(after === null ? {} : { after }) },
    schema: ownersSchema,
  });
  const owners = answer.body.results.map(
    ({ id, type, email, firstName, lastName }): Owner => ({
      id,
      kind: type === 'QUEUE' ? 'queue' : 'user',
      name: [firstName, lastName].filter((part) => part !== null && part !== '').join(' '),
      email: email?.toLowerCase() ?? null,
      active: !archived,
      owns: null,
    }),
  );
  return { owners, after: answer.body.paging?.next?.after ?? null };
};

/**
 * All owners by the id that hubspot_owner_id holds (not the user's), those who have left as well: they are a list of their own.
 * @throws CallFailed
 */
export const readOwners = async (http: HubSpotHttp, context: CallContext): Promise<readonly Owner[]> => {
  const owners: Owner[] = [];
  for (const archived of [false, true]) {
    let after: string | null = null;
    // Ends: each page has a cursor of its own, and a repeated one is the end.
    do {
      const page = await readPage(http, archived, after, context);
      owners.push(...page.owners);
      after = page.after === after ? null : page.after;
    } while (after !== null);
  }
  return owners;
};
