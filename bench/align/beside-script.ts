import { otherSystem, type Sides, type System, systems } from '../../src/model/system.ts';
import { type Figure, makeFigure, rounded } from '../figure.ts';
import { callsBetween } from '../kit/calls.ts';
import type { LinkedIds } from '../kit/people.ts';
import { editAsPerson, untilVisible } from '../kit/person.ts';
import { runUntilIdle } from '../kit/worker.ts';
import type { Workspace } from '../kit/workspace.ts';
import { pickLinked } from './calls.ts';
import { runPlainScript } from './plain-script.ts';

const rival = 'record-by-record';

interface Run {
  readonly calls: Sides<number>;
  readonly limited: number;
  readonly seconds: number;
}

/** Runs something and counts all of the integration's calls meanwhile: polls, sign-in and all. */
const measured = async ({ sandbox }: Workspace, work: () => Promise<number>): Promise<Run> => {
  const before = { hubspot: await sandbox.stats('hubspot'), salesforce: await sandbox.stats('salesforce') };
  const seconds = await work();
  const between = {
    hubspot: callsBetween('hubspot', before.hubspot, await sandbox.stats('hubspot')),
    salesforce: callsBetween('salesforce', before.salesforce, await sandbox.stats('salesforce')),
  };
  return {
    calls: { hubspot: between.hubspot.total, salesforce: between.salesforce.total },
    limited: between.hubspot.limited + between.salesforce.limited,
    seconds,
  };
};

const edit = async (workspace: Workspace, from: System, people: readonly LinkedIds[], who: string) => {
  const since = Date.now();
  await editAsPerson(workspace.sandbox, from, people, `${who} ${from}`);
  await untilVisible();
  return since;
};

/** From the start of the worker's process to its last write; the looks after it, which make sure, are in the calls alone. */
const runTandem = async ({ sandbox, dataDir }: Workspace, expected: number): Promise<number> => {
  const { untilLastWriteSeconds, changes } = await runUntilIdle(sandbox, dataDir);
  if (untilLastWriteSeconds === null || changes !== expected) {
    throw new Error(`Tandem wrote ${changes} of ${expected} records`);
  }
  return untilLastWriteSeconds;
};

const runScript = async (workspace: Workspace, from: System, since: number, expected: number) => {
  const began = performance.now();
  const written = await runPlainScript(workspace.sandbox, from, since);
  if (written !== expected) throw new Error(`the script wrote ${written} of ${expected} records`);
  return (performance.now() - began) / 1_000;
};

const totalOf = ({ calls }: Run): number => calls.hubspot + calls.salesforce;

/**
 * The same records edited twice in the same fields: once brought over by Tandem, once by a plain script, with the vendors' real limits
 * and the simulators' usual latency. All calls count.
 */
export async function* compareWithScript(workspace: Workspace, count: number): AsyncGenerator<Figure> {
  const people = await pickLinked(workspace, count);
  for (const from of systems) {
    await edit(workspace, from, people, 'Tandem');
    const tandem = await measured(workspace, async () => runTandem(workspace, people.length));
    const since = await edit(workspace, from, people, 'script');
    const script = await measured(workspace, async () => runScript(workspace, from, since, people.length));
    const common = { against: rival, better: 'lower' } as const;
    const suffix = `from-${from}`;
    const detail = { changed: people.length, tandem, script };
    yield makeFigure({
      ...common,
      name: `align.calls.beside-script.${suffix}`,
      ours: totalOf(tandem),
      theirs: totalOf(script),
      unit: 'calls',
      detail,
    });
    yield makeFigure({
      ...common,
      name: `align.seconds.beside-script.${suffix}`,
      ours: rounded(tandem.seconds),
      theirs: rounded(script.seconds),
      unit: `s until the last write in ${otherSystem(from)}`,
      detail,
    });
    // What the script wrote is news to Tandem's base: settled now, so that the next direction starts even.
    if (from !== systems.at(-1)) await runUntilIdle(workspace.sandbox, workspace.dataDir);
  }
}
