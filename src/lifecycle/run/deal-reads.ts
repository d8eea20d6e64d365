import type { RecordSnapshot } from '../../model/record.ts';
import type { Tie } from '../../model/tie.ts';
import type { RawFields } from '../../model/value.ts';
import { callFor, type LifecycleContext } from './context.ts';
import { unlessHidden } from './unless-hidden.ts';

export const unique = (ids: readonly string[]): readonly string[] => [...new Set(ids)];
const idOf = (fields: RawFields, name: string): string | null => {
  const raw = fields[name];
  return typeof raw === 'string' && raw !== '' ? raw : null;
};

/** Opportunities by id, as they stand. @throws CallFailed */
export const readOpportunities = (
  context: LifecycleContext,
  ids: readonly string[],
): Promise<ReadonlyMap<string, RecordSnapshot>> =>
  ids.length === 0
    ? Promise.resolve(new Map())
    : context.systems.salesforce.readMany(
        'Opportunity',
        ids,
        context.fields.get('Opportunity') ?? [],
        callFor(context, 'read'),
      );

/** The contact roles of records, by the record; who has none is left out. */
export const tiesOf = async (
  context: LifecycleContext,
  type: string,
  ids: readonly string[],
  toType: string,
): Promise<ReadonlyMap<string, readonly Tie[]>> =>
  (await unlessHidden(context.systems.salesforce.readTies?.(type, ids, toType, callFor(context, 'read')))) ??
  new Map();

/** Contacts of Salesforce with the opportunities that are theirs. */
export type Theirs = ReadonlyMap<string, readonly string[]>;

/**
 * Whose deals these are: the contacts that have a role in them; of a deal without roles, the contacts of its account. In an org that keeps no
 * roles a deal is the account's, and whoever of it is with sales has it.
 */
export const ownersOf = async (
  context: LifecycleContext,
  changed: ReadonlyMap<string, RecordSnapshot>,
): Promise<{
  readonly byRole: readonly string[];
  readonly byAccount: Theirs;
}> => {
  const { salesforce } = context.systems;
  const roles = await tiesOf(context, 'Opportunity', [...changed.keys()], 'Contact');
  const byRole = [...roles.values()].flat().map(({ to }) => to.id);
  const ofAccounts = Map.groupBy(
    [...changed.values()].filter(
      ({ ref, fields }) => !roles.has(ref.id) && idOf(fields, 'AccountId') !== null,
    ),
    ({ fields }) => idOf(fields, 'AccountId') ?? '',
  );
  if (ofAccounts.size === 0) return { byRole, byAccount: new Map() };
  const found = await salesforce.findByField(
    'Contact',
    'AccountId',
    [...ofAccounts.keys()],
    ['AccountId'],
    callFor(context, 'match'),
  );
  const byAccount = found.flatMap(({ record }) => {
    const deals = ofAccounts.get(idOf(record.fields, 'AccountId') ?? '');
    return record.deleted || deals === undefined
      ? []
      : [[record.ref.id, deals.map(({ ref }) => ref.id)] as const];
  });
  return { byRole, byAccount: new Map(byAccount) };
};
