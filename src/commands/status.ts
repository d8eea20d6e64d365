import { makeLog } from '../log.ts';
import { loadMappings } from '../mapping/load.ts';
import type { PairMapping } from '../model/mapping.ts';
import { otherSystem } from '../model/system.ts';
import { loadSettings } from '../settings.ts';
import type { Store } from '../store/open-store.ts';
import { exitCode } from './exit.ts';
import { openTandemStore } from './open-store.ts';
import { pauseWords, shownPauses } from './pause.ts';
import { budgetWords, shownBudget } from './status/budget.ts';
import { isConfigurationStale, staleWords } from './status/configuration.ts';
import { driftWords, shownDrift } from './status/drift.ts';
import { feedLine, feedsOf } from './status/feeds.ts';
import { startCommandFor } from './status/how-to-start.ts';
import { currentProblems } from './status/problems.ts';
import { shownSignals, signalWords } from './status/signals.ts';
import { shownSla, slaWords } from './status/sla.ts';

export interface StatusOptions {
  readonly config: string;
  readonly data: string;
  readonly json: boolean;
}

const iso = (ms: number): string => new Date(ms).toISOString();
const seconds = (ms: number): number => Math.round(ms / 100) / 10;

/** The shape of `status --json` (contract.md); what is not built yet is null. */
const statusOf = async (store: Store, pairs: readonly PairMapping[], pollMs: number, start: string) => {
  const backlogs = await Promise.all(pairs.map(async (pair) => store.status.backlog(pair.name)));
  const latencies = await store.status.latencies(pairs.map(({ name }) => name));
  const problems = (await currentProblems(store, pairs, start)).map(({ key: _key, ...problem }) => problem);
  const { parked, failed } = await store.status.parkedTotals(pairs.map(({ name }) => name));
  const total = (pick: (backlog: (typeof backlogs)[number]) => number): number =>
    backlogs.reduce((sum, backlog) => sum + pick(backlog), 0);
  const oldest = backlogs.flatMap((backlog) => backlog.oldestMs ?? []);
  const oldestMs = oldest.length === 0 ? null : Math.max(...oldest);
  return {
    lagSeconds: oldestMs === null ? 0 : seconds(oldestMs),
    latency: Object.fromEntries(
      latencies.map((route) => [
        `${otherSystem(route.to)}-to-${route.to}`,
        { p50: seconds(route.p50Ms), p99: seconds(route.p99Ms) },
      ]),
    ),
    backlog: total((backlog) => backlog.dirty),
    oldestDirtySeconds: oldestMs === null ? null : seconds(oldestMs),
    inFlight: total((backlog) => backlog.openIntents),
    // The contract has one word for all that is refused; `parked` is the part that a correction of the record helps.
    failed: parked + failed,
    parked,
    reviews: total((backlog) => backlog.reviews),
    links: total((backlog) => backlog.links),
    workers: (await store.operator.workers()).map((worker) => ({
      ...{ name: worker.name, host: worker.host, pid: worker.pid },
      since: iso(worker.since),
    })),
    paused: await shownPauses(store, pairs),
    problems,
    feeds: await feedsOf(store, pairs, pollMs),
    budget: await shownBudget(store),
    safeUntil: null,
    drift: await shownDrift(store, pairs),
    sla: await shownSla(store, pairs),
    signals: await shownSignals(store),
  };
};

type Status = Awaited<ReturnType<typeof statusOf>>;

/** Lag 0 alone is no health: nobody may be looking. */
const workerWords = (workers: Status['workers'], start: string): readonly string[] =>
  workers.length === 0
    ? [`No worker runs: nothing is looked for until one does (${start}).`]
    : workers.map(({ host, pid, since }) => `Worker: process ${pid} on ${host}, since ${since}`);

const plain = (status: Status, start: string): string => {
  const latency = Object.entries(status.latency).map(
    ([route, { p50, p99 }]) => `  ${route}: p50 ${p50} s, p99 ${p99} s`,
  );
  const problems = status.problems.flatMap((problem) => [
    `  ${problem.what} (${problem.records > 0 ? `${problem.records} records, ` : ''}since ${problem.since}, fault: ${problem.fault})`,
    `    ${problem.cause}`,
    `    Next: ${problem.next}`,
  ]);
  return [
    `Lag ${status.lagSeconds} s · backlog ${status.backlog} · in flight ${status.inFlight} · refused ${status.failed} · reviews ${status.reviews} · links ${status.links}`,
    ...workerWords(status.workers, start),
    ...(latency.length > 0 ? ['Latency of the last hour:', ...latency] : []),
    ...(status.paused.length > 0 ? ['Paused:', ...status.paused.map(pauseWords)] : []),
    feedLine(status.feeds),
    ...driftWords(status.drift),
    ...slaWords(status.sla),
    ...signalWords(status.signals),
    'Budget:',
    ...budgetWords(status.budget),
    problems.length > 0 ? 'Problems:' : 'No problems.',
    ...problems,
    '',
  ].join('\n');
};

/** What is late, why, whose fault it is and what to press. Asks the store alone; exit code 1 when there are problems. */
export const statusCommand = async (options: StatusOptions): Promise<number> => {
  const settings = loadSettings();
  const mappings = loadMappings(options.config);
  const log = makeLog(process.stderr, 'warn');
  const opened = await openTandemStore(settings, options.data, log, { mustExist: true });
  try {
    const start = startCommandFor(options.data);
    const status = await statusOf(opened.store, mappings.pairs, settings.pollMs, start);
    if (await isConfigurationStale(opened.store, mappings)) process.stderr.write(staleWords(options.config));
    process.stdout.write(options.json ? `${JSON.stringify(status)}\n` : plain(status, start));
    return status.problems.length === 0 ? exitCode.fine : exitCode.found;
  } finally {
    await opened.close();
  }
};
