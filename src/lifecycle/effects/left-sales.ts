import { salesStages } from '../stage/stages.ts';
import { type Effect, isHanding, type StepName } from './effect.ts';
import type { Standing } from './standing.ts';

/**
 * Whether an order to bring somebody to a rep has outlived its cause: while it waited (a review, a parked value, another router, an outage) the person was
 * given back, disqualified or moved on, or came again in a turn that has an order of its own. A nudge is for those alone who are with sales, too.
 */
export const hasLeftSales = ({ effect, stored: { journey } }: Standing): boolean =>
  (isHanding(effect) || effect.kind === 'nudge') &&
  (effect.turn !== journey.turn || !salesStages.has(journey.stage));

/** What somebody of sales is told by; who had the lead before it went again is told no more, and HubSpot shows all the same that they had it. */
const telling = ['tell', 'campaign', 'timeline'] as const satisfies readonly StepName[];

/** An effect that told nobody yet, and is not to. The task is left to its step, which has to look for one that may have been made. */
export const withoutTelling = (effect: Effect, at: number): Effect => ({
  ...effect,
  steps: {
    ...effect.steps,
    ...Object.fromEntries(telling.map((step) => [step, { state: 'done' as const, at }])),
  },
});
