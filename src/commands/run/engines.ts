import { composeEngine, countReads, logEvents, type Systems } from '../../compose.ts';
import { causeOf, type Logger } from '../../log.ts';
import type { LoadedMappings } from '../../mapping/load.ts';
import { openWakeQueue } from '../../queue/bull-wake-queue.ts';
import { startTick } from '../../queue/tick.ts';
import { Runner } from '../../sync/runner.ts';
import type { OpenedStore } from '../open-store.ts';
import type { Closers } from './closers.ts';

/** The safety tick: finds what no wake told. */
const tickMs = 1_000;
const breakLeasesEveryMs = 10_000;

export interface EnginesOptions {
  readonly mappings: LoadedMappings;
  readonly opened: OpenedStore;
  readonly systems: Systems;
  readonly holder: string;
  readonly pollMs: number;
  /** Aborts what is in flight. */
  readonly signal: AbortSignal;
  readonly log: Logger;
}

export interface RunningEngines {
  readonly runners: readonly Runner[];
  readonly reads: ReturnType<typeof countReads>['counts'];
}

/** Starts one runner per pair, woken by the queue and by the safety tick; `closers` ends them in order. */
export const startEngines = async (options: EnginesOptions, closers: Closers): Promise<RunningEngines> => {
  const { mappings, opened, log } = options;
  const { engine: store } = opened.store;
  const reads = countReads(options.systems.connectors);
  const queue = await openWakeQueue({
    backend: { kind: 'postgres', connectionString: opened.connectionString },
    onTrouble: ({ what, error }) => log.warn({ event: 'queue-trouble', what, cause: causeOf(error) }),
  });
  closers.add(async () => queue.close());
  const runners = new Map(
    mappings.pairs.map((pair) => {
      const engine = composeEngine({
        pair,
        mappings,
        store,
        live: opened.store.live,
        systems: reads.counted,
        gates: options.systems.gates,
        wake: { wake: (name) => queue.wake(name, 'live') },
        events: logEvents(log),
        holder: options.holder,
        signal: options.signal,
      });
      return [pair.name, new Runner(engine, options.pollMs, mappings.pairs.length)];
    }),
  );
  const all = [...runners.values()];
  closers.add(async () => Promise.all(all.map(async (runner) => runner.stop())));
  await queue.serve(async (pair) => runners.get(pair)?.wake());
  const onTickError = (error: unknown): void => log.warn({ event: 'tick-failed', cause: causeOf(error) });
  const wakeAll = async (): Promise<void> => {
    for (const runner of all) runner.wake();
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
  for (const runner of all) runner.start();
  return { runners: all, reads: reads.counts };
};
