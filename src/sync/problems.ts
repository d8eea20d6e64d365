import type { CallFailed, FailureCategory, Fault } from '../model/failure.ts';
import { type System, systemLabel } from '../model/system.ts';
import type { EngineContext } from './engine.ts';
import { nextStepOf } from './next-step.ts';

/** Which categories of a failed call are a standing problem of the whole system, and whose. */
const faultOf = (category: FailureCategory, system: System): Fault => {
  if (category === 'credentials') return 'credentials';
  if (category === 'schema') return 'config';
  if (category === 'request') return 'tandem';
  return system;
};

/**
 * What keeps calls to a system from succeeding. Kept under this key where it concerns all of them, and below it by the route that failed, which
 * alone ends it by going through; whoever shows problems shows one of each system (commands/status/calls.ts).
 */
export const problemKeyOf = (system: System): string => `${system}:calls`;

/** The part of the system's problem that is one route's. */
export const routeKeyOf = (system: System, route: string): string => `${problemKeyOf(system)}:${route}`;

/**
 * A route that failed and was not asked for so long is not asked any more: what needed it is gone. What fails is tried again every two minutes
 * at the latest (sync/backoff.ts).
 */
export const routeForgottenMs = 900_000;

/** Says in `status` and the log that a call failed as a whole, and what to do. A refused sign-in concerns every route. */
export const reportCallFailure = async (context: EngineContext, error: CallFailed): Promise<void> => {
  const { failure, route } = error;
  const { system, category, code, message } = failure;
  context.events.emit('call-failed', { system, category, code, message, route, next: nextStepOf(failure) });
  const isOfRoute = route !== null && category !== 'credentials';
  await context.store.raiseProblem({
    key: isOfRoute ? routeKeyOf(system, route) : problemKeyOf(system),
    what: `Calls to ${systemLabel[system]} fail`,
    cause: `${code}: ${message}`,
    fault: faultOf(category, system),
    next: nextStepOf(failure),
  });
};

/** What failed was one record's alone, which is told otherwise from now on. */
export const forgetCallFailure = async (
  { store }: EngineContext,
  { route, failure: { system } }: CallFailed,
): Promise<void> => {
  if (route !== null) await store.clearProblem(routeKeyOf(system, route));
};

/** A poll that went through ends what concerns all calls to its system, and what nobody has run into for long. */
export const clearCallFailure = async (context: EngineContext, system: System): Promise<void> =>
  context.store.clearProblem(problemKeyOf(system), { untoldForMs: routeForgottenMs });
