import { expect, it, vi } from 'vitest';
import { withObjects } from './simulated-objects.ts';

const objects = withObjects();

/** Companies are found in HubSpot by its search, whose index is up to three seconds behind: slow, and therefore not among the quick tests. */
it('finds companies by their further domains for one account, and for many that are looked up together', async () => {
  const names = Array.from({ length: 12 }, (_, at) => `firm-${at}`);
  const load = async (system: 'hubspot' | 'salesforce', type: string, records: readonly object[]) =>
    ((await objects.simulated.control(system, `records/${type}`, { records })) as { ids: string[] }).ids;
  const companies = await load(
    'hubspot',
    'companies',
    names.map((name) => ({
      ...{ name, domain: `${name}.example` },
      hs_additional_domains: `${name}.test;${name}-old.example`,
    })),
  );
  const accounts = await load(
    'salesforce',
    'Account',
    names.map((Name) => ({ Name, Website: `https://www.${Name}-old.example/` })),
  );
  const { hubspot } = objects.simulated.connect();
  const call = { class: 'live', purpose: 'verify' } as const;
  const domains = names.map((name) => `${name}.example`);
  await vi.waitUntil(
    async () => (await hubspot.findByField('companies', 'domain', domains, [], call)).length === names.length,
    { timeout: 10_000, interval: 100 },
  );
  const [first = '', ...others] = accounts;
  await objects.look('companies', { salesforce: first });
  for (const salesforce of others) await objects.mark('companies', { salesforce });
  await objects.drain();
  const linked = await Promise.all(
    accounts.map(async (id) => (await objects.link('companies', 'salesforce', id))?.ids.hubspot),
  );
  expect(linked).toEqual(companies);
  expect(await objects.live('hubspot', 'companies')).toHaveLength(names.length);
});
