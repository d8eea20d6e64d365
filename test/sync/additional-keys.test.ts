import { beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import type { Sides, System } from '../../src/model/system.ts';
import { fieldsOf } from '../../src/sync/engine.ts';
import { marksOf } from '../../src/sync/intake.ts';
import { pair, withSimulators } from './simulated.ts';
import { SimulatedObjects } from './simulated-objects.ts';

const idsShape = z.object({ ids: z.array(z.string()) });
const statsShape = z.object({ calls: z.object({ byCaller: z.record(z.string(), z.number()) }) });

const simulated = withSimulators();
let number = 0;

const load = async (system: System, type: string, records: readonly object[]): Promise<readonly string[]> =>
  idsShape.parse(await simulated.control(system, `records/${type}`, { records })).ids;
const emptied = async (): Promise<void> => {
  await simulated.fixture.reset();
  for (const system of ['hubspot', 'salesforce'] as const)
    await simulated.control(system, 'reset', { contacts: 0, leads: 0 });
};

describe('a contact that has further addresses', () => {
  beforeEach(async () => {
    await emptied();
    simulated.pair = pair;
    number += 1;
  });

  const addressOf = (name: string): string => `${name}.${number}@example.com`;
  const contactOf = (more: string, fields: object = {}) => ({
    ...{ email: addressOf('ann.new'), hs_additional_emails: more, lastname: 'Lee', company: 'Acme' },
    ...fields,
  });
  const leadOf = (name: string) => ({ Email: addressOf(name), LastName: 'Lee', Company: 'Acme' });

  /** Ann's contact, with a former address, and a lead of that one; nobody is looked at yet. */
  const ann = async (): Promise<Sides<string>> => {
    const more = [addressOf('ann'), addressOf('ann.old')].join(';');
    const [hubspot = ''] = await load('hubspot', 'contacts', [contactOf(more)]);
    const [salesforce = ''] = await load('salesforce', 'Lead', [leadOf('ann.old')]);
    return { hubspot, salesforce };
  };
  /** Who is there, and what is asked: ids alone. */
  const standing = async () => {
    const { store } = simulated.fixture;
    const links = await simulated.fixture.query<Sides<string>>(
      'select hubspot_id as hubspot, salesforce_id as salesforce from tandem.links where ended_at is null',
    );
    const { items } = await store.status.reviews(pair.name, 100);
    const count = async (system: System, type: string): Promise<number> => {
      const response = await fetch(`${simulated.sandbox.access[system]}/_sandbox/records/${type}`);
      return z.object({ records: z.array(z.unknown()) }).parse(await response.json()).records.length;
    };
    return {
      links,
      asked: items.map(({ ref, candidates }) => [ref.id, ...candidates.map(({ id }) => id)]),
      people: { hubspot: await count('hubspot', 'contacts'), salesforce: await count('salesforce', 'Lead') },
    };
  };
  const calls = async (): Promise<number> => {
    const made = await Promise.all(
      (['hubspot', 'salesforce'] as const).map(async (system) => {
        const response = await fetch(`${simulated.sandbox.access[system]}/_sandbox/stats`);
        return statsShape.parse(await response.json()).calls.byCaller.integration ?? 0;
      }),
    );
    return made.reduce((sum, each) => sum + each, 0);
  };

  it.each<[string, (ids: Sides<string>) => Promise<void>]>([
    ['the contact first', async ({ hubspot }) => simulated.mark({ hubspot })],
    ['the lead first', async ({ salesforce }) => simulated.mark({ salesforce })],
    ['both at the same moment', async (ids) => simulated.mark(ids)],
    ['a first alignment', async () => simulated.align()],
  ])('is linked with the lead of one of them, and nobody is created: %s', async (_what, look) => {
    const ids = await ann();
    await look(ids);
    await simulated.drain();
    expect(await standing()).toEqual({ links: [ids], asked: [], people: { hubspot: 1, salesforce: 1 } });
    // HubSpot's contact has both addresses, and says which is the primary one.
    const primary = addressOf('ann.new');
    expect(await simulated.values(ids, { hubspot: 'email', salesforce: 'Email' })).toEqual({
      hubspot: primary,
      salesforce: primary,
    });
  });

  it('is a question where two leads have an address each, whoever is looked at first', async () => {
    const ids = await ann();
    const [other = ''] = await load('salesforce', 'Lead', [leadOf('ann.new')]);
    await simulated.mark({ hubspot: ids.hubspot });
    await simulated.drain();
    const people = { hubspot: 1, salesforce: 2 };
    const leads = [ids.salesforce, other];
    const first = await standing();
    expect(first).toMatchObject({ links: [], people });
    expect(first.asked.map(([asked, ...rest]) => [asked, ...rest.sort()])).toEqual([
      [ids.hubspot, ...leads.toSorted()],
    ]);
    for (const lead of leads) await simulated.mark({ salesforce: lead });
    await simulated.drain();
    const later = await standing();
    expect(later).toMatchObject({ links: [], people });
    expect(later.asked.map(([asked]) => asked).sort()).toEqual([ids.hubspot, ...leads].sort());
  });

  it('whose lead of one address is linked is asked about where another lead has the other', async () => {
    const ids = await ann();
    await simulated.align();
    const [late = ''] = await load('salesforce', 'Lead', [leadOf('ann')]);
    await simulated.mark({ salesforce: late });
    await simulated.drain();
    expect(await standing()).toEqual({
      links: [ids],
      asked: [[late, ids.salesforce, ids.hubspot]],
      people: { hubspot: 1, salesforce: 2 },
    });
  });

  it('is looked at again when an address is added to it, told by a poll', async () => {
    simulated.pair = { ...pair, create: { hubspot: 'never', salesforce: 'never' } };
    const [hubspot = ''] = await load('hubspot', 'contacts', [contactOf('')]);
    const [salesforce = ''] = await load('salesforce', 'Lead', [leadOf('ann.old')]);
    await simulated.align();
    expect((await standing()).links).toEqual([]);
    await load('hubspot', 'contacts', [{ id: hubspot, hs_additional_emails: addressOf('ann.old') }]);
    const context = simulated.context();
    const call = { class: 'live', purpose: 'poll' } as const;
    const fields = fieldsOf(simulated.pair, 'hubspot');
    const read = await context.systems.hubspot.readMany('contacts', [hubspot], fields, call);
    await context.store.commitSignals(await marksOf(context, [...read.values()], 'live', 'poll'));
    await simulated.drain();
    expect((await standing()).links).toEqual([{ hubspot, salesforce }]);
  });

  it('costs no further call', async () => {
    const callsFor = async (more: string): Promise<number> => {
      await emptied();
      const [hubspot = ''] = await load('hubspot', 'contacts', [contactOf(more)]);
      const [salesforce = ''] = await load('salesforce', 'Lead', [leadOf('ann.new')]);
      const before = await calls();
      await simulated.mark({ salesforce });
      await simulated.drain();
      expect((await standing()).links).toEqual([{ hubspot, salesforce }]);
      return (await calls()) - before;
    };
    const plain = await callsFor('');
    expect(await callsFor([addressOf('ann'), addressOf('ann.old')].join(';'))).toBe(plain);
  });
});

describe('a company that has further domains', () => {
  const objects = new SimulatedObjects(simulated);
  beforeEach(async () => objects.begin());

  const acme = {
    ...{ name: 'Acme', domain: 'acme.example' },
    hs_additional_domains: 'acme.test;www.acme-old.example',
  };
  const formerly = { Name: 'Acme, formerly', Website: 'https://www.acme-old.example/de' };
  const counts = async () => ({
    hubspot: (await objects.live('hubspot', 'companies')).length,
    salesforce: (await objects.live('salesforce', 'Account')).length,
  });

  it('is linked with the account of one of them', async () => {
    const [hubspot = ''] = await load('hubspot', 'companies', [acme]);
    const [salesforce = ''] = await load('salesforce', 'Account', [formerly]);
    await objects.look('companies', { hubspot });
    expect((await objects.link('companies', 'hubspot', hubspot))?.ids).toEqual({ hubspot, salesforce });
    expect(await counts()).toEqual({ hubspot: 1, salesforce: 1 });
  });

  it('is a question where two accounts have a domain each', async () => {
    const [hubspot = ''] = await load('hubspot', 'companies', [acme]);
    await load('salesforce', 'Account', [{ Name: 'Acme', Website: 'acme.example' }, formerly]);
    await objects.look('companies', { hubspot });
    expect(await objects.link('companies', 'hubspot', hubspot)).toBeUndefined();
    expect(await objects.reviews()).toEqual([
      { record_id: hubspot, cause: 'several candidates have the same match key' },
    ]);
    expect(await counts()).toEqual({ hubspot: 1, salesforce: 2 });
  });
});

describe("a person whom HubSpot's own integration had with a lead of another email", () => {
  const native = { fields: ['salesforcecontactid', 'salesforceleadid'], line: 1 };
  beforeEach(async () => {
    await emptied();
    await simulated.control('hubspot', 'schema', {
      objects: [
        { name: 'contacts', properties: native.fields.map((name) => ({ name, type: 'string' as const })) },
      ],
    });
    simulated.pair = { ...pair, native };
    number += 1;
  });
  const linked = async () =>
    simulated.fixture.query<Sides<string>>(
      'select hubspot_id as hubspot, salesforce_id as salesforce from tandem.links where ended_at is null order by 1',
    );

  it('is linked with it by the id that it left, from both sides', async () => {
    const leads = await load(
      'salesforce',
      'Lead',
      ['one', 'two'].map((name) => ({
        ...{ Email: `${name}.old.${number}@example.com`, LastName: 'Lee', Company: 'Acme' },
      })),
    );
    const contacts = await load(
      'hubspot',
      'contacts',
      leads.map((id, at) => ({
        ...{ email: `native.${at}.${number}@example.com`, lastname: 'Lee', company: 'Acme' },
        salesforceleadid: at === 0 ? id : id.slice(0, 15),
      })),
    );
    await simulated.mark({ hubspot: contacts[0] ?? '' });
    await simulated.drain();
    const [first] = await linked();
    expect(first).toEqual({ hubspot: contacts[0], salesforce: leads[0] });
    // HubSpot's search, by which a lead looks for such a contact, is seconds behind.
    const call = { class: 'live', purpose: 'match' } as const;
    const { hubspot } = simulated.connect();
    await vi.waitUntil(
      async () => {
        const ids = [(leads[1] ?? '').slice(0, 15)];
        return (await hubspot.findByField('contacts', 'salesforceleadid', ids, [], call)).length > 0;
      },
      { timeout: 10_000, interval: 20 },
    );
    await simulated.mark({ salesforce: leads[1] ?? '' });
    await simulated.drain();
    expect(await linked()).toEqual(contacts.map((id, at) => ({ hubspot: id, salesforce: leads[at] })));
  });
});
