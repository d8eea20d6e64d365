import type { EventKind } from './facts.ts';
import type { Journey, Transition } from './journey.ts';
import type { Stage } from './stages.ts';

/*
 * What is only observed moves the journey, and is shown to nobody (decision 0041): both systems go on seeing the last stage that was more than that, and
 * nothing of a turn, or a return, that only would have been.
 */

/** The stage that both systems are to see. */
export const stageToShow = ({ stage, shownStage }: Journey): Stage => shownStage ?? stage;

/** Whether the stage is one that nobody is to see. */
export const isStageObserved = (journey: Journey): boolean => stageToShow(journey) !== journey.stage;

/** What comes of a move by itself, with nobody having done anything. */
const following: ReadonlySet<EventKind> = new Set(['untouched', 'nudge', 'stalled', 'placed']);

/** Whether an event only follows from a hand-off or a return that was observed: nobody has the person, and nobody gives them back. */
export const followsObserved = ({ owed }: Journey, kind: EventKind): boolean =>
  following.has(kind) && (owed.includes('hand-off') || owed.includes('return'));

/** The journey with what of a move is to be seen. `before` is the journey as it was, `moved` as the move leaves it. Pure. */
export const withShown = (
  before: Journey,
  moved: Journey,
  { from, to, mode, effects }: Pick<Transition, 'from' | 'to' | 'mode' | 'effects'>,
  isBack: boolean,
): Journey => {
  const isObserved = mode === 'observe';
  const kept = from === to ? (before.shownStage ?? null) : stageToShow(before);
  // Another rep who really gets the person gets this turn, whoever only observed its beginning.
  const isHandedOn = !isObserved && effects.includes('re-route');
  const keptTurn = !isHandedOn && (before.observedTurn ?? false);
  return {
    ...moved,
    shownStage: isObserved ? kept : null,
    observedTurn: effects.includes('hand-off') ? isObserved : keptTurn,
    observedReturn: isBack ? isObserved : (before.observedReturn ?? false),
  };
};
