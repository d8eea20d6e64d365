import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { codecKinds } from '../../src/mapping/codecs/registry.ts';
import { hardTexts, longestText, naughtyFew } from '../data/hard-texts.ts';
import { dataForTests, readSources } from '../data/sources.ts';
import type { Person } from './harness/person.ts';
import { Stage } from './harness/stage.ts';

const failuresShape = z.object({
  items: z.array(z.object({ field: z.string().nullable(), code: z.string() })),
});
const explainShape = z.object({
  events: z.array(z.looseObject({ event: z.string(), from: z.unknown(), to: z.unknown(), rule: z.string() })),
});

let stage: Stage;
let person: Person;
let config: string;

/** The mirror, but the person of HubSpot is somebody who loads lists: what they enter is of the lowest rank. */
const makeConfig = (): Promise<string> =>
  stage.changedMirror((text) =>
    text.replace('\nsources:\n', "\nsources:\n  known: { 'hubspot:CRM_UI': import }\n"),
  );

const run = async (): Promise<void> => {
  const args = ['run', '--until-idle', '--config', config, '--data', stage.data, '--port', '0'];
  const { code, stdout, stderr } = await stage.start(args).finish(90_000);
  expect(code, `${stdout.slice(-1_500)}${stderr}`).toBe(0);
};
const ask = async (...args: readonly string[]): Promise<unknown> => {
  const { stdout } = await stage.tandem([...args, '--json', '--config', config, '--data', stage.data]);
  return JSON.parse(stdout);
};
const refusedOf = async (record: string) => failuresShape.parse(await ask('failures', 'show', record)).items;

beforeAll(async () => {
  stage = await Stage.open();
  config = await makeConfig();
  person = await stage.person();
});
afterAll(async () => stage?.close());

describe.skipIf(!dataForTests('e2e/merge'))('Merge, completely: hard texts, sources and addresses', () => {
  let texts: readonly string[] = [];
  const contacts = new Map<string, string>();
  let leadId = '';
  let contactId = '';

  beforeAll(async () => {
    texts = [...hardTexts, ...naughtyFew, ...readSources().naughty];
    const records = texts.map((message, n) => ({
      email: `n${n}@example.com`,
      lastname: `N${n}`,
      company: 'C',
      message,
    }));
    await stage.sandbox.control('hubspot', 'records/contacts', { records });
    const leads = texts.flatMap((Description, n) =>
      Description.length > longestText
        ? []
        : [{ Email: `s${n}@example.com`, LastName: `S${n}`, Company: 'C', Description }],
    );
    await stage.sandbox.control('salesforce', 'records/Lead', { records: leads });
    const address = { Street: '1 Main St', City: 'Bonn', PostalCode: '53111', Country: 'Germany' };
    leadId = await person.createLead({
      LastName: 'Rank',
      Company: 'C',
      Email: 'rank@example.com',
      Title: 'CEO',
      ...address,
    });
    await run();
    for (const record of await stage.sandbox.records('hubspot', 'contacts')) {
      const { email } = z.looseObject({ email: z.string() }).parse(record.properties);
      contacts.set(email, String(record.id));
    }
    contactId = contacts.get('rank@example.com') ?? '';
    expect(contactId).not.toBe('');
  });

  it('lets any text arrive equal, or be refused by name', async () => {
    const text = codecKinds['long-text'].make({});
    const leads = new Map(
      (await stage.sandbox.records('salesforce', 'Lead')).map((lead) => [lead.Email, lead]),
    );
    const astray: string[] = [];
    for (const [n, message] of texts.entries()) {
      const sent = text.hubspot.decode(message);
      const there = text.salesforce.decode(
        z
          .string()
          .nullable()
          .parse(leads.get(`n${n}@example.com`)?.Description ?? null),
      );
      if (JSON.stringify(sent) !== JSON.stringify(there)) astray.push(`n${n}@example.com`);
    }
    // Only what is too long is not there, and it was not cut.
    expect(astray).toEqual(['n2@example.com']);
    expect(leads.get('n2@example.com')?.Description).toBeNull();
    expect(await refusedOf(`hubspot:contacts/${contacts.get('n2@example.com')}`)).toMatchObject([
      { field: 'message', code: 'STRING_TOO_LONG' },
    ]);
  });

  it('and so from Salesforce, where nothing that fits there is too long', async () => {
    const text = codecKinds['long-text'].make({});
    const shown = z.looseObject({ email: z.string(), message: z.string().nullish() });
    const messages = new Map(
      (await stage.sandbox.records('hubspot', 'contacts')).map(({ properties }) => {
        const { email, message } = shown.parse(properties);
        return [email, message];
      }),
    );
    const astray = texts.flatMap((entered, n) => {
      const email = `s${n}@example.com`;
      if (entered.length > longestText) return [];
      const [sent, there] = [
        text.salesforce.decode(entered),
        text.hubspot.decode(messages.get(email) ?? null),
      ];
      return messages.has(email) && JSON.stringify(sent) === JSON.stringify(there) ? [] : [email];
    });
    expect(astray).toEqual([]);
  });

  it('keeps a lower source beside, and takes an address that both sides changed from one side', async () => {
    await person.editContacts([
      {
        id: contactId,
        values: { jobtitle: 'Imported title', city: 'Imported city', address: 'Imported street' },
      },
    ]);
    await person.editLeads([{ id: leadId, values: { PostalCode: '50667', City: 'Köln' } }]);
    await run();
    expect(await person.readLead(leadId)).toMatchObject({ Title: 'CEO', City: 'Köln', Street: '1 Main St' });
    expect(await person.readContact(contactId, 'jobtitle', 'city', 'address', 'zip')).toMatchObject({
      jobtitle: 'Imported title',
      city: 'Köln',
      address: '1 Main St',
      zip: '50667',
    });
    expect(await refusedOf(`hubspot:contacts/${contactId}`)).toMatchObject([
      { field: 'jobtitle', code: 'LOWER_SOURCE' },
    ]);
    const { events } = explainShape.parse(await ask('explain', `hubspot:contacts/${contactId}`, 'jobtitle'));
    expect(events).toContainEqual(
      expect.objectContaining({
        event: 'kept',
        from: 'CEO',
        to: 'Imported title',
        rule: 'source: import below person',
      }),
    );
    const address = explainShape.parse(
      await ask('explain', `hubspot:contacts/${contactId}`, 'address'),
    ).events;
    expect(address).toContainEqual(
      expect.objectContaining({ rule: 'conflict:source:together', overwrote: 'Imported street' }),
    );
  });

  it('takes it when somebody says so', async () => {
    expect(await ask('failures', 'take', `hubspot:contacts/${contactId}`)).toEqual({ taken: 1 });
    await run();
    expect(await person.readLead(leadId)).toMatchObject({ Title: 'Imported title' });
    expect(await refusedOf(`hubspot:contacts/${contactId}`)).toEqual([]);
  });
});
