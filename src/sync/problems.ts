import type { CallFailed, FailureCategory, Fault } from '../model/failure.ts';
import { type System, systemLabel } from '../model/system.ts';
import type { EngineContext } from './engine.ts';
import { nextStepOf } from './refusal.ts';

/** Which categories of a failed call are a standing problem of the whole system, and whose. */
const faultOf = (category: FailureCategory, system: System): Fault => {
  if (category === 'credentials') return 'credentials';
  if (category === 'schema') return 'config';
  if (category === 'request') return 'tandem';
  return system;
};

/** One key per system: a system that cannot be used has one problem at a time, and one success ends it. */
export const problemKeyOf = (system: System): string => `${system}:calls`;

/** Says in `status` and the log that a call failed as a whole, and what to do. */
export const reportCallFailure = async (context: EngineContext, error: CallFailed): Promise<void> => {
  const { failure } = error;
  const { system, category, code, message } = failure;
  context.events.emit('call-failed', { system, category, code, message, next: nextStepOf(failure) });
  await context.store.raiseProblem({
    key: problemKeyOf(system),
    what: `Calls to ${systemLabel[system]} fail`,
    cause: `${code}: ${message}`,
    fault: faultOf(category, system),
    next: nextStepOf(failure),
  });
};

/** A call that went through ends the problem of its system. */
export const clearCallFailure = async (context: EngineContext, system: System): Promise<void> =>
  context.store.clearProblem(problemKeyOf(system));
