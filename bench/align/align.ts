import type { Figure } from '../figure.ts';
import { peopleSource } from '../kit/people.ts';
import { runUntilIdle } from '../kit/worker.ts';
import { inWorkspace } from '../kit/workspace.ts';
import { compareWithScript } from './beside-script.ts';
import { measureCalls } from './calls.ts';
import { measureMemory } from './memory.ts';
import { type AlignSizes, fullSizes } from './sizes.ts';
import { measureThroughput } from './throughput.ts';

type Say = (line: string) => void;

/** The benchmark `align`: calls against the batch minimum and a plain script, memory and the first alignment, codecs. */
export async function* runAlign(say: Say, sizes: AlignSizes = fullSizes): AsyncGenerator<Figure> {
  const source = peopleSource();
  say(`people: ${source.label}`);
  say(`codecs: ${sizes.decoded} people`);
  yield* measureThroughput(sizes.decoded);
  yield* await inWorkspace(source.sandbox(sizes.people), async (workspace) => {
    const figures: Figure[] = [];
    say(`calls: ${sizes.people} people aligned first, with the vendors' real limits`);
    await source.enter(workspace.sandbox, sizes.people);
    await runUntilIdle(workspace.sandbox, workspace.dataDir);
    say(`calls: ${sizes.changed} records changed, four times`);
    for await (const figure of measureCalls(workspace, sizes.changed)) figures.push(figure);
    say(`calls: ${sizes.compared} records changed, beside a plain script`);
    for await (const figure of compareWithScript(workspace, sizes.compared)) figures.push(figure);
    return figures;
  });
  yield* measureMemory(source, sizes.memory, sizes.worked, say);
}
