import { beforeEach, describe, expect, it } from 'vitest';
import { CallFailed, type Failure } from '../../src/model/failure.ts';
import type { PairMapping } from '../../src/model/mapping.ts';
import { alignStep } from '../../src/sync/align.ts';
import { BatchSize, describeDefect } from '../../src/sync/defect.ts';
import { type EngineContext, engineTiming, makeIntentId } from '../../src/sync/engine.ts';
import { Runner } from '../../src/sync/runner.ts';
import { workOnce } from '../../src/sync/work.ts';
import { peoplePair } from '../mirror.ts';
import { MemoryStore } from '../store/memory/memory-store.ts';
import { withStore } from '../store/postgres.ts';
import { makePair } from './builders.ts';
import { FakeClock, FakeSystem, freely } from './fake-system.ts';

/** The pair of the mirror, with a codec that has a defect which one value brings to light. */
const brittle: PairMapping = {
  ...peoplePair,
  fields: peoplePair.fields.map((field) =>
    field.fields.hubspot !== 'jobtitle'
      ? field
      : {
          ...field,
          codecs: {
            ...field.codecs,
            hubspot: {
              ...field.codecs.hubspot,
              decode: (raw) => {
                if (raw === 'Poison') throw new TypeError(`cannot read ${raw}`);
                return field.codecs.hubspot.decode(raw);
              },
            },
          },
        },
  ),
};

let nowMs: number;
let store: MemoryStore;
let hubspot: FakeSystem;
let salesforce: FakeSystem;
let told: { readonly event: string; readonly detail: Readonly<Record<string, unknown>> }[];

const contextOf = (pair: PairMapping): EngineContext => ({
  pair,
  mappingHash: 'hash',
  store,
  systems: { hubspot, salesforce },
  gates: { hubspot: freely, salesforce: freely },
  wake: { wake: () => undefined },
  events: { emit: (event, detail) => void told.push({ event, detail }) },
  holder: 'worker-1',
  timing: engineTiming,
  nowMs: () => nowMs,
  makeId: makeIntentId,
  signal: new AbortController().signal,
});

beforeEach(() => {
  nowMs = 1_000_000;
  store = new MemoryStore(
    () => nowMs,
    () => undefined,
  );
  const clock = new FakeClock();
  hubspot = new FakeSystem('hubspot', clock);
  salesforce = new FakeSystem('salesforce', clock);
  told = [];
});

describe('a record on which Tandem itself fails', () => {
  const edit = (n: number, jobtitle: string): string =>
    hubspot.edit({ email: `p${n}@example.com`, lastname: `P ${n}`, company: 'Example', jobtitle });

  /** Works as a runner does, in batches of at most `full`, until nothing is dirty. Answers how many batches broke. */
  const drain = async (context: EngineContext, full: number): Promise<number> => {
    const size = new BatchSize(full);
    let broken = 0;
    for (let rounds = 0; rounds < 100; rounds += 1) {
      const batch = await workOnce(context, 'live', { unitsMax: size.max });
      size.worked(batch);
      if (batch.broken) broken += 1;
      if ((await store.backlog('people')).dirty === 0) return broken;
      // Nothing is waited for here: what is put off becomes due.
      if (batch.units === 0 || batch.broken) nowMs += 120_000;
    }
    throw new Error('it never ends');
  };

  it('is parked by name, and everybody else of its batch goes on', async () => {
    const context = contextOf(brittle);
    const poisoned = edit(0, 'Poison');
    for (let n = 1; n < 40; n += 1) edit(n, 'CEO');
    while ((await alignStep(context)) === 'page');
    const broken = await drain(context, 32);
    expect(salesforce.live()).toHaveLength(39);
    expect(broken).toBeGreaterThan(2);
    expect(broken).toBeLessThan(20);
    const parkedRows = () => [...store.state.parked.values()];
    const parked = parkedRows();
    expect(parked.map(({ ref, failure }) => [ref.id, failure.category, failure.code])).toEqual([
      [poisoned, 'request', 'DEFECT'],
    ]);
    expect(parked[0]?.failure.message).toMatch(/TypeError at test\/sync\/defect\.test\.ts:\d+$|TypeError$/);
    expect(JSON.stringify([parked, told])).not.toContain('Poison');
    expect(told.filter(({ event }) => event === 'rows-refused')).toMatchObject([
      { detail: { code: 'DEFECT', rows: 1 } },
    ]);

    // It is tried again by itself when the record changes.
    hubspot.edit({ jobtitle: 'CTO' }, poisoned);
    await store.commitSignals([
      {
        pair: 'people',
        ref: { system: 'hubspot', type: 'contacts', id: poisoned },
        class: 'live',
        stamp: null,
        cause: 'edited',
      },
    ]);
    await drain(context, 32);
    expect(salesforce.live()).toHaveLength(40);
    expect(parkedRows()).toEqual([]);
  });

  it('that makes a system refuse whole reads is parked as that system says, and the others go on', async () => {
    const refused: Failure = {
      ...{ category: 'value', system: 'hubspot', code: 'VALIDATION_ERROR', message: 'not to be read' },
      fields: [],
    };
    let poisoned = '';
    const reads = hubspot.readMany.bind(hubspot);
    hubspot.readMany = async (type, ids, fields) => {
      if (ids.includes(poisoned)) throw new CallFailed(refused);
      return reads(type, ids, fields);
    };
    const context = contextOf(peoplePair);
    for (let n = 0; n < 12; n += 1) edit(n, 'CEO');
    poisoned = edit(12, 'CEO');
    while ((await alignStep(context)) === 'page');
    await drain(context, 8);
    expect(salesforce.live()).toHaveLength(12);
    const parked = [...store.state.parked.values()];
    expect(parked.map(({ ref, failure }) => [ref.id, failure.code])).toEqual([
      [poisoned, 'VALIDATION_ERROR'],
    ]);
  });

  it('says what failed and where, and never with what', () => {
    const said = describeDefect(new SyntaxError('Unexpected token, "ann@example.com" is not JSON'));
    expect(said).toMatch(/^SyntaxError/);
    expect(said).not.toContain('ann@example.com');
    expect(describeDefect('lost')).toBe('something that is no error was thrown');
  });
});

describe('a pair that is paused before those that refer to it are aligned', () => {
  const runnerOf = (pair: PairMapping, after: readonly Runner[] = []): Runner =>
    new Runner({ ...contextOf(pair), nowMs: Date.now }, 60_000, 1, after);
  const companies = { ...makePair(), name: 'companies' };

  it('keeps nobody waiting, and is aligned once it goes on', async () => {
    let isPaused = true;
    const paused = { scope: 'companies', by: 'ann', since: 0, cause: null } as never;
    store.pauses = async () => (isPaused ? [paused] : []);
    const first = runnerOf(companies);
    const second = runnerOf(makePair(), [first]);
    const signal = new AbortController().signal;
    const looks = [first.look(signal), second.look(signal)];
    const alignedPairs = () =>
      told.filter(({ event }) => event === 'alignment-done').map(({ detail }) => detail.pair);
    try {
      await expect.poll(alignedPairs).toEqual(['people']);
      isPaused = false;
      await expect.poll(alignedPairs).toEqual(['people', 'companies']);
    } finally {
      await Promise.all([first.stop(), second.stop()]);
      await Promise.all(looks);
    }
  });

  it('that was aligned before stays so', async () => {
    const context = contextOf(companies);
    while ((await alignStep(context)) === 'page');
    store.pauses = async () => [{ scope: 'companies', by: 'schema', since: 0, cause: null } as never];
    expect(await alignStep(context)).toBe('done');
    expect(await alignStep({ ...context, mappingHash: 'another' })).toBe('paused');
  });
});

describe('a record that was parked since something failed on it', () => {
  const fixture = withStore();

  it('is looked at again from time to time, and goes on once it goes well', async () => {
    await fixture.reset();
    const engine = (pair: PairMapping): EngineContext => ({
      ...contextOf(pair),
      store: fixture.store.engine,
      nowMs: Date.now,
    });
    hubspot.edit({ email: 'p@example.com', lastname: 'P', company: 'Example', jobtitle: 'Poison' });
    while ((await alignStep(engine(brittle))) === 'page');
    const parked = async () => fixture.query(`select failure ->> 'code' as code from tandem.parked`);
    const looks = async (pair: PairMapping): Promise<void> => {
      for (let rounds = 0; rounds < 4; rounds += 1) {
        await fixture.query('update tandem.dirty set due = now()');
        await workOnce(engine(pair), 'live');
      }
    };
    await looks(brittle);
    expect(await parked()).toEqual([{ code: 'DEFECT' }]);
    expect(await fixture.store.engine.backlog(brittle.name)).toMatchObject({ dirty: 0, parked: 1 });
    expect(await fixture.store.operator.lookAtStranded(brittle.name, 10, 'shown')).toBe(1);
    await looks(peoplePair);
    expect(await parked()).toEqual([]);
    expect(salesforce.live()).toHaveLength(1);
  });
});
