import { type Sides, systems } from '../../src/model/system.ts';
import { rounded } from '../figure.ts';
import type { Line } from '../kit/child.ts';
import { MemorySampler, peakResidentMb, postgresMb, residentMb } from '../kit/memory.ts';
import { untilWorkedOff } from '../kit/metrics.ts';
import type { PeopleSource } from '../kit/people.ts';
import { editAsPerson } from '../kit/person.ts';
import { liftLimits } from '../kit/sandbox.ts';
import { isLandedChange, longestRunMs, startWorker, type Worker } from '../kit/worker.ts';
import { inWorkspace, type Workspace } from '../kit/workspace.ts';
import { pickLinked } from './calls.ts';

/** What one run from an empty store showed. Memory in MB; the worker, Postgres and the simulators are processes of their own. */
export interface MemoryRun {
  readonly people: number;
  readonly records: Sides<number>;
  readonly worker: {
    readonly aligningMb: number;
    readonly workingMb: number;
    readonly peakMb: number;
    /** Growth of the resident memory over the second half of the alignment, by least squares. */
    readonly slopeMbPer10000: number;
  };
  readonly postgresMb: number | null;
  readonly sandboxMb: number;
  /** The first alignment, until nothing is dirty. */
  readonly align: { readonly seconds: number; readonly calls: Sides<number> };
}

/** Slope of y over x by least squares; 0 where there are not two different x. */
export const slopeOf = (points: readonly (readonly [number, number])[]): number => {
  const count = points.length;
  const mean = (pick: (point: readonly [number, number]) => number): number =>
    points.reduce((sum, point) => sum + pick(point), 0) / Math.max(count, 1);
  const [meanX, meanY] = [mean(([x]) => x), mean(([, y]) => y)];
  const spread = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  return spread === 0 ? 0 : points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / spread;
};

/** The pair whose records are entered; the mirror's others find nothing, and are done at once. */
const pairOfPeople = 'people';

/** Pages of records that another one became count for themselves, and are none here. */
const listedIn = ({ event, pair, hubspot, salesforce }: Line): number | null =>
  event === 'alignment-page' &&
  pair === pairOfPeople &&
  typeof hubspot === 'number' &&
  typeof salesforce === 'number'
    ? hubspot + salesforce
    : null;

/** Edits so many linked people on one side, then on the other, and waits until the worker has written all of them. */
export const workOnBothSides = async (
  workspace: Workspace,
  { child }: Worker,
  count: number,
): Promise<void> => {
  const { sandbox } = workspace;
  const linked = await pickLinked(workspace, count);
  for (const from of systems) {
    let changes = 0;
    const arrived = child.line(
      `${count} changes`,
      (line) => {
        if (isLandedChange(line)) changes += 1;
        return changes === count;
      },
      longestRunMs,
    );
    await editAsPerson(sandbox, from, linked, `memory ${from}`);
    await arrived;
  }
};

interface Watch {
  readonly worker: Worker;
  readonly sampler: MemorySampler;
}

const align = async ({ sandbox }: Workspace, { worker }: Watch) => {
  const growth: [number, number][] = [];
  const began = performance.now();
  const stopListening = worker.child.onLine((line) => {
    const listed = listedIn(line);
    const mb = listed === null ? null : residentMb(worker.child.pid);
    if (listed !== null && mb !== null) growth.push([listed, mb]);
  });
  await worker.child.line(
    'first alignment',
    ({ event, pair }) => event === 'alignment-done' && pair === pairOfPeople,
    longestRunMs,
  );
  await untilWorkedOff(worker.url, longestRunMs);
  stopListening();
  const seconds = (performance.now() - began) / 1_000;
  const calls = {
    hubspot: (await sandbox.stats('hubspot')).calls.byCaller.integration,
    salesforce: (await sandbox.stats('salesforce')).calls.byCaller.integration,
  };
  const slope = slopeOf(growth.slice(Math.floor(growth.length / 2))) * 10_000;
  return { align: { seconds: rounded(seconds, 1), calls }, slope };
};

/**
 * Aligns so many people from nothing with one worker process, then lets it carry edits on both sides, and watches memory all the
 * while. Limits and latency of the simulators are lifted: neither changes what is held in memory.
 */
export const runForMemory = async (
  source: PeopleSource,
  people: number,
  worked: number,
): Promise<MemoryRun> =>
  inWorkspace(source.sandbox(people), async (workspace) => {
    const { sandbox, dataDir } = workspace;
    await source.enter(sandbox, people);
    await liftLimits(sandbox);
    const worker = await startWorker(sandbox, dataDir, 2);
    const watch: Watch = { worker, sampler: new MemorySampler(worker.child.pid) };
    try {
      const { align: aligned, slope } = await align(workspace, watch);
      const aligningMb = watch.sampler.peakMb;
      const workFrom = watch.sampler.samples.length;
      await workOnBothSides(workspace, worker, worked);
      const working = watch.sampler.samples.slice(workFrom).map(({ mb }) => mb);
      const contacts = (await sandbox.stats('hubspot')).records.contacts ?? 0;
      const leads = (await sandbox.stats('salesforce')).records.Lead ?? 0;
      return {
        people,
        records: { hubspot: contacts, salesforce: leads },
        worker: {
          aligningMb: rounded(aligningMb, 1),
          workingMb: rounded(Math.max(0, ...working), 1),
          peakMb: rounded(peakResidentMb(worker.child.pid), 1),
          slopeMbPer10000: rounded(slope),
        },
        postgresMb: postgresMb(dataDir),
        sandboxMb: rounded(peakResidentMb(sandbox.pid), 1),
        align: aligned,
      };
    } finally {
      watch.sampler.stop();
      await worker.child.stop();
    }
  });
