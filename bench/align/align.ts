import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Figure } from '../figure.ts';
import { type PeopleSource, peopleSource } from '../kit/people.ts';
import { runUntilIdle } from '../kit/worker.ts';
import { inWorkspace, type Workspace } from '../kit/workspace.ts';
import { compareWithScript } from './beside-script.ts';
import { measureCalls } from './calls.ts';
import { measureMemory } from './memory.ts';
import { oneRankConfig } from './one-rank.ts';
import { type AlignSizes, fullSizes } from './sizes.ts';
import { measureThroughput } from './throughput.ts';

type Say = (line: string) => void;

/** Calls for changed records, against the batch minimum and beside a plain script, with real limits and usual latency. */
export async function* runCalls(say: Say, source: PeopleSource, sizes: AlignSizes): AsyncGenerator<Figure> {
  yield* await inWorkspace(source.sandbox(sizes.people), async (workspace) => {
    const figures: Figure[] = [];
    say(`calls: ${sizes.people} people, the simulators' real limits and usual latency`);
    await source.enter(workspace.sandbox, sizes.people);
    await runUntilIdle(workspace.sandbox, workspace.dataDir);
    say(`calls: ${sizes.changed} records changed, four times`);
    for await (const figure of measureCalls(workspace, sizes)) figures.push(figure);
    say(`calls: ${sizes.compared} records changed, Tandem beside a plain script`);
    for await (const figure of compareWithScript(workspace, sizes.compared)) figures.push(figure);
    return figures;
  });
}

/**
 * The same calls from HubSpot where all sources have one rank: by polling, who entered a value in HubSpot is told by its history alone, one more read of 50
 * records at most for each change (docs/decisions/0021). Without ranks nothing has to be asked.
 */
export async function* runOneRank(say: Say, source: PeopleSource, sizes: AlignSizes): AsyncGenerator<Figure> {
  const folder = await mkdtemp(join(tmpdir(), 'tandem-bench-config-'));
  try {
    const config = await oneRankConfig(join(folder, 'config'));
    const work = async (workspace: Workspace): Promise<readonly Figure[]> => {
      say(`calls: ${sizes.people} people, all sources of one rank`);
      await source.enter(workspace.sandbox, sizes.people);
      await runUntilIdle(workspace.sandbox, workspace.dataDir, config);
      const figures: Figure[] = [];
      for await (const figure of measureCalls(workspace, sizes, ['hubspot'])) figures.push(figure);
      return figures;
    };
    yield* await inWorkspace(source.sandbox(sizes.people), work, config);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The benchmark `align`: codecs, calls, memory and the first alignment. */
export async function* runAlign(say: Say, sizes: AlignSizes = fullSizes): AsyncGenerator<Figure> {
  const source = peopleSource();
  say(`people: ${source.label}`);
  say(`throughput: ${sizes.decoded} people, in one process`);
  yield* measureThroughput(sizes.decoded);
  yield* runCalls(say, source, sizes);
  yield* runOneRank(say, source, sizes);
  yield* measureMemory(source, sizes.memory, sizes.worked, say);
}
