import { afterEach, beforeEach, expect, it } from 'vitest';
import type { WriteRow } from '../../../src/model/write.ts';
import { type FakeAnswer, type FakeSalesforce, startFakeSalesforce } from './fake-salesforce.ts';
import { connectorTo, toId18, writing } from './harness.ts';

const leadId = (n: number): string => toId18(`00Q${String(n).padStart(12, '0')}`) ?? '';
const update = (n: number, fields: WriteRow['fields'] = { City: 'Turin' }): WriteRow => ({
  op: 'update',
  key: `u${n}`,
  id: leadId(n),
  fields,
});

type SentRecord = Readonly<Record<string, unknown>>;

let fake: FakeSalesforce;
const landed: unknown[] = [];
beforeEach(async () => {
  fake = await startFakeSalesforce();
  landed.length = 0;
});
afterEach(async () => {
  await fake.close();
});

/** Refuses a call whole for any such record, as Salesforce does, and lands all others. */
const refuseWhole = (isBad: (record: SentRecord) => boolean, errorCode: string, message: string): void => {
  fake.onApi = ({ body }): FakeAnswer => {
    const { records } = JSON.parse(body) as { records: SentRecord[] };
    if (records.some(isBad)) return { status: 400, json: [{ errorCode, message }] };
    landed.push(...records.map((record) => record.id));
    return { json: records.map(({ id }) => ({ id, success: true, errors: [] })) };
  };
};

it('refuses the rows that write a field which does not exist, and sends the others', async () => {
  refuseWhole(
    (record) => 'nope__c' in record,
    'INVALID_FIELD',
    "No such column 'Nope__c' on sobject of type Lead",
  );
  const rows = [update(0), update(1, { nope__c: 'x' }), update(2), update(3, { nope__c: 'y' })];
  const outcomes = await connectorTo(fake).writeMany('Lead', rows, writing);
  expect(outcomes).toMatchObject([
    { kind: 'landed', id: leadId(0) },
    { kind: 'refused', failure: { category: 'schema', fields: ['Nope__c'] } },
    { kind: 'landed', id: leadId(2) },
    { kind: 'refused', failure: { category: 'schema' } },
  ]);
  expect(fake.apiCalls()).toHaveLength(2);
});

it('finds the one row that makes a request unreadable, and writes each of the others once', async () => {
  refuseWhole(
    (record) => record.AnnualRevenue === 'much',
    'JSON_PARSER_ERROR',
    'Cannot deserialize instance of currency from VALUE_STRING value much',
  );
  const rows = Array.from({ length: 200 }, (_, n) => update(n, { AnnualRevenue: n === 77 ? 'much' : n }));
  const outcomes = await connectorTo(fake).writeMany('Lead', rows, writing);
  expect(outcomes[77]).toMatchObject({
    kind: 'refused',
    failure: { category: 'value', code: 'JSON_PARSER_ERROR' },
  });
  expect(JSON.stringify(outcomes[77])).not.toContain('much');
  expect(outcomes.filter(({ kind }) => kind === 'landed')).toHaveLength(199);
  expect(landed).toHaveLength(199);
  expect(new Set(landed)).toEqual(new Set(rows.map((_, n) => leadId(n)).filter((_id, n) => n !== 77)));
  expect(fake.apiCalls().length).toBeLessThanOrEqual(17);
});

it('gives up the search where everything is refused', async () => {
  refuseWhole(() => true, 'JSON_PARSER_ERROR', 'unreadable');
  const rows = Array.from({ length: 200 }, (_, n) => update(n));
  const outcomes = await connectorTo(fake).writeMany('Lead', rows, writing);
  expect(outcomes.filter(({ kind }) => kind === 'refused')).toHaveLength(200);
  expect(fake.apiCalls().length).toBeLessThan(80);
});

it('does not split what concerns the object as a whole', async () => {
  refuseWhole(() => true, 'INVALID_TYPE', "sObject type 'Nope__c' is not supported.");
  const outcomes = await connectorTo(fake).writeMany('Lead', [update(0), update(1)], writing);
  expect(outcomes).toMatchObject([
    { kind: 'refused', failure: { category: 'schema', code: 'INVALID_TYPE' } },
    { kind: 'refused', failure: { category: 'schema' } },
  ]);
  expect(fake.apiCalls()).toHaveLength(1);
});
