import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../../src/settings.ts';
import { withObjects } from './simulated-objects.ts';

/** Who works for an account, or is a customer, is created as a contact. */
const rule = "converted.AccountId != null || lifecyclestage == 'customer'";

/** The mirror's people in the place of the example that aligns contacts alone. */
const objects = withObjects((file, text) =>
  file === 'contacts.yaml'
    ? readFileSync(`${repositoryRoot}config/presets/mirror/mappings/people.yaml`, 'utf8').replace(
        /^ {2}salesforce: matchable$/m,
        `  salesforce: matchable\n  converted: "${rule}"`,
      )
    : text,
);

/** The association that makes a company somebody's primary one (associations v4, contact to company). */
const primary = { associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 1 };

/** Somebody in HubSpot, of a company where one is named. */
const person = async (name: string, company?: string, more: Readonly<Record<string, string>> = {}) => {
  const properties = { email: `${name}@example.com`, firstname: name, lastname: 'Ng', ...more };
  const { id = '' } = await objects.hubspot('POST', '/crm/v3/objects/contacts', { properties });
  if (company !== undefined) {
    const path = `/crm/v4/objects/contacts/${id}/associations/companies/${company}`;
    await objects.hubspot('PUT', path, [primary]);
  }
  return id;
};

const company = async (name: string, domain: string): Promise<string> => {
  const { id = '' } = await objects.hubspot('POST', '/crm/v3/objects/companies', {
    properties: { name, domain },
  });
  return id;
};

/** Emails in Salesforce by object, with the account. */
const there = async () => ({
  leads: (await objects.live('salesforce', 'Lead')).map(({ Email }) => Email),
  contacts: (await objects.live('salesforce', 'Contact')).map(({ Email, AccountId }) => [Email, AccountId]),
});

const createdAs = async (id: string): Promise<readonly string[]> => {
  const rows = await objects.simulated.fixture.query<{ rule: string }>(
    `select l.rule from tandem.ledger l join tandem.links k on k.salesforce_id = l.record_id
     where l.event = 'create' and k.hubspot_id = '${id}' order by l.id`,
  );
  return rows.map((row) => row.rule);
};

describe('create.converted', () => {
  it('makes a contact of who works for an account and of a customer, a lead of everybody else, and says why', async () => {
    const acme = await objects.make('companies', { Name: 'Acme', Website: 'acme.example' });
    const ann = await person('ann', acme.hubspot);
    const bo = await person('bo');
    const cy = await person('cy', undefined, { lifecyclestage: 'customer' });
    for (const hubspot of [ann, bo, cy]) await objects.look('people', { hubspot });
    expect(await there()).toEqual({
      leads: ['bo@example.com'],
      contacts: [
        ['ann@example.com', acme.salesforce],
        ['cy@example.com', null],
      ],
    });
    expect(await createdAs(ann)).toEqual([`create as Contact: create.converted holds: ${rule}`]);
    expect(await createdAs(bo)).toEqual([`create as Lead: create.converted does not hold: ${rule}`]);
    const links = await Promise.all([ann, bo].map((id) => objects.link('people', 'hubspot', id)));
    expect(links.map((link) => link?.types?.salesforce)).toEqual(['Contact', 'Lead']);
    expect(await objects.unexplained()).toEqual([]);
  });

  it('keeps what somebody is, whatever becomes of what the rule asks for', async () => {
    const acme = await objects.make('companies', { Name: 'Acme', Website: 'acme.example' });
    const ann = await person('ann', acme.hubspot);
    const bo = await person('bo');
    for (const hubspot of [ann, bo]) await objects.look('people', { hubspot });
    const before = await Promise.all([ann, bo].map((id) => objects.link('people', 'hubspot', id)));
    await objects.editHubspot('contacts', bo, { lifecyclestage: 'customer', jobtitle: 'Pilot' });
    await objects.hubspot('DELETE', `/crm/v4/objects/contacts/${ann}/associations/companies/${acme.hubspot}`);
    for (const hubspot of [ann, bo]) await objects.look('people', { hubspot });
    const after = await Promise.all([ann, bo].map((id) => objects.link('people', 'hubspot', id)));
    expect(after.map((link) => link?.ids)).toEqual(before.map((link) => link?.ids));
    expect(await there()).toEqual({ leads: ['bo@example.com'], contacts: [['ann@example.com', null]] });
    expect((await objects.live('salesforce', 'Lead')).map(({ Title }) => Title)).toEqual(['Pilot']);
  });

  it('waits for a company that is new as well, and asks for it where nobody has told of it', async () => {
    const acme = await company('Acme', 'acme.example');
    const ann = await person('ann', acme);
    await objects.mark('people', { hubspot: ann });
    await objects.worked('people');
    expect(await there()).toEqual({ leads: [], contacts: [] });
    await objects.drain();
    const account = (await objects.link('companies', 'hubspot', acme))?.ids.salesforce;
    expect(await there()).toEqual({ leads: [], contacts: [['ann@example.com', account]] });
  });

  it('does not wait for a company of which nothing becomes', async () => {
    const nameless = await company('Acme', '');
    const ann = await person('ann', nameless);
    await objects.look('people', { hubspot: ann });
    expect(await there()).toEqual({ leads: ['ann@example.com'], contacts: [] });
  });

  it('links whoever is there already, as a lead or as a contact, and asks where there are both', async () => {
    const acme = await objects.make('companies', { Name: 'Acme', Website: 'acme.example' });
    await objects.simulated.control('salesforce', 'records/Lead', {
      records: [
        { LastName: 'Ng', Company: 'Acme', Email: 'ann@example.com' },
        { LastName: 'Ng', Company: 'Acme', Email: 'cy@example.com' },
      ],
    });
    await objects.simulated.control('salesforce', 'records/Contact', {
      records: [
        { LastName: 'Ng', Email: 'bo@example.com' },
        { LastName: 'Ng', Email: 'cy@example.com' },
      ],
    });
    const ann = await person('ann', acme.hubspot);
    const bo = await person('bo');
    const cy = await person('cy', acme.hubspot);
    for (const hubspot of [ann, bo, cy]) await objects.look('people', { hubspot });
    const links = await Promise.all([ann, bo, cy].map((id) => objects.link('people', 'hubspot', id)));
    expect(links.map((link) => link?.types?.salesforce)).toEqual(['Lead', 'Contact', undefined]);
    expect((await objects.reviews()).map(({ record_id }) => record_id)).toEqual([cy]);
    const { leads, contacts } = await there();
    expect([leads.length, contacts.length]).toEqual([2, 2]);
  });

  it('creates nobody twice where the answer is lost, whichever form it was', async () => {
    const acme = await objects.make('companies', { Name: 'Acme', Website: 'acme.example' });
    const upserts = { method: 'PATCH', path: '/composite/sobjects/(Lead|Contact)/' };
    const lost = [{ match: upserts, effect: { drop: 'after', times: 2 } }];
    const [ann, bo] = [await person('ann', acme.hubspot), await person('bo')];
    for (const hubspot of [ann, bo]) await objects.mark('people', { hubspot });
    await objects.simulated.control('salesforce', 'faults', lost);
    await objects.worked('people');
    expect(await objects.simulated.fixture.query('select op from tandem.intents')).toHaveLength(2);
    await objects.simulated.fixture.query(`update tandem.intents set deadline = now()`);
    // Between the two tries the rule's answer turns: the record that is there already counts.
    await objects.editHubspot('contacts', bo, { lifecyclestage: 'customer' });
    await objects.drain();
    await objects.simulated.control('salesforce', 'faults', []);
    expect(await there()).toEqual({
      leads: ['bo@example.com'],
      contacts: [['ann@example.com', acme.salesforce]],
    });
  });
});
