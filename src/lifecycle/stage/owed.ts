import type { LifecycleDefinition } from './definition.ts';
import type { Journey } from './journey.ts';

/*
 * A hand-off that was only observed was none: nobody has the person. Once hand-offs act it is owed. A month of them must not be let loose in one minute, so that
 * they are held back as those of a first start are, and go in waves, as decision 0041 has it.
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

/**
 * The journey with what a look knows of an owed hand-off: since when it is owed, and whether it is held back. Who is not ready any more is not, but for those
 * who asked or were named, since no score made them ready. Pure. `isReady`: by the score of today; null: nobody scores.
 */
export const withOwed = (
  journey: Journey,
  definition: Pick<LifecycleDefinition, 'behaviours'>,
  isReady: boolean | null,
  now: number,
): Journey => {
  if (!isOwed(journey, definition)) {
    if ((journey.owedAt ?? null) === null) return journey;
    return { ...journey, owedAt: null, heldAt: isWaitingObserved(journey) ? null : journey.heldAt };
  }
  const owedAt = journey.owedAt ?? now;
  const isMeant = !journey.excluded && (journey.definition === null || isReady !== false);
  return { ...journey, owedAt, heldAt: isMeant ? (journey.heldAt ?? now) : null };
};
