import { describe, expect, it } from 'vitest';
import { sumWords } from '../../../src/commands/report/words.ts';
import { termOf } from '../../../src/lifecycle/account/account.ts';
import { leaves } from '../../../src/lifecycle/account/leaf.ts';
import type { ReportClock, ReportDeal } from '../../../src/lifecycle/report/input.ts';
import { lateReport } from '../../../src/lifecycle/report/late.ts';
import { largest } from '../../../src/lifecycle/report/money.ts';
import { weeklyReport } from '../../../src/lifecycle/report/weekly.ts';
import { usualWeek, weekAt, weekNamed, weeksUpTo } from '../../../src/lifecycle/report/weeks.ts';
import { day, hour, makeHandOff, makeTransition } from '../account/rows.ts';
import { makeBusyWeekly, makeWeekly, reportedAt, week48 } from './weekly-input.ts';

describe('the weekly report', () => {
  it.each([1, 2, 3, 4, 5])(
    'every figure is the sum of its parts, and each of its records is known (seed %i)',
    (seed) => {
      const input = makeBusyWeekly(300, seed);
      const { account, trend, acceptance, reasons, money, leads, late } = weeklyReport(input);
      const inWeek = [...leads.values()].filter(
        ({ readyAt }) => readyAt >= week48.from && readyAt < week48.to,
      );
      expect(account.ready.count).toBe(inWeek.length);
      expect(inWeek.length).toBeGreaterThan(10);
      const places = trend.at(-1)?.places;
      for (const leaf of leaves) expect(places?.[leaf].length).toBe(termOf(account, leaf).count);
      for (const groups of [acceptance.bySource, acceptance.byDefinition]) {
        const sum = (of: (each: (typeof groups)[number]) => number) =>
          groups.reduce((all, each) => all + of(each), 0);
        expect(sum(({ accepted }) => accepted.length)).toBe(acceptance.all.accepted.length);
        expect(sum(({ refused }) => refused.length)).toBe(acceptance.all.refused.length);
        expect(sum(({ open }) => open.length)).toBe(acceptance.all.open.length);
      }
      const { quality, accepted, refused } = acceptance.all;
      expect(quality.judged).toBe(accepted.length + refused.length);
      expect(reasons.flatMap(({ records }) => records).sort()).toEqual([...refused].sort());
      for (const state of ['won', 'open', 'lost'] as const) {
        const bySource = money.bySource.reduce((all, each) => all + largest(each[state]), 0);
        expect(bySource).toBeCloseTo(largest(money[state]), 2);
      }
      expect(largest(money.sourced) + largest(money.influenced)).toBeCloseTo(largest(money.won), 2);
      expect(new Set(money.deals.map(({ id }) => id)).size).toBe(money.deals.length);
      const named = [
        ...trend.flatMap(({ places: all }) => Object.values(all).flat()),
        ...late.reps.flatMap(({ open, inTime, missed }) => [...open, ...inTime, ...missed]),
        ...accepted,
        ...refused,
      ];
      expect(named.filter((key) => !leads.has(key))).toEqual([]);
    },
  );

  it('an empty company has a report of noughts', () => {
    const report = weeklyReport(makeWeekly());
    expect(report.account.ready.count).toBe(0);
    expect(report.trend).toHaveLength(13);
    expect(report.acceptance).toMatchObject({ all: { quality: { judged: 0, met: null } }, bySource: [] });
    expect(report.late).toEqual({ reps: [], late: [], inTimePercent: null });
    expect(report.money).toMatchObject({ deals: [], won: { amounts: [] }, bySource: [] });
  });

  it('five thousand leads are nothing to wait for', () => {
    const input = makeBusyWeekly(5_000);
    const { leads, account, money } = weeklyReport(input);
    expect([leads.size, account.ready.count > 100, money.deals.length > 100]).toEqual([5_000, true, true]);
  });

  it('a week in which nobody became ready still tells of those before it', () => {
    const input = makeBusyWeekly(200);
    const next = weekAt(week48.to, 'UTC');
    const report = weeklyReport({ ...input, week: next, now: next.to });
    expect(report.account.ready.count).toBe(0);
    expect(report.before.ready.count).toBeGreaterThan(0);
    expect(report.acceptance.all.quality.judged).toBeGreaterThan(0);
  });

  it('whoever comes back has a turn for each time', () => {
    const [first, second] = [week48.from + hour, week48.from + 2 * day];
    const report = weeklyReport(
      makeWeekly({
        rows: {
          transitions: [
            makeTransition({ at: first }),
            makeTransition({
              at: first + hour,
              from: 'sales-ready',
              to: 'returned',
              cause: 'rejected',
              reason: 'Not now',
              effects: ['return'],
            }),
            makeTransition({ at: second, turn: 2, definition: '2026-2' }),
          ],
          handOffs: [
            makeHandOff({ readyAt: first, handedAt: first }),
            makeHandOff({ readyAt: second, turn: 2, handedAt: second }),
          ],
          touches: [],
          clocks: [],
        },
      }),
    );
    expect([...report.leads.values()].map(({ key, leaf, definition }) => [key, leaf, definition])).toEqual([
      ['1/1', 'rejected', '2026-1'],
      ['1/2', 'not-yet-due', '2026-2'],
    ]);
  });
});

describe('late leads by rep', () => {
  const clock = (overrides: Partial<ReportClock>): ReportClock => ({
    ...{ journey: '1', turn: 1, kind: 'follow-up', owner: 'a', startedAt: week48.from },
    ...{ dueAt: week48.from + day, doneAt: null },
    ...overrides,
  });
  const names = new Map([
    ['a', 'Ann'],
    ['b', 'Bo'],
  ]);

  it('are those whose clock is over and runs; what was due in the week is kept in time, or not', () => {
    const report = lateReport(
      [
        clock({}),
        clock({ kind: 'verdict', dueAt: week48.from + 2 * day }),
        clock({ journey: '2', doneAt: week48.from + hour }),
        clock({ journey: '3', owner: 'b', doneAt: week48.from + 2 * day }),
        clock({ journey: '4', owner: 'b', dueAt: null }),
        clock({ journey: '5', owner: 'b', dueAt: week48.from - day }),
        clock({ journey: '6', owner: 'c', dueAt: week48.from - day, doneAt: week48.from - 2 * day }),
      ],
      names,
      week48,
      reportedAt,
    );
    expect(
      report.reps.map(({ name, open, late, inTime, missed }) => [
        name,
        open,
        late.map(({ key, kind }) => `${key} ${kind}`),
        inTime,
        missed,
      ]),
    ).toEqual([
      ['Ann', ['1/1'], ['1/1 follow-up', '1/1 verdict'], ['2/1'], ['1/1']],
      ['Bo', ['4/1', '5/1'], ['5/1 follow-up'], [], ['3/1']],
    ]);
    expect(report.inTimePercent).toBeCloseTo(33.33, 1);
  });
});

describe('revenue back', () => {
  const lead = (journey: string, at: number) => ({
    transition: makeTransition({ journey, at }),
    handOff: makeHandOff({ journey, readyAt: at, handedAt: at }),
  });
  const leads = [lead('1', week48.from), lead('2', week48.from + day)];
  const deal = (overrides: Partial<ReportDeal>): ReportDeal => ({
    ...{ id: '006a', state: 'won', stage: 'Closed Won', amount: 100, currency: null, lossReason: null },
    ...{ createdAt: week48.from + 2 * day, closesOn: '2026-11-25', journeys: ['2', '1'] },
    ...overrides,
  });
  const person = (journey: string, source: string) => ({
    ...{ journey, hubspot: journey, salesforce: null, name: null, company: null },
    source,
  });
  const moneyOf = (...deals: readonly ReportDeal[]) =>
    weeklyReport(
      makeWeekly({
        rows: {
          transitions: leads.map(({ transition }) => transition),
          handOffs: leads.map(({ handOff }) => handOff),
          touches: [],
          clocks: [],
        },
        people: new Map([
          ['1', person('1', 'REFERRALS')],
          ['2', person('2', 'OFFLINE')],
        ]),
        deals,
      }),
    ).money;

  it('a deal of two people counts once, for the source of the first who became ready', () => {
    const { bySource, won } = moneyOf(deal({}));
    expect(bySource.map((each) => [each.source, largest(each.won)])).toEqual([['REFERRALS', 100]]);
    expect(won).toEqual({ deals: ['006a'], amounts: [{ currency: null, amount: 100 }] });
  });

  it('is won by the close date: the first day of the week counts, that after the last does not', () => {
    const days = ['2026-11-22', '2026-11-23', '2026-11-29', '2026-11-30', null];
    const deals = days.map((closesOn, index) => deal({ id: String(index), closesOn }));
    expect(moneyOf(...deals).wonInWeek.deals).toEqual(['1', '2']);
    expect(moneyOf(...deals).won.deals).toEqual(['0', '1', '2']);
  });

  it('what was there before the hand-off is influenced, and nobody who was never handed over counts', () => {
    const { sourced, influenced, deals } = moneyOf(
      deal({}),
      deal({ id: '006b', createdAt: week48.from - 1 }),
      deal({ id: '006c', journeys: ['9'] }),
    );
    expect([sourced.deals, influenced.deals, deals.length]).toEqual([['006a'], ['006b'], 2]);
  });

  it('is added in cents; without an amount it counts as 0 and is named', () => {
    const money = moneyOf(
      deal({ amount: 0.1 }),
      deal({ id: '006b', amount: 0.2 }),
      deal({ id: '006c', amount: null, state: 'open' }),
    );
    expect([largest(money.won), money.open, money.withoutAmount]).toEqual([
      0.3,
      { deals: ['006c'], amounts: [] },
      ['006c'],
    ]);
    expect(money.isMixed).toBe(false);
  });

  it('is not added over currencies', () => {
    const money = moneyOf(
      deal({ currency: 'USD' }),
      deal({ id: '006b', currency: 'EUR', amount: 300 }),
      deal({ id: '006c', currency: 'USD', amount: 50 }),
      deal({ id: '006d', currency: 'CHF', amount: null }),
    );
    expect(money.won.amounts).toEqual([
      { currency: 'EUR', amount: 300 },
      { currency: 'USD', amount: 150 },
    ]);
    expect([sumWords(money.won), sumWords(money.open), money.isMixed]).toEqual([
      '300 EUR + 150 USD',
      '0',
      true,
    ]);
  });
});

describe('what sales said', () => {
  const source = ['REFERRALS', 'REFERRALS', 'OFFLINE', 'OFFLINE'];
  const journeys = ['1', '2', '3', '4'];
  const left = (journey: string, cause: 'rejected' | 'stalled', reason: 'No need' | 'Stalled') =>
    makeTransition({
      ...{ journey, at: week48.from + day, from: 'sales-ready', to: 'returned', cause, reason },
      ...{ effects: [], definition: null },
    });
  const report = weeklyReport(
    makeWeekly({
      rows: {
        transitions: [
          ...journeys.map((journey) => makeTransition({ journey, at: week48.from })),
          left('2', 'rejected', 'No need'),
          left('3', 'rejected', 'No need'),
          left('4', 'stalled', 'Stalled'),
        ],
        handOffs: journeys.map((journey) =>
          makeHandOff({ journey, readyAt: week48.from, handedAt: week48.from }),
        ),
        touches: journeys.map((journey) => ({ journey, turn: 1, at: week48.from + hour })),
        clocks: [],
      },
      people: new Map(
        journeys.map((journey, at) => [
          journey,
          {
            ...{ journey, hubspot: journey, salesforce: null, name: null, company: null },
            source: source[at] ?? null,
          },
        ]),
      ),
      words: [
        { journey: '1', turn: 1, kind: 'good-because', value: 'Right time' },
        { journey: '1', turn: 1, kind: 'good-because', value: 'right time ' },
        { journey: '2', turn: 1, kind: 'competitor', value: 'Polar' },
        { journey: '3', turn: 1, kind: 'good-because', value: 'Right time' },
        // Of an earlier turn, which is out of the weeks.
        { journey: '3', turn: 0, kind: 'competitor', value: 'Nobody' },
      ],
      deals: [
        {
          ...{
            id: '006a',
            state: 'lost',
            stage: 'Closed Lost',
            amount: 10,
            currency: null,
            lossReason: 'Price',
          },
          ...{ createdAt: week48.from, closesOn: '2026-11-25', journeys: ['1'] },
        },
      ],
    }),
  );

  it('is counted by source: good because, reasons, competitors, and why deals were lost', () => {
    const { all, bySource } = report.feedback;
    expect(bySource).toEqual([
      {
        source: 'REFERRALS',
        goodBecause: [{ word: 'Right time', records: ['1/1'] }],
        reasons: [{ reason: 'No need', records: ['2/1'] }],
        competitors: [{ word: 'Polar', records: ['2/1'] }],
        lost: [{ word: 'Price', records: ['006a'] }],
      },
      {
        source: 'OFFLINE',
        goodBecause: [{ word: 'Right time', records: ['3/1'] }],
        reasons: [
          { reason: 'No need', records: ['3/1'] },
          { reason: 'Stalled', records: ['4/1'] },
        ],
        ...{ competitors: [], lost: [] },
      },
    ]);
    expect(all.goodBecause).toEqual([{ word: 'Right time', records: ['1/1', '3/1'] }]);
  });

  it('is no word on whoever came back by themselves', () => {
    const { all } = report.acceptance;
    expect(all.refused).toEqual(['2/1', '3/1']);
    expect(all.quality.judged).toBe(2);
    expect(report.reasons.flatMap(({ records }) => records)).toContain('4/1');
  });
});

describe('weeks', () => {
  it('have ISO names, from Monday by the clock of the zone', () => {
    expect(weekNamed('2026-W48', 'Europe/Berlin')).toEqual({
      name: '2026-W48',
      from: Date.parse('2026-11-23T00:00:00+01:00'),
      to: Date.parse('2026-11-30T00:00:00+01:00'),
    });
    expect(weekNamed('2026-W53', 'UTC')?.name).toBe('2026-W53');
    for (const none of ['2025-W53', '2026-W00', '2026-W54', '2026-48', 'W48', '2026-W48x']) {
      expect(weekNamed(none, 'UTC')).toBeNull();
    }
  });

  it('follow one another without a gap, also over a clock change and a new year', () => {
    const weeks = weeksUpTo(weekAt(Date.parse('2027-01-06T00:00:00Z'), 'Europe/Berlin'), 13, 'Europe/Berlin');
    expect(weeks.map(({ name }) => name).slice(-3)).toEqual(['2026-W52', '2026-W53', '2027-W01']);
    weeks.slice(1).forEach((week, index) => {
      expect(week.from).toBe(weeks[index]?.to);
    });
  });

  it('the usual one is the last that is over, or the present one where there is nothing older', () => {
    expect(usualWeek(reportedAt, null, 'UTC').name).toBe('2026-W48');
    expect(usualWeek(reportedAt, week48.from, 'UTC').name).toBe('2026-W48');
    expect(usualWeek(reportedAt, week48.from - 1, 'UTC').name).toBe('2026-W47');
  });
});
