import { CallFailed } from '../../model/failure.ts';
import type { System } from '../../model/system.ts';

const timedOut = (system: System, timeoutMs: number): CallFailed =>
  new CallFailed({
    category: 'unavailable',
    system,
    code: 'TIMEOUT',
    message: `no answer within ${timeoutMs} ms; whether the request was executed is not known`,
    fields: [],
  });

/**
 * Runs a call under a deadline and under the caller's signal. It settles when either fires, even where the call pays no
 * attention to its signal.
 * @throws CallFailed (unavailable, TIMEOUT) after `timeoutMs`; the caller's abort reason; whatever `make` throws.
 */
export const withDeadline = async <T>(
  system: System,
  timeoutMs: number,
  outer: AbortSignal | undefined,
  make: (signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  outer?.throwIfAborted();
  // Not AbortSignal.any: the outer signal may live as long as the process, and each call would leave a listener on it.
  const controller = new AbortController();
  const onOuterAbort = (): void => controller.abort(outer?.reason);
  outer?.addEventListener('abort', onOuterAbort, { once: true });
  const timer = setTimeout(() => controller.abort(timedOut(system, timeoutMs)), timeoutMs);
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  controller.signal.addEventListener('abort', () => reject(controller.signal.reason), { once: true });
  try {
    return await Promise.race([make(controller.signal), aborted]);
  } catch (error) {
    // The client reports our abort as an error of its own; the reason says more.
    throw controller.signal.aborted ? controller.signal.reason : error;
  } finally {
    clearTimeout(timer);
    outer?.removeEventListener('abort', onOuterAbort);
  }
};
