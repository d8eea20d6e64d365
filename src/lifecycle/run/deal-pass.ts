import { journeySignals } from '../../model/journeys.ts';
import type { RecordSnapshot } from '../../model/record.ts';
import type { RawFields } from '../../model/value.ts';
import { type Deal, dealFacts, dealValues, toDeal } from '../deals/deals.ts';
import { feedbackIn, feedbackValues } from '../feedback/feedback.ts';
import { protectedStages, type Stage, salesStages } from '../stage/stages.ts';
import { callFor, type LifecycleContext } from './context.ts';
import { tellDealRequests } from './deal-requests.ts';
import { toStored } from './rows.ts';
import { showDeals } from './show-deals.ts';
import { unlessHidden } from './unless-hidden.ts';

/** Rows that are committed late carry earlier stamps; and a conversion makes the deal a moment before its link has moved to the contact. */
const overlapMs = 300_000;

/** Where a deal is of interest: with sales, or open, or bought. */
const dealStages: readonly Stage[] = [...salesStages, ...protectedStages];

const unique = (ids: readonly string[]): readonly string[] => [...new Set(ids)];
const idOf = (fields: RawFields, name: string): string | null => {
  const raw = fields[name];
  return typeof raw === 'string' && raw !== '' ? raw : null;
};

const readOpportunities = (
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

/** The records at the other end of contact roles, by the record at this one; who has none is left out. */
const rolesOf = async (
  context: LifecycleContext,
  type: string,
  ids: readonly string[],
  toType: string,
): Promise<ReadonlyMap<string, readonly string[]>> => {
  const ties = await unlessHidden(
    context.systems.salesforce.readTies?.(type, ids, toType, callFor(context, 'read')),
  );
  return new Map([...(ties ?? [])].map(([id, own]) => [id, own.map(({ to }) => to.id)]));
};

/** Contacts of Salesforce with the opportunities that are theirs. */
type Theirs = ReadonlyMap<string, readonly string[]>;

/**
 * Whose deals these are: the contacts that have a role in them; of a deal without roles, the contacts of its account. In an org that keeps no
 * roles a deal is the account's, and whoever of it is with sales has it.
 */
const ownersOf = async (
  context: LifecycleContext,
  changed: ReadonlyMap<string, RecordSnapshot>,
): Promise<{
  readonly byRole: readonly string[];
  readonly byAccount: Theirs;
}> => {
  const { salesforce } = context.systems;
  const roles = await rolesOf(context, 'Opportunity', [...changed.keys()], 'Contact');
  const byRole = [...roles.values()].flat();
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

/** Tells journeys what changed opportunities say and ask for, and shows it in HubSpot. @throws CallFailed */
export const tellDeals = async (context: LifecycleContext, ids: readonly string[]): Promise<void> => {
  const { store, engine, pair, models } = context;
  if (!context.fields.has('Opportunity')) return;
  const changed = await readOpportunities(context, ids);
  if (changed.size === 0) return;
  await tellDealRequests(context, changed);
  const { byRole, byAccount } = await ownersOf(context, changed);
  const links = await engine.linksOf(pair.name, 'salesforce', unique([...byRole, ...byAccount.keys()]));
  const live = [...links].filter(([, { ended }]) => ended === null);
  const rows = await store.journeys(live.map(([, { ids: both }]) => both.hubspot));
  const people = live.flatMap(([salesforceId, link]) => {
    const row = rows.get(link.ids.hubspot);
    if (row === undefined) return [];
    const { journey } = toStored(row);
    const isTheirs = byRole.includes(salesforceId) || dealStages.includes(journey.stage);
    return isTheirs ? [{ salesforceId, contactId: link.ids.hubspot, journeyId: row.id, journey }] : [];
  });
  if (people.length === 0) return;
  const roles = await rolesOf(
    context,
    'Contact',
    people.map(({ salesforceId }) => salesforceId),
    'Opportunity',
  );
  const theirs = people.map((person) => {
    const { salesforceId, journey } = person;
    const { openOpportunities, closedOpportunities } = journey;
    const known = [...openOpportunities, ...closedOpportunities.map(({ key }) => key)];
    return {
      ...person,
      dealIds: unique([...(roles.get(salesforceId) ?? []), ...(byAccount.get(salesforceId) ?? []), ...known]),
    };
  });
  const missing = unique(theirs.flatMap(({ dealIds }) => dealIds)).filter((id) => !changed.has(id));
  const read = new Map([...changed, ...(await readOpportunities(context, missing))]);
  const told = theirs.map(({ contactId, journeyId, journey, dealIds }) => {
    const records = dealIds.flatMap((id) => read.get(id) ?? []);
    const deals = records.map((record): Deal => toDeal(record.ref.id, record.fields, record));
    const feedback = records.flatMap((record) =>
      feedbackIn(record, 'unknown').map((said) => ({ ...said, journeyId, turn: journey.turn })),
    );
    return { contactId, journeyId, deals, feedback, facts: dealFacts(journey, deals) };
  });
  await store.noteFeedback(told.flatMap((each) => each.feedback));
  await store.tell(
    told.flatMap(({ contactId, facts }) =>
      facts.map((fact) => ({ contactId, key: fact.key, fact: JSON.stringify(fact) })),
    ),
  );
  if (models.lifecycle.behaviours.stages !== 'act') return;
  const said = await store.feedback(told.map(({ journeyId }) => journeyId));
  const values = told.map(
    ({ contactId, journeyId, deals }) =>
      [contactId, { ...dealValues(deals), ...feedbackValues(said.get(journeyId) ?? []) }] as const,
  );
  await showDeals(context, new Map(values));
};

/**
 * Reads which opportunities and roles in them changed since the last time: two calls, made only while somebody is with sales, in a deal, or a
 * customer; what they say is told to the journeys of their people. @throws CallFailed
 */
export const readDeals = async (context: LifecycleContext): Promise<void> => {
  const { store, engine, systems, models } = context;
  const fields = context.fields.get('Opportunity');
  if (fields === undefined || models.lifecycle.behaviours.stages === 'off') return;
  if (!(await store.anybodyIn([...dealStages]))) return;
  const call = { class: 'live', purpose: 'poll', signal: context.signal } as const;
  const deals = { pair: journeySignals, system: 'salesforce', type: 'Opportunity' } as const;
  const roles = { ...deals, type: 'OpportunityContactRole' } as const;
  const [since, rolesSince] = await Promise.all([
    engine.cursor(deals.pair, deals.system, deals.type),
    engine.cursor(roles.pair, roles.system, roles.type),
  ]);
  if (since === null || rolesSince === null) {
    const at = { stamp: await systems.salesforce.now(call), id: '' };
    if (since === null) await engine.commitSignals([], { cursor: { ...deals, at } });
    if (rolesSince === null) await engine.commitSignals([], { cursor: { ...roles, at } });
    return;
  }
  for await (const page of systems.salesforce.changesSince('Opportunity', since, overlapMs, [], call)) {
    await tellDeals(
      context,
      page.records.map(({ ref }) => ref.id),
    );
    await engine.commitSignals([], { cursor: { ...deals, at: page.cursor } });
  }
  const tied = await unlessHidden(
    systems.salesforce.tiesChangedSince?.('Opportunity', 'Contact', rolesSince.stamp - overlapMs, call),
  );
  if (tied === undefined) return;
  await tellDeals(context, tied.ids);
  const at = { stamp: Math.max(tied.until, rolesSince.stamp), id: '' };
  await engine.commitSignals([], { cursor: { ...roles, at } });
};
