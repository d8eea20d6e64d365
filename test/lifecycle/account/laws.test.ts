import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { handOffAccount } from '../../../src/lifecycle/account/account.ts';
import type { Leaf } from '../../../src/lifecycle/account/leaf.ts';
import {
  type AccountRows,
  type AccountTransition,
  handOffStates,
} from '../../../src/lifecycle/account/rows.ts';
import { advance } from '../../../src/lifecycle/stage/advance.ts';
import { type Fact, factKinds, noRecord, reasons } from '../../../src/lifecycle/stage/facts.ts';
import { modes, newJourney } from '../../../src/lifecycle/stage/journey.ts';
import type { Stage } from '../../../src/lifecycle/stage/stages.ts';
import { makeDefinition } from '../shipped-files.ts';
import { playYear, type Year } from '../year.ts';
import { yearReps, yearRules } from '../year-rules.ts';
import { expectBalance } from './expect-balance.ts';
import { day, hour, start } from './rows.ts';

const fact = fc
  .record({
    kind: fc.constantFrom(...factKinds),
    number: fc.nat(60),
    hours: fc.integer({ min: 0, max: 3_000 }),
    reason: fc.option(fc.constantFrom(...reasons), { nil: undefined }),
    to: fc.constantFrom('rep' as const, 'sdr' as const),
    opportunity: fc.constantFrom('006a', '006b'),
    stage: fc.constantFrom('sales-ready', 'nurture', 'disqualified', 'lead'),
    isReady: fc.boolean(),
  })
  .map(
    ({ kind, number, hours, reason, to, opportunity, stage, isReady }): Fact => ({
      kind,
      key: `${kind}/${number}`,
      at: start + hours * hour,
      by: 'somebody',
      opportunity,
      to,
      stage,
      ...(reason === undefined ? {} : { reason }),
      score: {
        score: isReady ? 80 : 20,
        fit: 'B',
        engagement: 2,
        ready: isReady ? { definition: 'v1' } : null,
        newestAt: start + hours * hour,
      },
    }),
  );

/** What a store may hold of the turns of a story: whole, behind, in error, or nothing at all. */
const row = fc.record({
  state: fc.constantFrom(...handOffStates, null),
  delayHours: fc.integer({ min: -5, max: 300 }),
  isObserved: fc.boolean(),
  isKnownHanded: fc.boolean(),
  dueHours: fc.option(fc.option(fc.nat(200)), { nil: undefined }),
  touchHours: fc.option(fc.nat(200), { nil: undefined }),
});

type RowDrawn = typeof row extends fc.Arbitrary<infer T> ? T : never;

const rowsFor = (transitions: readonly AccountTransition[], drawn: readonly RowDrawn[]): AccountRows => {
  const begun = transitions.filter(
    ({ effects }) => effects.includes('hand-off') || effects.includes('re-route'),
  );
  const told = begun.map((begin, index) => ({ begin, own: drawn[index % drawn.length] }));
  return {
    transitions,
    handOffs: told.flatMap(({ begin: { journey, turn, at, mode }, own }) =>
      own === undefined || own.state === null
        ? []
        : [
            {
              journey,
              turn,
              readyAt: at,
              mode: own.isObserved ? 'observe' : mode,
              state: own.state,
              why: own.state === 'held' ? 'no owner' : null,
              handedAt: own.isKnownHanded ? at + own.delayHours * hour : null,
            },
          ],
    ),
    touches: told.flatMap(({ begin: { journey, turn, at }, own }) =>
      own?.touchHours === undefined ? [] : [{ journey, turn, at: at + own.touchHours * hour }],
    ),
    clocks: told.flatMap(({ begin: { journey, turn, at }, own }) =>
      own?.dueHours === undefined
        ? []
        : [
            {
              journey,
              turn,
              kind: 'follow-up',
              dueAt: own.dueHours === null ? null : at + own.dueHours * hour,
            },
          ],
    ),
  };
};

describe('the account of random stories', () => {
  it('has every ready turn in exactly one leaf, at any moment', () => {
    const behaviours = fc.record({
      stages: fc.constantFrom(...modes),
      'hand-off': fc.constantFrom('observe' as const, 'act' as const),
      return: fc.constantFrom(...modes),
    });
    fc.assert(
      fc.property(
        fc.array(fc.array(fact, { maxLength: 30 }), { minLength: 1, maxLength: 4 }),
        behaviours,
        fc.array(row, { minLength: 1, maxLength: 8 }),
        fc.array(fc.integer({ min: -10, max: 4_500 }), { minLength: 1, maxLength: 4 }),
        (stories, switches, drawn, moments) => {
          const definition = makeDefinition({ behaviours: switches });
          const record = { ...noRecord, engagement: 2 };
          const transitions = stories.flatMap((events, index) => {
            const journey = newJourney(String(index), start);
            return advance(journey, { events, record }, definition, start + 4_000 * hour).transitions.map(
              (transition) => ({ ...transition, journey: String(index) }),
            );
          });
          const rows = rowsFor(transitions, drawn);
          for (const hours of moments) expectBalance(rows, start + hours * hour);
        },
      ),
      { numRuns: 200 },
    );
  });
});

/** Every instant at which something of the account changes. */
const momentsOf = ({ transitions, handOffs, touches, clocks }: AccountRows): readonly number[] =>
  [
    ...transitions.map(({ at }) => at),
    ...handOffs.flatMap(({ readyAt, handedAt }) => [readyAt, handedAt]),
    ...touches.map(({ at }) => at),
    ...clocks.map(({ dueAt }) => dueAt),
  ].filter((at): at is number => at !== null);
const momentsMax = 300;

const rowsOf = (year: Year): AccountRows => ({
  ...year.rows,
  transitions: year.transitions.map(({ lead, ...transition }) => ({ ...transition, journey: lead })),
});

describe('the account of a year', () => {
  const begin = Date.UTC(2024, 0, 1);
  let year: Year;
  let rows: AccountRows;
  beforeAll(() => {
    year = playYear(yearRules, yearReps, Number(process.env.TANDEM_YEAR_PEOPLE ?? 150), 11);
    rows = rowsOf(year);
  }, 120_000);

  /** It changes at these instants alone: just before each of them, and at it; of more than `max` so many, spread over the year. Answers how many. */
  const balanceOver = (all: AccountRows, max: number): number => {
    const moments = [...new Set([begin, ...momentsOf(all), begin + 366 * day])].sort((a, b) => a - b);
    const step = Math.max(1, Math.ceil(moments.length / max));
    const looked = moments.filter((_, at) => at % step === 0);
    for (const now of looked) {
      expectBalance(all, now - 1);
      expectBalance(all, now);
    }
    return looked.length;
  };

  if (process.env.TANDEM_NIGHTLY)
    it('balances at every moment there is, of a small year', () => {
      const small = rowsOf(playYear(yearRules, yearReps, 80, 12));
      expect(balanceOver(small, Number.POSITIVE_INFINITY)).toBeGreaterThan(momentsMax);
    }, 300_000);

  it('balances at every moment', () => {
    balanceOver(rows, momentsMax);
    expect(handOffAccount(rows, begin + 366 * day).ready.count).toBe(
      year.leads.reduce((sum, { journey }) => sum + journey.turn, 0),
    );
  });

  it('is a busy one: nearly every leaf has somebody in it at some time', () => {
    const filled = new Set<Leaf>();
    for (let days = 0; days <= 366; days += 6) {
      for (const { leaf } of handOffAccount(rows, begin + days * day).ready.entries) filled.add(leaf);
    }
    for (const leaf of [
      'not-yet-due',
      'overdue',
      'moved',
      'accepted',
      'returned',
      'rejected',
      'disqualified',
      'being-worked',
    ] as const)
      expect([leaf, filled.has(leaf)]).toEqual([leaf, true]);
  });

  it('says at its end what the journeys say', () => {
    const where: Readonly<Partial<Record<Stage, readonly Leaf[]>>> = {
      'sales-ready': ['not-yet-due', 'overdue'],
      working: ['being-worked'],
      accepted: ['accepted'],
      opportunity: ['accepted'],
      customer: ['accepted'],
      // Somebody who was given back, or whose deal was lost.
      returned: ['returned', 'rejected', 'moved', 'accepted'],
      nurture: ['returned', 'rejected', 'moved', 'accepted'],
      disqualified: ['disqualified', 'accepted'],
    };
    const entries = new Map(
      handOffAccount(rows, begin + 367 * day).ready.entries.map((entry) => [
        `${entry.journey}/${entry.turn}`,
        entry,
      ]),
    );
    const wrong = year.leads.flatMap(({ journey }) => {
      const allowed = where[journey.stage];
      const leaf = entries.get(`${journey.id}/${journey.turn}`)?.leaf;
      return journey.turn === 0 || allowed === undefined || (leaf !== undefined && allowed.includes(leaf))
        ? []
        : [`${journey.id}/${journey.turn} in ${journey.stage} is ${leaf}`];
    });
    expect(wrong).toEqual([]);
  });
});
