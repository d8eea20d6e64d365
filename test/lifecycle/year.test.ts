import { beforeAll, describe, expect, it } from 'vitest';
import { protectedStages, type Stage, salesStages } from '../../src/lifecycle/stage/stages.ts';
import { nextTimer } from '../../src/lifecycle/stage/timers.ts';
import { absenceOf, dayLength, playYear, type Year } from './year.ts';
import { yearReps, yearRules } from './year-rules.ts';

const [rules, reps] = [yearRules, yearReps];

/** The nightly run plays 5,000. */
const people = Number(process.env.TANDEM_YEAR_PEOPLE ?? 300);

describe(`a year of ${people} people, with reps who accept, reject, forget, go on holiday and leave`, () => {
  let year: Year;
  beforeAll(() => {
    year = playYear(rules, reps, people, 7);
  }, 600_000);
  const end = Date.UTC(2024, 0, 1, 6) + 365 * dayLength;

  it('breaks no invariant at any step', () => {
    expect(year.broken).toEqual([]);
  });

  it('is a busy year: every way that people go is gone', () => {
    const causes = new Set(year.transitions.map(({ cause }) => cause));
    for (const cause of [
      'scored',
      'asked',
      'touched',
      'accepted',
      'rejected',
      'sent-back',
      'opened',
      'won',
      'deal-lost',
      'untouched',
      'stalled',
      'recontact',
      'placed',
      'repaired',
    ] as const) {
      expect([cause, causes.has(cause)]).toEqual([cause, true]);
    }
    expect(year.leads.filter(({ journey }) => journey.turn > 1).length).toBeGreaterThan(30);
  });

  it('balances: every turn that was ready was handed over once', () => {
    const ready = year.transitions.filter(({ effects }) => effects.includes('hand-off'));
    expect(new Set(ready.map(({ lead, turn }) => `${lead}/${turn}`)).size).toBe(ready.length);
    expect(ready.length).toBe(year.leads.reduce((sum, { journey }) => sum + journey.turn, 0));
    const moved = year.transitions.filter(({ effects }) => effects.includes('re-route')).length;
    expect([...year.given.values()].reduce((sum, count) => sum + count, 0) + year.held).toBe(
      ready.length + moved,
    );
  });

  it('has nobody in two turns at a moment, and everybody on the list of their last return, or of their stage, alone', () => {
    const { reasons, stages } = rules.definition;
    const isOthers = (place: string): boolean => place === 're-route' || place === 'account-owner';
    const stories = Map.groupBy(year.transitions, ({ lead }) => lead);
    for (const { journey } of year.leads) {
      // What the effects of the transitions did, in their order, by themselves.
      let [stage, turn, list]: [Stage, number, string | null] = ['subscriber', 0, null];
      for (const { from, to, effects, reason, turn: own } of stories.get(journey.id) ?? []) {
        expect([journey.id, from]).toEqual([journey.id, stage]);
        const begins = effects.includes('hand-off');
        const isTaken = salesStages.has(from) || protectedStages.has(from);
        expect([journey.id, own, begins && isTaken]).toEqual([journey.id, turn + (begins ? 1 : 0), false]);
        if (effects.includes('return') && reason !== null)
          list = reasons[isOthers(reasons[reason].place) ? 'Unknown' : reason].program;
        else if (to === 'nurture') list ??= stages.nurture.program;
        else if (to !== from) list = stages[to].program;
        [stage, turn] = [to, own];
      }
      expect([journey.id, journey.stage, journey.turn, journey.program]).toEqual([
        journey.id,
        stage,
        turn,
        list,
      ]);
    }
  });

  it('forgets nobody: whoever is with sales has a clock that has not run out', () => {
    for (const { journey } of year.leads) {
      if (!['sales-ready', 'working', 'accepted'].includes(journey.stage)) continue;
      expect(nextTimer(journey, rules.definition)?.at ?? 0).toBeGreaterThan(end - dayLength);
    }
  });

  it('gives nobody leads who has left, and everybody their share before', () => {
    const handed = year.leads.filter(
      ({ journey }) =>
        journey.owner === reps[0] && (journey.handedAt ?? 0) > Date.UTC(2024, 0, 1, 6) + 272 * dayLength,
    );
    expect(handed).toEqual([]);
    const shareOf = (index: number): number => year.given.get(reps[index] ?? '') ?? 0;
    expect(shareOf(4) / shareOf(2)).toBeGreaterThan(1.7);
    expect(shareOf(4) / shareOf(2)).toBeLessThan(2.3);
  });

  it('gives nobody a lead who is on holiday, while others get theirs', () => {
    for (const [index, rep] of reps.entries()) {
      const { from, to } = absenceOf(index);
      const meanwhile = year.routes.filter(({ at }) => at >= from && at < to);
      expect([rep, meanwhile.filter(({ owner }) => owner === rep)]).toEqual([rep, []]);
      expect(meanwhile.length).toBeGreaterThan(3);
      // Before and after it is a rep as any other, but for the one who leaves.
      const isThere = (at: number): boolean => at < from || at >= to;
      expect(year.routes.some(({ owner, at }) => owner === rep && isThere(at))).toBe(true);
    }
  });

  it('reminds and escalates each clock once', () => {
    expect(year.steps.length).toBeGreaterThan(100);
    expect(new Set(year.steps).size).toBe(year.steps.length);
  });

  it('one seed, one story; another seed, another', { timeout: 120_000 }, () => {
    const short = (seed: number) => playYear(rules, reps, 40, seed);
    expect(short(3)).toEqual(short(3));
    expect(short(4).transitions).not.toEqual(short(3).transitions);
  });
});
