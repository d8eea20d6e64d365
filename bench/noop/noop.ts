import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadMappings } from '../../src/mapping/load.ts';
import type { PairMapping } from '../../src/model/mapping.ts';
import type { ChangedRecord } from '../../src/model/record.ts';
import { otherSystem, type System, systems } from '../../src/model/system.ts';
import { repositoryRoot } from '../../src/settings.ts';
import { joinEmbedded } from '../../src/store/embedded/join.ts';
import { openStore, type Store } from '../../src/store/open-store.ts';
import { marksOf } from '../../src/sync/intake.ts';
import { takeLive } from '../../src/sync/live-intake.ts';
import { makePairs, type Pair } from '../align/pairs.ts';
import { refOf } from '../align/throughput.ts';
import { type Figure, makeFigure, rounded } from '../figure.ts';
import { insertLinks } from './known-links.ts';

/** Issue 5: at least so many equal records a second and core. */
const targetPerSecond = 3_000;
/** Worked through before the clock starts, so that the runtime has compiled what is hot; other people than the measured ones. */
const warmUpShare = 0.2;
const pollPage = 200;
/** HubSpot's webhooks carry at most a hundred events. */
const deliverySize = 100;
const stamp = 1_700_000_000_000;
const fullPeople = 10_000;

interface Bench {
  readonly pair: PairMapping;
  readonly store: Store;
  /** By system, each person's record as an API would give it. */
  readonly records: Readonly<Record<System, readonly ChangedRecord[]>>;
}

const pagesOf = <T>(items: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size));

/** Pages that a poll of each system would bring. */
const throughPoll = async ({ pair, store, records }: Bench, from: number, to: number): Promise<void> => {
  const context = { pair, mappingHash: '', store: store.engine };
  for (const system of systems) {
    for (const page of pagesOf(records[system].slice(from, to), pollPage)) {
      const marks = await marksOf(context, page, 'live', 'benchmark');
      if (marks.length > 0) throw new Error(`${marks.length} records that equal their base became dirty`);
    }
  }
};

/** Deliveries that tell of every mapped field of a hundred records. */
const throughLive = async ({ pair, store, records }: Bench, from: number, to: number): Promise<void> => {
  const intake = {
    pairs: [{ pair, mappingHash: '', store: store.engine }],
    live: store.live,
    wake: { wake: () => undefined },
  };
  for (const system of systems) {
    const source = system === 'hubspot' ? 'webhooks' : 'stream';
    for (const page of pagesOf(records[system].slice(from, to), deliverySize)) {
      const signals = page.map(({ ref, fields }) => ({ ref, event: 'changed' as const, stamp, fields }));
      const { dirty, known } = await takeLive(intake, { system, source, signals });
      if (known !== page.length) throw new Error(`${dirty} signals that equal their base became dirty`);
    }
  }
};

const recordsOf = (pair: PairMapping, people: readonly Pair[], system: System): readonly ChangedRecord[] =>
  people.map((values, index) => ({
    ref: refOf(pair, system, index),
    stamp,
    deleted: false,
    // Copied: a real signal's texts are never the very strings of the base.
    fields: structuredClone({
      ...values[system],
      [pair.identity[system]]: refOf(pair, otherSystem(system), index).id,
    }),
  }));

/**
 * Times the work of one page after another: this process and its session of Postgres take turns, so that together they use one core at
 * most, and records a second of the wall clock are records a second and core.
 */
const timed = async (
  name: string,
  people: number,
  work: (from: number, to: number) => Promise<void>,
): Promise<Figure> => {
  const warmUp = Math.floor(people * warmUpShare);
  await work(0, warmUp);
  const cpuBefore = process.cpuUsage();
  const began = performance.now();
  await work(warmUp, people);
  const seconds = (performance.now() - began) / 1_000;
  const cpu = process.cpuUsage(cpuBefore);
  const records = (people - warmUp) * systems.length;
  return makeFigure({
    name,
    against: 'target',
    ours: Math.round(records / seconds),
    theirs: targetPerSecond,
    better: 'higher',
    unit: 'equal records/s and core, store included',
    detail: { records, seconds: rounded(seconds), ownCpuSeconds: rounded((cpu.user + cpu.system) / 1e6) },
  });
};

/** Signals that tell nothing new through intake, on the store at this address, as polls and as live sources bring them. */
export async function* measureNoop(
  connectionString: string,
  store: Store,
  people: number,
): AsyncGenerator<Figure> {
  const pair = loadMappings(`${repositoryRoot}config/presets/mirror`).pairs.find(
    ({ name }) => name === 'people',
  );
  if (!pair) throw new Error('the mirror preset has no pair `people`');
  const made = makePairs(pair, people);
  await insertLinks(connectionString, pair, made, stamp);
  const records = {
    hubspot: recordsOf(pair, made, 'hubspot'),
    salesforce: recordsOf(pair, made, 'salesforce'),
  };
  const bench = { pair, store, records };
  yield await timed('noop.poll', made.length, async (from, to) => throughPoll(bench, from, to));
  yield await timed('noop.live', made.length, async (from, to) => throughLive(bench, from, to));
}

/** The benchmark `noop`, on a Postgres of its own. */
export async function* runNoop(
  say: (line: string) => void,
  people: number = fullPeople,
): AsyncGenerator<Figure> {
  say(`noop: ${people} linked people, both records of each told again with the values they have`);
  const dataDir = await mkdtemp(join(tmpdir(), 'tandem-bench-'));
  const { connectionString, leave } = await joinEmbedded(dataDir);
  try {
    const onTrouble = ({ what }: { readonly what: string }): void => say(`noop: trouble with ${what}`);
    const store = await openStore({ connectionString, onTrouble });
    try {
      yield* measureNoop(connectionString, store, people);
    } finally {
      await store.close();
    }
  } finally {
    await leave();
    await rm(dataDir, { recursive: true, force: true });
  }
}
