import { describe, expect, it } from 'vitest';
import { leavingOf, type ProgramStanding } from '../../../src/lifecycle/effects/programs.ts';
import { newStored } from '../../../src/lifecycle/look/look.ts';
import type { Journey } from '../../../src/lifecycle/stage/journey.ts';
import type { TransitionRow } from '../../../src/model/journeys.ts';
import { makeDefinition } from '../shipped-files.ts';

const shipped = makeDefinition();
const invitation = 'Event: spring fair';
const definition = { ...shipped, programs: [...shipped.programs, invitation] };

type Move = Partial<TransitionRow> & Pick<TransitionRow, 'to'>;
const back = (reason: string): Move => ({ to: 'returned', reason, effects: ['return'] });
const placed: Move = { to: 'nurture', cause: 'placed' };
const forward: Move = { to: 'sales-ready', effects: ['hand-off'] };

/** Somebody who went these ways, one a minute; the order is of the last way that is not said otherwise. */
const standing = (
  journey: Partial<Journey>,
  moves: readonly Move[],
  { of = moves.length - 1, asked = [] }: { of?: number; asked?: readonly (readonly [string, number])[] } = {},
): ProgramStanding => {
  const stored = newStored('j', '7', 0);
  const plans = asked.map(([program, stamp], at) => [
    `deal:${at}`,
    { plan: { kind: 'join', program }, stamp, state: 'answered' },
  ]);
  return {
    effect: { evidence: `e${of}`, at: of * 60_000, kind: 'programs' },
    stored: {
      ...stored,
      journey: { ...stored.journey, ...journey },
      requests: Object.fromEntries(plans),
    },
    transitions: moves.map((move, at) => ({
      ...{ mode: 'act', cause: 'rejected', reason: null, effects: [], evidence: `e${at}`, at: at * 60_000 },
      ...move,
    })),
  } as unknown as ProgramStanding;
};

describe('what somebody leaves', () => {
  it('for a rep is every program of Tandem; what it put them on is left without asking', () => {
    const { known, others } = leavingOf(
      standing({ stage: 'sales-ready' }, [forward, back('Not now'), placed, forward]),
      definition,
    );
    expect(known).toEqual(['Nurture: later']);
    expect(others).toContain('Nurture: general');
    expect([...others, ...known].sort()).toEqual([...shipped.programs].sort());
  });

  it('is not what an earlier hand-over has left', () => {
    const moves = [forward, back('Not now'), placed, forward, back('No budget'), placed, forward];
    expect(leavingOf(standing({ stage: 'working' }, moves), definition).known).toEqual(['Nurture: budget']);
  });

  it('for the end, or to be mended, is every program of the file', () => {
    for (const journey of [
      { stage: 'disqualified' },
      { stage: 'returned', place: 'repair' },
    ] satisfies Partial<Journey>[]) {
      const { known, others } = leavingOf(standing(journey, [forward, back('Bad data')]), definition);
      expect([...known, ...others].sort()).toEqual([...definition.programs].sort());
    }
  });

  it('on any other way is what moves put them into, but for where they are to be now', () => {
    const moves = [forward, back('Unknown'), placed, back('No budget')];
    const now = { stage: 'returned', place: 'nurture', program: 'Nurture: budget' } as const;
    expect(leavingOf(standing(now, moves), definition)).toEqual({ known: ['Nurture: general'], others: [] });
    expect(leavingOf(standing(now, [forward, back('No budget')]), definition)).toEqual({
      known: [],
      others: [],
    });
  });

  it('late is nothing that came since: not the program of a newer return, nor one that a person asked for', () => {
    const moves = [forward, back('Not now'), placed, forward, back('Not now'), placed];
    const again = { stage: 'nurture', place: 'nurture', program: 'Nurture: later' } as const;
    expect(leavingOf(standing(again, moves, { of: 3 }), definition)).toEqual({ known: [], others: [] });
    const asked = [
      ['Nurture: champions', 4 * 60_000],
      ['Nurture: problem', 60_000],
    ] as const;
    const { known, others } = leavingOf(
      standing({ stage: 'working' }, moves.slice(0, 4), { asked }),
      definition,
    );
    expect(known).toEqual(['Nurture: later', 'Nurture: problem']);
    expect(others).not.toContain('Nurture: champions');
  });

  it('among reps is the program of a nudge, and nothing that the rep asked for', () => {
    const nudge = { afterDays: 7, as: 'program', program: 'Nudge', offer: null } as const;
    const nudging = { ...definition, pull: { ...definition.pull, nudge } };
    const moves = [forward, { ...forward, effects: ['nudge'] }, { to: 'working' }];
    const asked = [['Nurture: champions', 60_000]] as const;
    expect(leavingOf(standing({ stage: 'working' }, moves, { asked }), nudging)).toEqual({
      known: ['Nudge'],
      others: [],
    });
  });

  it('is nothing after a move that was only observed', () => {
    const moves = [forward, back('Not now'), placed, { ...forward, mode: 'observe' }];
    const observed = { stage: 'sales-ready', shownStage: 'nurture', program: null } as const;
    expect(leavingOf(standing(observed, moves, { of: 0 }), definition)).toEqual({ known: [], others: [] });
  });
});
