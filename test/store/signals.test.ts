import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { LifecycleContext } from '../../src/lifecycle/run/context.ts';
import { toKeptSignals } from '../../src/lifecycle/run/rows.ts';
import { signalsOnce } from '../../src/lifecycle/run/signal-pass.ts';
import { signalRules } from '../../src/lifecycle/signals/rules.ts';
import { staysAsked } from '../../src/lifecycle/signals/samples.ts';
import type { Reason } from '../../src/lifecycle/stage/facts.ts';
import type { Stage } from '../../src/lifecycle/stage/stages.ts';
import type { StayCount } from '../../src/model/journeys.ts';
import type { WriteRow } from '../../src/model/write.ts';
import { makeTransition } from '../lifecycle/account/rows.ts';
import { alwaysOpen } from '../lifecycle/calendar/calendars.ts';
import { loadWith, makeDefinition } from '../lifecycle/shipped-files.ts';
import { day } from '../lifecycle/signals/history.ts';
import { countStays, type JourneyTransition, passagesOf } from '../lifecycle/signals/passages.ts';
import { fallingStories, type Story, saveStories } from '../lifecycle/signals/stories.ts';
import { randomFrom } from '../random.ts';
import { withStore } from './postgres.ts';

const fixture = withStore();
beforeEach(() => fixture.reset());
const store = () => fixture.store.lifecycle;

const inOrder = (counts: readonly StayCount[]): readonly string[] =>
  counts
    .map(({ stage, dimension, group, recent, step, people, wentOn }) =>
      JSON.stringify([stage, dimension, group, recent, step, people, wentOn]),
    )
    .sort();

const steps: readonly Stage[] = [
  'lead',
  'engaged',
  'sales-ready',
  'working',
  'opportunity',
  'returned',
  'nurture',
];

/** People who go to and fro, by a seed. */
const randomStories = (seed: number, count: number, now: number): readonly Story[] => {
  const random = randomFrom(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  return Array.from({ length: count }, (): Story => {
    const id = randomUUID();
    let at = Math.round(now - random() * 320 * day);
    let from: Stage = 'subscriber';
    const transitions: JourneyTransition[] = [];
    while (at < now && transitions.length < 6) {
      const to: Stage = random() < 0.1 ? from : pick(steps);
      const reason = to === 'opportunity' && random() < 0.3 ? 'No need' : null;
      transitions.push({ ...makeTransition({ at, from, to, turn: 1, reason }), journey: id });
      from = to;
      at = Math.round(at + random() ** 3 * 60 * day);
    }
    const groups = {
      source: pick(['A', 'B', null]),
      segment: pick(['x', 'y']),
      rep: pick(['005A', '005B', null]),
    };
    return { id, groups, transitions };
  });
};

describe('stays, as the store counts them', () => {
  it('are those of the moves one by one', async () => {
    const now = await store().now();
    const stories = randomStories(11, 400, now);
    await saveStories(store(), stories);
    const groups = new Map(stories.map((story) => [story.id, story.groups]));
    const passages = passagesOf(
      stories.flatMap(({ transitions }) => transitions),
      (id) => groups.get(id) ?? { source: null, segment: null, rep: null },
    );
    const rules = { ...signalRules, recentMin: 2, pastMin: 3 };
    const expected = countStays(passages, rules, now);
    expect(expected.filter(({ dimension }) => dimension === 'rep').length).toBeGreaterThan(20);
    expect(inOrder(await store().stays(staysAsked(rules, now)))).toEqual(inOrder(expected));
  });

  it('are none of nobody', async () => {
    expect(await store().stays(staysAsked(signalRules, await store().now()))).toEqual([]);
    expect(await store().stays(staysAsked({ ...signalRules, horizonDays: {} }, 0))).toEqual([]);
  });
});

const { sla, scoring } = loadWith({});
const shipped = { sla, scoring };

/** What the pass works with; `says` are texts in the channel. */
const makeContext = (stages: 'act' | 'observe' = 'act', isTold: () => boolean = () => true) => {
  const says: string[] = [];
  const tasks = new Map<string, WriteRow>();
  const events: string[] = [];
  const context = {
    store: store(),
    pair: { name: 'people' },
    models: {
      ...shipped,
      lifecycle: makeDefinition({
        behaviours: { stages },
        signals: { source: 'hs_analytics_source', segment: null, task: '005G' },
      }),
    },
    staff: async () => ({
      owners: new Map([['005B', { name: 'Mia Sato' }]]),
      calendarOf: () => alwaysOpen(),
    }),
    tell: async (text: string) => {
      if (!isTold()) throw new Error('the webhook answered 500');
      says.push(text);
    },
    engine: fixture.store.engine,
    systems: {
      salesforce: {
        findByField: async (_type: string, _field: string, [key = '']: readonly string[]) =>
          tasks.has(key) ? [{}] : [],
        writeMany: async (_type: string, rows: readonly WriteRow[]) =>
          rows.map((row) => {
            tasks.set(row.op === 'upsert' ? row.identityValue : '', row);
            return { kind: 'landed', id: '00T1', created: true, stamp: null };
          }),
      },
    },
    events: { emit: (event: string) => events.push(event) },
    makeId: () => 'id',
    signal: new AbortController().signal,
  } as unknown as LifecycleContext;
  return { context, says, tasks, events };
};

/** Lets so many days go by since the last look. */
const letPass = (days: number) =>
  fixture.query(
    `update tandem.lifecycle set value = jsonb_set(value::jsonb, '{state,lookedAt}',
       to_jsonb((value -> 'state' ->> 'lookedAt')::float8 - $1))::json where name = 'signals'`,
    [days * day],
  );
const kept = async () => toKeptSignals((await store().keptSignals()).state);

describe('a signal', () => {
  it('is told once, by alert and task, and is kept until it is over', async () => {
    await saveStories(store(), fallingStories(await store().now()));
    const { context, says, tasks, events } = makeContext();
    expect(await signalsOnce(context)).toBe(2);
    expect(says).toHaveLength(1);
    expect(says[0]).toMatch(
      /^\*Fewer go on from sales-ready: source PAID_SEARCH\*\nOf \d+ in sales-ready \d+% went on/,
    );
    expect(says[0]).toMatch(/raise its bar, or pause it\.$/);
    const [[key, task] = []] = tasks;
    expect(key).toMatch(/^signal\/conversion\/sales-ready\/source\/PAID_SEARCH\/\d+$/);
    expect(task).toMatchObject({
      fields: { OwnerId: '005G', Subject: 'Fewer go on from sales-ready: source PAID_SEARCH' },
    });
    expect(events).toEqual(['signal']);
    // Every ten minutes, and at the next looks: it is open, and nobody is told again.
    expect(await signalsOnce(context)).toBe(0);
    await letPass(7);
    expect(await signalsOnce(context)).toBe(0);
    expect((await kept()).open).toMatchObject([{ alert: 'done', task: 'done' }]);
    expect([says.length, tasks.size]).toEqual([1, 1]);
    // Nobody is compared any more once the moves are gone; the source goes on as before, and it is over.
    await fixture.query(
      `update tandem.transitions set to_stage = 'working' where to_stage = 'returned' and source = 'PAID_SEARCH'`,
    );
    await letPass(7);
    await signalsOnce(context);
    expect((await kept()).open).toEqual([]);
    expect(events).toEqual(['signal', 'signal-over']);
  });

  it('that the chat does not take is told again; one that may have been shown is not', async () => {
    await saveStories(store(), fallingStories(await store().now()));
    let works = false;
    const { context, says, events } = makeContext('act', () => works);
    expect(await signalsOnce(context)).toBe(1);
    expect(events).toEqual(['signal', 'signal-failed']);
    works = true;
    expect(await signalsOnce(context)).toBe(1);
    expect(says).toHaveLength(1);
    await fixture.query(
      `update tandem.lifecycle set value = replace(value::text, '"alert":"done"', '"alert":"sent"')::json where name = 'signals'`,
    );
    await signalsOnce(context);
    expect(says).toHaveLength(1);
    expect((await kept()).open).toMatchObject([{ alert: 'done' }]);
  });

  it('is told to nobody where stages are only observed, and stands there', async () => {
    await saveStories(store(), fallingStories(await store().now()));
    const { context, says, tasks } = makeContext('observe');
    expect(await signalsOnce(context)).toBe(0);
    expect([says.length, tasks.size]).toEqual([0, 0]);
    expect((await kept()).open).toMatchObject([{ alert: null, task: null }]);
  });
});

/** Leads that were handed over some days ago, and what sales said of each; null: no word, it came back by itself. */
const judgedStories = async (reasons: readonly (string | null)[], daysAgo = 10): Promise<void> => {
  const at = Math.round((await store().now()) - daysAgo * day);
  const stories = reasons.map((reason): Story => {
    const id = randomUUID();
    const ready = { ...makeTransition({ at, turn: 1 }), journey: id };
    const left = makeTransition({
      ...{ at: at + day, turn: 1, from: 'sales-ready', effects: [], definition: null },
      ...(reason === 'yes'
        ? { to: 'accepted', cause: 'accepted' }
        : {
            to: 'returned',
            cause: reason === null ? 'stalled' : 'rejected',
            reason: (reason ?? 'Stalled') as Reason,
          }),
    });
    return {
      id,
      groups: { source: 'EMAIL_MARKETING', segment: null, rep: '005B' },
      transitions: [ready, { ...left, journey: id }],
    };
  });
  await saveStories(store(), stories);
  const ids = stories.map(({ id }) => id);
  await fixture.query('update tandem.journeys set turn = 1 where id = any($1)', [ids]);
  await fixture.query(
    `insert into tandem.effects (key, journey_id, kind, turn, at, evidence, state, steps, done_at)
     select id || '/1/hand-off', id, 'hand-off', 1, to_timestamp($2 / 1000.0), 'scored/1', 'done', '{"sales":{"state":"done","at":1}}',
       to_timestamp($2 / 1000.0) from unnest($1::uuid[]) as handed(id)`,
    [ids, at],
  );
};
const many = (count: number, reason: string | null): readonly (string | null)[] => Array(count).fill(reason);
const problem = async () =>
  (await fixture.store.status.problems()).find(({ key }) => key === 'lifecycle:quality');

describe('the agreed quality of leads', () => {
  it('that is missed is a problem with the figures and a step, told once, until it is met again', async () => {
    await judgedStories([
      ...many(12, 'yes'),
      ...many(9, 'No need'),
      ...many(6, 'Bad data'),
      ...many(5, null),
    ]);
    const { context, says, tasks, events } = makeContext();
    expect(await signalsOnce(context)).toBe(2);
    expect(says).toHaveLength(1);
    expect(says[0]).toMatch(/^\*Fewer leads are as good as agreed\*\nOf 27 that sales judged, ready since /);
    expect(says[0]).toContain('44% were accepted, and at least 60% were agreed');
    expect(says[0]).toContain(
      '22% had bad data, and at most 10% were agreed. Most often: No need 9, Bad data 6.',
    );
    expect([...tasks.keys()]).toEqual([expect.stringMatching(/^target\/quality\/\d+$/)]);
    expect(events).toEqual(['target-missed']);
    expect(await problem()).toMatchObject({
      what: 'lifecycle: fewer leads are as good as agreed (quality in sla.yaml)',
      cause: expect.stringContaining('Of 27 that sales judged'),
      fault: 'config',
      next: expect.stringMatching(/tandem score --what-if FILE.*bad data come from/),
    });
    await letPass(7);
    expect(await signalsOnce(context)).toBe(0);
    expect((await kept()).targets).toMatchObject([{ alert: 'done', task: 'done', figures: { judged: 27 } }]);
    await judgedStories(many(60, 'yes'));
    await letPass(7);
    expect(await signalsOnce(context)).toBe(0);
    expect([await problem(), (await kept()).targets]).toEqual([undefined, []]);
    expect(events).toEqual(['target-missed', 'target-met']);
  });

  it('of a few, of leads of before the definition, or of what came back by itself says nothing', async () => {
    await judgedStories([...many(19, 'No need'), ...many(50, null)]);
    await judgedStories(many(50, 'No need'), 120);
    const { context, says } = makeContext();
    expect(await signalsOnce(context)).toBe(0);
    expect([says, await problem(), (await kept()).targets]).toEqual([[], undefined, []]);
  });

  it('is told to nobody where stages are only observed, and is a problem all the same', async () => {
    await judgedStories(many(20, 'No need'));
    const { context, says } = makeContext('observe');
    expect(await signalsOnce(context)).toBe(0);
    expect(says).toEqual([]);
    expect(await problem()).toMatchObject({ cause: expect.stringContaining('0% were accepted') });
  });
});
