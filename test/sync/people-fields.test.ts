import { beforeEach, describe, expect, it } from 'vitest';
import type { Sides } from '../../src/model/system.ts';
import { withSimulators } from './simulated.ts';

const simulated = withSimulators();
const { fixture } = simulated;

const hubspotOf = (name: string, salesforce: string): Sides<string> => ({ hubspot: name, salesforce });
const size = hubspotOf('numemployees', 'NumberOfEmployees');
const source = hubspotOf('hs_analytics_source', 'LeadSource');
const owner = hubspotOf('hubspot_owner_id', 'OwnerId');
const calls = hubspotOf('do_not_call', 'DoNotCall');
/** HubSpot's owner Maria Lopez, whom Salesforce knows by the same address. */
const maria = '41629779';

const linked = async (record: Readonly<Record<string, string>>): Promise<Sides<string>> => {
  const [ids] = await simulated.people([{ email: 'ada@example.com', lastname: 'Ada', ...record }]);
  if (!ids) throw new Error('nobody is linked');
  return ids;
};
const look = async (ids: Sides<string>): Promise<void> => {
  await simulated.mark(ids);
  await simulated.drain();
};

beforeEach(async () => {
  await fixture.reset();
  for (const system of ['hubspot', 'salesforce'] as const)
    await simulated.control(system, 'reset', { contacts: 0, leads: 0 });
});

describe('fields of people that are no plain copies', () => {
  it('employees: HubSpot shows the range of Salesforce’s number, and never changes it', async () => {
    const ids = await linked({});
    await simulated.editLeadAsPerson(ids.salesforce, { NumberOfEmployees: '25' });
    await look(ids);
    expect(await simulated.values(ids, size)).toEqual({ hubspot: '5-25', salesforce: 25 });
    await simulated.editContact(ids.hubspot, { numemployees: '1000+' });
    await look(ids);
    expect((await simulated.values(ids, size)).salesforce).toBe(25);
  });

  it('lead source: HubSpot’s goes where nobody chose one, and OFFLINE says nothing', async () => {
    const offline = await linked({ hs_analytics_source: 'OFFLINE' });
    expect((await simulated.values(offline, source)).salesforce).toBeNull();
    await simulated.editContact(offline.hubspot, { hs_analytics_source: 'ORGANIC_SEARCH' });
    await look(offline);
    expect((await simulated.values(offline, source)).salesforce).toBe('Web');
    await simulated.editLeadAsPerson(offline.salesforce, { LeadSource: 'Phone Inquiry' });
    await look(offline);
    expect(await simulated.values(offline, source)).toEqual({
      hubspot: 'ORGANIC_SEARCH',
      salesforce: 'Phone Inquiry',
    });
  });

  it('owner: the same person on both sides; whom Tandem created for nobody is nobody’s', async () => {
    const ids = await linked({});
    expect((await simulated.values(ids, owner)).hubspot ?? '').toBe('');
    await simulated.editContact(ids.hubspot, { hubspot_owner_id: maria });
    await look(ids);
    const users = (await simulated.control('salesforce', 'directory', {
      users: [{ alias: 'mlope' }],
    })) as Readonly<Record<string, string>>;
    expect((await simulated.values(ids, owner)).salesforce).toBe(users.mlope);
    expect(await fixture.query('select field from tandem.parked')).toEqual([]);
  });

  it('do not call: a yes on either side is a yes on both, and is not taken back', async () => {
    const ids = await linked({});
    await simulated.editLeadAsPerson(ids.salesforce, { DoNotCall: 'true' });
    await look(ids);
    expect(await simulated.values(ids, calls)).toEqual({ hubspot: 'true', salesforce: true });
    await simulated.editContact(ids.hubspot, { do_not_call: 'false' });
    await look(ids);
    expect(await simulated.values(ids, calls)).toEqual({ hubspot: 'true', salesforce: true });
  });
});
