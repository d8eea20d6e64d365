import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Stage } from '../e2e/harness/stage.ts';
import { until } from '../e2e/harness/until.ts';

describe('Failures: values that the other side refuses', () => {
  let stage: Stage;
  const idOf = async (email: string): Promise<string> => {
    const contacts = await stage.sandbox.records('hubspot', 'contacts');
    const found = contacts.find(({ properties }) => (properties as { email?: string }).email === email);
    return String(found?.id);
  };
  const leadOf = async (contact: string) =>
    (await stage.sandbox.records('salesforce', 'Lead')).find((lead) => lead.HubSpot_Id__c === contact);

  beforeAll(async () => {
    stage = await Stage.open();
    await stage.sandbox.control('salesforce', 'rules', [
      {
        object: 'Lead',
        kind: 'validation',
        field: 'City',
        when: { City: 'Atlantis' },
        message: 'No such city.',
      },
      {
        object: 'Lead',
        kind: 'validation',
        field: 'Industry',
        when: { Industry: 'Alchemy' },
        code: 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
        message: 'Industry: bad value for restricted picklist field: Alchemy',
      },
      { object: 'Lead', kind: 'validation', when: { State: 'Utopia' }, message: 'Nobody lives there.' },
    ]);
    const person = (name: string, more: Record<string, string> = {}) => ({
      email: `${name}@example.com`,
      lastname: name,
      company: 'Example',
      ...more,
    });
    await stage.sandbox.control('hubspot', 'records/contacts', {
      records: [
        person('long', { jobtitle: 'x'.repeat(200), city: 'Bonn' }),
        person('ruled', { city: 'Atlantis', jobtitle: 'Diver' }),
        person('unread', { annualrevenue: '1e400', city: 'Ulm' }),
        person('listed', { industry: 'Alchemy', city: 'Kiel' }),
        person('fine', { jobtitle: 'Engineer' }),
        person('whole', { state: 'Utopia' }),
      ],
    });
    await stage.sandbox.control('salesforce', 'records/Lead', {
      records: [{ Email: 'someone@nowhere.co-uk', LastName: 'Odd', Company: 'Example' }],
    });
    await stage.untilIdle();
  });
  afterAll(async () => stage?.close());

  it('parks the field by name; the other fields and records go on', async () => {
    expect(await leadOf(await idOf('long@example.com'))).toMatchObject({ Title: null, City: 'Bonn' });
    expect(await leadOf(await idOf('ruled@example.com'))).toMatchObject({ City: null, Title: 'Diver' });
    expect(await leadOf(await idOf('listed@example.com'))).toMatchObject({ Industry: null, City: 'Kiel' });
    expect(await leadOf(await idOf('fine@example.com'))).toMatchObject({ Title: 'Engineer' });
  });

  it('makes no contact of a lead whose address HubSpot does not take, and leaves the lead as it is', async () => {
    expect(await idOf('someone@nowhere.co-uk')).toBe('undefined');
    const odd = (await stage.sandbox.records('salesforce', 'Lead')).filter(
      ({ LastName }) => LastName === 'Odd',
    );
    expect(odd).toMatchObject([{ Email: 'someone@nowhere.co-uk', HubSpot_Id__c: null }]);
    expect((await stage.status()).problems.map(({ what }) => what)).toContain(
      'people: email refused by hubspot: INVALID_EMAIL',
    );
  });

  it('says of a value that cannot be read where it stands, not that somebody refuses it', async () => {
    expect(await leadOf(await idOf('unread@example.com'))).toMatchObject({
      AnnualRevenue: null,
      City: 'Ulm',
    });
    const { problems } = await stage.status();
    expect(problems.find(({ what }) => what.includes('UNREADABLE_VALUE'))).toMatchObject({
      what: 'people: annualrevenue held in hubspot: UNREADABLE_VALUE',
      next: expect.stringMatching(/^Correct the value where it stands, or the kind/),
    });
  });

  it('names in status what, cause, fault and the next step, and no value', async () => {
    const { problems } = await stage.status();
    const told = JSON.stringify(problems);
    expect(told).toContain('jobtitle refused by salesforce: STRING_TOO_LONG');
    expect(told).toContain('city refused by salesforce: FIELD_CUSTOM_VALIDATION_EXCEPTION');
    expect(told).toContain('industry refused by salesforce: INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST');
    expect(told).not.toMatch(/xxxx|Alchemy|nowhere/);
    expect(problems.every(({ fault, next }) => fault === 'data' && next !== '')).toBe(true);
    expect((await stage.verify()).unexplained).toBe(0);
  });

  it('names who could not be created for a rule that blames no field, and takes a value of theirs that is corrected', async () => {
    const [whole, cause] = [
      await idOf('whole@example.com'),
      'people/salesforce/*/FIELD_CUSTOM_VALIDATION_EXCEPTION',
    ];
    expect((await stage.ask('failures', 'show', cause)).json).toMatchObject({
      items: [{ record: `hubspot:contacts/${whole}`, hubspotId: whole, salesforceId: null, field: null }],
    });
    expect(await leadOf(whole)).toBeUndefined();
    expect((await stage.ask('failures', 'edit', `hubspot:contacts/${whole}`, 'State=Texas')).code).toBe(0);
    await stage.untilIdle();
    expect(await leadOf(whole)).toMatchObject({ State: 'Texas' });
    expect((await stage.ask('failures', 'show', cause)).json).toEqual({ items: [] });
  });

  it('is not planned to be sent once more: a run would not do it either', async () => {
    expect((await stage.ask('plan')).json).toMatchObject({
      creates: { hubspot: 0, salesforce: 0 },
      updates: { hubspot: 0, salesforce: 0 },
    });
  });

  it('shows an email that another record has within seconds, not after the last look', async () => {
    const person = await stage.person();
    const lead = await leadOf(await idOf('fine@example.com'));
    const known = new Set((await stage.status()).problems.map(({ what }) => what));
    const worker = stage.run();
    await worker.event('alignment-done');
    await person.editLeads([{ id: String(lead?.Id), values: { Email: 'ruled@example.com' } }]);
    const taken = async () =>
      (await stage.status()).problems.find(
        ({ what }) => /^people: (email|whole record)/.test(what) && !known.has(what),
      ) ?? null;
    expect(await until('the refused email in status', taken, 30_000)).toMatchObject({
      fault: 'data',
      next: expect.stringContaining('HubSpot'),
    });
    // A correction helps each of them.
    const { failed, parked } = await stage.status();
    expect(failed).toBe(parked);
    await person.editLeads([{ id: String(lead?.Id), values: { Email: 'finer@example.com' } }]);
    await until('its end', async () => ((await taken()) === null ? true : null), 60_000);
    await worker.stop();
  });

  it('takes a corrected value by itself', async () => {
    const person = await stage.person();
    const [long, ruled] = [await idOf('long@example.com'), await idOf('ruled@example.com')];
    await person.editContacts([
      { id: long, values: { jobtitle: 'Short' } },
      { id: ruled, values: { city: 'Athens' } },
    ]);
    await stage.untilIdle();
    expect(await leadOf(long)).toMatchObject({ Title: 'Short' });
    expect(await leadOf(ruled)).toMatchObject({ City: 'Athens' });
    const { problems } = await stage.status();
    expect(problems.filter(({ what }) => /jobtitle|city/.test(what))).toEqual([]);
  });
});
