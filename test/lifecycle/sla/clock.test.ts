import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Calendar, openBetween } from '../../../src/lifecycle/calendar/calendar.ts';
import { checkFile } from '../../../src/lifecycle/config/check-file.ts';
import { slaKind } from '../../../src/lifecycle/config/files.ts';
import { makeCalendarBook } from '../../../src/lifecycle/sla/calendar-book.ts';
import {
  budgetOf,
  type Clock,
  dueSteps,
  nextStepAt,
  pauseBy,
  readClock,
} from '../../../src/lifecycle/sla/clock.ts';
import type { SlaModel } from '../../../src/lifecycle/sla/model.ts';
import { qualityOf } from '../../../src/lifecycle/sla/quality.ts';
import { isTouch, type TouchEvidence } from '../../../src/lifecycle/sla/touch.ts';
import { formatFindings } from '../../../src/mapping/finding.ts';
import { alwaysOpen, makeCalendar } from '../calendar/calendars.ts';
import { shippedText } from '../shipped-files.ts';

const hour = 3_600_000;
const modelOf = (change: (text: string) => string = (text) => text): SlaModel => {
  const { built, findings } = checkFile(slaKind, { file: 'sla.yaml', text: change(shippedText('sla.yaml')) });
  if (built === null) throw new Error(formatFindings(findings));
  return built;
};
const sla = modelOf();
const berlin = makeCalendar();
const monday = Date.parse('2026-06-01T09:00+02:00');
const makeClock = (overrides: Partial<Clock> = {}): Clock => ({
  journey: 'j',
  turn: 1,
  kind: 'follow-up',
  startedAt: monday,
  asked: false,
  owner: '005A',
  pauses: [],
  doneAt: null,
  ...overrides,
});
const at = (text: string): number => Date.parse(text);
const read = (clock: Clock, now: number, calendar: Calendar = berlin, model = sla) =>
  readClock(clock, model, calendar, now);
const steps = (
  clock: Clock,
  now: number,
  done: readonly string[] = [],
  model = sla,
  calendar = berlin,
): string =>
  dueSteps(clock, model, calendar, 'act', new Set(done), now)
    .map(({ step, mode }) => `${step} ${mode}`)
    .join(', ');

describe('a clock', () => {
  it('who asked is due in one business hour, others in eight, a verdict in five working days', () => {
    const due = (overrides: Partial<Clock>): string =>
      new Date(read(makeClock(overrides), monday).dueAt ?? 0).toISOString().slice(0, 16);
    expect(due({ asked: true })).toBe('2026-06-01T08:00');
    expect(due({})).toBe('2026-06-01T15:00');
    expect(due({ kind: 'verdict' })).toBe('2026-06-05T15:00');
    expect(due({ kind: 'verdict', startedAt: at('2026-03-25T12:00+01:00') })).toBe('2026-04-01T10:00');
    expect(due({ kind: 'return' })).toBe('2026-06-01T15:00');
  });

  it('reminds at half, escalates at the end, each once, however long nobody looked', () => {
    const clock = makeClock();
    expect(steps(clock, monday + 4 * hour - 1)).toBe('');
    expect(steps(clock, monday + 4 * hour)).toBe('remind act');
    expect(steps(clock, monday + 400 * hour)).toBe('remind act, escalate act');
    expect(steps(clock, monday + 400 * hour, ['j/1/follow-up/remind', 'j/1/follow-up/escalate'])).toBe('');
    expect(nextStepAt(clock, sla, berlin, new Set())).toBe(monday + 4 * hour);
    expect(nextStepAt(clock, sla, berlin, new Set(['j/1/follow-up/remind']))).toBe(monday + 8 * hour);
    expect(nextStepAt({ ...clock, doneAt: monday }, sla, berlin, new Set())).toBeNull();
  });

  it('reassigns where the file says after how long, and not as shipped', () => {
    const strict = modelOf((text) =>
      text.replace('breach: { tells: [manager] }', 'breach: { tells: [owner, manager], reassign-hours: 4 }'),
    );
    const clock = makeClock({ asked: true });
    expect(steps(clock, monday + 5 * hour - 1, [], strict)).toBe('remind act, escalate act');
    expect(steps(clock, monday + 5 * hour, [], strict)).toBe('remind act, escalate act, reassign act');
    expect(steps({ ...clock, kind: 'verdict' }, monday + 9_000 * hour, [], strict)).toBe(
      'remind act, escalate act',
    );
    expect(sla.breach).toEqual({ tells: ['manager'], reassignHours: null });
  });

  it('shows what it is', () => {
    const states = (clock: Clock, ...hours: readonly number[]) =>
      hours.map((each) => read(clock, monday + each * hour).state);
    expect(states(makeClock(), 0, 4, 8)).toEqual(['waiting', 'reminded', 'late']);
    expect(states(makeClock({ doneAt: monday + 8 * hour }), 9)).toEqual(['met']);
    expect(states(makeClock({ doneAt: monday + 30 * hour }), 9)).toEqual(['missed']);
    expect(states(makeClock({ pauses: [{ from: monday + hour, to: null, rule: 'x' }] }), 2, 100)).toEqual([
      'paused',
      'paused',
    ]);
    expect(read(makeClock(), monday, makeCalendar({ hours: {} })).state).toBe('never');
    expect(budgetOf({ kind: 'verdict', asked: false }, sla, makeCalendar({ hours: {} }))).toBeNull();
  });

  it('stands still while a rule holds, and is due as much later', () => {
    const rules = modelOf((text) =>
      text.replace('pauses: []', "pauses: [{ name: Meeting, when: lead.Status == 'Meeting' }]"),
    );
    const names = (Status: string) => ({ stage: 'sales-ready', lead: { Status } });
    let clock = pauseBy(makeClock(), rules, names('Open'), monday + hour);
    expect(clock.pauses).toEqual([]);
    clock = pauseBy(clock, rules, names('Meeting'), monday + hour);
    expect(pauseBy(clock, rules, names('Meeting'), monday + 2 * hour)).toBe(clock);
    expect(steps(clock, monday + 500 * hour, [], rules)).toBe('');
    clock = pauseBy(clock, rules, names('Open'), monday + 3 * hour);
    expect(clock.pauses).toEqual([{ from: monday + hour, to: monday + 3 * hour, rule: 'Meeting' }]);
    expect(read(clock, monday + 4 * hour, berlin, rules)).toMatchObject({
      state: 'waiting',
      spentMs: 2 * hour,
      dueAt: monday + 26 * hour,
    });
    expect(pauseBy({ ...clock, doneAt: monday }, rules, names('Meeting'), monday)).toMatchObject({
      pauses: clock.pauses,
    });
  });

  it('a pilot acts for its reps after 30 days of measuring, and for nobody else', () => {
    const pilot = modelOf(
      (text) => `${text}\npilot: { start: 2026-05-01, end: 2026-07-01, owners: [005A] }\n`,
    );
    const late = monday + 9 * hour;
    expect(steps(makeClock(), late, [], pilot)).toBe('remind act, escalate act');
    expect(steps(makeClock({ owner: '005B' }), late, [], pilot)).toBe('remind observe, escalate observe');
    const early = makeClock({ startedAt: at('2026-05-20T09:00+02:00') });
    expect(steps(early, at('2026-05-21T18:00+02:00'), [], pilot)).toBe('remind observe, escalate observe');
    const after = makeClock({ startedAt: at('2026-07-02T09:00+02:00') });
    expect(steps(after, at('2026-07-03T18:00+02:00'), [], pilot)).toBe('remind observe, escalate observe');
    expect(dueSteps(makeClock(), sla, berlin, 'observe', new Set(), late).map(({ mode }) => mode)).toEqual([
      'observe',
      'observe',
    ]);
    expect(dueSteps(makeClock(), sla, berlin, 'off', new Set(), late)).toEqual([]);
  });
});

it('over clock changes, leap day and pauses every step comes once, in order, after exactly its share of business time', () => {
  const zone = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe');
  const start = fc.integer({ min: Date.UTC(2024, 1, 20), max: Date.UTC(2024, 10, 10) });
  const pauses = fc.array(fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 1, max: 60 })), {
    maxLength: 3,
  });
  const ticks = fc.array(fc.integer({ min: -20, max: 60 }), { minLength: 10, maxLength: 40 });
  fc.assert(
    fc.property(
      zone,
      fc.boolean(),
      start,
      pauses,
      ticks,
      fc.boolean(),
      (name, isShort, startedAt, off, hours, isWhole) => {
        let from = startedAt;
        const spans = off.map(([gap, length]) => {
          const span = { from: from + gap * hour, to: from + (gap + length) * hour, rule: 'x' };
          from = span.to;
          return span;
        });
        const calendar = isWhole ? alwaysOpen(name) : makeCalendar({ zone: name });
        const clock = makeClock({ startedAt, asked: isShort, pauses: spans });
        const done: string[] = [];
        const told: string[] = [];
        let now = startedAt;
        for (const passed of [...hours, 2_000]) {
          now += passed * hour;
          for (const { step, key, at: due } of dueSteps(clock, sla, calendar, 'act', new Set(done), now)) {
            expect(done).not.toContain(key);
            done.push(key);
            told.push(step);
            const share = (step === 'remind' ? 0.5 : 1) * (isShort ? 1 : 8) * hour;
            expect(openBetween(calendar, startedAt, due, spans)).toBe(share);
          }
        }
        expect(told).toEqual(['remind', 'escalate']);
      },
    ),
    { numRuns: 100 },
  );
});

describe("a rep's calendar", () => {
  const book = makeCalendarBook({
    calendars: new Map([
      ['office', berlin],
      ['late', makeCalendar({ zone: 'Asia/Tokyo' })],
    ]),
    defaultCalendar: 'office',
    reps: new Map([['005L', 'late']]),
  });

  it("is the named one, else the default by the clock of the rep's zone; an unknown zone is told", () => {
    expect(book({ id: '005L', zone: 'America/New_York' }).calendar.zone).toBe('Asia/Tokyo');
    expect(book({ id: '005X', zone: 'America/New_York' })).toMatchObject({
      calendar: { zone: 'America/New_York' },
      zoneKnown: true,
    });
    expect(book({ id: '005X', zone: 'Mars/Olympus' })).toEqual({ calendar: berlin, zoneKnown: false });
    expect(book({ id: '005X', zone: null }).calendar).toBe(berlin);
    expect(book({ id: '005X', zone: 'America/New_York' }).calendar).toBe(
      book({ id: '005Y', zone: 'America/New_York' }).calendar,
    );
  });
});

describe('evidence', () => {
  const evidence: TouchEvidence = {
    kind: 'call',
    byTandem: false,
    automated: false,
    isTandemTask: false,
    meansWork: false,
  };
  const cases: readonly (readonly [string, Partial<TouchEvidence>, boolean])[] = [
    ['a logged call', {}, true],
    ['a mail by a person', { kind: 'mail' }, true],
    ['a meeting', { kind: 'meeting' }, true],
    ['a status that means work', { kind: 'status', meansWork: true }, true],
    ['another status', { kind: 'status' }, false],
    ['an automated mail', { kind: 'mail', automated: true }, false],
    ["Tandem's own task, closed by the rep", { kind: 'task', isTandemTask: true }, false],
    ['a call that closes the task of Tandem', { isTandemTask: true }, false],
    ['any task', { kind: 'task' }, false],
    ['a box that was ticked', { kind: 'field', meansWork: true }, false],
    ['a status that Tandem wrote', { kind: 'status', meansWork: true, byTandem: true }, false],
  ];
  it.each(cases)('%s', (_, overrides, counts) => {
    expect(isTouch({ ...evidence, ...overrides })).toBe(counts);
  });

  it('quality: accepted at least 60%, bad data at most 10%; nobody judged is no failure', () => {
    const verdicts = (accepted: number, bad: number, other: number) => [
      ...Array.from({ length: accepted }, () => ({ accepted: true, reason: null })),
      ...Array.from({ length: bad }, () => ({ accepted: false, reason: 'Bad data' as const })),
      ...Array.from({ length: other }, () => ({ accepted: false, reason: 'No need' as const })),
    ];
    expect(qualityOf(verdicts(6, 1, 3), sla)).toEqual({
      judged: 10,
      acceptedPercent: 60,
      badDataPercent: 10,
      met: true,
    });
    expect(qualityOf(verdicts(7, 2, 1), sla).met).toBe(false);
    expect(qualityOf(verdicts(5, 0, 5), sla).met).toBe(false);
    expect(qualityOf([], sla)).toMatchObject({ acceptedPercent: null, met: null });
  });
});
