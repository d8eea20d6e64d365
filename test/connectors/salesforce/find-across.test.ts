import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failureOf, reading } from './harness.ts';
import { type LiveOrg, startLiveOrg } from './live-org.ts';

describe('findAcross', () => {
  let org: LiveOrg;
  beforeAll(async () => {
    org = await startLiveOrg();
  });
  afterAll(() => org.close());

  const calls = async (): Promise<number> => {
    const response = await fetch(`${org.simulator.url}/_sandbox/stats`);
    const stats = (await response.json()) as { calls: { byCaller: { integration?: number } } };
    return stats.calls.byCaller.integration ?? 0;
  };
  const searches = (['Lead', 'Contact'] as const).map((type) => ({
    type,
    field: 'Email',
    fields: ['LastName'],
  }));
  const find = async (values: readonly string[]) =>
    (await org.connector.findAcross?.(searches, values, reading)) ?? [];

  it('finds leads and contacts, deleted ones too, in one call for 500 odd and plain values', async () => {
    const lead = await org.create('Lead', { LastName: 'Doe', Company: 'Acme', Email: 'doe@example.org' });
    const contact = await org.create('Contact', { LastName: 'Doe', Email: 'doe@example.org' });
    const gone = await org.create('Contact', { LastName: "O'Brien", Email: "o'brien@example.org" });
    await org.person.sobject('Contact').destroy(gone);
    const odd = ['', "o'brien@example.org", 'a\\b@example.org', "x') OR (Name != 'x", '%', 'ünï@exämple.org'];
    const others = Array.from({ length: 490 }, (_, at) => `somebody.with.a.long.address.${at}@example.org`);
    await find(['warm up the session']);
    const before = await calls();
    const found = await find(['DOE@example.org', ...odd, ...others]);
    expect((await calls()) - before).toBe(1);
    expect(
      found.map(({ record, matched }) => [record.ref.type, record.ref.id, record.deleted, matched]),
    ).toEqual([
      ['Lead', lead, false, ['doe@example.org']],
      ['Contact', contact, false, ['doe@example.org']],
      ['Contact', gone, true, ["o'brien@example.org"]],
    ]);
    expect(found[0]?.record.fields).toEqual({ LastName: 'Doe' });
  });

  it('follows pages where many are found, and asks nothing where nothing can be found', async () => {
    const records = Array.from({ length: 2_300 }, () => ({
      LastName: 'Twin',
      Company: 'Twins',
      Email: 'twin@example.org',
    }));
    await org.control('/records/Lead', { records });
    const found = await find(['twin@example.org']);
    expect(new Set(found.map(({ record }) => record.ref.id)).size).toBe(2_300);
    const before = await calls();
    expect(await find(['', ' '])).toEqual([]);
    expect(await calls()).toBe(before);
  });

  it('fails as a whole where one type cannot be asked, and is repeated where that can help', async () => {
    await org.control('/rules', [{ object: 'Contact', kind: 'hide', field: 'Email' }]);
    expect(await failureOf(find(['doe@example.org']))).toMatchObject({
      category: 'schema',
      fields: ['Email'],
    });
    await org.control('/rules', []);
    const match = { path: '/composite$', caller: 'integration' };
    await org.control('/faults', [{ match, effect: { status: 503, times: 1 } }]);
    expect((await find(['doe@example.org'])).length).toBe(2);
  });
});
