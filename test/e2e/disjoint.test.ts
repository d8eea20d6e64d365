import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Stage } from './harness/stage.ts';

const people = 200;

describe(`${people} people, one field edited on each side at the same time`, () => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await Stage.open();
    const records = Array.from({ length: people }, (_, n) => ({
      email: `person${n}@example.com`,
      firstname: 'Ada',
      lastname: `Person ${n}`,
      company: 'Example',
      jobtitle: 'Engineer',
      city: 'Bonn',
    }));
    await stage.sandbox.control('hubspot', 'records/contacts', { records });
    await stage.untilIdle();
  });
  afterAll(async () => stage?.close());

  it('loses none of the edits', async () => {
    const person = await stage.person();
    const contacts = (await stage.sandbox.records('hubspot', 'contacts')).map(({ id }) => String(id));
    const leads = (await stage.sandbox.records('salesforce', 'Lead')).map(({ Id }) => String(Id));
    expect([contacts.length, leads.length]).toEqual([people, people]);
    await Promise.all([
      person.editContacts(contacts.map((id) => ({ id, values: { jobtitle: `Title of ${id}` } }))),
      person.editLeads(leads.map((id) => ({ id, values: { City: `City of ${id}` } }))),
    ]);
    await stage.untilIdle();
    const byLead = new Map(
      (await stage.sandbox.records('salesforce', 'Lead')).map((lead) => [String(lead.Id), lead]),
    );
    const lost = (await stage.sandbox.records('hubspot', 'contacts')).filter(({ id, properties }) => {
      const contact = properties as Readonly<Record<string, string | null>>;
      const lead = byLead.get(String(contact.tandem_salesforce_id));
      const title = `Title of ${String(id)}`;
      const city = `City of ${String(lead?.Id)}`;
      return (
        contact.jobtitle !== title || lead?.Title !== title || contact.city !== city || lead.City !== city
      );
    });
    expect(lost).toEqual([]);
    expect((await stage.verify()).drift).toBe(0);
  });
});
