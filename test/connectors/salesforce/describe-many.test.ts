import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reading } from './harness.ts';
import { type LiveOrg, startLiveOrg } from './live-org.ts';

describe('describeMany', () => {
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

  it('tells of each object what describe tells, and of one that is not there that it is not, in one call', async () => {
    const types = ['Lead', 'Contact', 'Nope__c', 'Account', 'Opportunity'];
    await org.connector.describe('Lead', reading);
    const before = await calls();
    const described = await org.connector.describeMany?.(types, reading);
    expect((await calls()) - before).toBe(1);
    expect([...(described?.keys() ?? [])]).toEqual(types);
    for (const type of ['Lead', 'Contact', 'Account', 'Opportunity']) {
      expect(described?.get(type)).toEqual({ description: await org.connector.describe(type, reading) });
    }
    expect(described?.get('Nope__c')).toMatchObject({ failure: { category: 'schema', code: 'NOT_FOUND' } });
  });
});
