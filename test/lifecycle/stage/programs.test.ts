import { describe, expect, it } from 'vitest';
import { advance } from '../../../src/lifecycle/stage/advance.ts';
import type { LifecycleDefinition } from '../../../src/lifecycle/stage/definition.ts';
import { type Fact, noRecord } from '../../../src/lifecycle/stage/facts.ts';
import { type Journey, newJourney } from '../../../src/lifecycle/stage/journey.ts';
import { movesOfPrograms } from '../../../src/lifecycle/stage/programs.ts';
import type { Stage } from '../../../src/lifecycle/stage/stages.ts';
import { type DefinitionOverrides, makeDefinition } from '../shipped-files.ts';

const day = 86_400_000;
const start = Date.UTC(2026, 0, 5, 9);
const record = { ...noRecord, contact: { company: 'Acme' }, engagement: 2 };

const named = (programs: Partial<Record<Stage, string>>, more: DefinitionOverrides = {}) => {
  const { stages } = makeDefinition();
  const rules = Object.fromEntries(
    Object.entries(programs).map(([stage, program]) => [stage, { ...stages[stage as Stage], program }]),
  );
  return makeDefinition({ stages: { ...stages, ...rules }, ...more });
};
const below = named({ lead: 'Leads', engaged: 'Engaged', lost: 'Lost', customer: 'Customers' });

const fact = (kind: Fact['kind'], days: number, more: Partial<Fact> = {}): Fact => ({
  ...{ kind, key: `${kind}/${days}`, at: start + days * day, by: '005A' },
  ...more,
});
const score = (days: number, newestDays: number): Fact =>
  fact('scored', days, {
    score: { score: 20, fit: 'B', engagement: 2, ready: null, newestAt: start + newestDays * day },
  });
const tell = (
  from: Journey,
  facts: readonly Fact[],
  untilDays: number,
  definition: LifecycleDefinition = below,
) => {
  const done = advance(from, { events: facts, record }, definition, start + untilDays * day);
  const moves = movesOfPrograms(from, done.transitions, definition);
  return { ...done, orders: moves.map(({ to, cause }) => `${cause}>${to}`) };
};
const comer = newJourney('1', start);

describe('the program of a stage', () => {
  it('is theirs who enter it, until they go on', () => {
    const lead = tell(comer, [fact('known', 0)], 0);
    expect([lead.journey.stage, lead.journey.program, lead.orders]).toEqual([
      'engaged',
      'Engaged',
      ['known>engaged'],
    ]);
    const asked = tell(lead.journey, [fact('asked', 1)], 1);
    expect([asked.journey.program, asked.orders]).toEqual([null, ['asked>sales-ready']]);
    const won = tell(asked.journey, [fact('touched', 2), fact('won', 3, { opportunity: '006' })], 3);
    expect([won.journey.program, won.orders]).toEqual(['Customers', ['won>customer']]);
    const lost = tell(won.journey, [fact('churned', 4)], 4);
    expect([lost.journey.program, lost.orders]).toEqual(['Lost', ['churned>lost']]);
    const back = tell(lost.journey, [], 100);
    expect([back.journey.stage, back.journey.program]).toEqual(['win-back', 'Nurture: win-back']);
    expect(back.orders).toEqual(['cooled>win-back']);
  });

  it('is nobody\u2019s by what was before the lifecycle was on, or before anybody looked', () => {
    const old = newJourney('1', start, true);
    const known = tell(old, [fact('known', -9), score(1, -3)], 1);
    expect([known.journey.stage, known.journey.program]).toEqual(['engaged', null]);
    const customer = { ...comer, stage: 'customer' as const };
    expect(tell(customer, [fact('churned', 1, { standing: true })], 1).journey.program).toBeNull();
    expect(tell(customer, [fact('churned', 1)], 1).journey.program).toBe('Lost');
  });

  it('is nobody\u2019s where returns do not act', () => {
    for (const mode of ['off', 'observe'] as const) {
      const quiet = named({ engaged: 'Engaged' }, { behaviours: { return: mode } });
      const looked = tell(comer, [fact('known', 0)], 0, quiet);
      expect([looked.journey.stage, looked.journey.program, looked.orders]).toEqual(['engaged', null, []]);
    }
  });

  it('of nurture is theirs whose reason has none', () => {
    const reasons = {
      ...below.reasons,
      Duplicate: { ...below.reasons.Duplicate, mended: 'nurture' as const },
    };
    const definition = { ...below, reasons };
    const handed = tell(comer, [fact('asked', 1)], 1, definition).journey;
    const mending = tell(
      handed,
      [fact('rejected', 2, { reason: 'Duplicate' }), fact('placed', 2.1)],
      3,
      definition,
    );
    expect([mending.journey.stage, mending.journey.program]).toEqual(['returned', null]);
    const mended = tell(mending.journey, [fact('repaired', 4)], 4, definition);
    expect([mended.journey.program, mended.orders]).toEqual(['Nurture: general', ['repaired>nurture']]);
    const given = tell(
      handed,
      [fact('rejected', 2, { reason: 'Not now' }), fact('placed', 2.1)],
      3,
      definition,
    );
    expect([given.journey.stage, given.journey.program, given.orders]).toEqual([
      'nurture',
      'Nurture: later',
      [],
    ]);
  });
});

describe('who is to be mended first', () => {
  it('is moved into no program by a request, and to sales or out of the way by one', () => {
    const handed = tell(comer, [fact('asked', 1)], 1).journey;
    const mending = tell(handed, [fact('rejected', 2, { reason: 'Bad data' })], 2).journey;
    const asks = (stage: string, reason?: string) => {
      const done = tell(
        mending,
        [fact('stage-set', 3, { stage, ...(reason === undefined ? {} : { reason }) })],
        3,
      );
      return [done.journey.stage, done.journey.program, done.unmoved.map(({ why }) => why)];
    };
    expect(asks('nurture')).toEqual(['returned', null, ['to-mend']]);
    expect(asks('nurture', 'Not now')).toEqual(['returned', null, ['to-mend']]);
    expect(asks('sales-ready')).toEqual(['sales-ready', null, []]);
    expect(asks('disqualified')).toEqual(['disqualified', null, []]);
  });
});

describe('who was nudged by a program', () => {
  it('leaves it with the next move, for a rep works them again', () => {
    const nudge = { afterDays: 3, as: 'program', program: 'Nudge', offer: null } as const;
    const nudging = { ...below, pull: { ...below.pull, nudge } };
    const handed = tell(comer, [fact('asked', 1), fact('touched', 2)], 2, nudging).journey;
    const still = tell(handed, [], 6, nudging);
    expect([still.journey.stage, still.transitions.map(({ effects }) => effects), still.orders]).toEqual([
      'working',
      [['nudge']],
      [],
    ]);
    const accepted = tell(still.journey, [fact('accepted', 7)], 7, nudging);
    expect(accepted.orders).toEqual(['accepted>accepted']);
    expect(tell(accepted.journey, [fact('opened', 8, { opportunity: '006' })], 8, nudging).orders).toEqual(
      [],
    );
    expect(tell(handed, [fact('accepted', 3)], 3, nudging).orders).toEqual([]);
  });
});

describe('what is only observed', () => {
  it('moves nobody from a program, and what follows it counts from where they are seen', () => {
    const handed = tell(comer, [fact('asked', 1)], 1).journey;
    const facts = [fact('rejected', 2, { reason: 'Not now' }), fact('placed', 2.1)];
    const nurtured = tell(handed, facts, 3).journey;
    const pilot = named({}, { behaviours: { 'hand-off': 'observe' } });
    const seen = tell(nurtured, [fact('asked', 4)], 4, pilot);
    expect([seen.journey.stage, seen.orders]).toEqual(['sales-ready', []]);
    expect(tell(seen.journey, [fact('touched', 5)], 5, pilot).orders).toEqual(['touched>working']);
  });
});
