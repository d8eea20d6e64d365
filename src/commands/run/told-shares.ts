import type { Logger } from '../../log.ts';
import { type PermitStore, type WorkClass, workClassStopsAt } from '../../model/budget.ts';
import { type System, systemLabel } from '../../model/system.ts';
import type { EngineStore } from '../../sync/ports.ts';

/** How often a class that goes on ends its problem once more: another process, dead since, may have raised it. */
const clearEveryMs = 60_000;

/** The classes as people on call know them. */
const workOf: Readonly<Record<WorkClass, string>> = {
  consent: 'everything',
  live: 'what people edited',
  sweep: 'looking for drift',
  backfill: 'the first alignment',
};

export const shareProblemKeyOf = (system: System, workClass: WorkClass): string =>
  `${system}:share:${workClass}`;

/**
 * The permits, telling which class of work stands still since Tandem's part of the daily limit is used up for it. It waits at the gate and
 * never fails, for hours, so that nothing else would say so in `status` or the log. The next permit of that class ends the problem.
 */
export const withToldShares = (
  permits: PermitStore,
  store: Pick<EngineStore, 'raiseProblem' | 'clearProblem'>,
  log: Logger,
  clock: () => number = Date.now,
): PermitStore => {
  const waits = new Set<string>();
  const clearedAt = new Map<string, number>();
  return {
    ...permits,
    take: async (request) => {
      const { system, workClass, dailyShare } = request;
      const taken = await permits.take(request);
      const key = shareProblemKeyOf(system, workClass);
      if ('granted' in taken) {
        if (!waits.delete(key) && clock() - (clearedAt.get(key) ?? 0) < clearEveryMs) return taken;
        clearedAt.set(key, clock());
        await store.clearProblem(key);
      } else if (taken.why === 'daily' && !waits.has(key)) {
        waits.add(key);
        const next =
          'Nothing to do: it goes on by itself as the calls of the last 24 hours become fewer. What they were spent on: budget in tandem status --json.';
        log.warn({ event: 'share-used', system, class: workClass, next });
        const share = Math.round(100 * dailyShare * workClassStopsAt[workClass]);
        await store.raiseProblem({
          key,
          what: `${systemLabel[system]}: ${workOf[workClass]} waits for the daily limit`,
          cause: `${share} % of the daily limit is what it may use together with all that goes before it, or the whole limit is used up by everybody`,
          fault: system,
          next,
        });
      }
      return taken;
    },
  };
};
