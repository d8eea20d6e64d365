import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WriteRow } from '../../../src/model/write.ts';
import { type FakeSalesforce, startFakeSalesforce } from './fake-salesforce.ts';
import { connectorTo, toId18, writing } from './harness.ts';

const leadId = (n: number): string => toId18(`00Q${String(n).padStart(12, '0')}`) ?? '';
const update = (n: number, fields = {}): WriteRow => ({ op: 'update', key: `u${n}`, id: leadId(n), fields });
const upsert = (value: string, fields = {}): WriteRow => ({
  op: 'upsert',
  key: `e${value}`,
  identityField: 'HubSpot_Id__c',
  identityValue: value,
  fields,
});

interface Sent {
  readonly allOrNone: boolean;
  readonly records: Record<string, unknown>[];
}

let fake: FakeSalesforce;
beforeEach(async () => {
  fake = await startFakeSalesforce();
  // Lands everything: an upsert as a creation, under an id made of its external id.
  fake.onApi = ({ body }) => ({
    json: (JSON.parse(body) as Sent).records.map((record) => ({
      id: record.id ?? leadId(Number(record.HubSpot_Id__c)),
      success: true,
      created: record.id === undefined,
      errors: [],
    })),
  });
});
afterEach(async () => {
  await fake.close();
});

const sent = (): Sent[] => fake.apiCalls().map(({ body }) => JSON.parse(body) as Sent);

describe('writeMany', () => {
  it('sends updates by id, 200 a call, each row for itself', async () => {
    const rows = Array.from({ length: 401 }, (_, n) => update(n, { City: `c${n}`, Phone: null }));
    const outcomes = await connectorTo(fake).writeMany('Lead', rows, writing);
    expect(outcomes).toEqual(
      rows.map((_, n) => ({ kind: 'landed', id: leadId(n), created: false, stamp: null })),
    );
    expect(sent().map(({ records }) => records.length)).toEqual([200, 200, 1]);
    expect(sent()[0]?.allOrNone).toBe(false);
    expect(sent()[0]?.records[3]).toEqual({
      attributes: { type: 'Lead' },
      id: leadId(3),
      City: 'c3',
      Phone: null,
    });
    expect(fake.apiCalls()[0]).toMatchObject({
      method: 'PATCH',
      path: '/services/data/v62.0/composite/sobjects',
    });
  });

  it('sends upserts by their external id, which is a field of the row', async () => {
    const outcomes = await connectorTo(fake).writeMany('Lead', [upsert('7', { LastName: 'Rossi' })], writing);
    expect(outcomes).toEqual([{ kind: 'landed', id: leadId(7), created: true, stamp: null }]);
    expect(fake.apiCalls()[0]?.path).toBe('/services/data/v62.0/composite/sobjects/Lead/HubSpot_Id__c');
    expect(sent()[0]?.records).toEqual([
      { attributes: { type: 'Lead' }, LastName: 'Rossi', HubSpot_Id__c: '7' },
    ]);
  });

  it('says who it is, keeps the owner and leaves no recent items', async () => {
    await connectorTo(fake).writeMany('Lead', [update(1)], writing);
    expect(fake.apiCalls()[0]?.headers).toMatchObject({
      'sforce-auto-assign': 'FALSE',
      'sforce-call-options': 'client=tandem',
      'sforce-mru': 'updateMru=false',
    });
  });

  it('never puts two rows for one record into one call, and keeps their order', async () => {
    const rows = [
      update(1, { City: 'first' }),
      { ...update(1, { City: 'second' }), id: leadId(1).slice(0, 15) },
      update(2),
      upsert('A', { City: 'third' }),
      upsert('a', { City: 'fourth' }),
    ];
    const outcomes = await connectorTo(fake).writeMany('Lead', rows, writing);
    expect(outcomes).toHaveLength(5);
    const cities = sent().map(({ records }) => records.map((record) => record.City));
    expect(cities).toEqual([['first', undefined], ['third'], ['second'], ['fourth']]);
  });

  it('gives each row its own outcome, in the order of the rows', async () => {
    fake.onApi = () => ({
      json: [
        { success: false, errors: [{ statusCode: 'STRING_TOO_LONG', message: 'x', fields: ['City'] }] },
        { id: leadId(2), success: true, errors: [] },
      ],
    });
    const rows = [update(1), { ...update(0), id: 'nonsense' }, update(2)];
    const outcomes = await connectorTo(fake).writeMany('Lead', rows, writing);
    expect(outcomes).toMatchObject([
      { kind: 'refused', failure: { code: 'STRING_TOO_LONG', fields: ['City'] } },
      { kind: 'refused', failure: { code: 'MALFORMED_ID', category: 'request' } },
      { kind: 'landed', id: leadId(2) },
    ]);
  });

  it('does not write to a record whose write before is unknown', async () => {
    fake.onApi = () => ({ cut: 'before' });
    const outcomes = await connectorTo(fake).writeMany('Lead', [update(1), update(1)], writing);
    expect(outcomes).toMatchObject([{ kind: 'unknown' }, { kind: 'refused', failure: { code: 'NOT_SENT' } }]);
    expect(fake.apiCalls()).toHaveLength(1);
  });

  it('refuses rows whose identity field cannot be one, without rejecting', async () => {
    const row: WriteRow = { op: 'upsert', key: 'k', identityField: 'a/b', identityValue: '1', fields: {} };
    const outcomes = await connectorTo(fake).writeMany('Lead', [row], writing);
    expect(outcomes).toMatchObject([{ kind: 'refused', failure: { category: 'schema' } }]);
    expect(fake.requests).toHaveLength(0);
  });

  it('makes no call for no rows', async () => {
    expect(await connectorTo(fake).writeMany('Lead', [], writing)).toEqual([]);
    expect(fake.requests).toHaveLength(0);
  });
});
