import type { LifecycleDefinition } from './definition.ts';
import type { EffectKind, Journey, Transition } from './journey.ts';
import type { Stage } from './stages.ts';

/*
 * A hand-off that was only observed was none: nobody has the person. A return that was only observed was none either: the rep still has them, and no program
 * writes to them. Once hand-offs, or returns, act, it is owed. A month of them must not be let loose in one minute, so that they are held back as those of a
 * first start are, and go in waves, as decision 0041 has it.
 */

/** Whether somebody stands where a hand-off brought them that was only observed, whatever hand-offs do now. */
export const isWaitingObserved = ({ owed, stage }: Journey): boolean =>
  stage === 'sales-ready' && owed.includes('hand-off');

/** Whether that hand-off is owed: hand-offs act now. */
export const isOwed = (journey: Journey, { behaviours }: Pick<LifecycleDefinition, 'behaviours'>): boolean =>
  behaviours['hand-off'] === 'act' && isWaitingObserved(journey);

/** Whether somebody did something by which they are ready since hand-offs act: then they go at once. */
export const isNewsToOwed = ({ owedAt = null }: Journey, newestAt: number | null): boolean =>
  owedAt !== null && newestAt !== null && newestAt > owedAt;

/** Stages in which a return that was only observed leaves people. */
const backStages: ReadonlySet<Stage> = new Set(['returned', 'nurture', 'disqualified']);

/** What a return makes that is made up for: it, the question for its reason, or another rep instead. */
const ofReturn: ReadonlySet<EffectKind> = new Set(['return', 're-route', 'ask-reason']);

/** Of a journey that was stored before `owedReturn` was kept, and of which nobody knows the reason any more but that a rep gave them back. */
const owedByOldRow = ({ shownStage, observedReturn, observedTurn, stage }: Journey): readonly EffectKind[] =>
  (shownStage ?? null) !== null && observedReturn === true && observedTurn !== true && backStages.has(stage)
    ? ['return']
    : [];

/** What of a return somebody stands by that was only observed, whatever returns do now; empty: by none. */
export const observedReturnOf = (journey: Journey): readonly EffectKind[] => {
  if (isWaitingObserved(journey)) return [];
  const owed = journey.owedReturn ?? owedByOldRow(journey);
  const isThere = owed.includes('re-route') ? journey.stage === 'sales-ready' : backStages.has(journey.stage);
  return isThere ? owed : [];
};

/** Whether somebody waits where an observed move left them, with sales and with nobody: nobody gives them back either. */
export const isWaitingForAct = (journey: Journey): boolean =>
  isWaitingObserved(journey) || observedReturnOf(journey).includes('re-route');

/** Whether that return is owed: returns act now. */
export const isReturnOwed = (
  journey: Journey,
  { behaviours }: Pick<LifecycleDefinition, 'behaviours'>,
): boolean => behaviours.return === 'act' && observedReturnOf(journey).length > 0;

/** What is owed of returns after a move. `follows`: it only comes of a move that was observed, and nobody gave the person back. Pure. */
export const returnOwedAfter = (
  before: Journey,
  { mode, move, effects, behaviour }: Pick<Transition, 'mode' | 'move' | 'effects' | 'behaviour'>,
  follows: boolean,
): readonly EffectKind[] => {
  const made = effects.filter((kind) => ofReturn.has(kind));
  if (mode === 'observe' && behaviour === 'return' && made.length > 0 && !follows) return made;
  const isMade = mode === 'act' && (made.length > 0 || effects.includes('hand-off'));
  const isKept = !isMade && (mode === 'observe' || move === 'same');
  return isKept ? (before.owedReturn ?? owedByOldRow(before)) : [];
};

/**
 * The journey with what a look knows of what is owed: since when, and whether it is held back. Of hand-offs, who is not ready any more is not, but for those
 * who asked or were named, since no score made them ready; a rep who gave somebody back meant it. Pure. `isReady`: by the score of today; null: nobody scores.
 */
export const withOwed = (
  journey: Journey,
  definition: Pick<LifecycleDefinition, 'behaviours'>,
  isReady: boolean | null,
  now: number,
): Journey => {
  const owedAt = journey.owedAt ?? now;
  if (isReturnOwed(journey, definition)) return { ...journey, owedAt, heldAt: journey.heldAt ?? now };
  if (!isOwed(journey, definition)) {
    if ((journey.owedAt ?? null) === null) return journey;
    const isWaiting = isWaitingObserved(journey) || observedReturnOf(journey).length > 0;
    return { ...journey, owedAt: null, heldAt: isWaiting ? null : journey.heldAt };
  }
  const isMeant = !journey.excluded && (journey.definition === null || isReady !== false);
  return { ...journey, owedAt, heldAt: isMeant ? (journey.heldAt ?? now) : null };
};
