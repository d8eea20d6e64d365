import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { type EffectSave, type JourneySave, journeySignals } from '../../src/model/journeys.ts';
import { withStore } from './postgres.ts';

const fixture = withStore();
beforeEach(() => fixture.reset());

const empty = { transitions: [], activities: [], effects: [], clocks: [], heard: [], answers: [] } as const;
const journey = (contactId: string, more: Partial<JourneySave> = {}, row = {}): JourneySave => ({
  row: {
    id: randomUUID(),
    contactId,
    version: 0,
    stage: 'lead',
    turn: 0,
    owner: null,
    state: '{"journey":{"stage":"lead"}}',
    shown: '{}',
    told: [],
    ...row,
  },
  nextAt: null,
  ...empty,
  ...more,
});
const store = () => fixture.store.lifecycle;
const stored = async (contactId: string) => {
  const row = (await store().journeys([contactId])).get(contactId);
  if (row === undefined) throw new Error(`no journey of ${contactId}`);
  return row;
};
const linkContact = (contactId: string, salesforceId: string) =>
  fixture.query(
    `insert into tandem.links (id, pair, hubspot_id, salesforce_id, base, salesforce_type)
     values (gen_random_uuid(), 'people', $1, $2, '{}', 'Contact')`,
    [contactId, salesforceId],
  );
const mark = (id: string) =>
  fixture.store.engine.commitSignals([
    {
      pair: journeySignals,
      ref: { system: 'hubspot', type: 'contacts', id },
      class: 'live',
      stamp: 5,
      cause: 'test',
    },
  ]);
const handOff = (id: string) => ({
  key: `${id}/1/hand-off`,
  kind: 'hand-off',
  turn: 1,
  at: 1_000,
  evidence: 'asked/x',
});
const effectSave = (key: string, journeyId: string, more: Partial<EffectSave> = {}): EffectSave => ({
  key,
  at: 1_000,
  journeyId,
  steps: '{}',
  route: null,
  attempts: 0,
  dueMs: 0,
  why: null,
  next: null,
  ...more,
});

describe('a look at a person', () => {
  it('is saved whole, with its signals', async () => {
    await mark('7');
    const signals = await store().signals(10);
    expect(signals).toMatchObject([{ ref: { id: '7' }, stamp: 5, version: 1, attempts: 0 }]);
    const begun = journey('7', {
      activities: [{ key: 'a', at: 1_000, activity: '{"key":"a"}' }],
      transitions: [
        {
          ...{
            from: 'subscriber',
            to: 'lead',
            move: 'forward',
            legal: true,
            at: 1_000,
            cause: 'known',
            evidence: 'known',
          },
          ...{
            by: 'hubspot',
            turn: 0,
            reason: null,
            version: '1',
            definition: null,
            behaviour: 'stages',
            mode: 'act',
          },
          effects: ['hand-off', 'tell-owner'],
        },
      ],
    });
    expect(await store().save([begun], signals, [])).toEqual(new Set());
    expect(await store().signals(10)).toEqual([]);
    const row = await stored('7');
    expect(row).toMatchObject({ version: 1, stage: 'lead', told: [] });
    expect((await store().transitions([row.id])).get(row.id)).toEqual(begun.transitions);
    expect((await store().timeline([row.id], 10)).get(row.id)).toEqual(begun.activities);
  });

  it('over a journey that moved meanwhile is refused, and nothing of it is kept', async () => {
    await store().save([journey('7')], [], []);
    const row = await stored('7');
    const again = { row, nextAt: null, ...empty };
    expect(await store().save([again], [], [])).toEqual(new Set());
    const late = { ...again, effects: [handOff(row.id)] };
    expect(await store().save([late], [], [])).toEqual(new Set(['7']));
    expect(await store().dueEffects('people', 10)).toEqual([]);
    expect(await store().save([journey('7')], [], [])).toEqual(new Set(['7']));
  });

  it('that is refused leaves the signals that it would have answered', async () => {
    await store().save([journey('7')], [], []);
    const row = await stored('7');
    await mark('7');
    const answers = await store().signals(10);
    await store().save([{ row, nextAt: null, ...empty }], [], []);
    expect(await store().save([{ row, nextAt: null, ...empty, answers }], [], [])).toEqual(new Set(['7']));
    expect(await store().signals(10)).toEqual(answers);
    const again = { row: await stored('7'), nextAt: null, ...empty, answers };
    expect(await store().save([again], [], [])).toEqual(new Set());
    expect(await store().signals(10)).toEqual([]);
  });

  it('leaves a signal that came meanwhile', async () => {
    await mark('7');
    const signals = await store().signals(10);
    await mark('7');
    await store().save([], signals, []);
    expect(await store().signals(10)).toMatchObject([{ version: 2 }]);
  });

  it('that was too early is made again later', async () => {
    await mark('7');
    const [signal] = await store().signals(10);
    if (signal === undefined) throw new Error('no signal');
    await store().save([], [], [{ signal, dueMs: 60_000 }]);
    expect(await store().signals(10)).toEqual([]);
    expect(await store().isBusy()).toBe(true);
  });

  it('comes by itself when its time has come', async () => {
    await store().save(
      [journey('7', { nextAt: Date.now() - 1_000 }), journey('8', { nextAt: Date.now() + 60_000 })],
      [],
      [],
    );
    expect(await store().dueContacts(10)).toEqual(['7']);
  });
});

describe('an effect', () => {
  const begin = async () => {
    const made = journey('7');
    await linkContact('7', '003A');
    await store().save([{ ...made, effects: [handOff(made.row.id)] }], [], []);
    return made.row.id;
  };

  it('that hands somebody over waits for their record in Salesforce, two seconds and no longer', async () => {
    const id = await begin();
    const due = async () => (await store().dueEffects('people', 10)).length;
    expect(await due()).toBe(1);
    await fixture.query("update tandem.links set pair = 'companies'");
    expect(await due()).toBe(0);
    await fixture.query(`update tandem.effects set due = now() - interval '3 seconds'`);
    expect(await due()).toBe(1);
    // Whoever tried says when it is tried again.
    await store().saveEffects([effectSave(`${id}/1/hand-off`, id, { attempts: 1 })]);
    expect(await due()).toBe(1);
  });

  const shown = { json: '{"hubspot":{"stage":"sales-ready"}}', version: 1 };
  const showing = (id: string, more: Partial<EffectSave> = {}) =>
    store().saveEffects([effectSave(`${id}/1/hand-off`, id, { shown, ...more })]);

  it('that wrote what a look of meanwhile did not know of has its person looked at again', async () => {
    const id = await begin();
    await showing(id);
    expect(await store().dueContacts(10)).toEqual([]);
    await store().save([{ row: await stored('7'), nextAt: null, ...empty }], [], []);
    expect(await store().dueContacts(10)).toEqual([]);
    // By the journey as it was before that look.
    await showing(id);
    expect(await store().dueContacts(10)).toEqual(['7']);
  });

  it('that writes while somebody is looked at has that look made again', async () => {
    const id = await begin();
    const row = await stored('7');
    await showing(id);
    expect(await store().save([{ row, nextAt: null, ...empty }], [], [])).toEqual(new Set());
    expect(await store().dueContacts(10)).toEqual(['7']);
    await store().save([{ row: await stored('7'), nextAt: null, ...empty }], [], []);
    expect(await store().dueContacts(10)).toEqual([]);
  });

  it('is ordered once, however often it is told', async () => {
    const id = await begin();
    await store().save([{ row: await stored('7'), nextAt: null, ...empty, effects: [handOff(id)] }], [], []);
    expect(await store().dueEffects('people', 10)).toMatchObject([
      { key: `${id}/1/hand-off`, contactId: '7', attempts: 0 },
    ]);
    await store().saveEffects([effectSave(`${id}/1/hand-off`, id, { dueMs: null })]);
    await store().save([{ row: await stored('7'), nextAt: null, ...empty, effects: [handOff(id)] }], [], []);
    expect(await store().dueEffects('people', 10)).toEqual([]);
    expect(await store().effectsOf([id])).toMatchObject([{ kind: 'hand-off', doneAt: expect.any(Number) }]);
  });

  it('that shows where somebody stands is ordered again and again', async () => {
    const made = journey('7');
    const show = { key: `${made.row.id}/show`, kind: 'show', turn: 0, at: 1_000, evidence: 'show' };
    await store().save([{ ...made, effects: [show] }], [], []);
    await store().saveEffects([effectSave(show.key, made.row.id, { dueMs: null })]);
    expect(await store().dueEffects('people', 10)).toEqual([]);
    await store().save([{ row: await stored('7'), nextAt: null, ...empty, effects: [show] }], [], []);
    expect(await store().dueEffects('people', 10)).toHaveLength(1);
  });

  it('that shows where somebody stands is not done by what was carried out of an order before it', async () => {
    const made = journey('7');
    const show = { key: `${made.row.id}/show`, kind: 'show', turn: 0, at: 1_000, evidence: 'show' };
    await store().save([{ ...made, effects: [show] }], [], []);
    // Given anew while it is carried out by what was known before.
    await store().save(
      [{ row: await stored('7'), nextAt: null, ...empty, effects: [{ ...show, at: 2_000 }] }],
      [],
      [],
    );
    await store().saveEffects([effectSave(show.key, made.row.id, { dueMs: null })]);
    expect(await store().dueEffects('people', 10)).toMatchObject([{ kind: 'show', at: 2_000 }]);
    await store().saveEffects([effectSave(show.key, made.row.id, { at: 2_000, dueMs: null })]);
    expect(await store().dueEffects('people', 10)).toEqual([]);
  });

  it('tells its journey, wakes it, and the fact is there until it was heard', async () => {
    const id = await begin();
    const fact = { key: 'handed/1', fact: '{"kind":"handed","key":"handed/1","at":2000}' };
    await store().saveEffects([
      effectSave(`${id}/1/hand-off`, id, {
        dueMs: null,
        fact,
        shown: { json: '{"hubspot":{"a":1}}', version: 1 },
      }),
    ]);
    expect(await store().dueContacts(10)).toEqual(['7']);
    const row = await stored('7');
    expect(row).toMatchObject({ told: [fact.fact], shown: '{"hubspot":{"a":1}}', version: 1 });
    await store().save([{ row, nextAt: null, ...empty, heard: ['handed/1'] }], [], []);
    expect((await stored('7')).told).toEqual([]);
    expect(await store().isBusy()).toBe(false);
  });

  it('begins a clock once', async () => {
    const id = await begin();
    const clock = {
      journeyId: id,
      turn: 1,
      kind: 'follow-up',
      doneAt: null,
      clock: '{"startedAt":1,"a":1}',
      stepsDone: [],
      owner: '005A',
      remindAt: null,
      dueAt: 9_000,
      paused: false,
    };
    const save = (more: object) =>
      store().saveEffects([effectSave(`${id}/1/hand-off`, id, { clocks: [{ ...clock, ...more }] })]);
    await save({});
    await save({ clock: '{"startedAt":1,"a":2}' });
    expect(await store().clocks([id])).toEqual([clock]);
    const moved = { ...clock, clock: '{"startedAt":1,"a":3}', stepsDone: ['x', 'y'], doneAt: 5_000 };
    await store().save([{ row: await stored('7'), nextAt: null, ...empty, clocks: [moved] }], [], []);
    expect(await store().clocks([id])).toEqual([moved]);
    // Another owner has the whole time; a look that read the clock before does not bring the old one back.
    const anew = { ...clock, clock: '{"startedAt":2}' };
    await save(anew);
    expect(await store().clocks([id])).toEqual([anew]);
    await store().save([{ row: await stored('7'), nextAt: null, ...empty, clocks: [moved] }], [], []);
    expect(await store().clocks([id])).toEqual([anew]);
  });

  it('tells who is late, who is next, and how clocks stand', async () => {
    const id = await begin();
    const now = await store().now();
    const hour = 3_600_000;
    const save = async (clocks: readonly { turn: number; kind?: string; [key: string]: unknown }[]) =>
      store().saveEffects([
        effectSave(`${id}/1/hand-off`, id, {
          clocks: clocks.map((each) => ({
            ...{ journeyId: id, kind: 'follow-up', doneAt: null, clock: '{"startedAt":1}', stepsDone: [] },
            ...{ owner: '005A', remindAt: null, dueAt: null, paused: false, ...each },
          })),
        }),
      ]);
    expect(await store().clockCounts()).toEqual([]);
    expect(await store().nextClock('people')).toBeNull();
    await save([
      { turn: 1, dueAt: now - 2 * hour, remindAt: now - 3 * hour },
      { turn: 2, dueAt: now - hour, paused: true },
      { turn: 3, dueAt: now + hour, remindAt: now - hour },
      { turn: 4, dueAt: now + 2 * hour, remindAt: now + hour },
      { turn: 5, paused: true },
      { turn: 6 },
      { turn: 7, dueAt: now, doneAt: now - hour },
      { turn: 8, dueAt: now - 2 * hour, doneAt: now - hour },
      { turn: 9, dueAt: 1, doneAt: 2 },
      { turn: 1, kind: 'verdict', dueAt: now - 3 * hour, owner: null },
    ]);
    const none = { waiting: 0, reminded: 0, late: 0, paused: 0, never: 0, met: 0, missed: 0 };
    expect(await store().clockCounts()).toEqual([
      { kind: 'follow-up', waiting: 1, reminded: 1, late: 2, paused: 1, never: 1, met: 1, missed: 1 },
      { ...none, kind: 'verdict', late: 1 },
    ]);
    expect(await store().lateCounts()).toEqual(
      new Map([
        ['follow-up', 2],
        ['verdict', 1],
      ]),
    );
    const whose = { contactId: '7', salesforceId: '003A' };
    expect(await store().lateClocks('people', 2)).toEqual([
      { ...whose, kind: 'verdict', turn: 1, owner: null, dueAt: now - 3 * hour },
      { ...whose, kind: 'follow-up', turn: 1, owner: '005A', dueAt: now - 2 * hour },
    ]);
    expect(await store().nextClock('people')).toMatchObject({ turn: 3, dueAt: now + hour });
  });

  it('has those looked at whom an owner has in a stage', async () => {
    const save = journey('70', {}, { owner: '005A', stage: 'sales-ready' });
    const others = [
      journey('71', {}, { owner: '005A', stage: 'working' }),
      journey('72', {}, { owner: '005B', stage: 'sales-ready' }),
    ];
    await store().save([save, ...others], [], []);
    await store().wakeOf(['005A'], ['sales-ready']);
    expect(await store().dueContacts(10)).toEqual(['70']);
  });

  it('keeps who is there', async () => {
    expect(await store().staff()).toBe('[]');
    await store().saveStaff('[{"id":"005A"}]');
    await store().saveStaff('[{"id":"005B"}]');
    expect(JSON.parse(await store().staff())).toEqual([{ id: '005B' }]);
  });

  it('lets the engine make the record, and keeps nobody waiting once a person has to act', async () => {
    const id = await begin();
    expect(await fixture.store.engine.handedAmong(['7', '8'])).toEqual(new Set(['7']));
    expect(await store().isBusy()).toBe(true);
    await store().saveEffects([
      effectSave(`${id}/1/hand-off`, id, { dueMs: 60_000, why: 'refused', next: 'mend it' }),
    ]);
    expect(await store().isBusy()).toBe(false);
    expect(await store().refusedEffects()).toEqual([
      { kind: 'hand-off', why: 'refused', next: 'mend it', since: expect.any(Number), count: 1 },
    ]);
  });

  it('tells orders as one that HubSpot refuses for one cause, each call by a name of its own', async () => {
    const id = await begin();
    const named = (name: string) => `hubspot refuses it: MISSING_SCOPES: not allowed, correlation id ${name}`;
    await fixture.query(
      `insert into tandem.effects (key, journey_id, kind, turn, at, evidence, why, next_step)
       values ('a', $1, 'programs', 1, now(), 'x', $2, 'Give'), ('b', $1, 'programs', 1, now(), 'y', $3, 'Give')`,
      [id, named('e1-a'), named('e1-b')],
    );
    expect(await store().refusedEffects()).toMatchObject([
      { kind: 'programs', why: 'hubspot refuses it: MISSING_SCOPES: not allowed', count: 2 },
    ]);
  });

  it('that see to programs take no place of the others, which come first', async () => {
    const id = await begin();
    await fixture.query(
      `insert into tandem.effects (key, journey_id, kind, turn, at, evidence, due)
       select 'p' || n, $1, 'programs', 1, now(), 'x', now() - interval '1 hour' from generate_series(1, 3) n`,
      [id],
    );
    const due = await store().dueEffects('people', 2);
    expect(due.map(({ kind }) => kind)).toEqual(['hand-off', 'programs', 'programs']);
  });

  it('that hand somebody over go before a crowd of others, in their first tries', async () => {
    const id = await begin();
    await fixture.query(
      `insert into tandem.effects (key, journey_id, kind, turn, at, evidence, due)
       select 'r' || n, $1, 'request', 1, now(), 'x', now() - interval '1 hour' from generate_series(1, 3) n`,
      [id],
    );
    const kinds = async () => (await store().dueEffects('people', 2)).map(({ kind }) => kind);
    expect(await kinds()).toEqual(['hand-off', 'request']);
    // Its record is made first: it is tried again, and goes before the others once more.
    await fixture.query(`update tandem.effects set attempts = 4 where kind = 'hand-off'`);
    expect(await kinds()).toEqual(['hand-off', 'request']);
    await fixture.query(`update tandem.effects set attempts = 5 where kind = 'hand-off'`);
    expect(await kinds()).toEqual(['request', 'request']);
  });

  it('that see to programs wait for the others, a few seconds and no longer', async () => {
    const id = await begin();
    await fixture.query(
      `insert into tandem.effects (key, journey_id, kind, turn, at, evidence) values ('p', $1, 'programs', 1, now(), 'x')`,
      [id],
    );
    const kinds = async (except: readonly string[] = []) =>
      (await store().dueEffects('people', 2, except)).map(({ kind }) => kind);
    expect(await kinds()).toEqual(['hand-off']);
    // For one whose record is on its way, too: it may be there before the lists are written.
    await fixture.query("update tandem.links set pair = 'companies'");
    expect(await kinds()).toEqual([]);
    await fixture.query("update tandem.links set pair = 'people'");
    expect(await kinds(['hand-off'])).toEqual(['programs']);
    await fixture.query(`update tandem.effects set due = now() - interval '6 seconds' where key = 'p'`);
    expect(await kinds()).toEqual(['hand-off', 'programs']);
    // And then all of them: one round has them, and the next ones none.
    await fixture.query(
      `insert into tandem.effects (key, journey_id, kind, turn, at, evidence) values ('q', $1, 'programs', 1, now(), 'x')`,
      [id],
    );
    expect(await kinds()).toEqual(['hand-off', 'programs', 'programs']);
  });

  it('knows the tasks that were made', async () => {
    const id = await begin();
    const steps = JSON.stringify({ task: { state: 'done', at: 1, id: '00T1' } });
    await store().saveEffects([effectSave(`${id}/1/hand-off`, id, { steps })]);
    expect(await store().tasks([id])).toEqual([
      { journeyId: id, turn: 1, kind: 'hand-off', evidence: expect.any(String), id: '00T1' },
    ]);
  });

  it('knows which orders are carried out', async () => {
    const id = await begin();
    const key = `${id}/1/hand-off`;
    expect([...(await store().doneAmong([key, 'none']))]).toEqual([]);
    await store().saveEffects([effectSave(key, id, { dueMs: null })]);
    expect([...(await store().doneAmong([key, 'none']))]).toEqual([key]);
  });
});

describe('what reps say', () => {
  it('is kept word by word, the same word once, and the last one of each record is known', async () => {
    await store().save([journey('7')], [], []);
    const { id: journeyId } = await stored('7');
    const said = (value: string | null, at: number, record = '00Q1') => ({
      ...{ journeyId, record, kind: 'quality', value, at, turn: 1, owner: '005A' },
    });
    await store().noteFeedback([said(null, 1_000), said('4', 1_000, '006a')]);
    await store().noteFeedback([said('4', 2_000)]);
    await store().noteFeedback([said('4', 3_000)]);
    await store().noteFeedback([said(null, 4_000)]);
    expect((await store().feedback([journeyId])).get(journeyId)).toEqual([
      said('4', 1_000, '006a'),
      said(null, 4_000),
    ]);
    expect(await fixture.query('select value from tandem.feedback order by id')).toEqual([
      { value: '4' },
      { value: '4' },
      { value: null },
    ]);
  });
});

describe('the turns of the pools', () => {
  it('move once for each version', async () => {
    expect(await store().turns()).toEqual({ version: 0, state: '{}' });
    expect(await store().saveTurns(0, '{"a":1}')).toBe(true);
    expect(await store().saveTurns(0, '{"a":2}')).toBe(false);
    expect(await store().turns()).toEqual({ version: 1, state: '{"a":1}' });
    expect(await store().saveTurns(1, '{"a":3}')).toBe(true);
    expect(await store().saveTurns(1, '{"a":4}')).toBe(false);
  });
});

it('since when the lifecycle is on is noted once', async () => {
  const since = await store().sinceAt();
  expect(await store().sinceAt()).toBe(since);
  expect(Math.abs((await store().now()) - Date.now())).toBeLessThan(60_000);
});

describe('details', () => {
  const page = (key: string, more: object = {}) => ({
    key,
    at: 1_000,
    activity: JSON.stringify({ key, at: 1_000, type: 'pageView', ...more }),
  });
  const begin = async (atOnce = false) => {
    await store().save([journey('7', { details: { kinds: ['pages'], atOnce } })], [], []);
    return stored('7');
  };
  const answer = async (journeyId: string, activities: readonly ReturnType<typeof page>[], version = 1) =>
    store().saveDetails([{ journeyId, version, askedAt: Date.now(), activities }]);

  it('are asked for once, told to the journey, taken in by the next look', async () => {
    const row = await begin();
    const due = await store().dueDetails(10);
    expect(due).toEqual([
      { journeyId: row.id, contactId: '7', kinds: ['pages'], askedAt: null, version: 1, attempts: 0 },
    ]);
    expect(await store().isBusy()).toBe(true);
    await answer(row.id, [page('a')]);
    expect(await store().dueDetails(10)).toEqual([]);
    expect(await store().dueContacts(10)).toEqual(['7']);
    const told = await stored('7');
    expect(told.toldActivities?.map((text) => JSON.parse(text))).toMatchObject([{ key: 'a' }]);
    await store().save(
      [{ row: told, nextAt: null, ...empty, activities: [page('a')], taken: ['a'] }],
      [],
      [],
    );
    expect((await stored('7')).toldActivities).toEqual([]);
    expect(await store().isBusy()).toBe(false);
  });

  it('that say no more than what is stored wake nobody; those that do, amend it', async () => {
    const row = await begin();
    await store().save(
      [{ row, nextAt: null, ...empty, activities: [page('a', { title: 'Pricing' })] }],
      [],
      [],
    );
    await answer(row.id, [page('a')]);
    expect(await store().dueContacts(10)).toEqual([]);
    await answer(row.id, [page('a', { url: 'x' })]);
    const told = await stored('7');
    const amended = page('a', { title: 'Pricing', url: 'x' });
    await store().save([{ row: told, nextAt: null, ...empty, amended: [amended], taken: ['a'] }], [], []);
    expect((await store().history([row.id])).get(row.id)).toEqual([{ ...amended, journey: row.id }]);
    const among = await store().activitiesAmong([
      { journeyId: row.id, key: 'a' },
      { journeyId: row.id, key: 'b' },
    ]);
    expect(among.get(row.id)?.map(({ key }) => key)).toEqual(['a']);
  });

  it('told while a look is made are taken in by the next one, at once', async () => {
    const row = await begin();
    await answer(row.id, [page('a')]);
    await store().save([{ row, nextAt: Date.now() + 60_000, ...empty }], [], []);
    expect(await store().dueContacts(10)).toEqual(['7']);
  });

  it('of somebody who is not there wait with the journey, and wake nobody again and again', async () => {
    const row = await begin();
    await answer(row.id, [page('a')]);
    await store().save([{ row: await stored('7'), nextAt: null, ...empty, rests: true }], [], []);
    expect(await store().dueContacts(10)).toEqual([]);
    expect((await stored('7')).toldActivities).toHaveLength(1);
  });

  it('wanted while they are asked for are asked for again', async () => {
    const row = await begin();
    await store().save(
      [{ row, nextAt: null, ...empty, details: { kinds: ['mails'], atOnce: false } }],
      [],
      [],
    );
    await answer(row.id, [], 1);
    expect(await store().dueDetails(10)).toMatchObject([{ kinds: ['mails', 'pages'], version: 2 }]);
  });

  it('of somebody who goes on clicking wait a minute; a hand-off does not', async () => {
    const row = await begin();
    await answer(row.id, []);
    const want = async (atOnce: boolean) =>
      store().save(
        [{ row: await stored('7'), nextAt: null, ...empty, details: { kinds: ['pages'], atOnce } }],
        [],
        [],
      );
    await want(false);
    expect(await store().dueDetails(10)).toEqual([]);
    await want(true);
    expect(await store().dueDetails(10)).toMatchObject([{ journeyId: row.id, askedAt: expect.any(Number) }]);
  });

  it('that cannot be had are put off, and given up', async () => {
    const row = await begin();
    await store().putOffDetails([row.id], 60_000);
    expect(await store().dueDetails(10)).toEqual([]);
    await store().putOffDetails([row.id], 0);
    expect(await store().dueDetails(10)).toMatchObject([{ attempts: 2 }]);
    await store().putOffDetails([row.id], null);
    expect(await store().isBusy()).toBe(false);
  });
});

describe('deals', () => {
  const deal = (id: string, more = {}) => ({
    ...{
      id,
      state: 'open',
      stage: 'Proposal',
      amount: 10,
      currency: 'EUR',
      lossReason: null,
      competitor: null,
    },
    ...{ createdAt: 1_000, closesOn: '2026-12-01', stamp: 5_000, ...more },
  });

  it("are kept with whose they are; what is nobody's any more is forgotten, and an older read changes nothing", async () => {
    const [one, two] = [journey('1', {}, { turn: 1 }), journey('2', {}, { turn: 1 })];
    await store().save([one, two, journey('3')], [], []);
    await store().saveDeals(
      [deal('a'), deal('b')],
      new Map([
        ['1', ['a', 'b']],
        ['2', ['a']],
        ['3', ['b']],
        ['9', ['a']],
      ]),
    );
    const both = [one.row.id, two.row.id].sort();
    expect(await store().reportDeals()).toMatchObject([
      { ...deal('a'), journeys: both },
      { id: 'b', journeys: [one.row.id] },
    ]);
    await store().saveDeals(
      [deal('a', { state: 'won', amount: null, stamp: 6_000 })],
      new Map([
        ['1', ['a']],
        ['3', []],
      ]),
    );
    await store().saveDeals([deal('a')], new Map());
    expect(await store().reportDeals()).toMatchObject([
      { id: 'a', state: 'won', amount: null, currency: 'EUR', journeys: both },
    ]);
  });

  it('are to be read once for each turn of people with a contact, in the stages that are asked for', async () => {
    await store().save(
      [journey('1', {}, { stage: 'working', turn: 1 }), journey('2', {}, { stage: 'lead' })],
      [],
      [],
    );
    await linkContact('1', '0031');
    await linkContact('2', '0032');
    const unread = () => store().dealsUnread('people', ['working'], 10);
    expect(await unread()).toEqual([{ contactId: '1', salesforceId: '0031' }]);
    await store().dealsRead([{ contactId: '1', turn: 1 }]);
    expect(await unread()).toEqual([]);
    const row = await stored('1');
    await store().save([journey('1', {}, { ...row, turn: 2 })], [], []);
    expect(await unread()).toEqual([{ contactId: '1', salesforceId: '0031' }]);
  });

  it('people are named by their records as they were last looked at', async () => {
    const state = JSON.stringify({
      journey: { stage: 'working' },
      contact: { fields: { firstname: 'Vera' } },
      sales: null,
    });
    const ready = journey('1', {}, { stage: 'working', turn: 1, state });
    await store().save([ready, journey('2')], [], []);
    await linkContact('1', '0031');
    expect(await store().reportPeople('people')).toEqual([
      {
        journey: ready.row.id,
        contactId: '1',
        salesforceId: '0031',
        contact: '{"firstname":"Vera"}',
        sales: null,
      },
    ]);
  });
});

describe('the people of a company', () => {
  it('are found by the company of the contact as it was last looked at, those with an owner first', async () => {
    const of = (companyId: string, more = {}) =>
      JSON.stringify({
        journey: { stage: 'lead' },
        contact: { fields: { associatedcompanyid: companyId, ...more } },
      });
    const owned = journey('3', {}, { owner: '005A', turn: 1, state: of('77', { firstname: 'Mei' }) });
    await store().save(
      [journey('1', {}, { state: of('77') }), journey('2', {}, { state: of('88') }), owned, journey('4')],
      [],
      [],
    );
    const found = await store().colleagues(['77', '99'], 1);
    expect(found).toMatchObject([{ companyId: '77', count: 2, contactId: '3', owner: '005A', sales: null }]);
    expect(found[0]?.contact).toContain('Mei');
  });
});

describe('a timeline', () => {
  it('has what the people of a company did and how they moved, newest first, and of one person theirs alone', async () => {
    const state = JSON.stringify({
      journey: { stage: 'lead' },
      contact: { fields: { associatedcompanyid: '77' } },
    });
    const did = (key: string, at: number) => ({ key, at, activity: `{"type":"pageView","key":"${key}"}` });
    const move = {
      ...{ from: 'lead', to: 'engaged', move: 'forward', legal: true, at: 2_000, cause: 'activity' },
      ...{ evidence: 'a', by: 'tandem', turn: 0, reason: null, version: '1', definition: null },
      ...{ behaviour: 'stages', mode: 'act', effects: [] },
    };
    await store().save(
      [
        journey('1', { activities: [did('a', 1_000), did('b', 3_000)] }, { state }),
        journey('2', { activities: [did('c', 2_500)], transitions: [move] }, { state }),
        journey('3', { activities: [did('d', 9_000)] }),
      ],
      [],
      [],
    );
    const seen = async (companyIds: readonly string[], contactIds: readonly string[]) =>
      (await store().timelineOf({ companyIds, contactIds }, 10)).map(({ contactId, at, to }) => [
        contactId,
        at,
        to,
      ]);
    expect(await seen(['77'], [])).toEqual([
      ['1', 3_000, null],
      ['2', 2_500, null],
      ['2', 2_000, 'engaged'],
      ['1', 1_000, null],
    ]);
    expect(await seen([], ['3'])).toEqual([['3', 9_000, null]]);
  });
});
