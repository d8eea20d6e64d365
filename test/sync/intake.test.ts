import { describe, expect, it } from 'vitest';
import type { ChangedRecord } from '../../src/model/record.ts';
import type { Link, Parked } from '../../src/model/state.ts';
import type { RawFields } from '../../src/model/value.ts';
import { digestOf } from '../../src/sync/digest.ts';
import { type IntakeContext, keptIn, marksOf } from '../../src/sync/intake.ts';
import { makeLink, pair, seenAt } from './linked-person.ts';

const mappingHash = 'hash';
const makeParked = (overrides: Partial<Parked>): Parked => ({
  pair: pair.name,
  unit: 'link:L1',
  system: 'salesforce',
  ref: { system: 'salesforce', type: 'Lead', id: '00Q1' },
  field: 'jobtitle',
  failure: {
    category: 'value',
    system: 'salesforce',
    code: 'STRING_TOO_LONG',
    message: '',
    fields: ['Title'],
  },
  next: '',
  refused: digestOf(mappingHash, { Title: 'far too long' }),
  since: 0,
  ...overrides,
});

const ownFields = { email: 'a@example.com', jobtitle: 'CEO', tandem_salesforce_id: '00Q1' };

const signal = (fields: RawFields, overrides: Partial<ChangedRecord> = {}): ChangedRecord => ({
  ref: { system: 'hubspot', type: 'contacts', id: '1' },
  stamp: seenAt + 5_000,
  deleted: false,
  fields: { ...ownFields, ...fields },
  ...overrides,
});

/** How many dirty marks one signal becomes. */
const marks = async (
  record: ChangedRecord,
  known: { readonly link?: Link | null; readonly parked?: readonly Parked[] } = {},
): Promise<number> => {
  const { link = makeLink(), parked = [] } = known;
  const store: IntakeContext['store'] = {
    linksOf: async () => new Map(link ? [[record.ref.id, link]] : []),
    parkedOf: async (_pair, units) =>
      new Map(units.map((unit) => [unit, parked.filter((row) => row.unit === unit)])),
    noteKept: async () => undefined,
  };
  return (await marksOf({ pair, mappingHash, store }, [record], 'live', 'test')).length;
};

const tombstone = makeLink({ ended: { cause: 'deleted', at: 0 } });
const withoutBase = makeLink({ base: { email: { hubspot: 'a@example.com', salesforce: 'a@example.com' } } });
const leadSignal: ChangedRecord = {
  ref: { system: 'salesforce', type: 'Lead', id: '00Q1' },
  stamp: seenAt + 5_000,
  deleted: false,
  fields: { Email: 'a@example.com', Title: null, HubSpot_Id__c: '1' },
};

describe('a signal of a linked record', () => {
  it.each([
    ['equal to the base', signal({}), {}, 0],
    ['equal in canonical form', signal({ jobtitle: ' CEO ' }), {}, 0],
    ['another value', signal({ jobtitle: 'CTO' }), {}, 1],
    ['another identity', signal({ tandem_salesforce_id: null }), {}, 1],
    ['deleted, whatever its values and stamp', signal({}, { deleted: true, stamp: 0 }), {}, 1],
    ['of an ended link', signal({ jobtitle: 'CTO' }), { link: tombstone }, 0],
    ['a state from before our own last write', signal({ jobtitle: 'CFO' }, { stamp: seenAt - 2_000 }), {}, 0],
    ['stamped with what was seen', signal({ jobtitle: 'CFO' }, { stamp: seenAt }), {}, 1],
  ])('%s', async (_what, record, known, expected) => {
    expect(await marks(record, known)).toBe(expected);
  });

  it.each([
    ['the very value that was refused', signal({ jobtitle: 'far too long' }), {}, 0],
    ['another value than the refused one', signal({ jobtitle: 'too long too' }), {}, 1],
    [
      'the refused value and another change',
      signal({ jobtitle: 'far too long', email: 'b@example.com' }),
      {},
      1,
    ],
    [
      'the refused value, unlinked by hand',
      signal({ jobtitle: 'far too long', tandem_salesforce_id: null }),
      {},
      1,
    ],
    ['the blank where the value was refused at creation', leadSignal, { link: withoutBase }, 0],
    [
      'a value entered where the other was refused at creation',
      { ...leadSignal, fields: { ...leadSignal.fields, Title: 'CTO' } },
      { link: withoutBase },
      1,
    ],
  ])('with a parked field: %s', async (_what, record, known, expected) => {
    expect(await marks(record, { ...known, parked: [makeParked({})] })).toBe(expected);
  });

  it('of a value refused under another mapping is tried again', async () => {
    const parked = [makeParked({ refused: digestOf('older', { Title: 'far too long' }) })];
    expect(await marks(signal({ jobtitle: 'far too long' }), { parked })).toBe(1);
  });
});

describe('a signal of a record without link', () => {
  const alone = signal({ tandem_salesforce_id: null });
  const refusedWhole = makeParked({
    unit: 'hubspot:contacts/1',
    field: null,
    refused: digestOf(mappingHash, { Email: 'a@example.com', Title: 'CEO' }),
  });

  it.each([
    ['matchable', alone, [], 1],
    ['without a match key', signal({ email: '', tandem_salesforce_id: null }), [], 0],
    ['deleted', { ...alone, deleted: true }, [], 0],
    ['refused as a whole, and the same', alone, [refusedWhole], 0],
    [
      'refused as a whole, and edited',
      signal({ jobtitle: 'CTO', tandem_salesforce_id: null }),
      [refusedWhole],
      1,
    ],
    ['refused as a whole, and given an identity', signal({}), [refusedWhole], 1],
  ])('%s', async (_what, record, parked, expected) => {
    expect(await marks(record, { link: null, parked })).toBe(expected);
  });
});

describe('a poll that shows what Tandem wrote last', () => {
  const wrote = makeLink({
    base: {
      email: { hubspot: 'a@example.com', salesforce: 'a@example.com' },
      jobtitle: {
        ...{ hubspot: 'CEO', salesforce: 'CEO' },
        wrote: { to: 'salesforce', over: 'CFO', flips: 0, since: 0 },
      },
    },
  });
  const shown = { ...leadSignal, fields: { ...leadSignal.fields, Title: 'CEO' } };

  it('makes every older read of the record a stale one: the answer to a write in Salesforce bears no stamp', () => {
    expect(keptIn(pair, shown, wrote)).toMatchObject({
      base: { jobtitle: { wrote: { kept: true } } },
      stamps: { hubspot: seenAt, salesforce: seenAt + 5_000 },
    });
  });

  it('does not where something else is news, which may be older than the stamp of the record', () => {
    const edited = { ...shown, fields: { ...shown.fields, Email: 'b@example.com' } };
    expect(keptIn(pair, edited, wrote)?.stamps).toEqual(wrote.stamps);
  });

  it('does so in HubSpot but for what its search may be ahead of its other answers', () => {
    const there = { ...wrote.base.jobtitle, wrote: { to: 'hubspot', over: 'CFO', flips: 0, since: 0 } };
    const link = makeLink({ base: { ...wrote.base, jobtitle: there as (typeof wrote.base)[string] } });
    expect(keptIn(pair, signal({}), link)?.stamps).toEqual({ hubspot: seenAt + 4_000, salesforce: seenAt });
  });
});
