import { composeEngine, countReads, type Systems } from '../../compose.ts';
import { causeOf, type Logger } from '../../log.ts';
import type { LoadedMappings } from '../../mapping/load.ts';
import { referredBy } from '../../mapping/reference-order.ts';
import { openWakeQueue } from '../../queue/bull-wake-queue.ts';
import { startTick } from '../../queue/tick.ts';
import type { WakeQueue } from '../../queue/wake-queue.ts';
import { standFor } from '../../store/election.ts';
import { adoptMapping } from '../../sync/adopt-mapping.ts';
import { associationFields } from '../../sync/association-sweep.ts';
import type { EngineContext } from '../../sync/engine.ts';
import type { LiveIntake } from '../../sync/live-intake.ts';
import type { EngineEvents } from '../../sync/ports.ts';
import { Runner } from '../../sync/runner.ts';
import { looksOf } from '../../sync/signal-sources.ts';
import type { OpenedStore } from '../open-store.ts';
import type { Closers } from './closers.ts';
import type { Role } from './roles.ts';
import type { SignalCounts } from './signal-counts.ts';

/** The safety tick: finds what no wake told. */
const tickMs = 1_000;
const breakLeasesEveryMs = 10_000;

export interface EnginesOptions {
  readonly mappings: LoadedMappings;
  readonly opened: OpenedStore;
  readonly systems: Systems;
  readonly holder: string;
  readonly events: EngineEvents;
  readonly pollMs: number;
  readonly redisUrl: string | null;
  readonly roles: ReadonlySet<Role>;
  /** Look at both systems whoever else does: `--until-idle` answers for its own look. */
  readonly looksItself: boolean;
  readonly signals: SignalCounts;
  /** Aborts what is in flight. */
  readonly signal: AbortSignal;
  readonly log: Logger;
}

export interface RunningEngines {
  readonly runners: readonly Runner[];
  readonly reads: ReturnType<typeof countReads>['counts'];
  readonly contexts: readonly EngineContext[];
  /** Takes what live sources tell of all pairs. */
  readonly intake: LiveIntake;
}

/** The engines' events, and those that are counted in the metrics. */
const eventsOf = (events: EngineEvents, signals: SignalCounts): EngineEvents => ({
  emit: (event, detail) => {
    if (event === 'stale-read') signals.staleRead(String(detail.system), Number(detail.againMs));
    events.emit(event, detail);
  },
});

/** Starts one runner per pair, woken by the queue and by the safety tick; `closers` ends them in order. */
export const startEngines = async (options: EnginesOptions, closers: Closers): Promise<RunningEngines> => {
  const { mappings, opened, log } = options;
  const { engine: store } = opened.store;
  const reads = countReads(options.systems.connectors);
  const queue = await openWakeQueue({
    backend:
      options.redisUrl === null
        ? { kind: 'postgres', connectionString: opened.connectionString }
        : { kind: 'redis', url: options.redisUrl },
    onTrouble: ({ what, error }) => log.warn({ event: 'queue-trouble', what, cause: causeOf(error) }),
  });
  closers.add(async () => queue.close());
  const contexts = mappings.pairs.map((pair) =>
    composeEngine({
      pair,
      mappings,
      store,
      live: opened.store.live,
      breakers: store,
      systems: reads.counted,
      gates: options.systems.gates,
      wake: { wake: (name) => queue.wake(name, 'live') },
      events: eventsOf(options.events, options.signals),
      holder: options.holder,
      signal: options.signal,
    }),
  );
  for (const context of contexts) await adoptMapping(context);
  const looks = looksOf(mappings.pairs);
  const runners = new Map<string, Runner>();
  const associations = mappings.pairs.flatMap(associationFields).length;
  for (const context of contexts) {
    const after = referredBy(context.pair).flatMap((name) => runners.get(name) ?? []);
    const runner = new Runner(context, options.pollMs, looks, after, associations);
    runners.set(context.pair.name, runner);
  }
  const all = [...runners.values()];
  closers.add(async () => Promise.all(all.map(async (runner) => runner.stop())));
  if (options.roles.has('sync')) await serveWakes(queue, runners, { store, mappings, log }, closers);
  const look = async (signal: AbortSignal): Promise<void> => {
    await Promise.all(all.map(async (runner) => runner.look(signal)));
  };
  if (options.looksItself) {
    void look(options.signal);
  } else if (options.roles.has('schedule')) {
    const candidacy = standFor({
      connectionString: opened.connectionString,
      office: 'schedule',
      serve: async (signal) => {
        log.info({ event: 'elected', office: 'schedule' });
        await look(signal);
        log.info({ event: 'office-left', office: 'schedule' });
      },
      onTrouble: ({ what, error }) => log.warn({ event: 'office-trouble', what, cause: causeOf(error) }),
    });
    closers.add(async () => candidacy.end());
  }
  const intake = {
    pairs: mappings.pairs.map((pair) => ({ pair, mappingHash: mappings.hash, store })),
    live: opened.store.live,
    wake: { wake: (name: string) => queue.wake(name, 'live') },
  };
  return { runners: all, contexts, reads: reads.counts, intake };
};

interface Serving {
  readonly store: Pick<OpenedStore['store']['engine'], 'wakeAwaited' | 'breakLeasesOfDead'>;
  readonly mappings: Pick<LoadedMappings, 'pairs'>;
  readonly log: Logger;
}

/** Works off what is due, woken by the queue and by the safety tick; either alone is enough. */
export const serveWakes = async (
  queue: Pick<WakeQueue, 'serve'>,
  runners: ReadonlyMap<string, Pick<Runner, 'wake'>>,
  { store, mappings, log }: Serving,
  closers: Closers,
): Promise<void> => {
  await queue.serve(async (pair) => runners.get(pair)?.wake());
  const onTickError = (error: unknown): void => log.warn({ event: 'tick-failed', cause: causeOf(error) });
  const refers = mappings.pairs.some((pair) => referredBy(pair).length > 0);
  if (refers) await store.wakeAwaited(true);
  const wakeAll = async (): Promise<void> => {
    if (refers) await store.wakeAwaited(false);
    for (const runner of runners.values()) runner.wake();
  };
  const breakLeases = async (): Promise<void> => {
    await store.breakLeasesOfDead();
  };
  const ticks = [
    startTick(tickMs, wakeAll, onTickError),
    startTick(breakLeasesEveryMs, breakLeases, onTickError),
  ];
  closers.add(async () => Promise.all(ticks.map(async (tick) => tick.stop())));
  await breakLeases();
  await wakeAll();
};
