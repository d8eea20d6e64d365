import { setTimeout as sleep } from 'node:timers/promises';
import { type Sides, type System, systems } from '../../src/model/system.ts';
import { callsFigure, look, pickLinked } from '../align/calls.ts';
import { type Figure, makeFigure, rounded } from '../figure.ts';
import { callsBetween } from '../kit/calls.ts';
import { startLiveWorker } from '../kit/live.ts';
import { untilWorkedOff } from '../kit/metrics.ts';
import { type LinkedIds, peopleSource } from '../kit/people.ts';
import { editAsPerson, enterCompanyAndDeal } from '../kit/person.ts';
import type { SystemStats } from '../kit/sandbox.ts';
import { isLandedChange, runUntilIdle, type Worker } from '../kit/worker.ts';
import { inWorkspace, type Workspace } from '../kit/workspace.ts';
import { measureFirstAlignment } from './first-alignment.ts';
import { type CostSizes, fullSizes } from './sizes.ts';

type Say = (line: string) => void;

/** Issue 5: calls for changed records, times the batch minimum, and an idle hour's calls of one system. */
const targetTimesMinimum = 1.1;
const targetIdleCalls = 60;
const hourSeconds = 3_600;
const liveWithinMs = 10 * 60_000;
/** Beyond the quarter of an hour for which the last change counts as people at work. */
const afterWorkMs = 16 * 60_000;
/** The echoes of the worker's own writes have come and gone; what they cost is counted. */
const echoesMs = 5_000;

const changeLive = async (
  workspace: Workspace,
  worker: Worker,
  from: System,
  people: readonly LinkedIds[],
): Promise<Figure> => {
  const before = await look(workspace);
  let changes = 0;
  const arrived = worker.child.line(
    `${people.length} live changes`,
    (line) => {
      if (isLandedChange(line)) changes += 1;
      return changes === people.length;
    },
    liveWithinMs,
  );
  await editAsPerson(workspace.sandbox, from, people, `cost ${from}`);
  await arrived;
  await sleep(echoesMs);
  await untilWorkedOff(worker.url, liveWithinMs);
  const name = `cost.changed.from-${from}`;
  return callsFigure(
    { name, target: targetTimesMinimum, signal: 'told' },
    from,
    people.length,
    before,
    await look(workspace),
  );
};

/** So that webhooks prove themselves for companies and deals, too. */
const tellOfOthers = async ({ sandbox }: Workspace, worker: Worker): Promise<void> => {
  let landed = 0;
  const arrived = worker.child.line(
    'a company and a deal',
    (line) => {
      if (isLandedChange(line)) landed += 1;
      return landed === 2;
    },
    liveWithinMs,
  );
  await enterCompanyAndDeal(sandbox);
  await arrived;
  await sleep(echoesMs);
};

const stats = async ({ sandbox }: Workspace): Promise<Sides<SystemStats>> => ({
  hubspot: await sandbox.stats('hubspot'),
  salesforce: await sandbox.stats('salesforce'),
});

/**
 * Watches a worker that has nothing to do: all calls of the window, as many times as it fits into an hour. The hour begins when people are no longer taken to
 * be at work: until then ties are asked for with each poll (src/sync/tie-look.ts).
 */
const idle = async function* (workspace: Workspace, seconds: number): AsyncGenerator<Figure> {
  await sleep(afterWorkMs);
  const before = await stats(workspace);
  const began = performance.now();
  await sleep(seconds * 1_000);
  const windowSeconds = (performance.now() - began) / 1_000;
  const after = await stats(workspace);
  for (const system of systems) {
    const { total, byRoute } = callsBetween(system, before[system], after[system]);
    yield makeFigure({
      name: `cost.idle-hour.${system}`,
      against: 'target',
      ours: rounded((total * hourSeconds) / windowSeconds, 1),
      theirs: targetIdleCalls,
      better: 'lower',
      unit: 'calls an hour, projected',
      detail: {
        calls: total,
        windowSeconds: rounded(windowSeconds, 1),
        formula: 'calls × 3600 / windowSeconds',
        // One call more or less in the window is so many in the hour.
        oneCallIs: rounded(hourSeconds / windowSeconds, 1),
        byRoute,
      },
    });
  }
};

/** The benchmark `cost`: calls with live signals on, for changes and for nothing, and those of the first alignment. */
export async function* runCost(say: Say, sizes: CostSizes = fullSizes): AsyncGenerator<Figure> {
  const source = peopleSource();
  yield* await inWorkspace(source.sandbox(sizes.people), async (workspace) => {
    const figures: Figure[] = [];
    await source.enter(workspace.sandbox, sizes.people);
    await runUntilIdle(workspace.sandbox, workspace.dataDir);
    const worker = await startLiveWorker(workspace);
    try {
      await untilWorkedOff(worker.url, liveWithinMs);
      const people = await pickLinked(workspace, sizes.changed);
      // The first edits prove to the worker that it is told; until then it polls.
      for (const from of systems) await changeLive(workspace, worker, from, people.slice(0, 1));
      await tellOfOthers(workspace, worker);
      say(`cost: ${people.length} records changed on each side, webhooks and stream on`);
      for (const from of systems) figures.push(await changeLive(workspace, worker, from, people));
      say(`cost: nothing happens for a quarter of an hour, and then for ${sizes.idleSeconds} s`);
      for await (const figure of idle(workspace, sizes.idleSeconds)) figures.push(figure);
    } finally {
      await worker.child.stop();
    }
    return figures;
  });
  yield* measureFirstAlignment(source, sizes.first, say);
}
