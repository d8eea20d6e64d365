import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { advance } from '../../../src/lifecycle/stage/advance.ts';
import { type Fact, factKinds, noRecord, reasons } from '../../../src/lifecycle/stage/facts.ts';
import { brokenInvariants } from '../../../src/lifecycle/stage/invariants.ts';
import { type Journey, modes, newJourney, type Transition } from '../../../src/lifecycle/stage/journey.ts';
import { isOwed, withOwed } from '../../../src/lifecycle/stage/owed.ts';
import { stages } from '../../../src/lifecycle/stage/stages.ts';
import { makeDefinition } from '../shipped-files.ts';

const hour = 3_600_000;
const day = 24 * hour;
const start = Date.UTC(2024, 1, 20);
const record = { ...noRecord, contact: { company: 'Acme' }, engagement: 2 };

const fact = fc
  .record({
    kind: fc.constantFrom(...factKinds),
    // Few keys and coarse times, so that repeats, ties and late facts are common.
    number: fc.nat(40),
    hours: fc.integer({ min: -100, max: 3_000 }),
    reason: fc.option(fc.constantFrom(...reasons, 'Made up'), { nil: undefined }),
    to: fc.constantFrom('rep' as const, 'sdr' as const),
    recontactDays: fc.option(fc.integer({ min: -5, max: 60 }), { nil: undefined }),
    opportunity: fc.constantFrom('006a', '006b'),
    stage: fc.constantFrom(...stages, 'nowhere'),
    isReady: fc.boolean(),
    newestHours: fc.option(fc.nat(200), { nil: null }),
  })
  .map(
    ({ kind, number, hours, reason, to, recontactDays, opportunity, stage, isReady, newestHours }): Fact => {
      const at = start + hours * hour;
      return {
        kind,
        key: `${kind}/${number}`,
        at,
        by: 'somebody',
        opportunity,
        to,
        stage,
        ...(reason === undefined ? {} : { reason }),
        ...(recontactDays === undefined ? {} : { recontactAt: at + recontactDays * day }),
        score: {
          score: isReady ? 80 : 20,
          fit: 'B',
          engagement: 2,
          ready: isReady ? { definition: 'v1' } : null,
          newestAt: newestHours === null ? null : at - newestHours * hour,
        },
      };
    },
  );

const behaviours = fc.record({
  stages: fc.constantFrom(...modes),
  'hand-off': fc.constantFrom(...modes),
  return: fc.constantFrom(...modes),
  requests: fc.constantFrom(...modes),
});

const definition = fc.record({
  behaviours: fc.oneof({ weight: 2, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: behaviours }),
  skips: fc.constantFrom('any' as const, new Set<string>()),
  backward: fc.constantFrom('any' as const, new Set<string>()),
  pull: fc.constantFrom(
    { noTouchDays: 10, stalledDays: 14, nudge: null, winBackDays: 90 },
    {
      noTouchDays: 3,
      stalledDays: 5,
      nudge: { afterDays: 2, as: 'task' as const, program: null, offer: null },
      winBackDays: 1,
    },
  ),
});

/** Calls of a worker: what it is told, and its clock, which may go back. */
const calls = fc.array(
  fc.record({ facts: fc.array(fact, { maxLength: 6 }), hours: fc.integer({ min: -48, max: 600 }) }),
  { minLength: 1, maxLength: 25 },
);

describe('random stories: late, from the future, twice, with a clock that goes back', () => {
  it('keep every invariant at every call', () => {
    fc.assert(
      fc.property(definition, calls, fc.boolean(), (overrides, told, isOfPast) => {
        const rules = makeDefinition(overrides);
        let journey = newJourney('1', start, isOfPast);
        let now = start;
        let lateFacts: readonly Fact[] = [];
        for (const { facts, hours } of told) {
          now += hours * hour;
          const events = [...facts, ...lateFacts];
          const before = journey;
          const result = advance(before, { events, record }, rules, now);
          expect(
            brokenInvariants({ before, facts: { events, record }, definition: rules, now, result }),
          ).toEqual([]);
          ({ journey, waiting: lateFacts } = result);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('keep every invariant while hand-offs are observed, off and acting by turns', () => {
    const turns = fc.array(
      fc.record({
        mode: fc.constantFrom(...modes),
        facts: fc.array(fact, { maxLength: 4 }),
        hours: fc.integer({ min: 0, max: 600 }),
        isReady: fc.option(fc.boolean(), { nil: null }),
      }),
      { minLength: 2, maxLength: 15 },
    );
    const told = (kind: Fact['kind'], hours: number): Fact => ({
      ...{ kind, key: `${kind}/${hours}`, at: start + hours * hour, by: 'somebody' },
    });
    // The one that random stories come to a few times in a thousand.
    const story = [
      { mode: 'observe' as const, facts: [told('asked', 1)], hours: 2, isReady: true },
      { mode: 'act' as const, facts: [], hours: 1, isReady: true },
      { mode: 'act' as const, facts: [told('released', 4)], hours: 2, isReady: true },
    ];
    // Given to another rep for real, whose hand-off had only been observed: what comes of it by itself is real as well.
    const rerouted = [
      { mode: 'observe' as const, facts: [told('asked', 1)], hours: 2, isReady: null },
      { mode: 'act' as const, facts: [], hours: 1, isReady: null },
      {
        mode: 'observe' as const,
        facts: [
          { ...told('disqualified', 4), recontactAt: start + 20 * hour },
          { ...told('sent-back', 50), reason: 'Already a customer' },
        ],
        hours: 400,
        isReady: null,
      },
    ];
    let owed = 0;
    let paid = 0;
    fc.assert(
      fc.property(turns, (told) => {
        let journey = newJourney('1', start);
        let now = start;
        for (const { mode, facts, hours, isReady } of told) {
          const { behaviours: shipped } = makeDefinition();
          const rules = makeDefinition({ behaviours: { ...shipped, 'hand-off': mode } });
          now += hours * hour;
          const before = journey;
          const result = advance(before, { events: facts, record }, rules, now);
          const advanced = { before, facts: { events: facts, record }, definition: rules, now, result };
          expect(brokenInvariants(advanced)).toEqual([]);
          paid += result.transitions.filter(
            ({ from, to, effects }) => from === to && effects.includes('hand-off'),
          ).length;
          journey = withOwed(result.journey, rules, isReady, now);
          if ((journey.owedAt ?? null) !== null) owed += 1;
          expect(journey.owedAt ?? null).toBe(isOwed(journey, rules) ? (before.owedAt ?? now) : null);
        }
      }),
      { numRuns: 1_000, examples: [[story], [rerouted]] },
    );
    // The stories come to it.
    expect(owed).toBeGreaterThan(20);
    expect(paid).toBeGreaterThan(0);
  });

  it('hold back the past of somebody who was excluded and is admitted again', () => {
    const rules = makeDefinition({});
    const common = { by: 'somebody', stage: 'subscriber' } as const;
    const ready = {
      score: 80,
      fit: 'B',
      engagement: 2,
      ready: { definition: 'v1' },
      newestAt: null,
    } as const;
    const told: readonly (readonly Fact[])[] = [
      [{ ...common, kind: 'excluded', key: 'excluded', at: start }],
      [{ ...common, kind: 'readmitted', key: 'readmitted', at: start + hour }],
      [{ ...common, kind: 'scored', key: 'scored', at: start + 2 * hour, score: ready }],
    ];
    const end = told.reduce(
      (journey, events, at) => advance(journey, { events, record }, rules, start + at * hour).journey,
      newJourney('1', start, true),
    );
    expect([end.stage, end.turn]).toEqual(['nurture', 0]);
  });

  it('told twice are told once', () => {
    fc.assert(
      fc.property(definition, fc.array(fact, { maxLength: 30 }), (overrides, events) => {
        const rules = makeDefinition(overrides);
        const now = start + 4_000 * hour;
        const once = advance(newJourney('1', start), { events, record }, rules, now);
        const again = advance(once.journey, { events, record }, rules, now);
        expect(again.transitions).toEqual([]);
        expect(again.journey).toEqual(once.journey);
      }),
    );
  });

  it('are one story in whatever order one call is told them', () => {
    fc.assert(
      fc.property(
        definition,
        fc.uniqueArray(fact, { maxLength: 15, selector: ({ key }) => key }),
        (overrides, events) => {
          const rules = makeDefinition(overrides);
          const now = start + 4_000 * hour;
          const forward = advance(newJourney('1', start), { events, record }, rules, now);
          const backward = advance(
            newJourney('1', start),
            { events: events.toReversed(), record },
            rules,
            now,
          );
          expect(backward).toEqual(forward);
        },
      ),
    );
  });

  it('told in order in many calls are the story of one call', () => {
    fc.assert(
      fc.property(
        definition,
        fc.uniqueArray(fact, { maxLength: 20, selector: ({ key }) => key }),
        (overrides, unordered) => {
          const rules = makeDefinition(overrides);
          const events = unordered.toSorted((a, b) => a.at - b.at || (a.key < b.key ? -1 : 1));
          const now = start + 4_000 * hour;
          const whole = advance(newJourney('1', start), { events, record }, rules, now);
          let journey: Journey = newJourney('1', start);
          const transitions: Transition[] = [];
          for (const [index, event] of events.entries()) {
            if (events[index + 1]?.at === event.at) continue;
            const sameTime = events.filter(({ at }) => at === event.at);
            const result = advance(journey, { events: sameTime, record }, rules, event.at);
            transitions.push(...result.transitions);
            ({ journey } = result);
          }
          const last = advance(journey, { events: [], record }, rules, now);
          expect([...transitions, ...last.transitions]).toEqual(whole.transitions);
          expect(last.journey).toEqual(whole.journey);
        },
      ),
    );
  });
});
