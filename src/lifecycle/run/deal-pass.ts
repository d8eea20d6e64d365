import type { RecordSnapshot } from '../../model/record.ts';
import { type Deal, dealFacts, dealValues, toDeal } from '../deals/deals.ts';
import { isCounted } from '../deals/outcome-rule.ts';
import { feedbackIn, feedbackValues } from '../feedback/feedback.ts';
import type { Journey } from '../stage/journey.ts';
import { authorOf } from './authors.ts';
import type { LifecycleContext } from './context.ts';
import { showDealContent } from './deal-content-pass.ts';
import { ownersOf, readOpportunities, type Theirs, tiesOf, unique } from './deal-reads.ts';
import { tellDealRequests } from './deal-requests.ts';
import { toStored } from './rows.ts';
import { dealStages, heardStages, overlapMs, restedAt, type SalesObject, salesPlace } from './sales-news.ts';
import { showDeals } from './show-deals.ts';
import { unlessHidden } from './unless-hidden.ts';

/** People whose deals are read in one round. */
const unreadMax = 100;

/** Somebody whose deals are read. */
interface DealPerson {
  readonly salesforceId: string;
  readonly contactId: string;
  readonly journeyId: string;
  readonly journey: Journey;
}

interface Known {
  /** Deals without roles of their accounts. */
  readonly byAccount: Theirs;
  /** Deals that were read already. */
  readonly known: ReadonlyMap<string, RecordSnapshot>;
  /** Which deals the journey is told of. */
  readonly isTold: (deal: Deal, journey: Journey) => boolean;
}

/** Tells journeys what their opportunities say, keeps them, and shows them in HubSpot. */
const tellPeople = async (
  context: LifecycleContext,
  people: readonly DealPerson[],
  { byAccount, known, isTold }: Known,
): Promise<void> => {
  const { store, models } = context;
  if (people.length === 0) return;
  const ties = await tiesOf(
    context,
    'Contact',
    people.map(({ salesforceId }) => salesforceId),
    'Opportunity',
  );
  const theirs = people.map((person) => {
    const { salesforceId, journey } = person;
    const { openOpportunities, closedOpportunities } = journey;
    const heard = [...openOpportunities, ...closedOpportunities.map(({ key }) => key)];
    return {
      ...person,
      dealIds: unique([
        ...(ties.get(salesforceId) ?? []).map(({ to }) => to.id),
        ...(byAccount.get(salesforceId) ?? []),
        ...heard,
      ]),
    };
  });
  const missing = unique(theirs.flatMap(({ dealIds }) => dealIds)).filter((id) => !known.has(id));
  const read = new Map([...known, ...(await readOpportunities(context, missing))]);
  const staff = await context.staff();
  const { outcome, behaviours } = models.lifecycle;
  const told = theirs.map(({ contactId, salesforceId, journeyId, journey, dealIds }) => {
    const records = dealIds.flatMap((id) => read.get(id) ?? []);
    const deals = records.map((record): Deal => {
      const { id } = record.ref;
      // Of those alone that have just changed: who edited one last that ended some time ago may be somebody else.
      const by = known.has(id) ? authorOf(record.lastModifiedBy, staff) : undefined;
      return toDeal(id, record.fields, record, by);
    });
    const feedback = records.flatMap((record) =>
      feedbackIn(record, 'unknown').map((said) => ({ ...said, journeyId, turn: journey.turn })),
    );
    const telling = deals.filter((deal) => isTold(deal, journey));
    const parts = new Map((ties.get(salesforceId) ?? []).map((tie) => [tie.to.id, tie]));
    const counted = deals.filter(({ id }) => isCounted(outcome, parts.get(id)));
    return { contactId, journeyId, deals, counted, feedback, facts: dealFacts(journey, telling) };
  });
  const isThere = ({ id }: Deal): boolean => read.get(id)?.deleted !== true;
  await store.saveDeals(
    [...new Map(told.flatMap(({ deals }) => deals.filter(isThere).map((deal) => [deal.id, deal]))).values()],
    new Map(told.map(({ contactId, deals }) => [contactId, deals.filter(isThere).map(({ id }) => id)])),
  );
  await store.noteFeedback(told.flatMap((each) => each.feedback));
  await store.tell(
    told.flatMap(({ contactId, facts }) =>
      facts.map((fact) => ({ contactId, key: fact.key, fact: JSON.stringify(fact) })),
    ),
  );
  await showDealContent(
    context,
    unique(told.flatMap(({ deals }) => deals.filter(isThere).map(({ id }) => id))),
    read,
  );
  if (behaviours.stages !== 'act') return;
  const said = await store.feedback(told.map(({ journeyId }) => journeyId));
  const values = told.map(
    ({ contactId, journeyId, counted }) =>
      [contactId, { ...dealValues(counted, outcome), ...feedbackValues(said.get(journeyId) ?? []) }] as const,
  );
  await showDeals(context, new Map(values));
};

/** Tells journeys what changed opportunities say and ask for, and shows it in HubSpot. @throws CallFailed */
export const tellDeals = async (context: LifecycleContext, ids: readonly string[]): Promise<void> => {
  const { store, engine, pair } = context;
  if (!context.fields.has('Opportunity')) return;
  const changed = await readOpportunities(context, ids);
  if (changed.size === 0) return;
  await tellDealRequests(context, changed);
  const { byRole, byAccount } = await ownersOf(context, changed);
  const links = await engine.linksOf(pair.name, 'salesforce', unique([...byRole, ...byAccount.keys()]));
  const live = [...links].filter(([, { ended }]) => ended === null);
  const rows = await store.journeys(live.map(([, { ids: both }]) => both.hubspot));
  const people = live.flatMap(([salesforceId, link]): DealPerson[] => {
    const row = rows.get(link.ids.hubspot);
    if (row === undefined) return [];
    const { journey } = toStored(row);
    const isTheirs = byRole.includes(salesforceId) || dealStages.includes(journey.stage);
    return isTheirs ? [{ salesforceId, contactId: link.ids.hubspot, journeyId: row.id, journey }] : [];
  });
  await tellPeople(context, people, { byAccount, known: changed, isTold: () => true });
};

/** Which deals that were there before are told: those that are open, that ended since the turn began, and, however old, what they bought. An older loss is history, and only shown. */
const isNews = ({ state, stamp }: Deal, { turnAt }: Journey): boolean =>
  state !== 'lost' || (turnAt !== null && stamp >= turnAt);

/**
 * Reads the deals in which people had a role before they came to sales, once for each turn, also of those whom sales gave back before anybody read them: no change ever tells of a
 * deal that stays as it is. Two calls for a hundred people.
 */
const readUnread = async (context: LifecycleContext): Promise<void> => {
  const { store, pair } = context;
  const unread = await store.dealsUnread(pair.name, [...heardStages], unreadMax);
  if (unread.length === 0) return;
  const rows = await store.journeys(unread.map(({ contactId }) => contactId));
  const people = unread.flatMap(({ contactId, salesforceId }): DealPerson[] => {
    const row = rows.get(contactId);
    return row === undefined
      ? []
      : [{ contactId, salesforceId, journeyId: row.id, journey: toStored(row).journey }];
  });
  await tellPeople(context, people, { byAccount: new Map(), known: new Map(), isTold: isNews });
  await store.dealsRead(people.map(({ contactId, journey }) => ({ contactId, turn: journey.turn })));
};

/**
 * Reads which opportunities and roles in them changed since the last time, made only while somebody is with sales, in a deal, a customer, or was given back; and the
 * deals of those who came to sales since. What they say is told to the journeys of their people. `news`: the objects that have any.
 * @throws CallFailed
 */
export const readDeals = async (
  context: LifecycleContext,
  news?: ReadonlySet<SalesObject>,
): Promise<void> => {
  const { store, engine, systems, models } = context;
  const fields = context.fields.get('Opportunity');
  if (fields === undefined || models.lifecycle.behaviours.stages === 'off') return;
  if (!(await store.anybodyIn([...heardStages]))) return;
  const call = { class: 'live', purpose: 'poll', signal: context.signal } as const;
  const deals = salesPlace('Opportunity');
  const roles = salesPlace('OpportunityContactRole');
  const begunAt = await store.now();
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
  if (news?.has('Opportunity') !== false) {
    let seen = since;
    for await (const page of systems.salesforce.changesSince('Opportunity', since, overlapMs, [], call)) {
      await tellDeals(
        context,
        page.records.map(({ ref }) => ref.id),
      );
      seen = page.cursor;
      await engine.commitSignals([], { cursor: { ...deals, at: seen } });
    }
    await engine.commitSignals([], { cursor: { ...deals, at: restedAt(seen, begunAt) } });
  }
  await readUnread(context);
  if (news?.has('OpportunityContactRole') === false) return;
  const tied = await unlessHidden(
    systems.salesforce.tiesChangedSince?.('Opportunity', 'Contact', rolesSince.stamp - overlapMs, call),
  );
  if (tied === undefined) return;
  await tellDeals(context, tied.ids);
  const seen = { stamp: Math.max(tied.until, rolesSince.stamp), id: '' };
  await engine.commitSignals([], { cursor: { ...roles, at: restedAt(seen, begunAt) } });
};
