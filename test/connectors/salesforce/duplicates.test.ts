import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WriteOutcome, WriteRow } from '../../../src/model/write.ts';
import { type Org, startOrg } from '../../sandbox/salesforce/org.ts';
import { type FakeSalesforce, startFakeSalesforce } from './fake-salesforce.ts';
import { connectorTo, toId18, writing } from './harness.ts';

const upsert = (
  n: number,
  fields: Readonly<Record<string, string>> = {},
  duplicates?: WriteRow['duplicates'],
): WriteRow => ({
  op: 'upsert',
  key: `k${n}`,
  identityField: 'HubSpot_Id__c',
  identityValue: String(n),
  fields: { LastName: 'Ng', Company: 'Acme', ...fields },
  ...(duplicates === undefined ? {} : { duplicates }),
});

describe('before an org with duplicate rules', async () => {
  const org: Org = await startOrg();
  afterAll(async () => org.close());
  const { clientId, clientSecret } = org.simulator.credentials;

  const write = async (...rows: WriteRow[]): Promise<readonly WriteOutcome[]> =>
    connectorTo(
      { url: org.simulator.url },
      { auth: { kind: 'client-credentials', clientId, clientSecret } },
    ).writeMany('Lead', rows, writing);
  /** How many calls wrote: collections and composites. */
  const calls = async (): Promise<readonly number[]> => {
    const { byRoute } = (await org.control('/stats')).body.calls as { byRoute: Record<string, number> };
    const made = (is: RegExp) =>
      Object.entries(byRoute).reduce((sum, [route, count]) => sum + (is.test(route) ? count : 0), 0);
    return [made(/composite\/sobjects/), made(/composite$/)];
  };
  const leads = async (): Promise<readonly Record<string, unknown>[]> =>
    (await org.control('/records/Lead')).body.records;
  const byEmail = { object: 'Lead', kind: 'duplicate', field: 'Email', name: 'By_email' };
  const alert = { ...byEmail, set: { allowSave: true } };

  beforeEach(async () => {
    await org.control('/reset', { contacts: 0, leads: 0 });
    await org.control('/rules', []);
    await org.renew();
  });

  it('names the records that the rule found, in one more call for 25 rows, and writes the others', async () => {
    const taken = await Promise.all(
      Array.from({ length: 30 }, async (_, n) => org.lead({ Email: `p${n}@acme.example` })),
    );
    await org.control('/rules', [alert]);
    const rows = Array.from({ length: 60 }, (_, n) => upsert(n, { Email: `p${n}@acme.example` }));
    const outcomes = await write(...rows);
    expect(outcomes.slice(0, 30)).toEqual(
      taken.map((id) => ({
        kind: 'refused',
        failure: {
          category: 'identity',
          system: 'salesforce',
          code: 'DUPLICATES_DETECTED',
          message: 'Use one of these records?',
          fields: [],
          duplicates: {
            rule: 'By_email',
            canSave: true,
            matches: [{ system: 'salesforce', type: 'Lead', id }],
          },
        },
      })),
    );
    expect(outcomes.slice(30).every(({ kind }) => kind === 'landed')).toBe(true);
    expect(await leads()).toHaveLength(60);
    expect(await calls()).toEqual([1, 2]);
  });

  it('passes a rule that warns where the row says so, in the first call, and one that blocks never', async () => {
    await org.lead({ Email: 'ann@acme.example' });
    await org.control('/rules', [alert]);
    const row = upsert(1, { Email: 'ann@acme.example' }, 'save');
    expect(await write(row)).toMatchObject([{ kind: 'landed', created: true }]);
    expect(await calls()).toEqual([1, 0]);
    await org.control('/rules', [byEmail]);
    expect(await write(upsert(2, { Email: 'ann@acme.example' }, 'save'))).toMatchObject([
      { kind: 'refused', failure: { duplicates: { canSave: false, matches: [{}, {}] } } },
    ]);
  });

  it('saves what is none of the records ruled out, and nothing where the rule finds somebody else too', async () => {
    const first = await org.lead({ Email: 'ann@acme.example' });
    await org.control('/rules', [alert]);
    const row = (pass: readonly string[]) => upsert(1, { Email: 'ann@acme.example' }, pass);
    expect(await write(row([toId18('00Q000000000999') ?? '']))).toMatchObject([
      { kind: 'refused', failure: { duplicates: { matches: [{ id: first }] } } },
    ]);
    expect(await leads()).toHaveLength(1);
    expect(await write(row([first]))).toMatchObject([{ kind: 'landed', created: true }]);
    expect(await leads()).toHaveLength(2);
  });

  it('says of an update, too, whom the rule means', async () => {
    const other = await org.lead({ Email: 'ann@acme.example' });
    const id = await org.lead({ Email: 'beth@acme.example' });
    await org.control('/rules', [{ ...byEmail, on: 'both' }]);
    const row: WriteRow = {
      op: 'update',
      key: 'u',
      id,
      fields: { Email: 'ann@acme.example', Title: 'Head' },
    };
    expect(await write(row)).toMatchObject([
      { kind: 'refused', failure: { duplicates: { canSave: false, matches: [{ id: other }] } } },
    ]);
  });

  it('tells nobody where the rule names nobody', async () => {
    await org.lead({ Email: 'ann@acme.example', Company: 'Hidden' });
    await org.control('/rules', [alert, { object: 'Lead', kind: 'unshare', when: { Company: 'Hidden' } }]);
    expect(await write(upsert(1, { Email: 'ann@acme.example' }))).toMatchObject([
      { kind: 'refused', failure: { duplicates: { canSave: true, matches: [] } } },
    ]);
  });

  it('does not put a text into a composite that it would take for a reference', async () => {
    await org.lead({ Email: 'ann@acme.example' });
    await org.control('/rules', [alert]);
    const row = (pass?: readonly string[]) =>
      upsert(1, { Email: 'ann@acme.example', Title: '@{row1.id}' }, pass);
    const [outcome] = await write(row());
    expect(outcome).toMatchObject({ kind: 'refused', failure: { code: 'DUPLICATES_DETECTED' } });
    expect(outcome).not.toHaveProperty('failure.duplicates');
    // A person's word holds all the same.
    expect(await write(row([]))).toMatchObject([{ kind: 'landed', created: true }]);
    expect((await leads()).map(({ Title }) => Title)).toContain('@{row1.id}');
  });
});

describe('what the vendor may answer beside that', () => {
  let fake: FakeSalesforce;
  beforeEach(async () => {
    fake = await startFakeSalesforce();
  });
  afterEach(async () => fake.close());

  const found = toId18('00Q000000000007') ?? '';
  const refusal = {
    errorCode: 'DUPLICATES_DETECTED',
    message: 'Use one of these records?',
  };
  const report = (record: unknown) => ({
    allowSave: true,
    duplicateRule: 'By_email',
    matchResults: [{ entityType: 'Lead', matchRecords: [{ record }, { record: { Id: '00Q000000000007' } }] }],
  });
  /** Refuses every row of a collection, and answers composites as given. */
  const answer = (composite: () => { status?: number; json?: unknown; cut?: 'before' }) => {
    fake.onApi = ({ path, body }) => {
      if (path.endsWith('/composite')) return composite();
      const { records } = JSON.parse(body) as { records: unknown[] };
      const errors = [{ statusCode: 'DUPLICATES_DETECTED', message: refusal.message, fields: [] }];
      return { json: records.map(() => ({ success: false, created: true, errors })) };
    };
  };
  const sub = (httpStatusCode: number, body: unknown, referenceId = 'row0') => ({
    json: { compositeResponse: [{ body, httpHeaders: {}, httpStatusCode, referenceId }] },
  });
  const write = async (): Promise<unknown> =>
    (await connectorTo(fake).writeMany('Lead', [upsert(1)], writing))[0];

  it.each(['duplicateResut', 'duplicateResult'])('reads the report under the key %s', async (key) => {
    answer(() => sub(400, [{ ...refusal, [key]: report({ Id: found }) }]));
    expect(await write()).toMatchObject({
      failure: { duplicates: { rule: 'By_email', canSave: true, matches: [{ type: 'Lead', id: found }] } },
    });
  });

  it('takes a report that is not as expected for none: half of it would hide the rest', async () => {
    answer(() => sub(400, [{ ...refusal, duplicateResut: report({ Id: 'what is this' }) }]));
    const outcome = await write();
    expect(outcome).toMatchObject({ kind: 'refused', failure: { code: 'DUPLICATES_DETECTED' } });
    expect(outcome).not.toHaveProperty('failure.duplicates');
  });

  it('knows what was written meanwhile, when the rule is gone', async () => {
    answer(() => sub(201, { id: found, success: true, errors: [], created: true }));
    expect(await write()).toEqual({ kind: 'landed', id: found, created: true, stamp: null });
  });

  it.each([
    ['a cut connection', () => ({ cut: 'before' as const })],
    ['a breakdown of the row', () => sub(500, [{ errorCode: 'UNKNOWN_EXCEPTION', message: 'oops' }])],
    ['an answer without the row', () => sub(400, [refusal], 'row9')],
  ])('leaves the row unknown after %s', async (_name, composite) => {
    answer(composite);
    expect(await write()).toMatchObject({ kind: 'unknown' });
  });

  it('waits where the day’s calls are used up, and keeps the refusal where composites are not allowed', async () => {
    answer(() => ({
      status: 403,
      json: [{ errorCode: 'REQUEST_LIMIT_EXCEEDED', message: 'TotalRequests Limit exceeded.' }],
    }));
    expect(await write()).toMatchObject({ kind: 'refused', failure: { category: 'throttled' } });
    answer(() => ({
      status: 403,
      json: [{ errorCode: 'INSUFFICIENT_ACCESS', message: 'no' }],
    }));
    expect(await write()).toMatchObject({ kind: 'refused', failure: { code: 'DUPLICATES_DETECTED' } });
  });
});
