import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { handOffAccount, termOf } from '../../../src/lifecycle/account/account.ts';
import { accountRows } from '../../../src/lifecycle/run/account-rows.ts';
import type { LifecycleContext } from '../../../src/lifecycle/run/context.ts';
import type { Sides } from '../../../src/model/system.ts';
import type { RawFields } from '../../../src/model/value.ts';
import { withOffice } from './office.ts';

const office = withOffice();
let people: readonly Sides<string>[] = [];

const person = (at: number): Sides<string> => {
  const found = people[at];
  if (found === undefined) throw new Error('nobody is there');
  return found;
};
const edit = async (at: number, fields: RawFields, context: LifecycleContext): Promise<void> => {
  await office.edit('Lead', person(at).salesforce, fields);
  await office.mark('salesforce', 'Lead', [person(at).salesforce]);
  await office.settle(context);
};
const setStage = (at: number, stage: string, context: LifecycleContext): Promise<void> =>
  edit(at, { Tandem_Request__c: 'Set stage', Tandem_Request_Detail__c: stage }, context);
const lead = (at: number, ...names: string[]): Promise<RawFields> =>
  office.read('salesforce', 'Lead', person(at).salesforce, ...names);
const tasksOf = (at: number): Promise<readonly RawFields[]> =>
  office.rows('Task', ({ WhoId }) => WhoId === person(at).salesforce);
const effectsOf = async (at: number, kind: string) =>
  office.simulated.fixture.query<{ state: string; why: string | null }>(
    `select e.state, e.why from tandem.effects e join tandem.journeys j on j.id = e.journey_id
     where j.contact_id = '${person(at).hubspot}' and e.kind = '${kind}' order by e.turn`,
  );
/** Everything that waits is tried again, whatever time it waits for. */
const tryAgain = async (context: LifecycleContext): Promise<void> => {
  await office.simulated.fixture.query("update tandem.effects set due = now() where state = 'open'");
  await office.settle(context);
};
/** Another router, which has given the lead to nobody yet. */
const waiting = (): LifecycleContext => {
  const { models } = office.context;
  return { ...office.context, models: { ...models, routing: { ...models.routing, by: 'external' } } };
};
/** The account's leaf for the turns of somebody, with its reason. */
const placesOf = async (at: number): Promise<readonly string[]> => {
  const { store, pair, models } = office.context;
  const { calendarOf } = await office.context.staff();
  const [transitions, effects, clocks, held, now] = await Promise.all([
    office.simulated.fixture.store.lifecycle.accountTransitions(),
    office.simulated.fixture.store.lifecycle.handOffEffects(pair.name),
    office.simulated.fixture.store.lifecycle.allClocks(),
    office.simulated.fixture.store.lifecycle.heldHandOffs(pair.name),
    store.now(),
  ]);
  const account = handOffAccount(
    accountRows({ transitions, effects, clocks, held }, models.sla, calendarOf, now),
    now,
  );
  return termOf(account, 'ready')
    .entries.filter(({ hubspot }) => hubspot === person(at).hubspot)
    .map(({ leaf, why }) => `${leaf}: ${why}`);
};

beforeAll(async () => {
  people = await office.simulated.people(
    [0, 1, 2, 3, 4].map((at) => ({
      ...{ email: `p${at}@nordlys.example`, lastname: `Lind ${at}`, company: 'Nordlys' },
    })),
  );
  await office.mark(
    'hubspot',
    'contacts',
    people.map(({ hubspot }) => hubspot),
  );
  await office.settle();
}, 60_000);

beforeEach(() => {
  office.told.length = 0;
});

describe('a hand-off that waits while the person leaves sales', () => {
  it('is not carried out any more: no owner, no task, no message, and no count as handed over', async () => {
    const before = (await lead(0, 'OwnerId')).OwnerId;
    await setStage(0, 'sales-ready', waiting());
    expect(await effectsOf(0, 'hand-off')).toMatchObject([{ state: 'open' }]);
    expect(await lead(0, 'Tandem_Ready_At__c')).toEqual({ Tandem_Ready_At__c: null });
    await setStage(0, 'disqualified', waiting());
    await tryAgain(office.context);
    expect(await effectsOf(0, 'hand-off')).toEqual([{ state: 'done', why: 'not done: they had left sales' }]);
    expect(await lead(0, 'OwnerId', 'Tandem_Ready_At__c', 'Tandem_Stage__c')).toEqual({
      OwnerId: before,
      Tandem_Ready_At__c: null,
      Tandem_Stage__c: 'disqualified',
    });
    expect([await tasksOf(0), office.told]).toEqual([[], []]);
    expect(await placesOf(0)).toEqual(['held: left sales before it was handed over']);
    const { engine } = office.simulated.fixture.store;
    expect(await engine.handedAmong([person(0).hubspot])).toEqual(new Set());
  });

  it('of an earlier turn is not carried out when they come again; the new one is', async () => {
    await setStage(1, 'sales-ready', waiting());
    await setStage(1, 'disqualified', waiting());
    await setStage(1, 'sales-ready', office.context);
    await tryAgain(office.context);
    expect((await effectsOf(1, 'hand-off')).map(({ state, why }) => `${state}: ${why}`)).toEqual([
      'done: not done: they had left sales',
      'done: null',
    ]);
    expect(await tasksOf(1)).toHaveLength(1);
    expect(office.told).toHaveLength(1);
    expect(await placesOf(1)).toEqual([
      'held: left sales before it was handed over',
      expect.stringMatching(/^not-yet-due/),
    ]);
  });

  it('goes on for who is still with sales', async () => {
    await setStage(2, 'sales-ready', waiting());
    await tryAgain(office.context);
    expect(await tasksOf(2)).toHaveLength(1);
    expect(office.told).toHaveLength(1);
  });
});

describe('a hand-off that was with the rep when the person left sales', () => {
  it('was one: HubSpot shows it and the account counts it, and nobody is told of it any more', async () => {
    const faults = (list: readonly unknown[]): Promise<unknown> =>
      office.simulated.control('salesforce', 'faults', list);
    await faults([{ match: { path: '/sobjects/Task' }, effect: { status: 503 } }]);
    await setStage(3, 'sales-ready', office.context);
    await faults([]);
    expect((await effectsOf(3, 'hand-off'))[0]?.state).toBe('open');
    expect(await tasksOf(3)).toEqual([]);
    await edit(
      3,
      { Tandem_Disposition__c: 'Rejected', Tandem_Reason__c: 'Is a competitor or job seeker' },
      office.context,
    );
    await tryAgain(office.context);
    expect(await effectsOf(3, 'hand-off')).toMatchObject([{ state: 'done', why: null }]);
    expect([await tasksOf(3), office.told]).toEqual([[], []]);
    expect(await placesOf(3)).toEqual(['disqualified: Is a competitor or job seeker']);
    const { tandem_handed_at, tandem_stage } = await office.read(
      'hubspot',
      'contacts',
      person(3).hubspot,
      'tandem_handed_at',
      'tandem_stage',
    );
    expect([tandem_handed_at, tandem_stage]).toEqual([expect.any(String), 'disqualified']);
  });
});

describe("a no by the company's own lead status", () => {
  const ownStatuses = (): LifecycleContext => {
    const { stages } = office.context.models.lifecycle;
    const showing = (stage: keyof typeof stages, salesforceStatus: string) => ({
      [stage]: { ...stages[stage], salesforceStatus },
    });
    return office.with({
      stages: { ...stages, ...showing('returned', 'Recycled'), ...showing('disqualified', 'Unqualified') },
    });
  };
  const journeyOf = async () => {
    const { hubspot } = person(4);
    return office.read('hubspot', 'contacts', hubspot, 'tandem_stage', 'tandem_return_reason');
  };
  const isTaskOpen = async (): Promise<boolean> =>
    (await tasksOf(4)).some(({ Status }) => Status !== 'Completed');

  it('ends the turn with its reason and closes the task; the next hand-over opens the lead again', async () => {
    await setStage(4, 'sales-ready', ownStatuses());
    expect(await isTaskOpen()).toBe(true);
    await edit(4, { Status: 'Unqualified', Tandem_Reason__c: 'No need' }, ownStatuses());
    expect(await journeyOf()).toMatchObject({
      tandem_stage: 'disqualified',
      tandem_return_reason: 'No need',
    });
    expect(await isTaskOpen()).toBe(false);
    await setStage(4, 'sales-ready', ownStatuses());
    expect(await lead(4, 'Status')).toEqual({ Status: 'Open - Not Contacted' });
    expect(await isTaskOpen()).toBe(true);
  });

  it('goes by the reason where it shows who is on the way back', async () => {
    const reason = 'Is a competitor or job seeker';
    await edit(4, { Status: 'Recycled', Tandem_Reason__c: reason }, ownStatuses());
    expect(await journeyOf()).toMatchObject({ tandem_stage: 'disqualified', tandem_return_reason: reason });
    expect((await placesOf(4)).at(-1)).toBe(`disqualified: ${reason}`);
    expect(await isTaskOpen()).toBe(false);
  });
});
