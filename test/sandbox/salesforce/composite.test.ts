import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { base, type Org, startOrg } from './org.ts';

describe('Salesforce simulator: composite', () => {
  let org: Org;
  beforeAll(async () => {
    org = await startOrg();
  });
  afterAll(() => org.close());

  const send = (compositeRequest: readonly unknown[], more: object = {}) =>
    org.call('POST', `${base}/composite`, { compositeRequest, ...more });
  const get = (referenceId: string, url: string) => ({ method: 'GET', url: `${base}${url}`, referenceId });

  it('carries out requests in order, as one call, and puts earlier answers into later requests', async () => {
    const account = {
      method: 'POST',
      url: `${base}/sobjects/Account`,
      referenceId: 'a',
      body: { Name: 'Acme' },
    };
    const contact = {
      method: 'POST',
      url: `${base}/sobjects/Contact`,
      referenceId: 'c',
      body: { LastName: 'Doe', AccountId: '@{a.id}' },
    };
    const query = "/query?q=SELECT+Id,Account.Name+FROM+Contact+WHERE+AccountId='@{a.id}'";
    const usage = async () =>
      Number(/=(\d+)\//.exec((await org.call('GET', base)).headers.get('sforce-limit-info') ?? '')?.[1]);
    const before = await usage();
    const { status, body } = await send([
      account,
      contact,
      get('q', query),
      get('n', `/sobjects/Contact/@{q.records[0].Id}`),
    ]);
    expect((await usage()) - before).toBe(2);
    expect(status).toBe(200);
    const [a, c, q, n] = body.compositeResponse;
    expect([a.httpStatusCode, c.httpStatusCode, q.httpStatusCode, n.httpStatusCode]).toEqual([
      201, 201, 200, 200,
    ]);
    expect(q.body.records).toMatchObject([{ Account: { Name: 'Acme' } }]);
    expect(n.body).toMatchObject({ LastName: 'Doe', AccountId: a.body.id });
  });

  it('answers each failure for itself and halts what depends on it', async () => {
    const bad = { method: 'POST', url: `${base}/sobjects/Account`, referenceId: 'bad', body: {} };
    const { body } = await send([
      bad,
      get('dependent', '/sobjects/Account/@{bad.id}'),
      get('free', '/query?q=SELECT+Id+FROM+User+LIMIT+1'),
      get('nowhere', '/nowhere'),
    ]);
    expect(body.compositeResponse.map((one: { httpStatusCode: number }) => one.httpStatusCode)).toEqual([
      400, 400, 200, 404,
    ]);
    expect(body.compositeResponse[0].body[0].errorCode).toBe('REQUIRED_FIELD_MISSING');
    expect(body.compositeResponse[1].body[0].errorCode).toBe('PROCESSING_HALTED');
  });

  it('refuses the whole where it is too large, ambiguous or malformed', async () => {
    const one = get('x', '/query?q=SELECT+Id+FROM+User+LIMIT+1');
    const many = Array.from({ length: 6 }, (_, at) => ({ ...one, referenceId: `x${at}` }));
    for (const requests of [
      many,
      [one, one],
      [{ ...one, referenceId: '' }],
      [],
      [{ ...one, httpHeaders: { Accept: 'x' } }],
    ]) {
      expect((await send(requests)).status).toBe(400);
    }
    expect((await send([one], { allOrNone: true })).status).toBe(400);
  });
});
