import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Person } from './harness/person.ts';
import { Stage } from './harness/stage.ts';
import { until } from './harness/until.ts';

/** A contact whose email two leads have: whom Tandem asks about, and what becomes of the answer `create`. */
describe('Identity: a question that is answered with somebody new', () => {
  let stage: Stage;
  let person: Person;
  let contact = '';
  let leads: readonly string[] = [];

  const recordsOf = async (email: string): Promise<readonly Readonly<Record<string, unknown>>[]> =>
    (await stage.sandbox.records('salesforce', 'Lead')).filter((lead) => lead.Email === email);
  const own = (): string => `hubspot:contacts/${contact}`;
  const untilLead = async (fits: (lead: Readonly<Record<string, unknown>>) => boolean): Promise<string> =>
    until(
      'a lead that fits',
      async () => {
        const lead = (await stage.sandbox.records('salesforce', 'Lead')).find(fits);
        return lead ? String(lead.Id) : null;
      },
      30_000,
    );
  const untilAsked = async (cause: string, records: number): Promise<void> => {
    await until(
      `${records} questions, one of them that ${cause}`,
      async () => {
        const { reviews } = (await stage.ask('reviews')).json as { reviews: { cause: string }[] };
        const fits = reviews.some((review) => review.cause === cause);
        return fits && reviews.length === records ? true : null;
      },
      60_000,
    );
  };
  const asked = async (): Promise<readonly string[]> =>
    ((await stage.ask('reviews')).json as { reviews: { record: string }[] }).reviews.map(
      ({ record }) => record,
    );

  beforeAll(async () => {
    stage = await Stage.open();
    person = await stage.person();
    leads = [
      await person.createLead({
        Email: 'info@brix.example.com',
        LastName: 'Ng',
        FirstName: 'Bo',
        Company: 'Brix',
      }),
      await person.createLead({
        Email: 'info@brix.example.com',
        LastName: 'Ito',
        FirstName: 'Cy',
        Company: 'Brix',
      }),
    ];
    contact = await person.createContact({
      email: 'info@brix.example.com',
      firstname: 'Ann',
      lastname: 'Lee',
    });
    stage.run();
    await untilAsked('several records have the same match key', 3);
  });
  afterAll(async () => stage?.close());

  it('waits for the answer, then is created once beside its candidates', async () => {
    expect(await stage.ask('reviews', 'decide', own(), 'create')).toMatchObject({
      code: 0,
      json: { decided: { record: own(), create: 'salesforce' } },
    });
    await untilLead(({ HubSpot_Id__c }) => HubSpot_Id__c === contact);
    const all = await recordsOf('info@brix.example.com');
    const created = all.filter(({ Id }) => !leads.includes(String(Id)));
    expect(created).toMatchObject([{ FirstName: 'Ann', LastName: 'Lee', HubSpot_Id__c: contact }]);
    expect(all).toHaveLength(3);
    expect((await stage.ask('explain', own())).json).toMatchObject({
      link: { hubspotId: contact, salesforceId: created[0]?.Id },
    });
  });

  it('is never asked again, and its edits flow', async () => {
    await person.editContacts([{ id: contact, values: { jobtitle: 'Pilot' } }]);
    await person.editLeads(leads.map((id) => ({ id, values: { Title: 'Cook' } })));
    await untilLead(({ HubSpot_Id__c, Title }) => HubSpot_Id__c === contact && Title === 'Pilot');
    const all = await recordsOf('info@brix.example.com');
    expect(all.map(({ LastName, Title }) => `${LastName} ${Title}`).sort()).toEqual([
      'Ito Cook',
      'Lee Pilot',
      'Ng Cook',
    ]);
    expect(await asked()).toEqual(leads.map((id) => `salesforce:Lead/${id}`).sort());
    expect(await stage.ask('reviews', 'decide', own(), 'create')).toMatchObject({ code: 2 });
  });

  it('is told where HubSpot can have no second contact with the email', async () => {
    const [first] = leads;
    expect((await stage.ask('reviews', 'decide', `salesforce:${first}`, 'create')).code).toBe(0);
    await untilAsked('decided to be new, but HubSpot has a contact with its email already', 2);
    await person.editLeads([{ id: String(first), values: { Email: 'bo@brix.example.com' } }]);
    await untilLead(({ Id, HubSpot_Id__c }) => Id === first && typeof HubSpot_Id__c === 'string');
    expect((await stage.verify()).unexplained).toBe(0);
  });
});
