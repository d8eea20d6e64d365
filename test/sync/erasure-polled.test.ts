import { describe, expect, it, vi } from 'vitest';
import { breakerDefaults } from '../../src/model/mapping.ts';
import { workOnce } from '../../src/sync/work.ts';
import { makeParked } from '../store/builders.ts';
import { email, marker, other, withMarkedPerson } from './marked-person.ts';
import { pair } from './simulated.ts';

const who = withMarkedPerson();
const { simulated } = who;
const { fixture } = simulated;

const at = '2026-01-01T00:00:00.000Z';

describe('a person is erased in HubSpot, which tells nobody', () => {
  it('out of the archive, and nobody tells: the presence sweep finds it', async () => {
    const ids = await who.person(other);
    const { access } = simulated.sandbox;
    await fetch(`${access.hubspot}/crm/v3/objects/contacts/${ids.hubspot}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${access.hubspotPersonToken}` },
    });
    expect(await who.sweep()).toBe(1);
    expect((await who.linkOf(ids.hubspot))?.ended?.cause).toBe('deleted in HubSpot');
    // While it lies in the archive it may come back: what is kept stays.
    expect(await who.sweep()).toBe(0);
    expect(await who.traces()).not.toEqual([]);
    await simulated.control('hubspot', 'recycle-bin', { object: 'contacts', purge: [ids.hubspot] });
    expect(await who.sweep()).toBe(1);
    expect(await who.traces()).toEqual([]);
    expect((await who.linkOf(ids.hubspot))?.ended?.cause).toBe('erased in HubSpot');
    expect(await who.reviews()).toMatchObject([{ record_id: ids.salesforce }]);
    expect(await who.sweep()).toBe(0);
  });

  it('polled, and nobody edits anything: the presence sweep finds who is linked', async () => {
    const ids = await who.person(other);
    const calls = async (): Promise<number> => simulated.calls('hubspot', '');
    const before = await calls();
    expect(await who.sweep()).toBe(0);
    // Of up to 100 people.
    expect((await calls()) - before).toBe(1);
    await who.soil(ids);
    await who.erase(ids.hubspot);
    expect(await who.sweep()).toBe(1);
    expect(await who.traces()).toEqual([]);
    expect((await who.linkOf(ids.hubspot))?.ended?.cause).toBe('erased in HubSpot');
    expect(await who.reviews()).toContainEqual({
      record_id: ids.salesforce,
      cause: 'erased in HubSpot: what becomes of this record is for a person to decide',
    });
    expect(await who.title(ids)).toBe(`second ${marker}`);
    await who.comesBack(ids);
  });

  it('polled, after the lead had been deleted: what its tombstone keeps goes, and an undeleted lead brings nothing back', async () => {
    const ids = await who.person(other);
    const salesforce = await simulated.asPerson();
    await salesforce.sobject('Lead').destroy(ids.salesforce);
    await simulated.mark({ salesforce: ids.salesforce });
    await simulated.drain();
    expect((await who.linkOf(ids.hubspot))?.ended?.cause).toBe('deleted in Salesforce');
    expect(await who.sweep()).toBe(0);
    expect(await who.traces()).not.toEqual([]);
    await who.erase(ids.hubspot);
    expect(await who.sweep()).toBe(1);
    expect(await who.traces()).toEqual([]);
    expect((await who.linkOf(ids.hubspot))?.ended?.cause).toBe('erased in HubSpot');
    // The lead lies in the recycle bin: there is nothing to decide about it.
    expect(await who.reviews()).toEqual([]);
    await salesforce.soap.undelete([ids.salesforce]);
    await who.comesBack(ids);
  });

  it('polled: tombstones of more people than the breaker lets pass at once wait for a word', async () => {
    const ids = await who.person(other);
    await (await simulated.asPerson()).sobject('Lead').destroy(ids.salesforce);
    await simulated.mark({ salesforce: ids.salesforce });
    await simulated.drain();
    await who.erase(ids.hubspot);
    const mass = { ...breakerDefaults.mass, records: 0, percent: 0 };
    const context = {
      ...simulated.context(),
      pair: { ...pair, breakers: { ...breakerDefaults, mass } },
      breakers: fixture.store.engine,
    };
    await simulated.mark({ hubspot: ids.hubspot });
    await fixture.query(`update tandem.dirty set cause = 'presence sweep of hubspot'`);
    const held = async () => fixture.query<{ kind: string }>('select kind from tandem.held');
    await vi.waitUntil(
      async () => {
        await fixture.query('update tandem.dirty set due = now()');
        await workOnce(context, 'live');
        return (await held()).length > 0;
      },
      { timeout: 20_000, interval: 5 },
    );
    expect(await held()).toEqual([{ kind: 'delete' }]);
    expect(await who.traces()).not.toEqual([]);
    await fixture.query('update tandem.held set released_at = now()');
    await simulated.drain();
    expect(await who.traces()).toEqual([]);
  });

  it('polled, and never linked: what the lifecycle and refusals keep goes', async () => {
    await who.person(other);
    const [id = ''] = await who.create('hubspot', 'contacts', {
      email: `two@${marker}.example.com`,
      lastname: marker,
    });
    const failure = { ...makeParked({ key: '' }).failure, message: email };
    await fixture.query(
      `insert into tandem.parked (pair, unit, system, field, type, record_id, failure, next_step, refused)
       values ($1, $2, 'salesforce', '', 'Lead', '', $3, '', '')`,
      [pair.name, `hubspot:contacts/${id}`, JSON.stringify(failure)],
    );
    await fixture.query(
      `insert into tandem.journeys (id, contact_id, stage, turn, state) values (gen_random_uuid(), $1, 'new', 0, $2)`,
      [id, JSON.stringify({ contact: { fields: { lastname: marker } } })],
    );
    const about = async () => (await who.traces()).filter((line) => !line.includes(`Fay ${marker}`));
    expect((await about()).some((line) => line.startsWith('tandem.journeys'))).toBe(true);
    expect(await who.sweep()).toBe(0);
    await who.erase(id);
    expect(await who.sweep()).toBe(1);
    expect((await about()).filter((line) => /^tandem\.(journeys|parked) /.test(line))).toEqual([]);
  });

  it('polled, and nobody is linked at all: those whom the lifecycle alone knows are proof enough', async () => {
    const ids = await Promise.all(
      [marker, 'other'].map(async (name) => {
        const [id = ''] = await who.create('hubspot', 'contacts', {
          email: `${name}@example.com`,
          lastname: name,
        });
        await fixture.query(
          `insert into tandem.journeys (id, contact_id, stage, turn, state) values (gen_random_uuid(), $1, 'new', 0, $2)`,
          [id, JSON.stringify({ contact: { fields: { lastname: name } } })],
        );
        return id;
      }),
    );
    await who.erase(ids[0] ?? '');
    expect(await who.sweep()).toBe(1);
    expect(await who.traces()).toEqual([]);
    expect(await fixture.query('select contact_id from tandem.journeys')).toEqual([{ contact_id: ids[1] }]);
  });

  it('polled: who is not shown while nobody else is proves nothing, is told by name, and erased once others are', async () => {
    const ids = await who.person(other);
    await who.erase(ids.hubspot);
    // As when something is wrong with the answers: of everybody HubSpot knows nothing.
    const nobody = { status: 'COMPLETE', results: [], startedAt: at, completedAt: at };
    await simulated.control('hubspot', 'faults', [
      { match: { path: '/contacts/batch/read$' }, effect: { status: 200, body: nobody } },
      { match: { method: 'GET', path: '/contacts/[0-9]+$' }, effect: { status: 404 } },
    ]);
    expect(await who.sweep()).toBe(2);
    await simulated.control('hubspot', 'faults', []);
    const parked = await fixture.query<{ record: string; code: string; next: string }>(
      `select record_id as record, failure ->> 'code' as code, next_step as next from tandem.parked order by record_id::bigint`,
    );
    expect(parked).toMatchObject([{ record: ids.hubspot, code: 'UNREACHABLE' }, { code: 'UNREACHABLE' }]);
    expect(parked[0]?.next).toContain('tandem erase');
    expect(await fixture.store.engine.linksAfter(pair.name, '', 10)).toHaveLength(2);
    expect(await who.traces()).not.toEqual([]);
    expect(await who.sweep()).toBe(1);
    expect(await who.traces()).toEqual([]);
  });

  it('a portal in which nobody is linked proves nothing: the record waits, unreachable', async () => {
    const ids = await who.person();
    await simulated.control('hubspot', 'reset', { contacts: 5, leads: 0, seed: 7 });
    await simulated.mark({ salesforce: ids.salesforce });
    await simulated.drain();
    expect((await who.linkOf(ids.hubspot))?.ended).toBeNull();
    const parked = await fixture.query<{ code: string }>(
      `select failure ->> 'code' as code from tandem.parked`,
    );
    expect(parked).toEqual([{ code: 'UNREACHABLE' }]);
  });
});
