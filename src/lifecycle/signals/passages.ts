import type { Transition } from '../stage/journey.ts';
import { orderOf, type Stage } from '../stage/stages.ts';

/** What people are compared by; null where it is not known. */
export const dimensions = ['source', 'segment', 'rep'] as const;
export type Dimension = (typeof dimensions)[number];
export type Groups = Readonly<Record<Dimension, string | null>>;

/** One stay of a person in a stage. Times are milliseconds. */
export interface Passage extends Groups {
  readonly journey: string;
  readonly stage: Stage;
  readonly enteredAt: number;
  /** Null while they are there. */
  readonly leftAt: number | null;
  readonly to: Stage | null;
}

/** Whether a passage led on: to a later stage of the order, not beside it. */
export const ledOn = ({ stage, to }: Pick<Passage, 'stage' | 'to'>): boolean => {
  const [from, end] = [orderOf(stage), to === null ? null : orderOf(to)];
  return from !== null && end !== null && end > from;
};

type JourneyTransition = Transition & { readonly journey: string };

const ofJourney = (
  journey: string,
  transitions: readonly JourneyTransition[],
  groupsOf: (journey: string, turn: number) => Groups,
): readonly Passage[] => {
  // Another rep in the same stage begins no new stay.
  const moves = transitions.filter(({ from, to }) => from !== to);
  return moves.map(({ to: stage, at, turn }, index) => {
    const next = moves[index + 1];
    return {
      journey,
      stage,
      enteredAt: at,
      leftAt: next?.at ?? null,
      to: next?.to ?? null,
      ...groupsOf(journey, turn),
    };
  });
};

/**
 * The stays that transitions tell of; those of a journey stand in the order in which they happened. The stay before the first one is left out, since
 * nobody knows when it began. Pure.
 */
export const passagesOf = (
  transitions: readonly JourneyTransition[],
  groupsOf: (journey: string, turn: number) => Groups,
): readonly Passage[] =>
  [...Map.groupBy(transitions, ({ journey }) => journey)].flatMap(([journey, own]) =>
    ofJourney(journey, own, groupsOf),
  );
