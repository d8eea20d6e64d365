import { composeEngine, composeSystems, countReads, logEvents } from '../compose.ts';
import { causeOf, type Logger, makeLog } from '../log.ts';
import { loadMappings } from '../mapping/load.ts';
import { bothSides, systems } from '../model/system.ts';
import { openWakeQueue } from '../queue/bull-wake-queue.ts';
import { startTick } from '../queue/tick.ts';
import { startServer } from '../server/server.ts';
import { loadSettings, requireConnections } from '../settings.ts';
import type { Store } from '../store/open-store.ts';
import { Runner, type RunTotals } from '../sync/runner.ts';
import { checkSchemas, waitForSystems } from './connect.ts';
import { exitCode } from './exit.ts';
import { makeMetrics } from './metrics.ts';
import { type OpenedStore, openTandemStore } from './open-store.ts';
import { stopSignal } from './stop-signal.ts';

export interface RunOptions {
  readonly config: string;
  readonly data: string;
  readonly untilIdle: boolean;
  readonly port: number;
}

/** `--until-idle` is a command somebody waits for: it does not wait for ever for a system that is down. */
const untilIdleWaitMsMax = 60_000;
const tickMs = 1_000;
const breakLeasesEveryMs = 10_000;

/** Tandem's calls so far, by system, of the last day. */
const callsBySystem = async (store: Store): Promise<Record<string, number>> => {
  const budgets = await store.status.budget();
  return Object.fromEntries(
    budgets.map(({ system, calls }) => [system, Object.values(calls).reduce((sum, count) => sum + count, 0)]),
  );
};

/** Closes what was opened, last first, each whatever the others do. */
const closeAll = async (closers: readonly (() => Promise<void>)[], log: Logger): Promise<void> => {
  for (const close of [...closers].reverse()) {
    try {
      await close();
    } catch (error) {
      const cause = causeOf(error);
      log.warn({ event: 'close-failed', cause });
    }
  }
};

const idleLine = async (
  opened: OpenedStore,
  pairs: readonly { readonly name: string }[],
  runners: readonly Runner[],
  reads: Record<'hubspot' | 'salesforce', number>,
  calls: { readonly before: Record<string, number>; readonly after: Record<string, number> },
  startedAt: number,
) => {
  const backlogs = await Promise.all(pairs.map(async (pair) => opened.store.engine.backlog(pair.name)));
  const sum = (pick: (totals: RunTotals) => number): number =>
    runners.reduce((total, runner) => total + pick(runner.totals), 0);
  return {
    event: 'idle',
    read: reads,
    created: bothSides((system) => sum((totals) => totals.created[system])),
    updated: bothSides((system) => sum((totals) => totals.updated[system])),
    equal: sum((totals) => totals.equal),
    linked: sum((totals) => totals.linked),
    reviews: backlogs.reduce((total, backlog) => total + backlog.reviews, 0),
    parked: backlogs.reduce((total, backlog) => total + backlog.parked, 0),
    failed: 0,
    calls: Object.fromEntries(
      systems.map((system) => [system, (calls.after[system] ?? 0) - (calls.before[system] ?? 0)]),
    ),
    seconds: Math.round((Date.now() - startedAt) / 100) / 10,
  };
};

/** The worker: aligns every pair of the configuration until it is stopped, or until nothing is left to do. */
export const runCommand = async (options: RunOptions): Promise<number> => {
  const startedAt = Date.now();
  const settings = loadSettings();
  const mappings = loadMappings(options.config);
  const connections = requireConnections(settings);
  const log = makeLog(undefined, settings.logLevel);
  const stop = stopSignal(log);
  const closers: (() => Promise<void>)[] = [];
  try {
    const opened = await openTandemStore(settings, options.data, log);
    closers.push(async () => opened.close());
    const { store } = opened;
    const worker = await store.registerWorker({
      name: 'run',
      exclusive: settings.databaseUrl === null ? options.data : null,
      onLost: ({ taken, error }) => {
        log.warn({ event: 'worker-session-lost', taken, cause: error.message });
        if (taken) stop.now();
      },
    });
    closers.push(async () => worker.leave());
    const parts = composeSystems(connections, store.budget, log);
    closers.push(async () => {
      await Promise.all(systems.map(async (system) => parts.connectors[system].close()));
    });
    const metrics = makeMetrics(store, mappings.pairs, parts.gates);
    const ready: { why: string | null } = { why: 'connecting to HubSpot and Salesforce' };
    const server = await startServer(
      { notReady: async () => ready.why, metrics: metrics.render },
      settings.host,
      options.port,
    );
    closers.push(async () => server.close());
    log.info({
      event: 'ready',
      url: server.url,
      pid: process.pid,
      pairs: mappings.pairs.map((pair) => pair.name),
    });

    const waitMs = options.untilIdle
      ? Math.min(settings.startWaitMs, untilIdleWaitMsMax)
      : Number.POSITIVE_INFINITY;
    await waitForSystems(parts, store.engine, log, waitMs, stop.signal);
    await checkSchemas(parts, mappings.pairs, log, stop.signal);
    await store.engine.breakLeasesOfDead();
    const callsBefore = await callsBySystem(store);

    const reads = countReads(parts.connectors);
    const queue = await openWakeQueue({
      backend: { kind: 'postgres', connectionString: opened.connectionString },
      onTrouble: ({ what, error }) => log.warn({ event: 'queue-trouble', what, cause: causeOf(error) }),
    });
    closers.push(async () => queue.close());
    const runners = new Map(
      mappings.pairs.map((pair) => {
        const engine = composeEngine({
          pair,
          mappings,
          store: store.engine,
          systems: reads.counted,
          gates: parts.gates,
          wake: { wake: (name) => queue.wake(name, 'live') },
          events: logEvents(log),
          holder: worker.id,
          signal: stop.hardSignal,
        });
        return [pair.name, new Runner(engine, settings.pollMs)];
      }),
    );
    closers.push(async () => {
      await Promise.all([...runners.values()].map(async (runner) => runner.stop()));
    });
    await queue.serve(async (pair) => runners.get(pair)?.wake());
    const wakeAll = async (): Promise<void> => {
      for (const runner of runners.values()) runner.wake();
    };
    const onTickError = (error: unknown): void => {
      log.warn({ event: 'tick-failed', cause: causeOf(error) });
    };
    const ticks = [
      startTick(tickMs, wakeAll, onTickError),
      startTick(
        breakLeasesEveryMs,
        async () => {
          await store.engine.breakLeasesOfDead();
        },
        onTickError,
      ),
    ];
    closers.push(async () => {
      await Promise.all(ticks.map(async (tick) => tick.stop()));
    });
    for (const runner of runners.values()) runner.start();
    ready.why = null;

    if (!options.untilIdle) {
      await stop.requested;
      return exitCode.fine;
    }
    await Promise.race([
      Promise.all([...runners.values()].map(async (runner) => runner.untilIdle())),
      stop.requested,
    ]);
    if (stop.signal.aborted) return exitCode.fine;
    const calls = { before: callsBefore, after: await callsBySystem(store) };
    log.info(await idleLine(opened, mappings.pairs, [...runners.values()], reads.counts, calls, startedAt));
    return exitCode.fine;
  } catch (error) {
    // Stopped while it was still connecting: that is a clean end.
    if (stop.signal.aborted) return exitCode.fine;
    throw error;
  } finally {
    await closeAll(closers, log);
    stop.dispose();
  }
};
