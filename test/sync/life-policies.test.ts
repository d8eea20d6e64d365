import { beforeEach, describe, expect, it } from 'vitest';
import { learnOwners } from '../../src/commands/run/owners.ts';
import { type LifeEventPolicies, lifeEventDefaults } from '../../src/model/life-events.ts';
import type { Sides, System } from '../../src/model/system.ts';
import { decidedCause } from '../../src/sync/identity.ts';
import { mirrorMappings as mappings } from '../mirror.ts';
import { pair, withSimulators } from './simulated.ts';

const simulated = withSimulators();
const { fixture } = simulated;

const policies = (chosen: Partial<LifeEventPolicies>): void => {
  simulated.pair = { ...pair, lifeEvents: { ...lifeEventDefaults, ...chosen } };
};

const person = async (
  ...others: readonly Readonly<Record<string, string>>[]
): Promise<readonly Sides<string>[]> =>
  simulated.people([
    { email: 'ann@example.com', lastname: 'Ann', company: 'Acme', jobtitle: 'first' },
    ...others,
  ]);

const one = <T>([first]: readonly T[]): T => {
  if (first === undefined) throw new Error('there is none');
  return first;
};

const hubspot = async (method: string, path: string): Promise<void> => {
  const { access } = simulated.sandbox;
  const response = await fetch(`${access.hubspot}${path}`, {
    method,
    headers: { authorization: `Bearer ${access.hubspotPersonToken}` },
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status}`);
};

const look = async (ids: Partial<Sides<string>>): Promise<void> => {
  await simulated.mark(ids);
  await simulated.drain();
};

const reviews = async () =>
  fixture.query<{ record_id: string; cause: string }>('select record_id, cause from tandem.reviews');
const parked = async () =>
  fixture.query<{ system: System; field: string; code: string; message: string; next_step: string }>(
    `select system, field, failure ->> 'code' as code, failure ->> 'message' as message, next_step
     from tandem.parked order by field`,
  );
const linkOf = async (id: string) => (await fixture.store.engine.linksOf(pair.name, 'hubspot', [id])).get(id);

const title = { hubspot: 'jobtitle', salesforce: 'Title' };
const email = { hubspot: 'email', salesforce: 'Email' };

beforeEach(async () => {
  await fixture.reset();
  await simulated.control('hubspot', 'reset', { contacts: 0, leads: 0 });
  await simulated.control('salesforce', 'reset', { contacts: 0, leads: 0 });
  simulated.pair = pair;
  return () => {
    simulated.pair = pair;
  };
});

describe('delete and archive', () => {
  it.each([
    ['end', 0],
    ['ask', 1],
  ] as const)('a contact that was archived, %s: the link ends, with %i questions', async (choice, asked) => {
    policies({ archive: choice });
    const ids = one(await person());
    await hubspot('DELETE', `/crm/v3/objects/contacts/${ids.hubspot}`);
    await look({ hubspot: ids.hubspot });
    expect((await linkOf(ids.hubspot))?.ended?.cause).toBe('deleted in HubSpot');
    expect(await reviews()).toHaveLength(asked);
    expect((await simulated.values(ids, title)).salesforce).toBe('first');
  });

  it.each([
    ['end', 0],
    ['ask', 1],
  ] as const)('a lead that was deleted, %s: the link ends, with %i questions', async (choice, asked) => {
    policies({ delete: choice });
    const ids = one(await person());
    await (await simulated.asPerson()).sobject('Lead').destroy(ids.salesforce);
    await look({ salesforce: ids.salesforce });
    expect((await linkOf(ids.hubspot))?.ended?.cause).toBe('deleted in Salesforce');
    expect((await reviews()).map(({ record_id }) => record_id)).toEqual(Array(asked).fill(ids.hubspot));
    expect((await simulated.values(ids, title)).hubspot).toBe('first');
  });
});

describe('undelete', () => {
  const restored = async (choice: LifeEventPolicies['undelete']): Promise<Sides<string>> => {
    policies({ undelete: choice });
    const ids = one(await person());
    await hubspot('DELETE', `/crm/v3/objects/contacts/${ids.hubspot}`);
    await look({ hubspot: ids.hubspot });
    await simulated.control('hubspot', 'recycle-bin', { object: 'contacts', restore: [ids.hubspot] });
    await look({ hubspot: ids.hubspot });
    return ids;
  };

  it('revives the link', async () => {
    const ids = await restored('revive');
    expect((await linkOf(ids.hubspot))?.ended).toBeNull();
  });

  it('asks, and does as the person says', async () => {
    const ids = await restored('ask');
    expect((await linkOf(ids.hubspot))?.ended?.cause).toBe('deleted in HubSpot');
    expect(await reviews()).toEqual([
      { record_id: ids.hubspot, cause: 'it is back, and was linked with this record before' },
    ]);
    const ref = { system: 'hubspot', type: 'contacts', id: ids.hubspot } as const;
    await fixture.store.engine.commitSignals([
      { pair: pair.name, ref, class: 'live', stamp: null, cause: decidedCause },
    ]);
    await simulated.drain();
    expect((await linkOf(ids.hubspot))?.ended).toBeNull();
    expect(await reviews()).toEqual([]);
  });

  it.each(['revive', 'ask'] as const)('%s of a lead, with what was changed meanwhile', async (choice) => {
    policies({ undelete: choice });
    const ids = one(await person());
    const salesforce = await simulated.asPerson();
    await salesforce.sobject('Lead').destroy(ids.salesforce);
    await look({ salesforce: ids.salesforce });
    await simulated.editContact(ids.hubspot, { jobtitle: 'meanwhile' });
    await look({ hubspot: ids.hubspot });
    await salesforce.soap.undelete([ids.salesforce]);
    await look({ salesforce: ids.salesforce });
    if (choice === 'ask') {
      expect((await linkOf(ids.hubspot))?.ended?.cause).toBe('deleted in Salesforce');
      expect((await simulated.values(ids, title)).salesforce).toBe('first');
      expect(await reviews()).toEqual([
        { record_id: ids.salesforce, cause: 'it is back, and was linked with this record before' },
      ]);
      const ref = { system: 'salesforce', type: 'Lead', id: ids.salesforce } as const;
      await fixture.store.engine.commitSignals([
        { pair: pair.name, ref, class: 'live', stamp: null, cause: decidedCause },
      ]);
      await simulated.drain();
    }
    expect((await linkOf(ids.hubspot))?.ended).toBeNull();
    expect(await reviews()).toEqual([]);
    expect((await simulated.values(ids, title)).salesforce).toBe('meanwhile');
  });
});

describe('erasure', () => {
  const erase = async (id: string): Promise<void> => {
    const { access } = simulated.sandbox;
    await fetch(`${access.hubspot}/crm/v3/objects/contacts/gdpr-delete`, {
      method: 'POST',
      headers: { authorization: `Bearer ${access.hubspotPersonToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ objectId: id }),
    });
  };

  it('counterpart keep: no question names the lead', async () => {
    policies({ erasure: { ...lifeEventDefaults.erasure, counterpart: 'keep' } });
    const [ids] = await person({ email: 'bob@example.com', lastname: 'Bob', company: 'Acme' });
    await erase(ids?.hubspot ?? '');
    await look({ salesforce: ids?.salesforce ?? '' });
    expect((await linkOf(ids?.hubspot ?? ''))?.ended?.cause).toBe('erased in HubSpot');
    expect(await reviews()).toEqual([]);
  });

  it('unseen park: a contact that is nowhere is unreachable', async () => {
    policies({ erasure: { ...lifeEventDefaults.erasure, unseen: 'park' } });
    const [ids] = await person({ email: 'bob@example.com', lastname: 'Bob', company: 'Acme' });
    await erase(ids?.hubspot ?? '');
    await look({ salesforce: ids?.salesforce ?? '' });
    expect((await linkOf(ids?.hubspot ?? ''))?.ended).toBeNull();
    expect(await parked()).toMatchObject([{ code: 'UNREACHABLE' }]);
  });

  it('a check box of the org erases, linked or not, and the contact stays', async () => {
    await simulated.control('salesforce', 'schema', {
      objects: [{ name: 'Lead', fields: [{ name: 'Forget__c', type: 'boolean' }] }],
    });
    policies({ erasure: { ...lifeEventDefaults.erasure, flag: { salesforce: 'Forget__c' } } });
    const ids = one(await person());
    const [lone = ''] = (
      (await simulated.control('salesforce', 'records/Lead', {
        records: [{ LastName: 'Lone', Company: 'Acme', Email: 'lone@example.com', Forget__c: true }],
      })) as { ids: string[] }
    ).ids;
    await simulated.editLead(ids.salesforce, { Forget__c: true as unknown as string });
    await look({ salesforce: ids.salesforce });
    await look({ salesforce: lone });
    expect((await linkOf(ids.hubspot))?.ended?.cause).toBe('erased in Salesforce');
    expect((await linkOf(ids.hubspot))?.base).toEqual({});
    expect(await reviews()).toMatchObject([{ record_id: ids.hubspot }]);
    expect((await simulated.values(ids, title)).hubspot).toBe('first');
    expect(await fixture.query('select from tandem.links where ended_at is null')).toEqual([]);
    const { records } = (await (
      await fetch(`${simulated.sandbox.access.hubspot}/_sandbox/records/contacts`)
    ).json()) as { records: readonly unknown[] };
    expect(records).toHaveLength(1);
  });
});

describe('the match key changes to one that somebody else has', () => {
  const both = async (): Promise<readonly [Sides<string>, Sides<string>]> => {
    const [ann, bob] = await person({ email: 'bob@example.com', lastname: 'Bob', company: 'Acme' });
    if (!ann || !bob) throw new Error('two were to be linked');
    return [ann, bob];
  };

  it('in Salesforce, where the contact of that address is another: parked, and the rest of the record goes on', async () => {
    const [ann, bob] = await both();
    await simulated.editLead(ann.salesforce, { Email: 'BOB@example.com', Title: 'second' });
    await look({ salesforce: ann.salesforce });
    expect(await simulated.values(ann, email)).toEqual({
      hubspot: 'ann@example.com',
      salesforce: 'bob@example.com',
    });
    expect((await simulated.values(ann, title)).hubspot).toBe('second');
    expect(await parked()).toMatchObject([
      {
        system: 'hubspot',
        field: 'email',
        code: 'MATCH_KEY_TAKEN',
        message: expect.stringContaining(`hubspot:contacts/${bob.hubspot} `),
        next_step: expect.stringContaining('Merge the two records in HubSpot'),
      },
    ]);
    // An address that nobody has is sent, and the refusal is over.
    await simulated.editLead(ann.salesforce, { Email: 'ann2@example.com' });
    await look({ salesforce: ann.salesforce });
    expect((await simulated.values(ann, email)).hubspot).toBe('ann2@example.com');
    expect(await parked()).toEqual([]);
  });

  const leadTakes = async (choice: LifeEventPolicies['emailChange']): Promise<Sides<unknown>> => {
    policies({ emailChange: choice });
    const [ann] = await both();
    await simulated.control('salesforce', 'records/Lead', {
      records: [{ LastName: 'Cleo', Company: 'Acme', Email: 'cleo@example.com' }],
    });
    await simulated.editContact(ann.hubspot, { email: 'cleo@example.com', jobtitle: 'second' });
    await look({ hubspot: ann.hubspot });
    expect((await simulated.values(ann, title)).salesforce).toBe('second');
    return simulated.values(ann, email);
  };

  it('in HubSpot, where a lead of that address is there: parked', async () => {
    expect(await leadTakes('park')).toEqual({ hubspot: 'cleo@example.com', salesforce: 'ann@example.com' });
    expect(await parked()).toMatchObject([{ system: 'salesforce', code: 'MATCH_KEY_TAKEN' }]);
  });

  it('is sent all the same where the mapping says so', async () => {
    expect(await leadTakes('send')).toEqual({ hubspot: 'cleo@example.com', salesforce: 'cleo@example.com' });
    expect(await parked()).toEqual([]);
  });
});

describe('the owner is deactivated', () => {
  /** HubSpot's owners; Salesforce has users of their addresses. */
  const maria = '41629779';
  const tom = '41629780';

  it.each([
    ['park', 1],
    ['keep', 0],
  ] as const)('%s: the owner there stays, the record goes on, %i rows say so', async (choice, rows) => {
    simulated.pair = { ...pair, lifeEvents: { ...lifeEventDefaults, ownerDeactivated: choice } };
    const users = (await simulated.control('salesforce', 'directory', {
      users: [{ alias: 'mlope' }, { alias: 'tbeck' }],
    })) as Readonly<Record<string, string>>;
    await learnOwners(simulated.connect(), mappings);
    const ids = one(await person());
    const owner = { hubspot: 'hubspot_owner_id', salesforce: 'OwnerId' };
    await simulated.editContact(ids.hubspot, { hubspot_owner_id: maria });
    await look({ hubspot: ids.hubspot });
    expect((await simulated.values(ids, owner)).salesforce).toBe(users.mlope);
    // Tom leaves the company, and is given the contact in HubSpot all the same.
    await simulated.control('salesforce', 'directory', { users: [{ alias: 'tbeck', active: false }] });
    await learnOwners(simulated.connect(), mappings);
    await simulated.editContact(ids.hubspot, { hubspot_owner_id: tom, jobtitle: 'second' });
    await look({ hubspot: ids.hubspot });
    expect((await simulated.values(ids, owner)).salesforce).toBe(users.mlope);
    expect((await simulated.values(ids, title)).salesforce).toBe('second');
    const told = (await parked()).filter(({ field }) => field === 'hubspot_owner_id');
    expect(told).toHaveLength(rows);
    if (rows > 0) {
      expect(told[0]).toMatchObject({
        code: 'UNKNOWN_OWNER',
        message: expect.stringContaining('no active counterpart in Salesforce'),
        next_step: expect.stringContaining('Give the record to somebody active in both systems'),
      });
    }
    // Who takes over is known: the field goes on.
    await simulated.control('salesforce', 'directory', { users: [{ alias: 'tbeck', active: true }] });
    await learnOwners(simulated.connect(), mappings);
    await look({ hubspot: ids.hubspot });
    expect((await simulated.values(ids, owner)).salesforce).toBe(users.tbeck);
    expect(await parked()).toEqual([]);
  });

  it.each([
    ['park', 1],
    ['keep', 0],
  ] as const)(
    'in HubSpot, %s: the owner there stays, the record goes on, %i rows say so',
    async (choice, rows) => {
      policies({ ownerDeactivated: choice });
      const users = (await simulated.control('salesforce', 'directory', {
        users: [
          { alias: 'mlope', active: true },
          { alias: 'tbeck', active: true },
        ],
      })) as Readonly<Record<string, string>>;
      await learnOwners(simulated.connect(), mappings);
      const ids = one(await person());
      const owner = { hubspot: 'hubspot_owner_id', salesforce: 'OwnerId' };
      await simulated.editLeadAsPerson(ids.salesforce, { OwnerId: String(users.mlope) });
      await look({ salesforce: ids.salesforce });
      expect((await simulated.values(ids, owner)).hubspot).toBe(maria);
      // Tom's user in HubSpot is deactivated, and he is given the lead in Salesforce all the same.
      await simulated.control('hubspot', 'owners', { archive: [tom] });
      await learnOwners(simulated.connect(), mappings);
      await simulated.editLeadAsPerson(ids.salesforce, { OwnerId: String(users.tbeck), Title: 'second' });
      await look({ salesforce: ids.salesforce });
      expect(await simulated.values(ids, owner)).toEqual({ hubspot: maria, salesforce: users.tbeck });
      expect((await simulated.values(ids, title)).hubspot).toBe('second');
      const told = (await parked()).filter(({ field }) => field === 'hubspot_owner_id');
      expect(told).toHaveLength(rows);
      if (rows > 0) {
        expect(told[0]).toMatchObject({
          code: 'UNKNOWN_OWNER',
          message: expect.stringContaining('no active counterpart in HubSpot'),
          next_step: expect.stringContaining('Give the record to somebody active in both systems'),
        });
      }
      await simulated.control('hubspot', 'owners', { restore: [tom] });
      await learnOwners(simulated.connect(), mappings);
      await look({ salesforce: ids.salesforce });
      expect((await simulated.values(ids, owner)).hubspot).toBe(tom);
      expect(await parked()).toEqual([]);
    },
  );

  it.each(['hubspot', 'salesforce'] as const)(
    'of a record in %s: nobody loses it, and whom the other side gives it to has it',
    async (system) => {
      const users = (await simulated.control('salesforce', 'directory', {
        users: [
          { alias: 'mlope', active: true },
          { alias: 'tbeck', active: true },
        ],
      })) as Readonly<Record<string, string>>;
      await learnOwners(simulated.connect(), mappings);
      const ids = one(await person());
      const owner = { hubspot: 'hubspot_owner_id', salesforce: 'OwnerId' };
      await simulated.editContact(ids.hubspot, { hubspot_owner_id: tom });
      await look({ hubspot: ids.hubspot });
      const toms = { hubspot: tom, salesforce: users.tbeck };
      expect(await simulated.values(ids, owner)).toEqual(toms);
      if (system === 'hubspot') await simulated.control('hubspot', 'owners', { archive: [tom] });
      else await simulated.control('salesforce', 'directory', { users: [{ alias: 'tbeck', active: false }] });
      await learnOwners(simulated.connect(), mappings);
      await simulated.editContact(ids.hubspot, { jobtitle: 'second' });
      await look(ids);
      expect(await simulated.values(ids, owner)).toEqual(toms);
      expect((await simulated.values(ids, title)).salesforce).toBe('second');
      if (system === 'hubspot')
        await simulated.editLeadAsPerson(ids.salesforce, { OwnerId: String(users.mlope) });
      else await simulated.editContact(ids.hubspot, { hubspot_owner_id: maria });
      await look(ids);
      expect(await simulated.values(ids, owner)).toEqual({ hubspot: maria, salesforce: users.mlope });
      expect(await parked()).toEqual([]);
    },
  );

  it('a write that the table of owners did not foresee is refused by Salesforce, and parks that field alone', async () => {
    simulated.pair = pair;
    await learnOwners(simulated.connect(), mappings);
    const ids = one(await person());
    await simulated.control('salesforce', 'directory', { users: [{ alias: 'tbeck', active: false }] });
    await simulated.editContact(ids.hubspot, { hubspot_owner_id: tom, jobtitle: 'second' });
    await look({ hubspot: ids.hubspot });
    expect((await simulated.values(ids, title)).salesforce).toBe('second');
    expect(await parked()).toMatchObject([{ field: 'hubspot_owner_id', code: 'INACTIVE_OWNER_OR_USER' }]);
  });
});

describe('the record type changes', () => {
  it('the fields go on both ways', async () => {
    const ids = one(await person());
    const types = (await simulated.control('salesforce', 'record-types', {
      object: 'Lead',
      types: [{ developerName: 'Partner', default: true }, { developerName: 'Customer' }],
    })) as Readonly<Record<string, string>>;
    await simulated.editLead(ids.salesforce, { RecordTypeId: String(types.Customer), Title: 'second' });
    await look({ salesforce: ids.salesforce });
    expect((await simulated.values(ids, title)).hubspot).toBe('second');
    await simulated.editContact(ids.hubspot, { jobtitle: 'third' });
    await look({ hubspot: ids.hubspot });
    expect((await simulated.values(ids, title)).salesforce).toBe('third');
    expect(await parked()).toEqual([]);
  });
});
