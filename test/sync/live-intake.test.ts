import { describe, expect, it } from 'vitest';
import type { LiveBatch, LiveSignal, WriteUnderWay } from '../../src/model/live.ts';
import type { Link } from '../../src/model/state.ts';
import type { IntakeContext } from '../../src/sync/intake.ts';
import { type LiveIntake, takeLive } from '../../src/sync/live-intake.ts';
import { makeLink, pair, seenAt } from './linked-person.ts';

const signal = (overrides: Partial<LiveSignal> = {}): LiveSignal => ({
  ref: { system: 'hubspot', type: 'contacts', id: '1' },
  event: 'changed',
  stamp: seenAt + 5_000,
  fields: { jobtitle: 'CTO' },
  ...overrides,
});

interface Taken {
  readonly underWay?: readonly WriteUnderWay[];
  readonly committed: LiveBatch[];
  readonly woken: string[];
}

const intakeWith = (link: Link | null, taken: Taken): LiveIntake => {
  const store: IntakeContext['store'] = {
    linksOf: async (_pair, _system, ids) => new Map(link ? ids.map((id) => [id, link]) : []),
    parkedOf: async () => new Map(),
    noteKept: async () => undefined,
  };
  return {
    pairs: [{ pair, mappingHash: 'hash', store }],
    live: {
      commitLive: async (batch) => void taken.committed.push(batch),
      writesUnderWay: async () => taken.underWay ?? [],
    },
    wake: { wake: (name) => void taken.woken.push(name) },
  };
};

const take = async (
  signals: readonly LiveSignal[],
  link: Link | null = makeLink(),
  underWay: readonly WriteUnderWay[] = [],
) => {
  const taken: Taken = { committed: [], woken: [], underWay };
  const counts = await takeLive(intakeWith(link, taken), { system: 'hubspot', source: 'webhooks', signals });
  return { counts, ...taken };
};

it('keeps the time of a change for the fields that it told of, and no value', async () => {
  const { committed } = await take([
    signal({ changedAt: 42, by: { source: 'IMPORT' }, fields: { jobtitle: 'CTO', shoe_size: '44' } }),
  ]);
  expect(committed[0]?.marks[0]?.changed).toEqual({ jobtitle: { at: 42, source: 'IMPORT' } });
  expect(JSON.stringify(committed[0]?.marks)).not.toContain('CTO');
});

describe('a live signal', () => {
  it.each<[string, LiveSignal, Link | null, 'dirty' | 'known' | 'ignored']>([
    ['of a new value', signal(), makeLink(), 'dirty'],
    ['of the value that the base has', signal({ fields: { jobtitle: ' CEO ' } }), makeLink(), 'known'],
    [
      'of a value that was entered between our read and our own write',
      signal({ stamp: seenAt - 60_000 }),
      makeLink(),
      'dirty',
    ],
    [
      'of the value that the base has, from before what was read',
      signal({ stamp: seenAt - 60_000, fields: { jobtitle: 'CEO' } }),
      makeLink(),
      'known',
    ],
    [
      'of a field whose value is not told, from before what was read',
      signal({ stamp: seenAt - 60_000, fields: {}, unvalued: ['jobtitle'] }),
      makeLink(),
      'known',
    ],
    [
      'of a creation older than what was read',
      signal({ event: 'created', stamp: seenAt - 60_000 }),
      makeLink(),
      'known',
    ],
    ['of a field without a base', signal(), makeLink({ base: {} }), 'dirty'],
    ['of a field that nobody maps', signal({ fields: { shoe_size: '44' } }), makeLink(), 'ignored'],
    [
      'of a type that nobody maps',
      signal({ ref: { system: 'hubspot', type: 'tickets', id: '1' } }),
      null,
      'ignored',
    ],
    [
      'of a field whose value is not told',
      signal({ fields: {}, unvalued: ['jobtitle'] }),
      makeLink(),
      'dirty',
    ],
    [
      'of an identity field that was emptied',
      signal({ fields: { tandem_salesforce_id: '' } }),
      makeLink(),
      'dirty',
    ],
    ['of a record without link', signal(), null, 'dirty'],
    [
      'of its further addresses',
      signal({ fields: { hs_additional_emails: 'b@example.com' } }),
      null,
      'dirty',
    ],
    [
      'of further addresses of somebody who is linked',
      signal({ fields: { hs_additional_emails: 'b@example.com' } }),
      makeLink(),
      'known',
    ],
    ['of a creation that is linked already', signal({ event: 'created', fields: {} }), makeLink(), 'known'],
    ['of a deletion', signal({ event: 'deleted', fields: {} }), makeLink(), 'dirty'],
    ['of a deletion, late', signal({ event: 'deleted', fields: {}, stamp: 1 }), makeLink(), 'dirty'],
    ['of a deletion of a stranger', signal({ event: 'deleted', fields: {} }), null, 'known'],
    ['of an erasure', signal({ event: 'erased', fields: {} }), makeLink(), 'dirty'],
    ['of a merge', signal({ event: 'merged', fields: {}, stamp: null }), makeLink(), 'dirty'],
    ['of an association', signal({ event: 'associated', fields: {}, stamp: null }), makeLink(), 'dirty'],
    ['of a change after the end', signal(), makeLink({ ended: { cause: 'deleted', at: 0 } }), 'known'],
    [
      'of a return',
      signal({ event: 'restored', fields: {} }),
      makeLink({ ended: { cause: 'deleted', at: 0 } }),
      'dirty',
    ],
  ])('%s', async (_name, given, link, expected) => {
    const { counts, committed, woken } = await take([given], link);
    expect(counts).toEqual({ dirty: 0, known: 0, ignored: 0, [expected]: 1 });
    expect(committed.flatMap(({ marks }) => marks)).toHaveLength(expected === 'dirty' ? 1 : 0);
    expect(woken).toEqual(expected === 'dirty' ? [pair.name] : []);
  });

  it('never carries its values further', async () => {
    const { committed } = await take([signal({ fields: { jobtitle: 'secret title' } })]);
    expect(JSON.stringify(committed)).not.toContain('secret title');
  });

  it('proves its type and its mapped fields, also where it tells nothing new', async () => {
    const { committed } = await take([signal({ fields: { jobtitle: 'CEO', shoe_size: '44' } })]);
    expect(committed[0]?.heard).toEqual([{ type: 'contacts', fields: ['jobtitle'] }]);
  });

  it('raises no mark that a read could never reach: an event without a stamp of the record has none', async () => {
    const { committed } = await take([signal({ event: 'associated', fields: {}, stamp: null })]);
    expect(committed[0]?.marks[0]?.stamp).toBeNull();
  });

  it('comes with others in one commit', async () => {
    const { counts, committed } = await take([
      signal(),
      signal({ fields: { jobtitle: 'CEO' } }),
      signal({ fields: { unknown: 'x' } }),
    ]);
    expect(committed).toHaveLength(1);
    expect(counts).toEqual({ dirty: 1, known: 1, ignored: 1 });
  });
});

describe('an echo of a write whose outcome is not settled', () => {
  const update: WriteUnderWay = {
    targetId: '1',
    sourceId: '00Q1',
    writes: [{ apiField: 'jobtitle', sent: 'CTO' }],
  };
  const create: WriteUnderWay = { ...update, targetId: '' };
  const identity = signal({ fields: { tandem_salesforce_id: '00Q1' } });
  const created = signal({ event: 'created', fields: {} });

  it('ends in intake', async () => {
    expect((await take([signal()], makeLink(), [update])).counts).toMatchObject({ dirty: 0, known: 1 });
  });

  it('is none where the value is another, or the field was not written', async () => {
    const other = signal({ fields: { jobtitle: 'CFO' } });
    const mail = signal({ fields: { email: 'b@example.com' } });
    expect((await take([other, mail], makeLink(), [update])).counts).toMatchObject({ dirty: 2 });
  });

  it('is known for a create by the identity value that comes with it', async () => {
    expect((await take([created, signal(), identity], null, [create])).counts).toMatchObject({
      dirty: 0,
      known: 3,
    });
  });

  it('is none where the identity names nobody whose create is under way', async () => {
    const stranger = signal({ fields: { tandem_salesforce_id: '00Q9' } });
    expect((await take([created, stranger], null, [create])).counts).toMatchObject({ dirty: 2 });
    expect((await take([created, signal()], null, [create])).counts).toMatchObject({ dirty: 2 });
  });

  it('is none where the record was deleted', async () => {
    const gone = signal({ event: 'deleted', fields: {} });
    expect((await take([gone, signal()], makeLink(), [update])).counts).toMatchObject({ dirty: 1, known: 1 });
  });
});
