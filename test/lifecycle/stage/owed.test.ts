import { describe, expect, it } from 'vitest';
import { advance } from '../../../src/lifecycle/stage/advance.ts';
import { type Fact, type FactKind, noRecord } from '../../../src/lifecycle/stage/facts.ts';
import { type Journey, type Mode, newJourney } from '../../../src/lifecycle/stage/journey.ts';
import { stageToShow } from '../../../src/lifecycle/stage/observed.ts';
import { withOwed } from '../../../src/lifecycle/stage/owed.ts';
import { makeDefinition } from '../shipped-files.ts';

const day = 86_400_000;
const start = Date.UTC(2026, 0, 5, 9);
const record = { ...noRecord, contact: { company: 'Acme' }, engagement: 2 };
const by = (mode: Mode) => {
  const { behaviours } = makeDefinition();
  return makeDefinition({ behaviours: { ...behaviours, 'hand-off': mode } });
};
const fact = (kind: FactKind, days: number, extra: Partial<Fact> = {}): Fact => ({
  ...{ kind, key: `${kind}/${days}`, at: start + days * day, by: '005A' },
  ...extra,
});
const ready = (days: number, newestDays = days): Fact =>
  fact('scored', days, {
    score: {
      ...{ score: 80, fit: 'A', engagement: 1, ready: { definition: '2026-1' } },
      newestAt: start + newestDays * day,
    },
  });
/** A look on a day, as the worker takes it. */
const look = (from: Journey, mode: Mode, onDay: number, facts: readonly Fact[] = [], isReady = true) => {
  const now = start + onDay * day;
  const { journey, transitions } = advance(from, { events: facts, record }, by(mode), now);
  const path = transitions.map(({ from: was, to, cause, mode: how, effects }) =>
    [`${was}>${to} ${cause} ${how}`, ...effects].join('+'),
  );
  return { journey: withOwed(journey, by(mode), isReady, now), path };
};

const observed = look(newJourney('1', start), 'observe', 1, [ready(1)]).journey;

describe('a hand-off that was only observed', () => {
  it('waits for hand-offs to act, however long: nobody has the person, and nobody gives them back', () => {
    const later = look(observed, 'observe', 60);
    expect([later.path, later.journey.stage, later.journey.heldAt]).toEqual([[], 'sales-ready', null]);
    expect(stageToShow(later.journey)).toBe('subscriber');
  });

  it('is owed once they act, held back, and made in the same turn when it is let go', () => {
    const held = look(observed, 'act', 60).journey;
    expect(held).toMatchObject({ turn: 1, owedAt: start + 60 * day, heldAt: start + 60 * day });
    expect(look(held, 'act', 90).path).toEqual([]);
    const { journey, path } = look(held, 'act', 61, [fact('released', 61)]);
    expect(path).toEqual(['sales-ready>sales-ready released act+hand-off']);
    expect(journey).toMatchObject({
      ...{ turn: 1, owed: [], owedAt: null, heldAt: null, observedTurn: false },
      ...{ since: start + 61 * day, turnAt: start + 61 * day },
    });
    expect(stageToShow(journey)).toBe('sales-ready');
    // It is one now: nobody touched it, and it comes back by the usual days.
    const handed = fact('handed', 61, { to: 'rep', owner: '005B', at: start + 61 * day + 1 });
    expect(look(journey, 'act', 80, [handed]).path[0]).toBe('sales-ready>returned untouched act+return');
  });

  it('goes at once for who asks, or is ready by something new', () => {
    const held = look(observed, 'act', 60).journey;
    expect(look(held, 'act', 61, [fact('asked', 61)]).path).toEqual([
      'sales-ready>sales-ready asked act+hand-off',
    ]);
    expect(look(held, 'act', 61, [ready(61)]).path).toEqual(['sales-ready>sales-ready scored act+hand-off']);
    expect(look(held, 'act', 61, [ready(61, 59)]).path).toEqual([]);
    // While it is only observed, an ask is told to nobody, and is no second hand-off.
    expect(look(observed, 'observe', 2, [fact('asked', 2)]).path).toEqual([
      'sales-ready>sales-ready asked observe+tell-owner',
    ]);
  });

  it('is not made once more for whom a rep works on, whatever was let go', () => {
    const touched = look(observed, 'observe', 3, [fact('touched', 3)]).journey;
    expect(touched).toMatchObject({ stage: 'working', owed: [] });
    const { journey, path } = look(touched, 'act', 4, [fact('released', 4)]);
    expect([path, journey.heldAt, journey.owedAt ?? null]).toEqual([[], null, null]);
    const held = look(observed, 'act', 60).journey;
    const taken = look(held, 'act', 61, [fact('touched', 61)]).journey;
    expect(taken).toMatchObject({ stage: 'working', heldAt: null });
    expect(look(taken, 'act', 62, [fact('released', 62)]).path).toEqual([]);
  });

  it('of who is not ready any more is not held back, and ends by itself, seen by nobody', () => {
    const cold = look(observed, 'act', 60, [], false).journey;
    expect(cold).toMatchObject({ stage: 'sales-ready', owedAt: start + 60 * day, heldAt: null });
    expect(look(cold, 'act', 65).journey.heldAt).toBe(start + 65 * day);
    const gone = look(cold, 'act', 75, [], false);
    expect(gone.path).toEqual([
      'sales-ready>returned stalled observe+return',
      'returned>nurture placed observe',
    ]);
    expect(stageToShow(gone.journey)).toBe('subscriber');
  });

  it('of who asked stays owed, whatever their score', () => {
    const asked = look(newJourney('2', start), 'observe', 1, [fact('asked', 1)]).journey;
    expect(look(asked, 'act', 60, [], false).journey.heldAt).toBe(start + 60 * day);
  });

  it('is not held back any more when hand-offs are only observed again', () => {
    const held = look(observed, 'act', 60).journey;
    expect(look(held, 'observe', 61).journey).toMatchObject({ owedAt: null, heldAt: null });
  });
});
