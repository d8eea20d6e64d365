import { setTimeout as delay } from 'node:timers/promises';
import type { Systems } from '../../compose.ts';
import { causeOf, type Logger } from '../../log.ts';
import type { LoadedMappings } from '../../mapping/load.ts';
import { StoreAwayError } from '../../model/failure.ts';
import type { Settings } from '../../settings.ts';
import { checkSchemas, freshPairs, waitForSystems } from '../connect.ts';
import type { OpenedStore } from '../open-store.ts';
import type { StopSignal } from '../stop-signal.ts';
import { Closers } from './closers.ts';
import { type RunningEngines, startEngines } from './engines.ts';
import type { RunningLifecycle } from './lifecycle.ts';
import type { loadLifecycleRoom } from './lifecycle-room.ts';
import { startLiveSources } from './live-sources.ts';
import { followOwners } from './owners.ts';
import type { Role } from './roles.ts';
import { startSchemaWatch } from './schema-watch.ts';
import type { SignalCounts } from './signal-counts.ts';
import type { WebhookReceiver } from './webhooks.ts';

type Room = NonNullable<Awaited<ReturnType<typeof loadLifecycleRoom>>>;

export interface WorkOptions {
  readonly settings: Settings;
  readonly mappings: LoadedMappings;
  /** The lifecycle that the configuration has; null where it has none, or where this process is not to work on it. */
  readonly lifecycle: {
    readonly room: Room;
    readonly active: Parameters<Room['startLifecycle']>[0]['active'];
  } | null;
  readonly opened: OpenedStore;
  readonly systems: Systems;
  readonly holder: string;
  readonly roles: ReadonlySet<Role>;
  readonly untilIdle: boolean;
  readonly receiver: WebhookReceiver;
  readonly signals: SignalCounts;
  readonly stop: StopSignal;
  /** So long is waited for a system, or the store, that is away at the start. */
  readonly waitMs: number;
  readonly log: Logger;
}

export interface RunningWork {
  readonly engines: RunningEngines;
  readonly lifecycle: RunningLifecycle | null;
}

/** Between two beginnings, where the store went away in the first. */
const againAfterMs = 1_000;

const beginOnce = async (options: WorkOptions, closers: Closers): Promise<RunningWork> => {
  const { settings, mappings, opened, systems, stop, log, signals, untilIdle } = options;
  const { store } = opened;
  const { pollMs, redisUrl } = settings;
  await waitForSystems(systems, store, log, options.waitMs, stop.signal);
  await checkSchemas(systems, await freshPairs(store.engine, mappings), log, stop.signal);
  const watch = await startSchemaWatch(
    { mappings, store, systems, everyMs: settings.schemaMs, log },
    closers,
  );
  await followOwners(systems.connectors, mappings, store, log, closers);
  const engines = await startEngines(
    {
      ...{ mappings, opened, systems, holder: options.holder, pollMs, redisUrl, signals, log },
      events: watch.events,
      signal: stop.hardSignal,
      roles: options.roles,
      looksItself: untilIdle,
    },
    closers,
  );
  const lifecycle =
    options.lifecycle === null
      ? null
      : await options.lifecycle.room.startLifecycle(
          {
            ...{ active: options.lifecycle.active, mappings, opened, systems, log },
            wake: (pair) => engines.intake.wake.wake(pair),
            webhook: settings.handoffWebhook,
            mail: settings.mail,
            pollMs,
            signal: stop.hardSignal,
          },
          closers,
        );
  if (options.roles.has('intake')) {
    const { intake, contexts } = engines;
    const { receiver } = options;
    await startLiveSources(
      {
        ...{ settings, mappings, opened, systems, intake, contexts, receiver, signals, log },
        readsItself: !untilIdle,
      },
      closers,
    );
  }
  return { engines, lifecycle };
};

/**
 * Connects to both systems and starts everything that works. A store that goes away meanwhile is no end: what was started is closed, and all of it is begun
 * again once the store answers; a worker that stays has as long as it takes, `--until-idle` as long as for a system that is down.
 * @throws what the beginning throws otherwise: wrong credentials, a mapping that does not fit, a stop.
 */
export const beginWork = async (options: WorkOptions, closers: Closers): Promise<RunningWork> => {
  const { stop, log, waitMs } = options;
  let awaySince: number | null = null;
  for (;;) {
    const begun = new Closers();
    try {
      const work = await beginOnce(options, begun);
      closers.add(async () => begun.closeAll(log));
      return work;
    } catch (error) {
      await begun.closeAll(log);
      if (!(error instanceof StoreAwayError) || stop.signal.aborted) throw error;
      awaySince ??= Date.now();
      if (Date.now() - awaySince >= waitMs) throw error;
      const next = 'Nothing to do: it begins again once the store answers.';
      log.warn({ event: 'store-away', cause: causeOf(error), next });
      await delay(againAfterMs, undefined, { signal: stop.signal });
    }
  }
};
