import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Child } from './harness/child.ts';
import type { Person } from './harness/person.ts';
import { Stage } from './harness/stage.ts';
import { until } from './harness/until.ts';
import { type Channel, openChannel } from './harness/webhook.ts';

const people = 3;
const failuresShape = z.object({
  failures: z.array(z.looseObject({ cause: z.string(), records: z.number(), next: z.string() })),
});
const statusShape = z.looseObject({
  problems: z.array(z.looseObject({ what: z.string(), records: z.number() })),
});

let stage: Stage;
let person: Person;
let channel: Channel;
let worker: Child;
let config = '';
let contacts: readonly string[] = [];

/** A list of Salesforce that takes these values alone, and a text of HubSpot that may hold any. */
const tiers = async (...picklist: readonly string[]): Promise<void> => {
  const fields = [{ name: 'Tier__c', label: 'Tier', type: 'picklist', picklist, restricted: true }];
  await stage.sandbox.control('salesforce', 'schema', {
    objects: ['Lead', 'Contact'].map((name) => ({ name, fields })),
  });
};

const ask = async (command: string) => {
  const { stdout } = await stage.tandem([command, '--json', '--config', config, '--data', stage.data]);
  return JSON.parse(stdout) as unknown;
};
const leads = async () =>
  (await stage.sandbox.records('salesforce', 'Lead')).filter(({ HubSpot_Id__c: id }) =>
    contacts.includes(String(id)),
  );
const leadsSay = async (field: string, value: string): Promise<void> => {
  await until(`${field} of all leads`, async () => {
    expect((await leads()).map((lead) => lead[field])).toEqual(contacts.map(() => value));
    return true;
  });
};

beforeAll(async () => {
  stage = await Stage.open();
  channel = await openChannel();
  person = await stage.person();
  await tiers('Gold', 'Silver');
  await stage.sandbox.control('hubspot', 'schema', {
    objects: [{ name: 'contacts', properties: [{ name: 'tier', type: 'string' }] }],
  });
  config = await stage.changedMirror((text) =>
    text.replace(
      /^fields:\n/m,
      'fields:\n  - { hubspot: tier, salesforce: Tier__c, kind: text, direction: both, conflict: newest, tie: salesforce }\n',
    ),
  );
  worker = stage.start(['run', '--config', config, '--data', stage.data, '--port', '0'], {
    env: { TANDEM_ALERT_WEBHOOK: channel.url, TANDEM_SCHEMA_SECONDS: '1' },
  });
  await worker.event('alignment-done', 120_000);
  contacts = await Promise.all(
    Array.from({ length: people }, (_, nth) =>
      person.createContact({ email: `ann${nth}@example.com`, lastname: 'Ng', company: 'Acme', tier: 'Gold' }),
    ),
  );
  await leadsSay('Tier__c', 'Gold');
}, 240_000);
afterAll(async () => {
  await stage?.close();
  await channel?.close();
});

describe('Failures: an alert of each change of state', () => {
  it('a value that the list does not have is parked by field, told once whatever the number, and never by its words', async () => {
    await person.editContacts(contacts.map((id) => ({ id, values: { tier: 'Bronze', jobtitle: 'Pilot' } })));
    await leadsSay('Title', 'Pilot');
    expect((await leads()).map(({ Tier__c: tier }) => tier)).toEqual(contacts.map(() => 'Gold'));
    const code = 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST';
    const { failures } = failuresShape.parse(await ask('failures'));
    expect(failures).toEqual([
      expect.objectContaining({ cause: `people/salesforce/tier/${code}`, records: people }),
    ]);
    await until('the alert', () => (channel.texts.length > 0 ? true : null));
    const { problems } = statusShape.parse(await ask('status'));
    expect(problems).toMatchObject([
      { what: `people: tier refused by salesforce: ${code}`, records: people },
    ]);
    expect(channel.texts).toEqual([
      expect.stringContaining(`Tandem: people: tier refused by salesforce: ${code} (since 20`),
    ]);
    expect(channel.texts[0]).toMatch(/\nCause: .+\nFault: data\nNext: .+/);
    expect(channel.texts.join('')).not.toMatch(/Bronze|ann\d|example\.com/);
  });

  it('goes by itself once the list has it, and the end is told once, too', async () => {
    await tiers('Gold', 'Silver', 'Bronze');
    await leadsSay('Tier__c', 'Bronze');
    await until('the end in the channel', () => (channel.texts.length > 1 ? true : null));
    expect(channel.texts.slice(1)).toEqual([expect.stringMatching(/^Tandem: over: people: tier refused/)]);
    expect(failuresShape.parse(await ask('failures')).failures).toEqual([]);
    expect(statusShape.parse(await ask('status')).problems).toEqual([]);
  });
});
