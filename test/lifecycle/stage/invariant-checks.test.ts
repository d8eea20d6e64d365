import { describe, expect, it } from 'vitest';
import { advance } from '../../../src/lifecycle/stage/advance.ts';
import type { LifecycleDefinition } from '../../../src/lifecycle/stage/definition.ts';
import { type Fact, type FactKind, noRecord } from '../../../src/lifecycle/stage/facts.ts';
import { type Advanced, brokenInvariants, invariants } from '../../../src/lifecycle/stage/invariants.ts';
import { type Journey, newJourney, type Transition } from '../../../src/lifecycle/stage/journey.ts';
import { makeDefinition } from '../shipped-files.ts';

/*
 * A check that nothing can fail proves nothing. Each row takes what the machine really did, spoils one thing of it as a defect would, and the check of that
 * number, alone, has to say so.
 */

const day = 86_400_000;
const start = Date.UTC(2026, 0, 5, 9);
const record = { ...noRecord, contact: { company: 'Acme' }, engagement: 2 };
const definition: LifecycleDefinition = makeDefinition();

const makeFact = (kind: FactKind, days: number, extra: Partial<Fact> = {}): Fact => ({
  ...{ kind, key: `${kind}/${days}`, at: start + days * day, by: '005A' },
  ...extra,
});
const ready = (days: number): Fact =>
  makeFact('scored', days, {
    score: {
      ...{ score: 80, fit: 'A', engagement: 1 },
      ready: { definition: '2026-1' },
      newestAt: start + days * day,
    },
  });

const call = (before: Journey, events: readonly Fact[], days: number): Advanced => {
  const facts = { events, record };
  const now = start + days * day;
  return { before, facts, definition, now, result: advance(before, facts, definition, now) };
};

const nobody = newJourney('1', start);
/** Two moves in one call: engaged first, then handed over since they asked. */
const asked = call(nobody, [makeFact('known', 0), makeFact('asked', 1)], 1);
const scored = call(nobody, [ready(1)], 1);
const handed = call(asked.result.journey, [makeFact('handed', 1, { to: 'rep', owner: '005B' })], 1);
const touched = call(handed.result.journey, [makeFact('touched', 2)], 2);
const accepted = call(touched.result.journey, [makeFact('accepted', 3)], 3);
const rejected = call(touched.result.journey, [makeFact('rejected', 3, { reason: 'No budget' })], 3);
const placed = call(rejected.result.journey, [makeFact('placed', 3)], 3);
/** The cool-down is long over. */
const readyAgain = call(placed.result.journey, [ready(300)], 300);

const sound = { asked, scored, handed, touched, accepted, rejected, placed, readyAgain };

const withJourney = (advanced: Advanced, changes: Partial<Journey>): Advanced => ({
  ...advanced,
  result: { ...advanced.result, journey: { ...advanced.result.journey, ...changes } },
});
const withBefore = (advanced: Advanced, changes: Partial<Journey>): Advanced => ({
  ...advanced,
  before: { ...advanced.before, ...changes },
});
/** With the last move as it should not have been. */
const withMove = (advanced: Advanced, changes: Partial<Transition>): Advanced => {
  const transitions = advanced.result.transitions.map((move, at, all) =>
    at === all.length - 1 ? { ...move, ...changes } : move,
  );
  return { ...advanced, result: { ...advanced.result, transitions } };
};
const withDefinition = (advanced: Advanced, changes: Partial<LifecycleDefinition>): Advanced => ({
  ...advanced,
  definition: { ...definition, ...changes },
});

interface Spoiled {
  readonly name: string;
  readonly advanced: Advanced;
  readonly says: string;
}

const spoiled: readonly Spoiled[] = [
  {
    name: '1 one stage, in use',
    advanced: withDefinition(accepted, {
      stages: { ...definition.stages, accepted: { ...definition.stages.accepted, used: false } },
    }),
    says: 'accepted is not in use',
  },
  {
    name: '2 transitions are a chain',
    advanced: { ...asked, result: { ...asked.result, transitions: asked.result.transitions.slice(1) } },
    says: 'a transition from engaged while in subscriber',
  },
  {
    name: '2 transitions are a chain',
    advanced: withJourney(accepted, { stage: 'working', shownStage: 'accepted' }),
    says: 'ends in working, not accepted',
  },
  {
    name: '3 each transition says why',
    advanced: withMove(touched, { evidence: '' }),
    says: 'touched does not say by whom or what',
  },
  {
    name: '3 each transition says why',
    advanced: withMove(touched, { by: '' }),
    says: 'touched does not say by whom or what',
  },
  {
    name: '3 each transition says why',
    advanced: withMove(touched, { version: 'another' }),
    says: 'touched does not say by whom or what',
  },
  {
    name: '4 time does not run back',
    advanced: withMove(asked, { at: start - day }),
    says: `${start - day} after ${start}, now ${start + day}`,
  },
  {
    name: '4 time does not run back',
    advanced: withMove(asked, { at: start + 2 * day }),
    says: `${start + 2 * day} after ${start}, now ${start + day}`,
  },
  {
    name: '4 time does not run back',
    advanced: withJourney(touched, { since: touched.before.since - 1 }),
    says: 'since went back',
  },
  {
    name: '5 a fact counts once',
    advanced: withMove(asked, { evidence: 'known/0' }),
    says: 'known/0 counted twice',
  },
  {
    name: '5 a fact counts once',
    advanced: withBefore(touched, { seen: [{ key: 'touched/2', at: start + 2 * day }] }),
    says: 'touched/2 counted twice',
  },
  {
    name: '6 a turn is one hand-off',
    advanced: withMove(asked, { effects: [] }),
    says: 'engaged to sales-ready in turn 1 hands over or not',
  },
  {
    name: '6 a turn is one hand-off',
    advanced: withMove(touched, { effects: ['hand-off'] }),
    says: 'sales-ready to working in turn 1 hands over or not',
  },
  { name: '6 a turn is one hand-off', advanced: withMove(asked, { turn: 2 }), says: 'turn 2, not 1' },
  { name: '6 a turn is one hand-off', advanced: withJourney(touched, { turn: 2 }), says: 'ends in turn 2' },
  {
    name: '7 deals and customers are not recycled',
    advanced: withMove(withBefore(rejected, { stage: 'customer' }), { from: 'customer' }),
    says: 'customer to returned by rejected',
  },
  {
    name: '7 deals and customers are not recycled',
    advanced: withMove(withBefore(rejected, { stage: 'opportunity' }), { from: 'opportunity' }),
    says: 'opportunity to returned by rejected',
  },
  {
    name: '7 deals and customers are not recycled',
    advanced: withBefore(rejected, { boughtAt: start }),
    says: 'working to returned by rejected, and bought',
  },
  {
    name: '8 who is excluded is not handed over',
    advanced: withJourney(asked, { excluded: true, exclusionAt: start }),
    says: 'an excluded person was handed over',
  },
  {
    name: '9 the cool-down holds',
    advanced: withBefore(readyAgain, { cooledAt: start + 301 * day }),
    says: 'handed over while cooling',
  },
  {
    name: '10 nothing new, no new turn',
    advanced: withBefore(readyAgain, { returnedAt: start + 300 * day }),
    says: 'ready again with nothing new',
  },
  {
    name: '11 decisions keep to the allowed moves',
    advanced: withMove(scored, { legal: false }),
    says: 'subscriber to sales-ready by scored',
  },
  {
    name: '12 what is off does nothing, what is observed shows nothing',
    advanced: withDefinition(asked, { behaviours: { ...definition.behaviours, 'hand-off': 'off' } }),
    says: 'hand-off is off, not act',
  },
  {
    name: '12 what is off does nothing, what is observed shows nothing',
    advanced: withMove(asked, { mode: 'observe' }),
    says: 'hand-off is act, not observe',
  },
  {
    name: '12 what is off does nothing, what is observed shows nothing',
    advanced: withJourney(asked, { shownStage: 'lead' }),
    says: 'shows lead, not sales-ready',
  },
  {
    name: '13 nobody waits without a clock',
    advanced: withJourney(placed, { waiting: ready(3).score ?? null, cooledAt: null }),
    says: 'nurture waits for nothing',
  },
  {
    name: '14 the future has not happened',
    advanced: withJourney(touched, { seen: [{ key: 'touched/9', at: start + 9 * day }] }),
    says: 'touched/9 was taken before its time',
  },
  {
    name: '14 the future has not happened',
    advanced: { ...touched, result: { ...touched.result, waiting: touched.facts.events } },
    says: 'touched/2 waits though it happened',
  },
  {
    name: '15 what is due has happened',
    advanced: { ...handed, now: start + 100 * day },
    says: 'untouched was due',
  },
  {
    name: '16 a later word stands',
    advanced: withBefore(touched, { turnAt: start + 3 * day }),
    says: `touched of ${start + 2 * day} after a word of ${start + 3 * day}`,
  },
  {
    name: '16 a later word stands',
    advanced: withBefore(accepted, { verdictAt: start + 4 * day }),
    says: `accepted of ${start + 3 * day} after a word of ${start + 4 * day}`,
  },
  {
    name: '17 the past alone hands nobody over',
    advanced: withBefore(scored, { pastAt: start + 2 * day }),
    says: 'handed over by what was before the lifecycle was on',
  },
  {
    name: '18 nobody has a program while a rep works them, or before they are mended',
    advanced: withJourney(touched, { program: 'Nurture: budget' }),
    says: 'working with the program Nurture: budget',
  },
  {
    name: '18 nobody has a program while a rep works them, or before they are mended',
    advanced: withJourney(rejected, { place: 'repair' }),
    says: 'returned with the program Nurture: budget',
  },
];

describe('the checks of the invariants', () => {
  it.each(Object.entries(sound))('find nothing wrong with what the machine did: %s', (_, advanced) => {
    expect(brokenInvariants(advanced)).toEqual([]);
  });

  it('each has a row that fails it', () => {
    expect(new Set(spoiled.map(({ name }) => name))).toEqual(new Set(Object.keys(invariants)));
  });

  it.each(spoiled)('$name: $says', ({ name, advanced, says }) => {
    expect(brokenInvariants(advanced)).toEqual([expect.stringContaining(`${name}: ${says}`)]);
  });
});
