import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Person } from './harness/person.ts';
import { Stage } from './harness/stage.ts';

const explainShape = z.object({ events: z.array(z.looseObject({ event: z.string(), rule: z.string() })) });

let stage: Stage;
let person: Person;
let config: string;

/** The mirror for people whom sales cares about. */
const makeConfig = (): Promise<string> => {
  const scope = `scope: { hubspot: "hs_lead_status != 'UNQUALIFIED'", salesforce: "Status != 'Closed - Not Converted'" }`;
  return stage.changedMirror((text) => text.replace('\nsources:\n', `\n${scope}\nsources:\n`));
};

const run = async (): Promise<void> => {
  const args = ['run', '--until-idle', '--config', config, '--data', stage.data, '--port', '0'];
  const { code, stdout, stderr } = await stage.start(args).finish(60_000);
  expect(code, `${stdout.slice(-1_500)}${stderr}`).toBe(0);
};
const ask = async (...args: readonly string[]): Promise<unknown> => {
  const { stdout } = await stage.tandem([...args, '--json', '--config', config, '--data', stage.data]);
  return JSON.parse(stdout);
};
const leadOf = async (email: string) =>
  (await stage.sandbox.records('salesforce', 'Lead')).find((lead) => lead.Email === email);
const rulesOf = async (record: string): Promise<readonly string[]> =>
  explainShape
    .parse(await ask('explain', record))
    .events.filter(({ event }) => event === 'scope')
    .map(({ rule }) => rule);

beforeAll(async () => {
  stage = await Stage.open();
  config = await makeConfig();
  person = await stage.person();
});
afterAll(async () => stage?.close());

describe('Scope and consent: who takes part, and an opt-out', () => {
  let known = '';
  let stranger = '';

  beforeAll(async () => {
    const common = { lastname: 'L', company: 'C' };
    known = await person.createContact({ email: 'known@example.com', ...common, hs_lead_status: 'NEW' });
    stranger = await person.createContact({
      email: 'far@example.com',
      ...common,
      hs_lead_status: 'UNQUALIFIED',
    });
    await run();
  });

  it('creates nobody who takes no part, and explain says why', async () => {
    expect(await leadOf('known@example.com')).toBeDefined();
    expect(await leadOf('far@example.com')).toBeUndefined();
    expect((await rulesOf(`hubspot:contacts/${stranger}`)).join()).toContain(
      "hs_lead_status != 'UNQUALIFIED'",
    );
  });

  it('keeps the link of one who leaves, lets consent alone flow, and looks at one who enters', async () => {
    const lead = String((await leadOf('known@example.com'))?.Id);
    await person.editContacts([
      { id: known, values: { hs_lead_status: 'UNQUALIFIED', jobtitle: 'CEO' } },
      { id: stranger, values: { hs_lead_status: 'NEW' } },
    ]);
    await person.editLeads([{ id: lead, values: { HasOptedOutOfEmail: true, Title: 'Boss' } }]);
    await run();
    expect(await leadOf('far@example.com')).toBeDefined();
    const shown = await person.readContact(known, 'hs_email_optout', 'jobtitle');
    expect(shown).toMatchObject({ hs_email_optout: 'true', jobtitle: 'CEO' });
    expect(await leadOf('known@example.com')).toMatchObject({ Title: 'Boss' });
    expect((await rulesOf(`hubspot:contacts/${known}`)).join()).toContain('takes no part');
    const verified = await stage.tandem(['verify', '--json', '--config', config, '--data', stage.data]);
    const { items } = z
      .object({ items: z.array(z.looseObject({ why: z.string() })) })
      .parse(JSON.parse(verified.stdout));
    expect(items).toMatchObject([{ field: 'jobtitle', why: 'out of scope' }]);
  });

  it('sends what was changed meanwhile once somebody is back, and never takes a yes back', async () => {
    await person.editContacts([{ id: known, values: { hs_lead_status: 'OPEN' } }]);
    const lead = String((await leadOf('known@example.com'))?.Id);
    await person.editLeads([{ id: lead, values: { HasOptedOutOfEmail: false } }]);
    await run();
    const { jobtitle, hs_email_optout } = await person.readContact(known, 'hs_email_optout', 'jobtitle');
    expect(hs_email_optout).toBe('true');
    expect(await leadOf('known@example.com')).toMatchObject({ Title: jobtitle, HasOptedOutOfEmail: true });
  });
});

describe('Scope and consent: somebody who takes no part on either side, and was never linked', () => {
  const names = ['contact-says', 'lead-says'] as const;
  const people = new Map<string, { readonly contact: string; readonly lead: string }>();
  const idsOf = (name: string) => {
    const ids = people.get(name);
    if (!ids) throw new Error(`${name} was not made`);
    return ids;
  };
  const addressOf = (name: string): string => `${name}@example.com`;

  beforeAll(async () => {
    for (const name of [...names, 'stranger-says']) {
      const common = { email: addressOf(name), lastname: 'Out', company: 'C' };
      const contact = await person.createContact({
        ...common,
        jobtitle: 'Clerk',
        hs_lead_status: 'UNQUALIFIED',
      });
      if (name === 'stranger-says') continue;
      const out = { Email: addressOf(name), LastName: 'Out', Company: 'C', Status: 'Closed - Not Converted' };
      people.set(name, { contact, lead: await person.createLead({ ...out, Title: 'Boss' }) });
    }
    await run();
  });

  it('is nobody that Tandem links by itself', async () => {
    for (const name of names) {
      const { contact, lead } = idsOf(name);
      expect((await rulesOf(`hubspot:contacts/${contact}`)).join()).toContain('takes no part');
      expect((await person.readLead(lead)).HubSpot_Id__c).toBeNull();
    }
  });

  it('goes from each side to the other, no other field does, and nobody is created for it', async () => {
    await person.optOut(addressOf('contact-says'));
    await person.optOut(addressOf('stranger-says'));
    await person.editLeads([{ id: idsOf('lead-says').lead, values: { HasOptedOutOfEmail: true } }]);
    await run();
    for (const name of names) {
      const { contact, lead } = idsOf(name);
      expect(await person.readLead(lead)).toMatchObject({ HasOptedOutOfEmail: true, Title: 'Boss' });
      const shown = await person.readContact(contact, 'hs_email_optout', 'jobtitle');
      expect(shown).toMatchObject({ hs_email_optout: 'true', jobtitle: 'Clerk' });
    }
    expect(await leadOf(addressOf('stranger-says'))).toBeUndefined();
  });
});

describe('Scope and consent: a person with several leads', () => {
  const persons = {
    says: { contact: '', primary: '', follower: '' },
    hears: { contact: '', primary: '', follower: '' },
  };
  const names = ['says', 'hears'] as const;
  const leadWith = async (id: string) =>
    (await stage.sandbox.records('salesforce', 'Lead')).find((lead) => lead.Id === id);

  beforeAll(async () => {
    const make = (name: string) =>
      person.createContact({ email: `${name}@example.com`, lastname: 'Twice', company: 'C' });
    const twins = { says: ['', ''], hears: ['', ''] };
    for (const name of names) twins[name] = [await make(`${name}-a`), await make(`${name}-b`)];
    await run();
    for (const name of names) {
      const [first = '', second = ''] = twins[name];
      persons[name].contact = await person.mergeContacts(first, second);
    }
    await run();
    const leads = await stage.sandbox.records('salesforce', 'Lead');
    for (const name of names) {
      const own = persons[name];
      const idOf = (is: (identity: string) => boolean) =>
        String(leads.find((lead) => is(String(lead.HubSpot_Id__c)))?.Id);
      // Which number a follower has tells in what order the links were looked at.
      own.primary = idOf((identity) => identity === own.contact);
      own.follower = idOf((identity) => identity.startsWith(`${own.contact}.`));
      expect([own.primary, own.follower]).not.toContain('undefined');
    }
    await person.editLeads([{ id: persons.says.follower, values: { HasOptedOutOfEmail: true } }]);
    await person.optOut('hears-a@example.com');
    await run();
  }, 180_000);

  it('a yes of the follower is one of the contact and of the primary lead', async () => {
    const { contact, primary } = persons.says;
    expect(await person.readContact(contact, 'hs_email_optout')).toMatchObject({ hs_email_optout: 'true' });
    expect(await leadWith(primary)).toMatchObject({ HasOptedOutOfEmail: true });
  });

  it('a yes of the contact reaches the follower', async () => {
    const { primary, follower } = persons.hears;
    for (const id of [primary, follower]) {
      expect(await leadWith(id)).toMatchObject({ HasOptedOutOfEmail: true });
    }
  });
});
