import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reading } from './harness.ts';
import { type LiveOrg, startLiveOrg } from './live-org.ts';

describe('changedAmong', () => {
  let org: LiveOrg;
  beforeAll(async () => {
    org = await startLiveOrg();
  });
  afterAll(() => org.close());

  const changed = async (types: readonly string[], since: number): Promise<readonly string[]> => [
    ...((await org.connector.changedAmong?.(
      types.map((type) => ({ type, since })),
      reading,
    )) ?? []),
  ];
  const calls = async (): Promise<number> => {
    const response = await fetch(`${org.simulator.url}/_sandbox/stats`);
    const stats = (await response.json()) as { calls: { byCaller: { integration?: number } } };
    return stats.calls.byCaller.integration ?? 0;
  };
  const stampOf = async (type: string, id: string): Promise<number> => {
    const record = (await org.connector.readMany(type, [id], ['SystemModstamp'], reading)).get(id);
    return Date.parse(String(record?.fields.SystemModstamp));
  };

  it('tells in one call which objects have something new, deleted records among them', async () => {
    const lead = await org.create('Lead', { LastName: 'Doe', Company: 'Acme' });
    const since = await stampOf('Lead', lead);
    const types = ['Lead', 'Contact', 'Task', 'Event', 'Opportunity'];
    const before = await calls();
    expect(await changed(types, since)).toEqual(['Lead']);
    expect((await calls()) - before).toBe(1);
    expect(await changed(types, since + 60_000)).toEqual([]);
    const task = await org.create('Task', { Subject: 'Call', WhoId: lead });
    await org.person.sobject('Task').destroy(task);
    expect(await changed(types, since)).toEqual(['Lead', 'Task']);
  });

  it('counts what cannot be asked as changed, and asks nothing for nothing', async () => {
    expect(await changed(['Lead', 'Nothing__c'], Date.now() + 3_600_000)).toEqual(['Nothing__c']);
    const before = await calls();
    expect(await changed([], 0)).toEqual([]);
    expect(await calls()).toBe(before);
  });
});
