import { expect, it } from 'vitest';
import { dumpRows } from '../store/dump.ts';
import { withObjects } from './simulated-objects.ts';

const objects = withObjects();

/** Lines of base, ledger and intents of deals in which one of these stands. */
const tracesInDeals = async (ids: readonly string[]): Promise<readonly string[]> => {
  const { fixture } = objects.simulated;
  const dump = await dumpRows((text, values) => fixture.query(text, values));
  return dump
    .split('\n')
    .filter(
      (line) => /^tandem\.(links|ledger|intents) .*deals/.test(line) && ids.some((id) => line.includes(id)),
    );
};

it('who is erased is taken out of what is kept of their deals, and of no deal itself', async () => {
  const acme = await objects.make('companies', { Name: 'Acme', Website: 'acme.example' });
  const people = [];
  for (const name of ['Ann', 'Bob']) {
    const fields = { LastName: name, Email: `${name}@acme.example`, AccountId: acme.salesforce };
    people.push(await objects.make('contacts', fields));
  }
  const [ann, bob] = people;
  if (!ann || !bob) throw new Error('two people were to be linked');
  const deal = await objects.make('deals', {
    Name: 'Big one',
    StageName: 'Prospecting',
    CloseDate: '2026-12-31',
    AccountId: acme.salesforce,
  });
  const path = (id: string): string =>
    `/crm/v4/objects/deals/${deal.hubspot}/associations/default/contacts/${id}`;
  for (const { hubspot } of [ann, bob]) await objects.hubspot('PUT', path(hubspot));
  await objects.look('deals', { hubspot: deal.hubspot });
  const rolesThere = async () =>
    (await objects.live('salesforce', 'OpportunityContactRole')).map(({ ContactId }) => ContactId).sort();
  expect(await rolesThere()).toEqual([ann.salesforce, bob.salesforce].sort());
  const ids = [ann.hubspot, ann.salesforce];
  const before = await tracesInDeals(ids);
  for (const table of ['links', 'ledger']) {
    expect(
      before.some((line) => line.startsWith(`tandem.${table} `)),
      table,
    ).toBe(true);
  }

  await objects.hubspot('POST', '/crm/v3/objects/contacts/gdpr-delete', { objectId: ann.hubspot });
  await objects.look('contacts', { hubspot: ann.hubspot });
  expect((await objects.link('contacts', 'hubspot', ann.hubspot))?.ended?.cause).toBe('erased in HubSpot');
  expect(await tracesInDeals(ids)).toEqual([]);
  expect((await tracesInDeals([bob.hubspot])).length).toBeGreaterThan(0);

  // A later look at the deal, from either side, brings nothing back and takes nobody out.
  await objects.editHubspot('deals', deal.hubspot, { dealname: 'Bigger one' });
  await objects.look('deals', { ...deal });
  expect((await objects.record('salesforce', 'Opportunity', deal.salesforce))?.Name).toBe('Bigger one');
  expect(await rolesThere()).toEqual([ann.salesforce, bob.salesforce].sort());
  expect(await tracesInDeals(ids)).toEqual([]);

  // So does somebody's word.
  const { rolesIn = [] } = objects.pair('contacts');
  const refs = [
    { system: 'hubspot', type: 'contacts', id: bob.hubspot },
    { system: 'salesforce', type: 'Contact', id: bob.salesforce },
  ] as const;
  const { operator } = objects.simulated.fixture.store;
  await operator.erase('contacts', { refs, keys: [], rolesIn, cause: 'erased by hand' }, true);
  expect(await tracesInDeals([bob.hubspot])).not.toEqual([]);
  await operator.erase('contacts', { refs, keys: [], rolesIn, cause: 'erased by hand' }, false);
  expect(await tracesInDeals([bob.hubspot, bob.salesforce])).toEqual([]);
});
