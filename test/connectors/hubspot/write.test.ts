import nock from 'nock';
import { describe, expect, it } from 'vitest';
import type { Failure } from '../../../src/model/failure.ts';
import type { WriteOutcome, WriteRow } from '../../../src/model/write.ts';
import {
  complete,
  contacts,
  host,
  invalid,
  makeRecord,
  makeTestConnector,
  makeTestGate,
  notFound,
  stamp,
  token,
  withNock,
  writing,
} from './harness.ts';

withNock();

interface Input {
  readonly id: string;
  readonly objectWriteTraceId: string;
  readonly properties: Record<string, string>;
}

const update = (key: string, id: string, fields: WriteRow['fields'] = { city: 'Ulm' }): WriteRow => ({
  op: 'update',
  key,
  id,
  fields,
});
const upsert = (key: string, identityValue: string): WriteRow => ({
  op: 'upsert',
  key,
  identityField: 'tandem_salesforce_id',
  identityValue,
  fields: { email: `${key}@example.org` },
});
const write = (rows: readonly WriteRow[], gate = makeTestGate()): Promise<readonly WriteOutcome[]> =>
  makeTestConnector(host, gate).writeMany('contacts', rows, writing);
const kinds = (outcomes: readonly WriteOutcome[]): readonly string[] => outcomes.map(({ kind }) => kind);
const failureAt = (outcomes: readonly WriteOutcome[], index = 0): Failure => {
  const outcome = outcomes[index];
  if (outcome?.kind !== 'refused')
    throw new Error(`row ${index} is ${outcome?.kind ?? 'not there'}, not refused`);
  return outcome.failure;
};
const api = () => nock(host);
const inputsOf = async (request: Request): Promise<readonly Input[]> =>
  ((await request.json()) as { inputs: readonly Input[] }).inputs;

/** Answers like HubSpot without partial results: one bad row refuses all. */
const refuseWholeFor = (bad: (input: Input) => boolean, refusal: object, status = 400) => {
  const sizes: number[] = [];
  api()
    .persist()
    .post(contacts('/batch/update'))
    .reply(async (request: Request) => {
      const inputs = await inputsOf(request);
      sizes.push(inputs.length);
      return inputs.some(bad) ? [status, refusal] : [200, complete(inputs.map(({ id }) => makeRecord(id)))];
    });
  return sizes;
};

describe('writeMany to HubSpot', () => {
  it('sends what is to be cleared as an empty string, and each row with its trace id', async () => {
    api()
      .post(contacts('/batch/update'), {
        inputs: [
          { id: '1', objectWriteTraceId: 'a', properties: { city: '', employees: '12', optout: 'false' } },
        ],
      })
      .matchHeader('authorization', `Bearer ${token}`)
      .reply(200, complete([makeRecord('1', {}, { objectWriteTraceId: 'a' })]));
    const outcomes = await write([update('a', '1', { city: null, employees: 12, optout: false })]);
    expect(outcomes).toEqual([{ kind: 'landed', id: '1', created: false, stamp }]);
  });

  it('tells created from updated by `new`, which the client would drop', async () => {
    api()
      .post(contacts('/batch/upsert'), (body) => body.inputs[0].idProperty === 'tandem_salesforce_id')
      .reply(
        200,
        complete([
          makeRecord('12', {}, { new: false, objectWriteTraceId: 'b' }),
          makeRecord('11', { tandem_salesforce_id: '00q1' }, { new: true }),
        ]),
      );
    const outcomes = await write([upsert('a', '00Q1'), upsert('b', '00Q2')]);
    expect(outcomes).toMatchObject([
      { kind: 'landed', id: '11', created: true },
      { kind: 'landed', id: '12', created: false },
    ]);
  });

  it('looks at a 207 row by row', async () => {
    api()
      .post(contacts('/batch/update'))
      .reply(
        207,
        complete(
          [makeRecord('3')],
          [
            notFound(['1'], { objectWriteTraceId: ['a'] }),
            invalid('city', 'INVALID_OPTION', 'Atlantis', { objectWriteTraceId: ['b'] }),
            {
              status: 'error',
              category: 'CONFLICT',
              message: 'Contact already exists. Existing ID: 77',
              context: { objectWriteTraceId: ['d'] },
            },
          ],
        ),
      );
    const outcomes = await write([update('a', '1'), update('b', '2'), update('c', '3'), update('d', '4')]);
    expect(kinds(outcomes)).toEqual(['refused', 'refused', 'landed', 'refused']);
    expect(failureAt(outcomes, 0)).toMatchObject({ category: 'identity', code: 'OBJECT_NOT_FOUND' });
    expect(failureAt(outcomes, 1)).toMatchObject({
      category: 'value',
      code: 'INVALID_OPTION',
      fields: ['city'],
    });
    expect(failureAt(outcomes, 3)).toMatchObject({ category: 'identity', existingId: '77' });
  });

  it('never repeats the values that HubSpot quotes', async () => {
    api()
      .post(contacts('/batch/update'))
      .reply(400, invalid('city', 'STRING_TOO_LONG', 'Mr Private Person'));
    const outcomes = await write([update('a', '1', { city: 'Mr Private Person' })]);
    expect(JSON.stringify(outcomes)).not.toContain('Private');
    expect(JSON.stringify(outcomes)).not.toContain(token);
    expect(failureAt(outcomes)).toMatchObject({ category: 'value', fields: ['city'] });
  });

  it('says unknown for a row in neither results nor errors', async () => {
    api()
      .post(contacts('/batch/update'))
      .reply(200, complete([makeRecord('1')]));
    expect(kinds(await write([update('a', '1'), update('b', '2')]))).toEqual(['landed', 'unknown']);
  });

  it('sends a POST that is answered 502 after commit exactly once', async () => {
    let calls = 0;
    api()
      .persist()
      .post(contacts('/batch/upsert'))
      .reply(() => {
        calls += 1;
        return [502, '<html><body>502 Bad Gateway</body></html>', { 'content-type': 'text/html' }];
      });
    expect(kinds(await write([upsert('a', '00Q1'), upsert('b', '00Q2')]))).toEqual(['unknown', 'unknown']);
    expect(calls).toBe(1);
  });

  it.each([
    ['a body that is not JSON', 200, '{"results":[{"id":"1"'],
    ['a body without results', 200, '{"status":"COMPLETE"}'],
    ['HTML', 200, '<html></html>'],
  ])('says unknown for a 2xx with %s', async (_name, status, body) => {
    api().post(contacts('/batch/update')).reply(status, body);
    expect(kinds(await write([update('a', '1')]))).toEqual(['unknown']);
  });

  it('says unknown for a cut connection, refused for one that was never made', async () => {
    const broken = (code: string) => Object.assign(new Error(code), { code });
    api().post(contacts('/batch/update')).replyWithError(broken('ECONNRESET'));
    api().post(contacts('/batch/update')).replyWithError(broken('ECONNREFUSED'));
    expect(kinds(await write([update('a', '1')]))).toEqual(['unknown']);
    expect(failureAt(await write([update('a', '1')]))).toMatchObject({
      category: 'unavailable',
      code: 'ECONNREFUSED',
    });
  });

  it.each([
    [
      401,
      { category: 'EXPIRED_AUTHENTICATION', message: 'expired 75 second(s) ago.' },
      { category: 'credentials', code: 'EXPIRED_AUTHENTICATION' },
    ],
    [
      403,
      {
        category: 'MISSING_SCOPES',
        message: "This app hasn't been granted all required scopes",
        errors: [{ message: 'x', context: { requiredGranularScopes: ['crm.objects.contacts.write'] } }],
      },
      {
        category: 'permission',
        code: 'MISSING_SCOPES',
        message: expect.stringContaining('crm.objects.contacts.write'),
      },
    ],
    [423, {}, { category: 'locked', retryAfterMs: 2_000 }],
    [
      429,
      { errorType: 'RATE_LIMIT', policyName: 'TEN_SECONDLY_ROLLING' },
      { category: 'throttled', code: 'TEN_SECONDLY_ROLLING' },
    ],
    [
      429,
      { errorType: 'RATE_LIMIT', message: 'You have reached your daily limit.' },
      { category: 'throttled', code: 'DAILY' },
    ],
  ])('a refusal of all with %i is told for every row and not sent again', async (status, body, expected) => {
    api()
      .post(contacts('/batch/update'))
      .reply(status, { status: 'error', ...body });
    const outcomes = await write([update('a', '1'), update('b', '2')]);
    expect(failureAt(outcomes, 0)).toMatchObject(expected);
    expect(failureAt(outcomes, 1)).toEqual(failureAt(outcomes, 0));
  });

  it('waits as long as Retry-After of a 477 says, on every lane', async () => {
    api().post(contacts('/batch/update')).reply(477, '', { 'retry-after': '3600' });
    const gate = makeTestGate();
    expect(failureAt(await write([update('a', '1')], gate))).toMatchObject({
      category: 'throttled',
      retryAfterMs: 3_600_000,
    });
    expect(gate.pauses).toEqual([
      'standard 3600000 MIGRATION_IN_PROGRESS',
      'search 3600000 MIGRATION_IN_PROGRESS',
    ]);
  });

  it('waits as long as Retry-After of a 429 says, on the lane of the limit, and sends nothing again', async () => {
    api()
      .post(contacts('/batch/update'))
      .reply(
        429,
        { status: 'error', errorType: 'RATE_LIMIT', policyName: 'TEN_SECONDLY_ROLLING' },
        { 'retry-after': '7' },
      );
    const gate = makeTestGate();
    expect(failureAt(await write([update('a', '1')], gate))).toMatchObject({
      category: 'throttled',
      code: 'TEN_SECONDLY_ROLLING',
      retryAfterMs: 7_000,
    });
    expect(gate.pauses).toContain('standard 7000 TEN_SECONDLY_ROLLING');
  });

  it('halves a batch that is refused as a whole until the bad row is alone', async () => {
    const sizes = refuseWholeFor(({ id }) => id === '37', invalid('city', 'INVALID_OPTION', 'Atlantis'));
    const rows = Array.from({ length: 100 }, (_, index) => update(`k${index}`, String(index)));
    const outcomes = await write(rows);
    nock.cleanAll();
    expect(outcomes.filter(({ kind }) => kind === 'landed')).toHaveLength(99);
    expect(failureAt(outcomes, 37)).toMatchObject({ category: 'value', fields: ['city'] });
    expect(sizes.length).toBeLessThanOrEqual(15);
  });

  it('finds the row of a whole-batch 409 and the id that is already there', async () => {
    refuseWholeFor(
      ({ id }) => id === '2',
      { category: 'CONFLICT', message: 'Contact already exists. Existing ID: 6001' },
      409,
    );
    const outcomes = await write([update('a', '1'), update('b', '2'), update('c', '3')]);
    nock.cleanAll();
    expect(kinds(outcomes)).toEqual(['landed', 'refused', 'landed']);
    expect(failureAt(outcomes, 1)).toMatchObject({ category: 'identity', existingId: '6001' });
  });

  it('is bounded when every row is bad, and calls the rest refused together, which can be tried again', async () => {
    const sizes = refuseWholeFor(() => true, invalid('city', 'INVALID_OPTION', 'Atlantis'));
    const rows = Array.from({ length: 100 }, (_, index) => update(`k${index}`, String(index)));
    const outcomes = await write(rows);
    nock.cleanAll();
    expect(sizes.length).toBeLessThanOrEqual(48);
    expect(kinds(outcomes)).toEqual(rows.map(() => 'refused'));
    const codes = new Set(rows.map((_, index) => failureAt(outcomes, index).code));
    expect(codes).toEqual(new Set(['INVALID_OPTION', 'REFUSED_TOGETHER']));
    expect(failureAt(outcomes, 99).category).toBe('unavailable');
  });

  it.each([
    ['PROPERTY_DOESNT_EXIST', 'schema'],
    ['READ_ONLY_VALUE', 'permission'],
  ])('parts the rows that carry a property blamed with %s without halving', async (code, category) => {
    const sizes = refuseWholeFor((input) => 'nosuch' in input.properties, invalid('nosuch', code, 'x'));
    const rows = [
      update('a', '1'),
      update('b', '2', { nosuch: 'x' }),
      update('c', '3'),
      update('d', '4', { nosuch: 'y' }),
    ];
    const outcomes = await write(rows);
    nock.cleanAll();
    expect(kinds(outcomes)).toEqual(['landed', 'refused', 'landed', 'refused']);
    expect(failureAt(outcomes, 3)).toMatchObject({ category, code, fields: ['nosuch'] });
    expect(sizes).toEqual([4, 2]);
  });

  it('never names a record twice in one batch, and keeps the order of its rows', async () => {
    const sent: string[][] = [];
    api()
      .persist()
      .post(contacts('/batch/update'))
      .reply(async (request: Request) => {
        const inputs = await inputsOf(request);
        sent.push(inputs.map(({ id, properties }) => `${id}:${properties.city}`));
        return [200, complete(inputs.map(({ id }) => makeRecord(id)))];
      });
    const outcomes = await write([
      update('a', '1', { city: 'A' }),
      update('b', '1', { city: 'B' }),
      update('c', '2', { city: 'C' }),
    ]);
    nock.cleanAll();
    expect(kinds(outcomes)).toEqual(['landed', 'landed', 'landed']);
    expect(sent).toEqual([['1:A', '2:C'], ['1:B']]);
  });

  it('says not sent, which is refused, when it is aborted before its turn', async () => {
    const stop = new AbortController();
    stop.abort(new Error('lease lost'));
    const outcomes = await makeTestConnector().writeMany('contacts', [update('a', '1')], {
      ...writing,
      signal: stop.signal,
    });
    expect(failureAt(outcomes)).toMatchObject({ category: 'unavailable', code: 'NOT_SENT' });
  });

  it('answers nothing for nothing', async () => {
    expect(await write([])).toEqual([]);
  });
});
