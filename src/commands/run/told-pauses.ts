import type { Logger } from '../../log.ts';
import type { PermitStore } from '../../model/budget.ts';
import { systemLabel } from '../../model/system.ts';
import type { EngineStore } from '../../sync/ports.ts';
import { problemKeyOf } from '../../sync/problems.ts';

/** Shorter pauses are a vendor's usual rhythm. */
const toldFromMs = 60_000;

/**
 * The permits, telling when a vendor takes no calls for long: a daily limit that is used up. Reads wait for the pause at the gate and never fail,
 * so that nothing else would say in `status` or the log why all stands still. The next poll that goes through ends the problem.
 */
export const withToldPauses = (
  permits: PermitStore,
  store: Pick<EngineStore, 'raiseProblem'>,
  log: Logger,
): PermitStore => ({
  ...permits,
  pause: async (system, lane, waitMs, cause) => {
    await permits.pause(system, lane, waitMs, cause);
    if (lane !== 'standard' || waitMs < toldFromMs) return;
    const seconds = Math.round(waitMs / 1_000);
    const next =
      'Nothing to do: it is asked again by itself. Look which other tool spends the daily limit (budget in tandem status --json).';
    log.warn({ event: 'calls-paused', system, code: cause, seconds, next });
    await store.raiseProblem({
      key: problemKeyOf(system),
      what: `${systemLabel[system]} takes no calls`,
      cause: `${cause}: all calls wait; it is asked again within ${Math.ceil(seconds / 60)} minutes`,
      fault: system,
      next,
    });
  },
});
