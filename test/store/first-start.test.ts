import { beforeEach, describe, expect, it } from 'vitest';
import { newStored } from '../../src/lifecycle/look/look.ts';
import { toJourneyRow } from '../../src/lifecycle/run/rows.ts';
import type { JourneySave } from '../../src/model/journeys.ts';
import { journeySignals } from '../../src/model/journeys.ts';
import type { Alignment } from '../../src/model/state.ts';
import { openScratchStore } from '../../src/store/scratch/scratch-store.ts';
import { withStore } from './postgres.ts';

const fixture = withStore();
beforeEach(() => fixture.reset());

const store = () => fixture.store.lifecycle;
const caps = {
  ...{ 'hand-off': 2, return: 2, lifecyclestage: 1, observed: 2, 'observed-return': 2 },
  'stage-back': 2,
};
const pass = () => store().firstStart('people', caps);
const empty = { transitions: [], activities: [], effects: [], clocks: [], heard: [], answers: [] } as const;

/** Somebody who is held back; answers the journey's id. */
const hold = async (contactId: string, rank: number): Promise<string> => {
  const id = crypto.randomUUID();
  const held = { what: 'hand-off' as const, rank, since: 1_000 };
  const save: JourneySave = { row: toJourneyRow(newStored(id, contactId, 0)), nextAt: null, ...empty, held };
  expect(await store().save([save], [], [])).toEqual(new Set());
  return id;
};
const alignment = (done: boolean): Alignment => ({
  pair: 'people',
  mappingHash: 'm',
  after: { hubspot: null, salesforce: null },
  listed: { hubspot: 0, salesforce: 0 },
  done: { hubspot: true, salesforce: done },
});
const aligned = (done = true) => fixture.store.engine.commitSignals([], { alignment: alignment(done) });
const toldOf = async (...contactIds: readonly string[]) =>
  [...(await store().journeys(contactIds)).values()]
    .filter(({ told }) => told.some((fact) => fact.includes('"released"')))
    .map(({ contactId }) => contactId)
    .toSorted((a, b) => Number(a) - Number(b));
const stepOf = async (what = 'hand-off') => (await pass()).find((step) => step.what === what);

describe('the first start', () => {
  it('lets the best go, up to the cap in all, and holds the others under one id', async () => {
    await aligned();
    for (const [contact, rank] of [
      ['1', 40],
      ['2', 80],
      ['3', 60],
      ['4', 50],
    ] as const)
      await hold(contact, rank);
    expect(await store().isBusy()).toBe(true);
    const step = await stepOf();
    expect(step).toMatchObject({ letGo: 2, waiting: 2, hold: { isNew: true, isOther: true }, ended: null });
    expect(await toldOf('1', '2', '3', '4')).toEqual(['2', '3']);
    expect((await store().dueContacts(10)).toSorted()).toEqual(['2', '3']);
    await hold('5', 90);
    const [open] = await fixture.store.operator.heldChanges();
    expect(open).toMatchObject({
      id: step?.hold?.id,
      pair: 'people',
      kind: 'hand-off',
      records: 2,
      links: 4,
    });
    expect(await stepOf()).toMatchObject({
      letGo: 0,
      waiting: 3,
      hold: { id: open?.id, isNew: false, isOther: true },
    });
    expect(await stepOf()).toMatchObject({ hold: { isOther: false } });
    expect(await store().heldHandOffs('people')).toMatchObject([
      { turn: 1, since: 1_000 },
      { turn: 1, since: 1_000 },
      { turn: 1, since: 1_000 },
    ]);
  });

  it('is over by the word of a person: all go, and whoever comes later', async () => {
    await aligned();
    for (const contact of ['1', '2', '3']) await hold(contact, 40);
    const id = (await stepOf())?.hold?.id ?? '';
    expect(await fixture.store.operator.releaseHeld(id)).toMatchObject({ kind: 'hand-off', records: 1 });
    expect(await fixture.store.operator.releaseHeld(id)).toBeNull();
    expect(await toldOf('1', '2', '3')).toEqual(['1', '2', '3']);
    await hold('4', 10);
    expect(await stepOf()).toMatchObject({ letGo: 1, waiting: 0, hold: null });
    expect(await fixture.store.operator.heldChanges()).toEqual([]);
    expect(await store().firstStartCounts()).toMatchObject({ 'hand-off': { letGo: 4, waiting: 0 } });
  });

  it('ends by itself where nobody is left in it', async () => {
    await aligned();
    const ids = [];
    for (const contact of ['1', '2', '3']) ids.push(await hold(contact, 40));
    const hidden = (await stepOf())?.hold?.id;
    const waiting = (await store().heldHandOffs('people'))[0]?.contactId ?? '';
    const row = (await store().journeys([waiting])).get(waiting);
    if (row === undefined) throw new Error('the journey is gone');
    await store().save([{ row, nextAt: null, ...empty, held: null }], [], []);
    expect(await stepOf()).toMatchObject({ waiting: 0, ended: hidden });
    expect(await pass()).toEqual([]);
  });

  it('waits until everybody who was there is listed and looked at', async () => {
    await hold('1', 40);
    expect(await pass()).toEqual([]);
    await aligned(false);
    expect(await pass()).toEqual([]);
    await aligned();
    const ref = { system: 'hubspot', type: 'contacts', id: '9' } as const;
    const mark = { pair: journeySignals, ref, class: 'backfill', stamp: 5, cause: 'listed' } as const;
    await fixture.store.engine.commitSignals([mark]);
    expect(await pass()).toEqual([]);
    await store().save([], await store().signals(10), []);
    expect(await stepOf()).toMatchObject({ letGo: 1 });
  });

  it('goes along into the store that a plan is made on', async () => {
    await aligned();
    for (const contact of ['1', '2', '3']) await hold(contact, 40);
    await pass();
    const scratch = await openScratchStore(fixture.connectionString, () => undefined);
    try {
      const counts = { 'hand-off': { letGo: 2, waiting: 1 } };
      expect(await scratch.store.lifecycle.firstStartCounts()).toMatchObject(counts);
      expect((await scratch.store.lifecycle.journeys(['1', '2', '3'])).size).toBe(3);
    } finally {
      await scratch.discard();
    }
  });

  it("holds HubSpot's own stage of a contact, and shows it anew once let go", async () => {
    await aligned();
    const ids = [await hold('1', 0), await hold('2', 0), await hold('3', 0)];
    const past = ids.slice(0, 2);
    const steps = { past, later: [], free: ids.slice(2) };
    expect(await store().holdStages(steps, 2)).toEqual(new Set());
    expect(await stepOf('lifecyclestage')).toMatchObject({ letGo: 1, waiting: 1 });
    const shown = (await store().dueEffects('people', 10)).filter(({ kind }) => kind === 'show');
    expect(shown).toHaveLength(1);
    expect(await store().holdStages({ ...steps, free: [] }, 2)).toEqual(
      new Set(shown.map(({ journeyId }) => journeyId)),
    );
    // Whoever is handed over meanwhile is none of the first start's any more.
    const other = past.filter((id) => id !== shown[0]?.journeyId);
    await store().holdStages({ past: [], later: other, free: [] }, 2);
    expect(await stepOf('lifecyclestage')).toMatchObject({ waiting: 0 });
  });
});

describe("any other step back of HubSpot's own stage", () => {
  const back = (...later: readonly string[]) => store().holdStages({ past: [], later, free: [] }, 2);
  const people = (...contacts: readonly string[]) =>
    Promise.all(contacts.map((contact) => hold(contact, 0))).then((ids) => ids.toSorted());
  const shown = async () =>
    (await store().dueEffects('people', 10)).flatMap(({ kind, journeyId }) =>
      kind === 'show' ? [journeyId] : [],
    );
  const aDayLater = () => fixture.query("update tandem.stage_backs set at = at - interval '1 day'");

  it('goes at once up to so many in a day; the others wait their turn, and go as the day goes on', async () => {
    await aligned();
    const [a = '', b = '', c = '', d = ''] = await people('1', '2', '3', '4');
    expect(await back(a, b, c)).toEqual(new Set([a, b]));
    // A try that failed is made again, and takes nothing more of the day.
    expect(await back(a, c)).toEqual(new Set([a]));
    await store().stagesMoved([a, b]);
    expect(await stepOf('stage-back')).toMatchObject({ letGo: 0, waiting: 1, hold: { isNew: true } });
    await aDayLater();
    // Whoever comes later does not pass whoever waits.
    expect(await back(d)).toEqual(new Set());
    expect(await stepOf('stage-back')).toMatchObject({ letGo: 2, waiting: 0, hold: null });
    expect((await shown()).toSorted()).toEqual([c, d]);
    expect(await back(c, d)).toEqual(new Set([c, d]));
  });

  it('counts each time: who moved back, on and back again has taken two of the day', async () => {
    await aligned();
    const [a = '', b = ''] = await people('1', '2');
    for (const allowed of [[a], [a], []]) {
      expect(await back(a)).toEqual(new Set(allowed));
      await store().stagesMoved(allowed);
    }
    expect(await back(b)).toEqual(new Set());
    expect(await store().firstStartCounts()).toMatchObject({ 'stage-back': { letGo: 2, waiting: 2 } });
  });

  it('goes by the word of a person, all that wait then, and the next ones wait again', async () => {
    await aligned();
    const [a = '', b = '', c = '', d = '', e = ''] = await people('1', '2', '3', '4', '5');
    await back(a, b, c, d);
    const id = (await stepOf('stage-back'))?.hold?.id ?? '';
    expect(await fixture.store.operator.releaseHeld(id)).toMatchObject({ kind: 'stage-back', records: 2 });
    expect((await shown()).toSorted()).toEqual([c, d]);
    expect(await back(c, d)).toEqual(new Set([c, d]));
    await store().stagesMoved([a, b, c, d]);
    expect(await back(e)).toEqual(new Set());
    expect(await stepOf('stage-back')).toMatchObject({ letGo: 0, waiting: 1, hold: { isNew: true } });
    // What a person let go has taken nothing of the day.
    expect(await store().firstStartCounts()).toMatchObject({ 'stage-back': { letGo: 2 } });
  });

  it('is held no more once it would be none', async () => {
    await aligned();
    const [a = '', b = '', c = ''] = await people('1', '2', '3');
    await back(a, b, c);
    const id = (await stepOf('stage-back'))?.hold?.id;
    await store().holdStages({ past: [], later: [], free: [c] }, 2);
    expect(await stepOf('stage-back')).toMatchObject({ waiting: 0, ended: id });
  });
});
