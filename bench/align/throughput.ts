import { loadMappings } from '../../src/mapping/load.ts';
import type { PairMapping } from '../../src/model/mapping.ts';
import type { ChangedRecord, RecordSnapshot } from '../../src/model/record.ts';
import type { Base, Link } from '../../src/model/state.ts';
import { bothSides, otherSystem, type System, systems } from '../../src/model/system.ts';
import { repositoryRoot } from '../../src/settings.ts';
import { marksOf } from '../../src/sync/intake.ts';
import { planLinked } from '../../src/sync/plan.ts';
import { type Figure, makeFigure } from '../figure.ts';
import { makePairs, type Pair } from './pairs.ts';

const targetPerSecond = 3_000;
/** Worked through before the clock starts, so that the runtime has compiled what is hot; other people than the measured ones. */
const warmUpShare = 0.2;
const pageSize = 200;
const at = 1_700_000_000_000;

/** The record of one side of the person with this number. */
export const refOf = (pair: PairMapping, system: System, index: number) => ({
  system,
  type: pair.types[system],
  id: system === 'hubspot' ? String(1_000 + index) : `00Q${String(index).padStart(12, '0')}AAA`,
});

const snapshotsOf = (pair: PairMapping, values: Pair, index: number) =>
  bothSides(
    (system): RecordSnapshot => ({
      ref: refOf(pair, system, index),
      fields: values[system],
      stamp: at,
      createdAt: at,
      deleted: false,
      lastModifiedByUs: null,
      readAt: at,
    }),
  );

/** A base that equals both records, so that no signal of either is news. */
export const baseOf = (pair: PairMapping, values: Pair): Base =>
  Object.fromEntries(
    pair.fields.map(({ name, fields }) => [
      name,
      bothSides((system) => values[system][fields[system]] ?? null),
    ]),
  );

interface Timed {
  readonly records: number;
  readonly perSecond: number;
}

/** Decodes both records of every person, field by field, and compares them, as a first look at a link does. */
const timeCompare = (pair: PairMapping, hash: string, people: readonly Pair[], warmUp: number): Timed => {
  const looks = people.map((values, index) => ({
    snapshots: snapshotsOf(pair, values, index),
    ids: bothSides((system) => refOf(pair, system, index).id),
  }));
  const work = (from: number, to: number): void => {
    for (const { snapshots, ids } of looks.slice(from, to)) {
      planLinked({ pair, mappingHash: hash }, { ids, base: {}, stamps: bothSides(() => 0) }, snapshots, []);
    }
  };
  work(0, warmUp);
  const began = performance.now();
  work(warmUp, looks.length);
  const records = (looks.length - warmUp) * 2;
  return { records, perSecond: Math.round(records / ((performance.now() - began) / 1_000)) };
};

/** Lets signals through intake that say nothing new, both sides' records, a page at a time. Each must end there. */
const timeIntake = async (pair: PairMapping, people: readonly Pair[], warmUp: number): Promise<Timed> => {
  const links = people.map(
    (values, index): Link => ({
      id: String(index),
      pair: pair.name,
      ids: bothSides((system) => refOf(pair, system, index).id),
      version: 1,
      base: baseOf(pair, values),
      stamps: bothSides(() => at),
      ended: null,
    }),
  );
  const byId = bothSides((system) => new Map(links.map((link) => [link.ids[system], link])));
  const store = {
    linksOf: async (_pair: string, system: System, ids: readonly string[]) =>
      new Map(
        ids.flatMap((id) => {
          const link = byId[system].get(id);
          return link ? [[id, link] as const] : [];
        }),
      ),
    parkedOf: async () => new Map(),
    noteKept: async () => undefined,
  };
  const signals = people.flatMap((values, index) =>
    systems.map((system): ChangedRecord => {
      const fields = {
        ...values[system],
        [pair.identity[system]]: links[index]?.ids[otherSystem(system)] ?? '',
      };
      // Copied: a real signal's texts are never the very strings of the base.
      return { ref: refOf(pair, system, index), stamp: at, deleted: false, fields: structuredClone(fields) };
    }),
  );
  const bySystem = [0, 1].map((side) => signals.filter((_, index) => index % 2 === side));
  const work = async (from: number, to: number): Promise<void> => {
    for (const side of bySystem) {
      for (let start = from; start < to; start += pageSize) {
        const page = side.slice(start, Math.min(start + pageSize, to));
        const marks = await marksOf({ pair, mappingHash: '', store }, page, 'live', 'benchmark');
        if (marks.length > 0) throw new Error(`${marks.length} records that equal their base became dirty`);
      }
    }
  };
  await work(0, warmUp);
  const began = performance.now();
  await work(warmUp, people.length);
  const records = (people.length - warmUp) * 2;
  return { records, perSecond: Math.round(records / ((performance.now() - began) / 1_000)) };
};

/** Records a second and core through the codecs, in this process: both sides compared, and equal ones through intake. */
export async function* measureThroughput(people: number): AsyncGenerator<Figure> {
  const { pairs, hash } = loadMappings(`${repositoryRoot}config/presets/mirror`);
  const pair = pairs.find(({ name }) => name === 'people');
  if (!pair) throw new Error('the mirror preset has no pair `people`');
  const made = makePairs(pair, people);
  const warmUp = Math.floor(made.length * warmUpShare);
  const common = {
    against: 'target',
    theirs: targetPerSecond,
    better: 'higher',
    unit: 'records/s and core',
  } as const;
  const compared = timeCompare(pair, hash, made, warmUp);
  yield makeFigure({
    ...common,
    name: 'align.throughput.compare',
    ours: compared.perSecond,
    detail: { records: compared.records, fields: pair.fields.length },
  });
  const taken = await timeIntake(pair, made, warmUp);
  yield makeFigure({
    ...common,
    name: 'align.throughput.intake',
    ours: taken.perSecond,
    detail: { records: taken.records, fields: pair.fields.length },
  });
}
