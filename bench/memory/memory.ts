import { loadMappings } from '../../src/mapping/load.ts';
import { repositoryRoot } from '../../src/settings.ts';
import { joinEmbedded } from '../../src/store/embedded/join.ts';
import { workOnBothSides } from '../align/memory-run.ts';
import { makePairs } from '../align/pairs.ts';
import { type Figure, makeFigure, rounded } from '../figure.ts';
import { canReadMemory, MemorySampler, peakResidentMb, postgresMb } from '../kit/memory.ts';
import { peopleSource } from '../kit/people.ts';
import { liftLimits } from '../kit/sandbox.ts';
import { runUntilIdle, startWorker } from '../kit/worker.ts';
import { inWorkspace, type Workspace } from '../kit/workspace.ts';
import { insertLinks } from '../noop/known-links.ts';

type Say = (line: string) => void;

/** How much the benchmark works on. */
export interface MemorySizes {
  /** People of the sandbox, who are edited; at least twice `worked`. */
  readonly people: number;
  /** Records edited on each side. */
  readonly worked: number;
  /** Links in the store in the smaller and in the larger run. */
  readonly links: readonly [number, number];
}

const fullSizes: MemorySizes = { people: 2_500, worked: 1_000, links: [20_000, 1_000_000] };

const workerMbMax = 300;
/** What counts as flat: the garbage collector has moods of its own. */
const flatTimes = 1.2;
/** So many different people are made; the links of more repeat their values under other ids. */
const madeMax = 10_000;
/** Ids of these links are above those of the sandbox's own records. */
const firstId = 5_000_000;
const stamp = 1_700_000_000_000;

/** Links of people whose records are nowhere, beside `there` of them: the worker keeps them, and no signal ever names them. */
const addLinks = async (dataDir: string, there: number, count: number, say: Say): Promise<void> => {
  const pair = loadMappings(`${repositoryRoot}config/presets/mirror`).pairs.find(
    ({ name }) => name === 'people',
  );
  if (!pair) throw new Error('the mirror preset has no pair `people`');
  const made = makePairs(pair, Math.min(count, madeMax));
  const { connectionString, leave } = await joinEmbedded(dataDir);
  try {
    for (let done = 0; done < count; done += made.length) {
      await insertLinks(connectionString, pair, made.slice(0, count - done), stamp, firstId + there + done);
      if (done % 100_000 === 0 && done > 0) say(`memory: ${done} links are in the store`);
    }
  } finally {
    await leave();
  }
};

interface Run {
  readonly links: number;
  /** Highest resident memory after the edits began, and ever, in MB. */
  readonly workingMb: number;
  readonly peakMb: number;
  readonly postgresMb: number | null;
}

/** A worker with so many links in its store carries edits on both sides; its memory is watched all the while. */
const runWith = async (workspace: Workspace, links: number, sizes: MemorySizes): Promise<Run> => {
  const worker = await startWorker(workspace.sandbox, workspace.dataDir, 2);
  const sampler = new MemorySampler(worker.child.pid);
  try {
    await workOnBothSides(workspace, worker, sizes.worked);
    return {
      links,
      workingMb: rounded(sampler.peakMb, 1),
      peakMb: rounded(peakResidentMb(worker.child.pid), 1),
      postgresMb: postgresMb(workspace.dataDir),
    };
  } finally {
    sampler.stop();
    await worker.child.stop();
  }
};

/** The benchmark `memory`: what a worker holds while its store grows fifty times. Nothing where /proc is missing. */
export async function* runMemory(say: Say, sizes: MemorySizes = fullSizes): AsyncGenerator<Figure> {
  if (!canReadMemory()) {
    say('memory: left out, since it is read from /proc, which only Linux has');
    return;
  }
  const source = peopleSource();
  const runs = await inWorkspace(source.sandbox(sizes.people), async (workspace) => {
    await source.enter(workspace.sandbox, sizes.people);
    await liftLimits(workspace.sandbox);
    await runUntilIdle(workspace.sandbox, workspace.dataDir);
    const all: Run[] = [];
    let there = 0;
    for (const links of sizes.links) {
      say(`memory: ${links} links, ${sizes.worked} records edited on each side`);
      await addLinks(workspace.dataDir, there, links - there, say);
      there = links;
      all.push(await runWith(workspace, links, sizes));
    }
    return all;
  });
  const [small, large] = runs;
  if (!small || !large) return;
  const common = { against: 'target', better: 'lower', detail: { runs } } as const;
  yield makeFigure({
    ...common,
    name: 'memory.worker',
    ours: large.peakMb,
    theirs: workerMbMax,
    unit: 'MB resident at most',
  });
  yield makeFigure({
    ...common,
    name: 'memory.growth',
    ours: rounded(large.peakMb / small.peakMb, 3),
    theirs: flatTimes,
    unit: `× from ${small.links} to ${large.links} links`,
  });
}
