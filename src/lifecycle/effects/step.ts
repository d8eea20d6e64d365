import type { Failure } from '../../model/failure.ts';
import { canRetryHelp } from '../../model/failure.ts';
import type { WriteOutcome } from '../../model/write.ts';
import type { LifecycleContext } from '../run/context.ts';
import { retryMs } from './backoff.ts';
import type { StepResult } from './effect.ts';
import type { Standing } from './standing.ts';

/** A step for several effects at once: one result for each, in order. */
export type Step = (
  context: LifecycleContext,
  standings: readonly Standing[],
) => Promise<readonly StepResult[]>;

export const done: StepResult = { kind: 'done' };

/**
 * Salesforce takes no inactive user as an owner (SOAP API Developer Guide, StatusCode). Who was active when the lead was routed may have been
 * switched off since: the next one of the pool takes it, and nobody has to be asked.
 */
const isOwnerGone = ({ effect }: Pick<Standing, 'effect'>, { system, code }: Failure): boolean =>
  system === 'salesforce' && code === 'INACTIVE_OWNER_OR_USER' && effect.route?.decision.kind === 'owner';

/** A refusal in words, with what the person who reads it should do. */
export const refusal = ({ effect }: Standing, failure: Failure): StepResult => {
  const why = `${failure.system} refuses it: ${failure.code}: ${failure.message}`;
  if (canRetryHelp(failure))
    return { kind: 'wait', ms: failure.retryAfterMs ?? retryMs(effect.attempts), why };
  if (isOwnerGone({ effect }, failure)) {
    return { kind: 'wait', ms: retryMs(effect.attempts), why, ownerGone: true };
  }
  return {
    kind: 'refused',
    why,
    next:
      failure.category === 'permission' || failure.category === 'schema'
        ? `Give the integration the right to write ${failure.fields.join(', ') || 'this object'}; it is tried again by itself.`
        : 'Correct the record; it is tried again by itself.',
  };
};

/** What the outcome of a write means for its step: values by id may be written again. */
export const outcomeOf = (standing: Standing, outcome: WriteOutcome | undefined): StepResult => {
  if (outcome?.kind === 'landed') return { kind: 'done', id: outcome.id };
  if (outcome?.kind === 'refused') return refusal(standing, outcome.failure);
  // Values by id, and the task by its key: looked at, and written again, once nothing can be under way any more.
  return { kind: 'wait', ms: 25_000, why: 'what became of the write is not known yet' };
};
