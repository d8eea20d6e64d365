import { z } from 'zod';
import type { CallContext } from '../../model/budget.ts';
import { CallFailed } from '../../model/failure.ts';
import type { ProgramStanding } from '../../model/programs.ts';
import type { HubSpotHttp } from './http.ts';
import type { HubSpotLists } from './lists.ts';
import { contactsTypeId } from './wire.ts';

const base = '/automation/v4/flows';
const pageMax = 100;

const pageSchema = z.looseObject({
  results: z.array(z.looseObject({ id: z.string(), objectTypeId: z.string().optional() })),
  paging: z.looseObject({ next: z.looseObject({ after: z.string() }).optional() }).nullish(),
});
const flowsSchema = z.looseObject({
  results: z.array(
    z.looseObject({
      name: z.string().default('without a name'),
      isEnabled: z.boolean(),
      enrollmentCriteria: z.unknown(),
    }),
  ),
});

interface Listening {
  readonly name: string;
  readonly enabled: boolean;
  readonly lists: ReadonlySet<string>;
}

const filterSchema = z.looseObject({
  filterType: z.literal('IN_LIST'),
  operator: z.string().optional(),
  listId: z.union([z.string(), z.number()]).transform(String),
});

/** The lists that enrollment names anywhere in its branches; being on none of them (`NOT_IN_LIST`) enrolls nobody who joins. */
const listsIn = (criteria: unknown): readonly string[] => {
  if (typeof criteria !== 'object' || criteria === null) return [];
  const filter = filterSchema.safeParse(criteria);
  const own = filter.success && filter.data.operator !== 'NOT_IN_LIST' ? [filter.data.listId] : [];
  return [...own, ...Object.values(criteria).flatMap(listsIn)];
};

const readIds = async (http: HubSpotHttp, context: CallContext): Promise<readonly string[]> => {
  const ids: string[] = [];
  let after: string | undefined;
  do {
    const { body } = await http.read(context, {
      method: 'GET',
      path: base,
      query: { limit: String(pageMax), ...(after === undefined ? {} : { after }) },
      schema: pageSchema,
    });
    const own = body.results.filter(({ objectTypeId = contactsTypeId }) => objectTypeId === contactsTypeId);
    ids.push(...own.map(({ id }) => id));
    after = body.paging?.next?.after;
  } while (after !== undefined);
  return ids;
};

/**
 * The workflows of contacts with the lists by which people enter them, which the list of workflows does not tell: each is read whole, a hundred in a call.
 * Source: Automation API v4, beta, needs the scope `automation` (https://developers.hubspot.com/docs/guides/api/automation/workflows-v4).
 */
const readListening = async (http: HubSpotHttp, context: CallContext): Promise<readonly Listening[]> => {
  const ids = await readIds(http, context);
  const flows: Listening[] = [];
  for (let at = 0; at < ids.length; at += pageMax) {
    const inputs = ids.slice(at, at + pageMax).map((flowId) => ({ flowId, type: 'FLOW_ID' }));
    const { body } = await http.read(context, {
      method: 'POST',
      path: `${base}/batch/read`,
      body: { inputs },
      schema: flowsSchema,
    });
    flows.push(
      ...body.results.map(({ name, isEnabled, enrollmentCriteria }) => ({
        name,
        enabled: isEnabled,
        lists: new Set(listsIn(enrollmentCriteria)),
      })),
    );
  }
  return flows;
};

/** Without the scope, or in an account without workflows, nobody can say what listens. */
const unlessHidden = async <T>(asked: Promise<T>): Promise<T | null> => {
  try {
    return await asked;
  } catch (error) {
    const category = error instanceof CallFailed ? error.failure.category : null;
    if (category === 'permission' || category === 'identity') return null;
    throw error;
  }
};

/** How nurture programs stand: whether their lists are there, and which workflows listen to them; null where HubSpot shows no lists. @throws CallFailed */
export const readPrograms = async (
  http: HubSpotHttp,
  lists: HubSpotLists,
  names: readonly string[],
  context: CallContext,
): Promise<readonly ProgramStanding[] | null> => {
  if (names.length === 0) return [];
  const found = await unlessHidden(
    Promise.all(names.map(async (name) => ({ name, list: await lists.find(name, context) }))),
  );
  if (found === null) return null;
  const flows = await unlessHidden(readListening(http, context));
  return found.map(({ name, list }) => ({
    name,
    list: list === null ? 'missing' : list.processingType === 'DYNAMIC' ? 'filters' : 'there',
    flows:
      flows
        ?.filter((flow) => list !== null && flow.lists.has(list.listId))
        .map((flow) => ({ name: flow.name, enabled: flow.enabled })) ?? null,
  }));
};
