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

/** A contact whom a duplicate rule of Salesforce takes for two leads: the question, its candidates side by side, and the answers. */
describe('a question that a duplicate rule of Salesforce asks', () => {
  let stage: Stage;
  let person: Person;
  const contacts: string[] = [];
  let head = '';
  let config = '';

  const leads = async (): Promise<readonly Readonly<Record<string, unknown>>[]> =>
    stage.sandbox.records('salesforce', 'Lead');
  const record = (at: number): string => `hubspot:contacts/${contacts[at]}`;

  beforeAll(async () => {
    stage = await Stage.open();
    person = await stage.person();
    const ng = { LastName: 'Ng', Company: 'Brix' };
    head = await person.createLead({ ...ng, FirstName: 'Ann', Title: 'Head', Email: 'ann@home.example.com' });
    await person.createLead({ ...ng, FirstName: 'Bo', Title: 'Cook', Email: 'bo@home.example.com' });
    await stage.sandbox.control('salesforce', 'rules', [
      { object: 'Lead', kind: 'duplicate', fields: ['LastName', 'Company'], set: { allowSave: true } },
    ]);
    // Nobody of sales' own: each lead would have a contact, and the link, by itself.
    config = await stage.changedMirror((text) => text.replace('  hubspot: matchable', '  hubspot: never'));
    stage.start(['run', '--config', config, '--data', stage.data, '--port', '0']);
    for (const email of ['ann@brix.example.com', 'new@brix.example.com']) {
      const values = { email, firstname: 'Ann', lastname: 'Ng', company: 'Brix', jobtitle: 'Head' };
      contacts.push(await person.createContact(values));
    }
    const both = async (): Promise<true | null> => {
      const { reviews } = (await stage.ask('reviews')).json as { reviews: { record: string }[] };
      const asked = reviews.map((review) => review.record);
      return asked.includes(record(0)) && asked.includes(record(1)) ? true : null;
    };
    await until('both questions', both, 60_000);
  }, 90_000);
  afterAll(async () => stage?.close());

  it('ranks the records that the rule found, and failures names the rule and what to press', async () => {
    const { reviews } = (await stage.ask('reviews', 'show', record(0))).json as {
      reviews: { cause: string; ranked: { record: string; place: number }[]; unranked: string | null }[];
    };
    expect(reviews).toMatchObject([
      {
        cause: expect.stringMatching(/^Salesforce's duplicate rule Standard_Lead_Duplicate_Rule takes it/),
        ranked: [{ record: `salesforce:Lead/${head}`, place: 1 }, { place: 2 }],
        unranked: null,
      },
    ]);
    const { failures } = (await stage.ask('failures')).json as { failures: object[] };
    expect(failures).toMatchObject([
      {
        cause: 'people/salesforce/*/DUPLICATES_DETECTED',
        records: 2,
        next: expect.stringMatching(/tandem reviews show/),
      },
    ]);
  });

  it('does as the person says: the one is that lead, the other is saved beside them', async () => {
    expect(await stage.ask('reviews', 'decide', record(0), 'link', `salesforce:${head}`)).toMatchObject({
      code: 0,
    });
    expect(await stage.ask('reviews', 'decide', record(1), 'create')).toMatchObject({ code: 0 });
    const done = async (): Promise<true | null> => {
      const all = await leads();
      const linked = all.find(({ Id }) => Id === head)?.HubSpot_Id__c === contacts[0];
      return linked && all.some(({ HubSpot_Id__c: id }) => id === contacts[1]) ? true : null;
    };
    await until('both answers', done, 60_000);
    expect(await leads()).toHaveLength(3);
    expect((await stage.ask('failures')).json).toEqual({ failures: [] });
    const { stdout } = await stage.tandem(['verify', '--json', '--config', config, '--data', stage.data]);
    expect(JSON.parse(stdout)).toMatchObject({ unexplained: 0 });
  }, 90_000);
});
