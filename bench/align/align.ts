import type { Figure } from '../figure.ts';
import { type PeopleSource, peopleSource } from '../kit/people.ts';
import { runUntilIdle } from '../kit/worker.ts';
import { inWorkspace } from '../kit/workspace.ts';
import { compareWithScript } from './beside-script.ts';
import { measureCalls } from './calls.ts';
import { measureMemory } from './memory.ts';
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

/** The benchmark `align`: codecs, calls, memory and the first alignment. */
export async function* runAlign(say: Say, sizes: AlignSizes = fullSizes): AsyncGenerator<Figure> {
  const source = peopleSource();
  say(`people: ${source.label}`);
  say(`throughput: ${sizes.decoded} people, in one process`);
  yield* measureThroughput(sizes.decoded);
  yield* runCalls(say, source, sizes);
  yield* measureMemory(source, sizes.memory, sizes.worked, say);
}
