import type { HeldBack } from '../../model/journeys.ts';
import type { LifecycleDefinition } from '../stage/definition.ts';
import { attractingStages } from '../stage/first-start.ts';
import { isOwed, isReturnOwed } from '../stage/owed.ts';
import type { Looked } from './look.ts';

/** No score is as high. */
const askedRank = 1_000;

/**
 * What a look says of the first start: who is held back now, of what, with their place in the queue; those of the best score are handed over first,
 * and those who have stood still longest come back first. Nothing where nobody is, and nobody was. Pure.
 */
export const heldBack = (
  { stored, judgement, wasHeld }: Looked,
  { behaviours }: LifecycleDefinition,
): { readonly held?: HeldBack | null } => {
  const { heldAt: since, stage, definition, turnAt } = stored.journey;
  const score = judgement?.score.score ?? stored.told?.score ?? 0;
  if (since !== null && isOwed(stored.journey, { behaviours })) {
    // Who asked, or was named, goes before whoever only scored.
    const rank = definition === null ? score + askedRank : score;
    return { held: { what: 'observed', rank, since: turnAt ?? since } };
  }
  if (since !== null && isReturnOwed(stored.journey, { behaviours })) {
    // Who was given back first has waited longest.
    const givenAt = stored.journey.since;
    return { held: { what: 'observed-return', rank: -givenAt, since: givenAt } };
  }
  const what = attractingStages.has(stage) ? 'hand-off' : 'return';
  if (since === null || behaviours[what] === 'off') return wasHeld ? { held: null } : {};
  const rank = what === 'hand-off' ? score : -since;
  return { held: { what, rank, since } };
};
