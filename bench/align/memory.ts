import { type Figure, makeFigure, rounded } from '../figure.ts';
import { canReadMemory } from '../kit/memory.ts';
import type { PeopleSource } from '../kit/people.ts';
import { type MemoryRun, runForMemory } from './memory-run.ts';

const workerMbMax = 300;
const sandboxMbMax = 1_024;
/** What counts as flat: five times the records, and no more than the garbage collector's own moods beside. */
const flatTimes = 1.2;

const lower = { against: 'target', better: 'lower' } as const;

const per1000 = (run: MemoryRun, amount: number): number =>
  (amount * 1_000) / (run.records.hubspot + run.records.salesforce);

const callsOf = ({ align: { calls } }: MemoryRun): number => calls.hubspot + calls.salesforce;

const alignmentFigures = (small: MemoryRun, large: MemoryRun): readonly Figure[] => {
  const times = (pick: (run: MemoryRun) => number): number =>
    rounded(per1000(large, pick(large)) / per1000(small, pick(small)), 3);
  const shown = (pick: (run: MemoryRun) => number, places: number) =>
    Object.fromEntries(
      [small, large].map((run) => [`${run.people} people`, rounded(per1000(run, pick(run)), places)]),
    );
  const unit = '× per 1,000 records, larger against smaller';
  return [
    makeFigure({
      ...lower,
      name: 'align.first.seconds-slope',
      ours: times((run) => run.align.seconds),
      theirs: flatTimes,
      unit,
      detail: { secondsPer1000: shown((run) => run.align.seconds, 2) },
    }),
    makeFigure({
      ...lower,
      name: 'align.first.calls-slope',
      ours: times(callsOf),
      theirs: flatTimes,
      unit,
      detail: { callsPer1000: shown(callsOf, 1) },
    }),
  ];
};

/** Memory of worker and sandbox, and the first alignment's time and calls, over two sizes. Nothing where /proc is missing. */
export async function* measureMemory(
  source: PeopleSource,
  sizes: readonly [number, number],
  worked: number,
  say: (line: string) => void,
): AsyncGenerator<Figure> {
  if (!canReadMemory()) {
    say('memory: left out, since it is read from /proc, which only Linux has');
    return;
  }
  say(`memory: ${sizes[0]} people from nothing, limits and latency lifted`);
  const small = await runForMemory(source, sizes[0], worked);
  say(`memory: ${sizes[1]} people from nothing, limits and latency lifted`);
  const large = await runForMemory(source, sizes[1], worked);
  yield makeFigure({
    ...lower,
    name: 'align.memory.worker',
    ours: large.worker.peakMb,
    theirs: workerMbMax,
    unit: 'MB at most, worker process',
    detail: { runs: [small, large] },
  });
  yield makeFigure({
    ...lower,
    name: 'align.memory.growth',
    ours: rounded(large.worker.peakMb / small.worker.peakMb, 3),
    theirs: flatTimes,
    unit: '× of the smaller run',
    detail: {
      people: sizes,
      peakMb: [small.worker.peakMb, large.worker.peakMb],
      slopeMbPer10000: large.worker.slopeMbPer10000,
    },
  });
  yield makeFigure({
    ...lower,
    name: 'align.memory.sandbox',
    ours: large.sandboxMb,
    theirs: sandboxMbMax,
    unit: 'MB at most, both simulators',
    detail: {
      records: large.records,
      postgresMb: large.postgresMb === null ? null : rounded(large.postgresMb, 1),
    },
  });
  yield* alignmentFigures(small, large);
}
