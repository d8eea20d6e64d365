import { setTimeout as sleep } from 'node:timers/promises';
import { type Sides, type System, systems } from '../../src/model/system.ts';
import { type Figure, makeFigure, rounded } from '../figure.ts';
import { type CallCount, callsBetween } from '../kit/calls.ts';
import { type LinkedIds, linkedPeople } from '../kit/people.ts';
import { editAsPerson, untilVisible } from '../kit/person.ts';
import type { SystemStats } from '../kit/sandbox.ts';
import { type Books, isLandedChange, readBooks, runUntilIdle, startWorker } from '../kit/worker.ts';
import type { Workspace } from '../kit/workspace.ts';
import { batchMinimum, historyMinimum, type Signal } from './minimum.ts';
import type { AlignSizes } from './sizes.ts';

/** At most so many times the fewest calls that batches allow. */
const targetTimesMinimum = 1.3;
const liveWithinMs = 10 * 60_000;

const statsOf = async ({ sandbox }: Workspace): Promise<Sides<SystemStats>> => ({
  hubspot: await sandbox.stats('hubspot'),
  salesforce: await sandbox.stats('salesforce'),
});

/** The simulators' counters and the worker's own books at one moment. */
export interface Look {
  readonly stats: Sides<SystemStats>;
  readonly books: Books;
}

export const look = async (workspace: Workspace): Promise<Look> => ({
  stats: await statsOf(workspace),
  books: await readBooks(workspace.sandbox, workspace.dataDir),
});

/**
 * What the batch minimum is held against: reads and writes by the simulators' counters, and every Salesforce query that the worker
 * did not book as a poll. Polls and sign-in stay apart, as in the minimum.
 */
const countedCalls = (calls: Sides<CallCount>, salesforcePolls: number): number =>
  calls.hubspot.byKind.read +
  calls.hubspot.byKind.write +
  calls.salesforce.byKind.read +
  calls.salesforce.byKind.write +
  Math.max(0, calls.salesforce.byKind.query - salesforcePolls);

/** Reads and writes between two looks, for so many records that changed in one system, against the batch minimum. */
export const callsFigure = (
  { name, target, signal }: { readonly name: string; readonly target: number; readonly signal: Signal },
  from: System,
  changed: number,
  before: Look,
  after: Look,
): Figure => {
  const calls = {
    hubspot: callsBetween('hubspot', before.stats.hubspot, after.stats.hubspot),
    salesforce: callsBetween('salesforce', before.stats.salesforce, after.stats.salesforce),
  };
  const booked = ({ books }: Look): number => books.salesforce.calls.poll ?? 0;
  const counted = countedCalls(calls, booked(after) - booked(before));
  const minimum = batchMinimum(from, changed);
  return makeFigure({
    name,
    against: 'target',
    ours: rounded(counted / minimum, 3),
    theirs: target,
    better: 'lower',
    unit: '× batch minimum',
    detail: {
      changed,
      calls: counted,
      minimum,
      // What ranks of sources need on top of the minimum, and is counted as Tandem's own.
      histories: historyMinimum(from, changed, signal),
      byRoute: systems.map((system) => calls[system].byRoute),
    },
  });
};

const figureOf = (
  { config }: Workspace,
  mode: 'live' | 'until-idle',
  from: System,
  ...rest: [number, Look, Look]
): Figure => {
  const name = `align.calls.${mode}.from-${from}`;
  return config === undefined
    ? callsFigure({ name, target: targetTimesMinimum, signal: 'polled' }, from, ...rest)
    : callsFigure(
        { name: `${name}.one-rank`, target: targetTimesMinimum, signal: 'one-rank' },
        from,
        ...rest,
      );
};

/** Edits while no worker runs, then a worker that catches up. */
const catchUp = async (workspace: Workspace, from: System, people: readonly LinkedIds[]): Promise<Figure> => {
  await editAsPerson(workspace.sandbox, from, people, `catch-up ${from}`);
  await untilVisible();
  const before = await look(workspace);
  const { changes } = await runUntilIdle(workspace.sandbox, workspace.dataDir, workspace.config);
  if (changes !== people.length) throw new Error(`${people.length} were edited, ${changes} written`);
  return figureOf(workspace, 'until-idle', from, people.length, before, await look(workspace));
};

/** Edits while a worker runs with its default poll: it sees them come in, part by part. */
const live = async function* (
  workspace: Workspace,
  people: readonly LinkedIds[],
  froms: readonly System[],
  pollSeconds: number,
): AsyncGenerator<Figure> {
  const { sandbox, dataDir, config } = workspace;
  const worker = await startWorker(sandbox, dataDir, pollSeconds, {}, config);
  // The interval, and a second for the poll itself.
  const onePollMs = (pollSeconds + 1) * 1_000;
  try {
    // Edits meet a worker that runs, not one whose first poll still reads what was aligned just now.
    await sleep(onePollMs);
    for (const from of froms) {
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
      await editAsPerson(sandbox, from, people, `live ${from}`);
      await arrived;
      // The worker's next poll shows it its own writes: they must end there, without a read.
      await sleep(onePollMs);
      yield figureOf(workspace, 'live', from, people.length, before, await look(workspace));
    }
  } finally {
    await worker.child.stop();
  }
};

/** Calls for changed records against the batch minimum, from each of these sides, at rest and live, with the vendors' real limits. */
export async function* measureCalls(
  workspace: Workspace,
  { changed, pollSeconds }: AlignSizes,
  froms: readonly System[] = systems,
): AsyncGenerator<Figure> {
  const people = await pickLinked(workspace, changed);
  for (const from of froms) yield await catchUp(workspace, from, people);
  yield* live(workspace, people, froms, pollSeconds);
}

/** So many linked people, spread over all of them. Throws when there are fewer. */
export const pickLinked = async ({ sandbox }: Workspace, count: number): Promise<readonly LinkedIds[]> => {
  const linked = await linkedPeople(sandbox);
  if (linked.length < count) throw new Error(`${count} linked people are needed, there are ${linked.length}`);
  return Array.from({ length: count }, (_, at) => linked[Math.floor((at * linked.length) / count)]).filter(
    (each) => each !== undefined,
  );
};
