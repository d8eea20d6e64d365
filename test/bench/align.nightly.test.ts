import { beforeAll, describe, expect, it } from 'vitest';
import { runCalls, runOneRank } from '../../bench/align/align.ts';
import { measureMemory } from '../../bench/align/memory.ts';
import type { AlignSizes } from '../../bench/align/sizes.ts';
import { measureThroughput } from '../../bench/align/throughput.ts';
import type { Figure } from '../../bench/figure.ts';
import { canReadMemory } from '../../bench/kit/memory.ts';
import { peopleSource } from '../../bench/kit/people.ts';

/** As few as show that every part still runs; the times and amounts of such a run say nothing, and nothing here asks for them. */
const sizes: AlignSizes = {
  people: 60,
  changed: 20,
  compared: 10,
  memory: [20, 40],
  worked: 5,
  pollSeconds: 1,
  decoded: 50,
};

const collect = async (figures: AsyncIterable<Figure>): Promise<readonly Figure[]> => {
  const all: Figure[] = [];
  for await (const each of figures) all.push(each);
  return all;
};

let figures: ReadonlyMap<string, Figure>;
const said: string[] = [];
const figure = (name: string): Figure => {
  const found = figures.get(name);
  if (!found) throw new Error(`no figure ${name}; there are ${[...figures.keys()].join(', ')}`);
  return found;
};

beforeAll(async () => {
  const source = peopleSource();
  const say = (line: string): void => {
    said.push(line);
  };
  const parts = await Promise.all([
    collect(measureThroughput(sizes.decoded)),
    collect(runCalls(say, source, sizes)),
    collect(runOneRank(say, source, sizes)),
    collect(measureMemory(source, sizes.memory, sizes.worked, say)),
  ]);
  figures = new Map(parts.flat().map((each) => [each.name, each]));
}, 600_000);

describe('the benchmark align, with tiny numbers', () => {
  it('has every figure, each with what it is held against', () => {
    const memory = canReadMemory()
      ? ['memory.worker', 'memory.growth', 'memory.sandbox', 'first.seconds-slope', 'first.calls-slope']
      : [];
    const names = [
      ...['throughput.compare', 'throughput.intake'],
      ...['calls.until-idle', 'calls.live', 'calls.beside-script', 'seconds.beside-script'].flatMap(
        (name) => [`${name}.from-hubspot`, `${name}.from-salesforce`],
      ),
      'calls.until-idle.from-hubspot.one-rank',
      'calls.live.from-hubspot.one-rank',
      ...memory,
    ];
    expect(new Set(figures.keys())).toEqual(new Set(names.map((name) => `align.${name}`)));
    for (const { ours, theirs, ratio } of figures.values()) {
      expect(ours).toBeGreaterThan(0);
      expect(ratio).toBeCloseTo(ours / theirs, 2);
    }
  });

  // One batch is both the minimum and what a worker that has nothing else to do needs; with ranks a polled change in HubSpot asks its history.
  it.each([
    ['from-hubspot', 4],
    ['from-salesforce', 3],
  ])('counts each changed record once, read and written: %s', (from, calls) => {
    const { detail } = figure(`align.calls.until-idle.${from}`);
    expect(detail).toMatchObject({ changed: sizes.changed, calls, minimum: 3 });
  });

  it('asks no history where all sources have one rank', () => {
    const { detail } = figure('align.calls.until-idle.from-hubspot.one-rank');
    const read = { 'POST /crm/v3/objects/contacts/batch/read': 1 };
    expect(detail).toMatchObject({ changed: sizes.changed, byRoute: [read, {}] });
  });

  it.each([
    ['from-hubspot', 1],
    ['from-salesforce', 1],
  ])('the script reads and writes record by record: %s', (from, queries) => {
    expect(figure(`align.calls.beside-script.${from}`).theirs).toBeGreaterThanOrEqual(
      2 * sizes.compared + queries,
    );
  });
});
