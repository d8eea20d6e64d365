import type { MadeTask } from '../../model/journeys.ts';
import type { Standing } from './standing.ts';

/** The question for a reason outlives the return that asks it. */
export const isAskedBy = ({ kind, evidence, journeyId }: MadeTask, { effect }: Standing): boolean =>
  kind === 'ask-reason' && journeyId === effect.journeyId && evidence === effect.evidence;

/** A reason that came before it was asked for. */
export const isAnswered = ({ effect, stored }: Standing): boolean =>
  effect.kind === 'ask-reason' &&
  (stored.journey.reason !== 'Unknown' || stored.journey.turn !== effect.turn);
