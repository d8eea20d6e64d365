import { beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import type { Sides, System } from '../../src/model/system.ts';
import { pair, withSimulators } from './simulated.ts';
import { SimulatedObjects } from './simulated-objects.ts';

const idsShape = z.object({ ids: z.array(z.string()) });
const simulated = withSimulators();

const load = async (system: System, type: string, records: readonly object[]): Promise<readonly string[]> =>
  idsShape.parse(await simulated.control(system, `records/${type}`, { records })).ids;
/** Gives a HubSpot object the properties that HubSpot's own integration makes. */
const withProperties = async (object: string, names: readonly string[]): Promise<unknown> =>
  simulated.control('hubspot', 'schema', {
    objects: [{ name: object, properties: names.map((name) => ({ name, type: 'string' })) }],
  });

/** Waits until HubSpot's search, which is seconds behind, shows a record by such an id. */
const untilShown = async (type: string, field: string, id: string): Promise<void> => {
  const call = { class: 'live', purpose: 'match' } as const;
  const { hubspot } = simulated.connect();
  await vi.waitUntil(
    async () => (await hubspot.findByField(type, field, [id.slice(0, 15), id], [], call)).length > 0,
    { timeout: 10_000, interval: 50 },
  );
};

describe("a person whom HubSpot's own integration had with a lead", () => {
  const fields = ['salesforcecontactid', 'salesforceleadid'];
  let number = 0;

  beforeEach(async () => {
    await simulated.fixture.reset();
    for (const system of ['hubspot', 'salesforce'] as const)
      await simulated.control(system, 'reset', { contacts: 0, leads: 0 });
    await withProperties('contacts', fields);
    simulated.pair = { ...pair, native: { fields, line: 1 } };
    number += 1;
  });

  const addressOf = (name: string): string => `${name}.${number}@example.com`;
  const leadOf = async (name: string): Promise<string> => {
    const [id = ''] = await load('salesforce', 'Lead', [
      { Email: addressOf(name), LastName: 'Lee', Company: 'Acme' },
    ]);
    return id;
  };
  const contactOf = async (name: string, more: Readonly<Record<string, string>>): Promise<string> => {
    const [id = ''] = await load('hubspot', 'contacts', [
      { email: addressOf(name), lastname: 'Lee', company: 'Acme', ...more },
    ]);
    for (const [field, value] of Object.entries(more)) await untilShown('contacts', field, value);
    return id;
  };
  const standing = async () => {
    const links = await simulated.fixture.query<Sides<string>>(
      `select hubspot_id as hubspot, salesforce_id as salesforce from tandem.links where ended_at is null order by 1`,
    );
    const { items } = await simulated.fixture.store.status.reviews(pair.name, 100);
    const count = async (system: System, type: string): Promise<number> => {
      const response = await fetch(`${simulated.sandbox.access[system]}/_sandbox/records/${type}`);
      return z.object({ records: z.array(z.unknown()) }).parse(await response.json()).records.length;
    };
    return {
      links,
      asked: items.map(({ ref, cause }) => [ref.id, cause]).toSorted(),
      people: [await count('hubspot', 'contacts'), await count('salesforce', 'Lead')],
    };
  };
  const look = async (...ids: readonly Partial<Sides<string>>[]): Promise<void> => {
    for (const each of ids) await simulated.mark(each);
    await simulated.drain();
  };

  it.each<[string, (ids: Sides<string>) => Promise<void>]>([
    ['the contact first', async ({ hubspot }) => look({ hubspot })],
    ['the lead first', async ({ salesforce }) => look({ salesforce })],
    ['both at the same moment', async (ids) => look(ids)],
    ['a first alignment', async () => simulated.align()],
  ])('is linked with it although their emails differ: %s', async (_what, begin) => {
    const salesforce = await leadOf('ann.old');
    const hubspot = await contactOf('ann', { salesforceleadid: salesforce });
    await begin({ hubspot, salesforce });
    expect(await standing()).toEqual({ links: [{ hubspot, salesforce }], asked: [], people: [1, 1] });
  });

  it('is found by an id of 15 characters, from both sides', async () => {
    const [one, two] = [await leadOf('one.old'), await leadOf('two.old')];
    const first = await contactOf('one', { salesforceleadid: one.slice(0, 15) });
    const second = await contactOf('two', { salesforceleadid: two.slice(0, 15) });
    await look({ hubspot: first });
    await look({ salesforce: two });
    expect((await standing()).links).toEqual([
      { hubspot: first, salesforce: one },
      { hubspot: second, salesforce: two },
    ]);
  });

  it.each(['the contact', 'the other lead', 'both', 'a first alignment'])(
    'is linked with it and not with a lead of the same email, which is a question: %s first',
    async (who) => {
      // The contact keeps its address, which its lead is not given: the other one has it.
      const kept = pair.fields.map((field) =>
        field.name === 'email' ? { ...field, first: 'prefer-hubspot' as const } : field,
      );
      simulated.pair = { ...simulated.pair, fields: kept };
      const salesforce = await leadOf('ann.old');
      const other = await leadOf('ann');
      const hubspot = await contactOf('ann', { salesforceleadid: salesforce });
      if (who === 'the other lead') await look({ salesforce: other });
      if (who === 'both') await look({ hubspot, salesforce: other });
      if (who === 'a first alignment') await simulated.align();
      await look({ hubspot });
      await look({ salesforce: other }, { salesforce });
      const { links, asked, people } = await standing();
      expect(links).toEqual([{ hubspot, salesforce }]);
      expect(asked.map(([id]) => id)).toEqual([other]);
      expect(people).toEqual([1, 2]);
    },
  );

  it('is not linked by email with a lead that the integration had with somebody else', async () => {
    const salesforce = await leadOf('ann');
    const hubspot = await contactOf('ann', {});
    const holder = await contactOf('ann.new', { salesforceleadid: salesforce });
    await look({ hubspot });
    expect(await standing()).toMatchObject({
      links: [],
      asked: [[hubspot, "HubSpot's own integration had the only candidate with another record"]],
    });
    await look({ hubspot: holder });
    expect(await standing()).toMatchObject({
      links: [{ hubspot: holder, salesforce }],
      people: [2, 1],
    });
  });

  it('is a question where the lead is linked with somebody else', async () => {
    const salesforce = await leadOf('bob');
    const bob = await contactOf('bob', {});
    await look({ hubspot: bob });
    const hubspot = await contactOf('ann', { salesforceleadid: salesforce });
    await look({ hubspot });
    expect(await standing()).toEqual({
      links: [{ hubspot: bob, salesforce }],
      asked: [[hubspot, "what HubSpot's own integration had it with is linked elsewhere"]],
      people: [2, 1],
    });
  });

  it('is a question where two contacts hold the id, or one holds two', async () => {
    const [one, two] = [await leadOf('one'), await leadOf('two')];
    const both = await contactOf('one.new', { salesforceleadid: one, salesforcecontactid: two });
    const again = await contactOf('two.new', { salesforceleadid: two });
    await look({ hubspot: both, salesforce: one }, { hubspot: again, salesforce: two });
    const { links, asked, people } = await standing();
    expect({ links, people }).toEqual({ links: [], people: [2, 2] });
    expect(asked.map(([id]) => id)).toEqual([both, again, one, two].toSorted());
  });

  it('is found by email where the id leads nowhere, and nobody is asked', async () => {
    const gone = await leadOf('gone');
    const person = await simulated.asPerson();
    await person.sobject('Lead').destroy(gone);
    const salesforce = await leadOf('ann');
    const hubspot = await contactOf('ann', { salesforceleadid: gone, salesforcecontactid: 'none' });
    await look({ hubspot });
    expect(await standing()).toMatchObject({ links: [{ hubspot, salesforce }], asked: [] });
  });

  it('whose lead was deleted and who has no other is a question, and is not made anew', async () => {
    const gone = await leadOf('gone');
    await (await simulated.asPerson()).sobject('Lead').destroy(gone);
    const hubspot = await contactOf('ann', { salesforceleadid: gone });
    await look({ hubspot });
    expect(await standing()).toMatchObject({
      links: [],
      asked: [[hubspot, "what HubSpot's own integration had it with was deleted"]],
    });
  });

  it('is linked with the contact that the lead was converted to', async () => {
    const lead = await leadOf('ann.old');
    const hubspot = await contactOf('ann', { salesforceleadid: lead });
    const { soap } = await simulated.asPerson();
    const converted = await soap.convertLead({ leadId: lead, convertedStatus: 'Closed - Converted' });
    await look({ hubspot });
    expect((await standing()).links).toEqual([{ hubspot, salesforce: String(converted.contactId) }]);
  });

  it('is created once by those whom no id names', async () => {
    const salesforce = await leadOf('ann');
    const hubspot = await contactOf('bob', {});
    await look({ hubspot, salesforce });
    const { links, asked, people } = await standing();
    expect(links).toHaveLength(2);
    expect({ asked, people }).toEqual({ asked: [], people: [2, 2] });
  });
});

describe("a deal that HubSpot's own integration had with an opportunity", () => {
  const property = 'hs_salesforceopportunityid';
  const objects = new SimulatedObjects(simulated, (file, text) =>
    file === 'deals.yaml' ? text.replace('# native:', 'native:') : text,
  );
  beforeEach(async () => {
    await objects.begin();
    await withProperties('deals', [property]);
  });

  it.each(['hubspot', 'salesforce'] as const)(
    'is linked with it, and not made again: by %s',
    async (side) => {
      const [salesforce = ''] = await load('salesforce', 'Opportunity', [
        { Name: 'Acme, 10 seats', StageName: 'Prospecting', CloseDate: '2026-12-31' },
      ]);
      const [hubspot = ''] = await load('hubspot', 'deals', [
        { dealname: 'Acme', dealstage: 'appointmentscheduled', pipeline: 'default', [property]: salesforce },
      ]);
      await untilShown('deals', property, salesforce);
      await objects.look('deals', { [side]: { hubspot, salesforce }[side] });
      expect((await objects.link('deals', 'hubspot', hubspot))?.ids).toEqual({ hubspot, salesforce });
      expect(await objects.live('hubspot', 'deals')).toHaveLength(1);
      expect(await objects.live('salesforce', 'Opportunity')).toHaveLength(1);
    },
  );
});
