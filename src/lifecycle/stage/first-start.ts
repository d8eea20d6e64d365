import type { ScoreFact, StageEvent } from './facts.ts';
import type { Journey } from './journey.ts';
import { isWaitingObserved, observedReturnOf } from './owed.ts';
import { type Stage, salesStages } from './stages.ts';

/*
 * The first start. Who was there before the lifecycle was on has a past: engagement of weeks, a lead that a rep has had for months. What rests on
 * that past alone is no news of today, and there is a whole company of it; it goes on by a cap or by a person's word (decision 0057).
 */

/** Marketing has the next step, and nothing was handed over yet. */
export const attractingStages: ReadonlySet<Stage> = new Set(['subscriber', 'lead', 'engaged']);

const isOfPast = ({ pastAt, letGoAt, turn }: Journey): boolean =>
  pastAt !== null && letGoAt === null && turn === 0;

/** Whether somebody was there before and was never handed over: the company's own stage of them is older than what Tandem knows. */
export const isStageOfPast = ({ pastAt, turn }: Journey): boolean => pastAt !== null && turn === 0;

/** Whether a lead is with sales as it was before, and nobody of sales has moved it since. */
export const isStandingOfPast = (journey: Journey): boolean =>
  isOfPast(journey) && salesStages.has(journey.stage) && journey.movedAt <= (journey.pastAt ?? 0);

/**
 * Whether the first start holds back what would happen now: a hand-off by a score that rests on nothing newer, or the return of a lead that
 * nobody has moved. `score`: null where the event has none.
 */
export const isHeld = (journey: Journey, score: ScoreFact | null): boolean => {
  if (score === null) return isStandingOfPast(journey);
  return isOfPast(journey) && (score.newestAt ?? 0) < (journey.pastAt ?? 0);
};

/** Since when somebody is held back once an event is worked through; null: they are not. Pure. */
export const heldSince = (
  before: Journey,
  after: Journey,
  event: StageEvent,
  score: ScoreFact | null,
): number | null => {
  if (after.stage !== before.stage && !attractingStages.has(after.stage)) return null;
  // Of an owed hand-off or return the look says it; what becomes of it ends it.
  if (isWaitingObserved(before)) return isWaitingObserved(after) ? before.heldAt : null;
  if (observedReturnOf(before).length > 0) return observedReturnOf(after).length > 0 ? before.heldAt : null;
  const isNow =
    event.kind === 'scored'
      ? attractingStages.has(after.stage) &&
        !after.excluded &&
        (score?.ready ?? null) !== null &&
        isHeld(after, score)
      : event.kind === 'stalled'
        ? isStandingOfPast(after)
        : before.heldAt !== null && (attractingStages.has(after.stage) || isStandingOfPast(after));
  return isNow ? (before.heldAt ?? event.at) : null;
};
