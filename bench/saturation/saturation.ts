import { setTimeout as sleep } from 'node:timers/promises';
import { joinEmbedded } from '../../src/store/embedded/join.ts';
import { pickLinked } from '../align/calls.ts';
import { type Figure, makeFigure, rounded } from '../figure.ts';
import { callsBetween } from '../kit/calls.ts';
import { TandemChild } from '../kit/child.ts';
import { untilWorkedOff } from '../kit/metrics.ts';
import { peopleSource } from '../kit/people.ts';
import { editAsPerson } from '../kit/person.ts';
import { longestRunMs, runUntilIdle, startWorker } from '../kit/worker.ts';
import { inWorkspace, type Workspace } from '../kit/workspace.ts';
import { newestEntry, untilWritten } from './ledger.ts';

export interface SaturationSizes {
  /** People of the sandbox; at least 2.5 times `backlog`. */
  readonly people: number;
  /** Linked people who were edited while no worker ran. */
  readonly backlog: number;
  /** How long calls are counted at the limit, in seconds; whole windows of ten. */
  readonly seconds: number;
}

export const fullSizes: SaturationSizes = { people: 10_000, backlog: 4_000, seconds: 120 };

const processes = 4;
/** HubSpot Professional: 190 calls in any ten seconds; Salesforce limits no rate. */
const hubspotPerSecond = 19;
const windowSeconds = 10;
const targetShare = 0.95;
const targetLimited = 1 / 1_000;
const startWithinMs = 60_000;
/** Calls in ten seconds that whole workers use up on any machine: each call of theirs carries a hundred records. */
const lowBurst = 20;

/** Four processes read a backlog one record a call, so that the limit and nothing else is what holds them back. */
const atTheLimit = async (
  { sandbox }: Workspace,
  connectionString: string,
  ids: readonly string[],
  seconds: number,
): Promise<readonly Figure[]> => {
  const env = { ...sandbox.env, DATABASE_URL: connectionString, TANDEM_LOG_LEVEL: 'info' };
  // One window to come to the steady state in, since an unused budget lets a whole window's calls through at once, and one to spare.
  const runsFor = String(seconds + 3 * windowSeconds);
  const readers = Array.from(
    { length: processes },
    () => new TandemChild(['bench/saturation/reader.ts', runsFor, ...ids], env, 'tandem-node'),
  );
  await Promise.all(
    readers.map(async (reader) => reader.line('a reader', ({ event }) => event === 'reading', startWithinMs)),
  );
  await sleep(windowSeconds * 1_000);
  const before = await sandbox.stats('hubspot');
  const began = performance.now();
  await sleep(seconds * 1_000);
  const after = await sandbox.stats('hubspot');
  const measured = (performance.now() - began) / 1_000;
  const codes = await Promise.all(readers.map(async ({ ended }) => ended));
  if (codes.some((code) => code !== 0)) throw new Error(`readers ended with ${codes.join(', ')}`);
  const { total, limited } = callsBetween('hubspot', before, after);
  const detail = { calls: total, limited, seconds: rounded(measured, 1), processes, system: 'hubspot' };
  return [
    makeFigure({
      name: 'saturation.limit',
      against: 'target',
      ours: rounded((total - limited) / measured / hubspotPerSecond, 3),
      theirs: targetShare,
      better: 'higher',
      unit: "of HubSpot's limit, answered calls",
      detail: { ...detail, callsPerSecond: rounded((total - limited) / measured) },
    }),
    makeFigure({
      name: 'saturation.limited',
      against: 'target',
      ours: rounded(limited / total, 5),
      theirs: targetLimited,
      better: 'lower',
      unit: 'of the calls answered 429, at the limit',
      detail,
    }),
  ];
};

/** Four whole workers on one store drain what was edited while none ran. */
const withWorkers = async (
  workspace: Workspace,
  connectionString: string,
  backlog: number,
): Promise<Figure> => {
  const { sandbox, dataDir } = workspace;
  const people = await pickLinked(workspace, backlog);
  await editAsPerson(sandbox, 'hubspot', people, 'backlog');
  const before = await sandbox.stats('hubspot');
  const newest = await newestEntry(connectionString);
  const began = performance.now();
  const workers = await Promise.all(
    Array.from({ length: processes }, async () =>
      startWorker(sandbox, dataDir, 15, { DATABASE_URL: connectionString }),
    ),
  );
  try {
    await untilWritten(connectionString, newest, people.length);
    const seconds = (performance.now() - began) / 1_000;
    const [first] = workers;
    if (first) await untilWorkedOff(first.url, longestRunMs);
    const { total, limited, byRoute } = callsBetween('hubspot', before, await sandbox.stats('hubspot'));
    return makeFigure({
      name: 'saturation.workers.limited',
      against: 'target',
      ours: rounded(limited / total, 5),
      theirs: targetLimited,
      better: 'lower',
      unit: 'of the calls answered 429, four workers with a backlog',
      detail: {
        ...{ backlog: people.length, seconds: rounded(seconds, 1) },
        recordsPerSecond: rounded(people.length / seconds, 1),
        ofHubSpotsLimit: rounded(total / seconds / hubspotPerSecond, 3),
        ...{ calls: total, limited, byRoute },
      },
    });
  } finally {
    await Promise.all(workers.map(async ({ child }) => child.stop()));
  }
};

/**
 * The same four workers where the vendor allows so little that they can reach it: between the tenth and the nineteenth twentieth of the backlog,
 * when all of them are under way and none has run out of work.
 */
const drainAtLowLimit = async (
  workspace: Workspace,
  connectionString: string,
  backlog: number,
): Promise<readonly Figure[]> => {
  const { sandbox, dataDir } = workspace;
  const people = await pickLinked(workspace, backlog);
  await editAsPerson(sandbox, 'hubspot', people, 'backlog at a low limit');
  await sandbox.control('hubspot', '/limits', { burst: lowBurst });
  const newest = await newestEntry(connectionString);
  const workers = await Promise.all(
    Array.from({ length: processes }, async () =>
      startWorker(sandbox, dataDir, 15, { DATABASE_URL: connectionString }),
    ),
  );
  try {
    await untilWritten(connectionString, newest, people.length * 0.1);
    const before = await sandbox.stats('hubspot');
    const began = performance.now();
    await untilWritten(connectionString, newest, people.length * 0.9);
    const seconds = (performance.now() - began) / 1_000;
    const { total, limited, byRoute } = callsBetween('hubspot', before, await sandbox.stats('hubspot'));
    // Searches have a limit of their own, and stand outside the window.
    const searches = Object.entries(byRoute).reduce(
      (sum, [route, calls]) => sum + (route.endsWith('/search') ? calls : 0),
      0,
    );
    const answered = (total - searches - limited) / seconds;
    const detail = {
      ...{ backlog: people.length, burst: lowBurst, seconds: rounded(seconds, 1) },
      ...{ calls: total - searches, searches },
    };
    return [
      makeFigure({
        name: 'saturation.workers.limit',
        against: 'target',
        ours: rounded((answered * windowSeconds) / lowBurst, 3),
        theirs: targetShare,
        better: 'higher',
        unit: 'of the limit, answered calls of four workers with a backlog',
        detail: {
          ...detail,
          limited,
          recordsPerSecond: rounded((people.length * 0.8) / seconds, 1),
          byRoute,
        },
      }),
    ];
  } finally {
    await Promise.all(workers.map(async ({ child }) => child.stop()));
    await sandbox.control('hubspot', '/limits', { reset: true });
  }
};

/**
 * The benchmark `saturation`: four processes on one budget, with the vendors' real limits and usual latency. Whole workers carry 200
 * records in a few calls, so that a machine may not be fast enough to reach the limit with them: that the limit itself is used up to
 * the brim is measured by calls of one record, and with whole workers at a limit that is lowered to what they reach.
 */
export async function* runSaturation(
  say: (line: string) => void,
  sizes: SaturationSizes = fullSizes,
): AsyncGenerator<Figure> {
  const source = peopleSource();
  yield* await inWorkspace(source.sandbox(sizes.people), async (workspace) => {
    const { sandbox, dataDir } = workspace;
    await source.enter(sandbox, sizes.people);
    await runUntilIdle(sandbox, dataDir);
    const { connectionString, leave } = await joinEmbedded(dataDir);
    try {
      say(`saturation: ${processes} workers, a backlog of ${sizes.backlog} changed records`);
      const workers = await withWorkers(workspace, connectionString, sizes.backlog);
      say(`saturation: the same at ${lowBurst} calls in ${windowSeconds} s`);
      const low = await drainAtLowLimit(workspace, connectionString, sizes.backlog);
      const ids = (await pickLinked(workspace, Math.min(sizes.backlog, 200))).map(({ hubspot }) => hubspot);
      say(`saturation: ${processes} processes at HubSpot's limit for ${sizes.seconds} s`);
      return [...(await atTheLimit(workspace, connectionString, ids, sizes.seconds)), workers, ...low];
    } finally {
      await leave();
    }
  });
}
