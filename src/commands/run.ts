import { realpath } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { composeSystems, type Systems } from '../compose.ts';
import { causeOf, type Logger, makeLog } from '../log.ts';
import { loadMappings } from '../mapping/load.ts';
import { UsageError } from '../model/failure.ts';
import { systems } from '../model/system.ts';
import { startServer } from '../server/server.ts';
import { loadSettings, requireConnections, type Settings } from '../settings.ts';
import type { Runner } from '../sync/runner.ts';
import { exitCode, exitCodeOfIdle } from './exit.ts';
import { makeMetrics } from './metrics.ts';
import { type OpenedStore, openTandemStore } from './open-store.ts';
import { startAlerts } from './run/alerts.ts';
import { beginWork } from './run/begin.ts';
import { Closers } from './run/closers.ts';
import { callsBySystem, idleLine } from './run/idle-line.ts';
import type { RunningLifecycle } from './run/lifecycle.ts';
import { loadLifecycleRoom } from './run/lifecycle-room.ts';
import type { Role } from './run/roles.ts';
import { withToldPauses } from './run/told-pauses.ts';
import { withToldShares } from './run/told-shares.ts';
import { makeWebhookReceiver } from './run/webhooks.ts';
import { type StopSignal, stopSignal } from './stop-signal.ts';

export interface RunOptions {
  readonly config: string;
  readonly data: string;
  readonly untilIdle: boolean;
  /** Work beside the worker that the data folder already has. */
  readonly join: boolean;
  readonly port: number;
  readonly role: ReadonlySet<Role>;
}

/** `--until-idle` is a command somebody waits for: it does not wait for ever for a system that is down. */
const untilIdleWaitMsMax = 60_000;

/** Registers this process as a worker, alone in its data folder unless it joins; answers the holder of its leases. */
const register = async (
  { store }: OpenedStore,
  settings: Settings,
  options: RunOptions,
  closers: Closers,
  stop: StopSignal,
  log: Logger,
): Promise<string> => {
  const isAlone = settings.databaseUrl === null && !options.join;
  const worker = await store.registerWorker({
    name: 'run',
    // Whatever path leads to it: a symbolic link is no second folder.
    exclusive: isAlone ? await realpath(options.data) : null,
    roles: [...options.role],
    // Whoever waits for idle sees its end.
    stays: !options.untilIdle,
    onLost: ({ taken, error }) => {
      log.warn({ event: 'worker-session-lost', taken, cause: error.message });
      if (taken) stop.now();
    },
  });
  closers.add(async () => worker.leave());
  return worker.id;
};

const compose = (opened: OpenedStore, settings: Settings, closers: Closers, log: Logger): Systems => {
  const { budget, engine } = opened.store;
  const permits = withToldShares(withToldPauses(budget, engine, log), engine, log);
  const parts = composeSystems(requireConnections(settings), permits, log);
  closers.add(async () => Promise.all(systems.map(async (system) => parts.connectors[system].close())));
  return parts;
};

/** Whether the lifecycle had anything to do; waits until it has nothing more. */
const lifecycleRests = async (lifecycle: RunningLifecycle | null, signal: AbortSignal): Promise<boolean> => {
  let worked = false;
  while (lifecycle !== null && !signal.aborted && (await lifecycle.isBusy())) {
    worked = true;
    await delay(200, undefined, { signal }).catch(() => undefined);
  }
  return worked;
};

/**
 * What moves in one pair can be news in another, and what the lifecycle does is news to the pairs: idle is what all of them are at once, each
 * by a look from after the last move.
 */
const allIdle = async (
  runners: readonly Runner[],
  lifecycle: RunningLifecycle | null,
  signal: AbortSignal,
): Promise<void> => {
  while (!signal.aborted) {
    const before = Math.max(...runners.map((runner) => runner.lastMovedAt));
    await Promise.all(runners.map(async (runner) => runner.untilIdle()));
    const moved = Math.max(...runners.map((runner) => runner.lastMovedAt)) > before;
    const worked = await lifecycleRests(lifecycle, signal);
    if (!worked && (!moved || runners.length === 1)) return;
    for (const runner of runners) runner.lookAnew();
  }
};

/** The worker: aligns every pair of the configuration until it is stopped, or until nothing is left to do. */
export const runCommand = async (options: RunOptions): Promise<number> => {
  const startedAt = Date.now();
  const settings = loadSettings();
  if (options.untilIdle && !options.role.has('sync')) {
    throw new UsageError(
      '--until-idle works until nothing is left to do, which the role sync does.',
      'Leave --role out, or add sync to it.',
    );
  }
  const loaded = loadMappings(options.config);
  const room = await loadLifecycleRoom(options.config);
  const active = (await room?.activeLifecycle(options.config, loaded)) ?? null;
  const mappings = room?.watchedBy(active, loaded) ?? loaded;
  requireConnections(settings);
  const log = makeLog(undefined, settings.logLevel);
  const stop = stopSignal(log);
  const closers = new Closers();
  log.info({
    event: 'starting',
    pid: process.pid,
    store: settings.databaseUrl === null ? options.data : 'DATABASE_URL',
  });
  try {
    const opened = await openTandemStore(settings, options.data, log, { signal: stop.signal });
    closers.add(async () => opened.close());
    const { store } = opened;
    const holder = await register(opened, settings, options, closers, stop, log);
    const parts = compose(opened, settings, closers, log);
    const state: { notReady: string | null } = { notReady: 'connecting to HubSpot and Salesforce' };
    const { render, signals } = makeMetrics(store, mappings.pairs, parts.gates, settings.pollMs);
    const receiver = makeWebhookReceiver(settings, signals, log);
    const sources = {
      notReady: async () => state.notReady,
      metrics: render,
      ...(options.role.has('intake') ? { hubspot: receiver.webhooks } : {}),
    };
    const server = await startServer(sources, settings.host, options.port);
    closers.add(async () => server.close());
    const names = mappings.pairs.map((pair) => pair.name);
    log.info({ event: 'ready', url: server.url, pid: process.pid, pairs: names });

    const waitMs = options.untilIdle
      ? Math.min(settings.startWaitMs, untilIdleWaitMsMax)
      : Number.POSITIVE_INFINITY;
    if (settings.alertWebhook !== null) {
      startAlerts({ store, pairs: mappings.pairs, webhook: settings.alertWebhook, log }, closers);
    }
    const callsBefore = await callsBySystem(store);
    const lifecycle =
      active === null || room === null || !options.role.has('lifecycle') ? null : { room, active };
    const work = await beginWork(
      {
        ...{ settings, mappings, lifecycle, opened, systems: parts, holder, receiver, signals, stop, log },
        ...{ roles: options.role, untilIdle: options.untilIdle, waitMs },
      },
      closers,
    );
    state.notReady = null;
    const idle = options.untilIdle ? [allIdle(work.engines.runners, work.lifecycle, stop.signal)] : [];
    await Promise.race([...idle, stop.requested]);
    if (stop.signal.aborted) return exitCode.fine;
    const line = await idleLine(store, mappings.pairs, { ...work.engines, callsBefore, startedAt });
    log.info(line);
    const held = await store.operator.heldChanges();
    return exitCodeOfIdle({ failed: line.failed, held: held.length });
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    // Stopped before it had begun to work: whatever it was waiting for has been given up.
    log.info({ event: 'stopped-while-starting', cause: causeOf(error) });
    return exitCode.fine;
  } finally {
    await closers.closeAll(log);
    stop.dispose();
  }
};
