import { describe, expect, it } from 'vitest';
import {
  lookAtClocks,
  withHandOffClock,
  withReassignClock,
  withReturnClock,
} from '../../../src/lifecycle/look/clocks.ts';
import { leaverOf, leftOrders } from '../../../src/lifecycle/look/left-orders.ts';
import { type Clock, modeOf } from '../../../src/lifecycle/sla/clock.ts';
import {
  type Journey,
  type Mode,
  newJourney,
  type Transition,
} from '../../../src/lifecycle/stage/journey.ts';
import { makeCalendar } from '../calendar/calendars.ts';
import { loadWith } from '../shipped-files.ts';

const { sla } = loadWith({});
if (sla === null) throw new Error('the shipped sla.yaml is wrong');
/** Monday, 9:00 in Berlin. */
const monday = Date.parse('2026-06-01T07:00Z');
const hour = 3_600_000;
const journey = (more: Partial<Journey> = {}): Journey => ({
  ...newJourney('j', 0),
  stage: 'sales-ready',
  turn: 1,
  owner: '005A',
  handedAt: monday,
  ...more,
});
const clock = (more: Partial<Clock> = {}): Clock => ({
  journey: 'j',
  turn: 1,
  kind: 'follow-up',
  startedAt: monday,
  asked: true,
  owner: '005A',
  pauses: [],
  doneAt: null,
  ...more,
});
const look = (
  kept: Clock,
  of: Journey,
  now: number,
  owner: string | null = '005A',
  done: string[] = [],
  mode: Mode = 'act',
) =>
  lookAtClocks(
    [{ clock: kept, stepsDone: done }],
    of,
    {
      sla,
      mode,
      calendarOf: (id) => makeCalendar(id === '005T' ? { zone: 'Asia/Tokyo' } : {}),
      names: { stage: of.stage, contact: {}, lead: {} },
      owner,
    },
    now,
  );
const steps = (...args: Parameters<typeof look>) => look(...args).due.map(({ step }) => step.key);

describe('clocks at a look', () => {
  it('a verdict stops the clock that ran, and not that of the rep who gets the lead by it', () => {
    const rejected = journey({ verdictAt: monday });
    expect(look(clock({ startedAt: monday - 1 }), rejected, monday).clocks[0]?.clock.doneAt).toBe(monday);
    expect(look(clock(), rejected, monday).clocks[0]?.clock.doneAt).toBeNull();
  });

  it('a clock that began anew takes its steps anew, each once', () => {
    const first = ['j/1/follow-up/remind', 'j/1/follow-up/escalate'];
    expect(steps(clock(), journey(), monday + 2 * hour)).toEqual(first);
    expect(steps(clock(), journey(), monday + 2 * hour, '005A', first)).toEqual([]);
    const again = ['j/1/follow-up/1/remind', 'j/1/follow-up/1/escalate'];
    expect(steps(clock({ moves: 1 }), journey(), monday + 2 * hour, '005A', first)).toEqual(again);
  });

  it('that do nothing bring no look whose time is over already, or it would come at every tick', () => {
    expect(look(clock(), journey(), monday, '005A', [], 'off').nextAt).toBe(monday + hour / 2);
    const later = look(clock(), journey(), monday + 2 * hour, '005A', [], 'off');
    expect([later.due, later.nextAt]).toEqual([[], null]);
  });

  it('runs by the hours of whoever has the lead now', () => {
    // In Tokyo it is 16:00: an hour of the day is left, and half an hour after it nothing was spent more.
    const { clocks, nextAt } = look(clock(), journey(), monday, '005T');
    expect(clocks[0]?.clock.owner).toBe('005T');
    expect(nextAt).toBe(monday + hour / 2);
    expect(look(clock({ startedAt: monday + hour }), journey(), monday, '005T').nextAt).toBe(
      Date.parse('2026-06-02T09:30+09:00'),
    );
    expect(look(clock(), journey(), monday, null).clocks[0]?.clock.owner).toBe('005A');
  });
});

describe('the clock of a return', () => {
  const returned = (more: Partial<Journey> = {}): Journey =>
    journey({ stage: 'returned', since: monday, returnedAt: monday, verdictAt: monday, ...more });
  const givenBack = (more: Partial<Transition> = {}): Transition => ({
    ...{ from: 'sales-ready', to: 'returned', move: 'aside', legal: true, at: monday, cause: 'rejected' },
    ...{ evidence: 'no', by: '005A', turn: 1, reason: 'Not now', version: '1', definition: null },
    ...{ behaviour: 'return', mode: 'act', effects: ['return'] },
    ...more,
  });
  const begun = (of: Journey = returned(), more: Partial<Transition> = {}, kept: Clock[] = []) =>
    withReturnClock(
      kept.map((each) => ({ clock: each, stepsDone: ['x'] })),
      of,
      [givenBack(more)],
    );
  const mine = clock({ kind: 'return', asked: false });

  it('begins with the no, for whoever had them, where the return is carried out', () => {
    expect(begun()).toEqual([{ clock: mine, stepsDone: [] }]);
    expect(begun(returned(), { mode: 'observe' })).toEqual([]);
    expect(begun(returned(), { effects: ['re-route'] })).toEqual([]);
    expect(begun(returned({ stage: 'disqualified' }), { to: 'disqualified' })).toHaveLength(1);
  });

  it('takes its steps by the time that sla.yaml gives it, whoever has the record since and whatever pauses a rep', () => {
    expect(look(mine, returned(), monday + 4 * hour - 1, '005T').due).toEqual([]);
    expect(steps(mine, returned(), monday + 4 * hour)).toEqual(['j/1/return/remind']);
    const { due, clocks } = look(mine, returned(), monday + 24 * hour, '005T', ['j/1/return/remind']);
    expect(due.map(({ step }) => step.key)).toEqual(['j/1/return/escalate']);
    expect(clocks[0]?.clock).toMatchObject({ owner: '005A', doneAt: null });
  });

  it.each<[string, Partial<Journey>, number | null]>([
    ['in the program', { stage: 'nurture', placedAt: monday + hour }, monday + hour],
    ['mended elsewhere', { placedAt: monday + hour }, monday + hour],
    ['disqualified', { stage: 'disqualified', placedAt: monday + hour }, monday + hour],
    ['on their way', {}, null],
    ['placed by an earlier return', { placedAt: monday - 1 }, null],
    ['taken up by a rep again', { stage: 'working', since: monday + hour }, monday + hour],
    ['in a deal', { stage: 'opportunity', since: monday + hour }, monday + hour],
    ['handed over again', { stage: 'sales-ready', turn: 2, turnAt: monday + hour }, monday + hour],
  ])('%s', (_, more, doneAt) => {
    expect(look(mine, returned(more), monday + 2 * hour).clocks[0]?.clock.doneAt).toBe(doneAt);
  });

  it('begins anew by a late reason once it was over, with steps of its own, and goes on where it runs', () => {
    const at = monday + hour;
    expect(begun(returned(), { at }, [mine])).toEqual([{ clock: mine, stepsDone: ['x'] }]);
    const [again] = begun(returned(), { at }, [{ ...mine, doneAt: monday + 1 }]);
    const earlier = [{ ...mine, doneAt: monday + 1 }];
    expect(again).toEqual({ clock: { ...mine, startedAt: at, moves: 1, earlier }, stepsDone: [] });
    expect(steps(again?.clock ?? mine, returned(), monday + 48 * hour)).toEqual([
      'j/1/return/1/remind',
      'j/1/return/1/escalate',
    ]);
  });
});

describe('the clock of a hand-over', () => {
  const ordered = (kind: 'hand-off' | 're-route' | 'reassign' | 'return', kept: Clock[] = [], at = monday) =>
    withHandOffClock(
      kept.map((each) => ({ clock: each, stepsDone: ['x'] })),
      journey(),
      [{ key: 'k', kind, turn: 1, at, evidence: 'e' }],
    );
  const own = clock({ kind: 'hand-off', asked: false, owner: null });
  const onTheWay = (more: Partial<Journey> = {}): Journey => journey({ handedAt: null, ...more });

  it('begins with the order that a rep is to have them, and is nobody’s', () => {
    expect(ordered('hand-off')).toEqual([{ clock: own, stepsDone: [] }]);
    expect(ordered('return')).toEqual([]);
  });

  it('begins anew for another rep in the same turn', () => {
    expect(ordered('re-route', [{ ...own, doneAt: monday }], monday + hour)).toEqual([
      {
        clock: { ...own, startedAt: monday + hour, moves: 1, earlier: [{ ...own, doneAt: monday }] },
        stepsDone: [],
      },
    ]);
  });

  it('reminds nobody, tells once when its time is over, whatever pauses a rep and in a pilot, too', () => {
    expect(look(own, onTheWay(), monday + hour - 1).due).toEqual([]);
    const { due, clocks, nextAt } = look(own, onTheWay(), monday + hour, '005T');
    expect(due.map(({ step }) => [step.key, step.mode])).toEqual([['j/1/hand-off/escalate', 'act']]);
    expect(clocks[0]?.clock).toMatchObject({ owner: null, doneAt: null, pauses: [] });
    expect(nextAt).toBeNull();
    const pilot = {
      start: 0,
      end: 2 * monday,
      owners: new Set(['005B']),
      measureOnlyDays: 0,
      expected: null,
    };
    expect(modeOf(own, { ...sla, pilot }, 'act', monday)).toBe('act');
  });

  it.each<[string, Partial<Journey>, number | null]>([
    ['under way', {}, null],
    ['with the rep', { handedAt: monday + hour }, monday + hour],
    ['a rep began by themselves', { stage: 'working', touchedAt: monday + 1 }, null],
    ['out of sales', { stage: 'returned', since: monday + hour }, monday + hour],
    ['in a deal', { stage: 'opportunity', since: monday + hour }, monday + hour],
    ['ready again in another turn', { turn: 2, turnAt: monday + hour }, monday + hour],
  ])('%s', (_, more, doneAt) => {
    expect(look(own, onTheWay(more), monday + 2 * hour).clocks[0]?.clock.doneAt).toBe(doneAt);
  });
});

describe('the clock of a reassignment', () => {
  const order = { at: monday + 9 * hour, from: '005A' };
  const begun = (kept: readonly Clock[]) =>
    withReassignClock(
      kept.map((each) => ({ clock: each, stepsDone: ['x'] })),
      journey(),
      order,
    );
  const over = clock({ kind: 'hand-off', asked: false, owner: null, doneAt: monday + 1 });
  const own: Clock = {
    ...{ ...over, startedAt: order.at, from: '005A', moves: 1, doneAt: null },
    earlier: [over],
  };

  it('begins with the order, whatever hand-over was before, and once for whom it is taken from', () => {
    expect(begun([over])).toEqual([{ clock: own, stepsDone: [] }]);
    expect(begun([own])).toEqual([{ clock: own, stepsDone: ['x'] }]);
    expect(withReassignClock([{ clock: over, stepsDone: [] }], journey(), null)).toHaveLength(1);
    expect(begun([{ ...own, from: '005Z' }])).toMatchObject([{ clock: { from: '005A', moves: 2 } }]);
  });

  it.each<[string, Partial<Journey>, string, number, number | null]>([
    ['runs while the first rep has the lead still', {}, '005A', monday, null],
    ['runs once the next one is written and the rest is under way', {}, '005B', order.at, null],
    ['ends with the hand-over', { handedAt: order.at + 5 }, '005B', order.at, order.at + 5],
    ['ends with a touch of the first rep', { touchedAt: order.at + 1 }, '005A', monday, order.at + 1],
    ['ends where a person gave the lead to somebody', {}, '005C', monday, order.at + hour],
    ['ends with the turn', { turn: 2, turnAt: order.at + 7 }, '005A', monday, order.at + 7],
  ])('%s', (_, more, owner, followUpAt, doneAt) => {
    const kept = [own, clock({ startedAt: followUpAt })].map((each) => ({ clock: each, stepsDone: [] }));
    const seen = { sla, mode: 'act' as const, calendarOf: () => makeCalendar({}), names: {}, owner };
    const { clocks } = lookAtClocks(kept, journey(more), seen, order.at + hour);
    expect(clocks[0]?.clock.doneAt).toBe(doneAt);
  });
});

describe('the leads of a rep who left', () => {
  const orders = (
    more: Partial<Journey> = {},
    leaver: string | null = '005A',
    routes: 'act' | 'observe' = 'act',
  ) => leftOrders(journey(more), leaver, routes, monday).map(({ key }) => key);

  it('are given to somebody else while nobody touched them, where routing acts', () => {
    expect(orders()).toEqual(['j/1/reassign/left/005A']);
    expect(orders({ stage: 'sdr' })).toHaveLength(1);
    expect(orders({ touchedAt: monday })).toEqual([]);
    expect(orders({ stage: 'working' })).toEqual([]);
    expect(orders({ handedAt: null })).toEqual([]);
    expect(orders({}, null)).toEqual([]);
    expect(orders({}, '005A', 'observe')).toEqual([]);
  });

  it('an order tells who left', () => {
    expect(leaverOf('left/005A')).toBe('005A');
    expect(leaverOf('asked/x')).toBeNull();
  });
});
