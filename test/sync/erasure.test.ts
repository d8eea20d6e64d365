import { describe, expect, it } from 'vitest';
import { pollOnce } from '../../src/sync/poll.ts';
import { makeParked } from '../store/builders.ts';
import { email, marker, other, valueless, withMarkedPerson } from './marked-person.ts';
import { pair } from './simulated.ts';

const who = withMarkedPerson();
const { simulated } = who;
const { fixture } = simulated;

describe('a person is erased in HubSpot', () => {
  it('told: nothing of them is left in the store, the lead stays, and a question names it', async () => {
    const ids = await who.person();
    await who.soil(ids);
    await who.soilJourney(ids.hubspot);
    const before = await who.traces();
    const tables = await fixture.query<{ name: string }>(
      `select tablename as name from pg_tables where schemaname = 'tandem' order by 1`,
    );
    const clean = tables.filter(({ name }) => !before.some((line) => line.startsWith(`tandem.${name} `)));
    // A table that is new is one of these, or who.soil() puts the person into it.
    expect(clean.map(({ name }) => name)).toEqual(valueless);
    await who.erase(ids.hubspot);
    await who.tell(['erased', ids.hubspot]);
    await simulated.drain();
    expect(await who.traces()).toEqual([]);
    expect((await who.linkOf(ids.hubspot))?.ended?.cause).toBe('erased in HubSpot');
    expect(await who.title(ids)).toBe(`second ${marker}`);
    expect(await who.reviews()).toContainEqual({
      record_id: ids.salesforce,
      cause: 'erased in HubSpot: what becomes of this record is for a person to decide',
    });
    // What happened is still told, by field, time and rule.
    const told = await fixture.query<{ event: string; field: string | null }>(
      `select event, field from tandem.ledger where record_id = $1 and event = 'write'`,
      [ids.salesforce],
    );
    expect(told).toContainEqual({ event: 'write', field: 'jobtitle' });
  });

  it.each([
    ['the deletion first', ['deleted', 'erased']],
    ['the erasure first', ['erased', 'deleted']],
  ] as const)('told in one delivery, %s', async (_, [first, second]) => {
    const ids = await who.person();
    await who.erase(ids.hubspot);
    await who.tell([first, ids.hubspot], [second, ids.hubspot]);
    await simulated.drain();
    expect(await who.traces()).toEqual([]);
    expect(await who.reviews()).toMatchObject([{ record_id: ids.salesforce }]);
  });

  it('told when the deletion has ended the link already', async () => {
    const ids = await who.person();
    await simulated.editLead(ids.salesforce, { City: `Oslo ${marker}` });
    await who.erase(ids.hubspot);
    // As a read shows it for a moment: HubSpot archives before it erases.
    await fixture.query(
      `update tandem.links set ended_at = now(), ended_cause = 'deleted in HubSpot', version = version + 1`,
    );
    // HubSpot may deliver an event more than once.
    for (let times = 0; times < 2; times += 1) {
      await who.tell(['erased', ids.hubspot]);
      await simulated.drain();
    }
    expect(await who.traces()).toEqual([]);
    expect((await who.linkOf(ids.hubspot))?.ended?.cause).toBe('erased in HubSpot');
    expect(await who.reviews()).toMatchObject([{ record_id: ids.salesforce }]);
  });

  it('not told, and found by a look: HubSpot has nobody under the id, look after look', async () => {
    const ids = await who.person(other);
    await who.erase(ids.hubspot);
    await simulated.editLead(ids.salesforce, { Title: `third ${marker}` });
    await simulated.mark({ salesforce: ids.salesforce });
    await simulated.drain();
    expect(await who.traces()).toEqual([]);
    expect((await who.linkOf(ids.hubspot))?.ended?.cause).toBe('erased in HubSpot');
  });

  it('the journal tells of the deletion alone: HubSpot has nobody under the id', async () => {
    const ids = await who.person(other);
    await who.erase(ids.hubspot);
    await who.tell(['deleted', ids.hubspot]);
    await simulated.drain();
    expect(await who.traces()).toEqual([]);
    expect(await who.reviews()).toMatchObject([{ record_id: ids.salesforce }]);
  });

  it('never comes back: not by the lead that is left, a second one, the event once more, or a late answer', async () => {
    const ids = await who.person();
    const context = simulated.context();
    await who.erase(ids.hubspot);
    await who.tell(['erased', ids.hubspot]);
    await simulated.drain();
    // The lead is edited, and looked at whatever intake would say.
    await simulated.editLead(ids.salesforce, { Title: `third ${marker}`, Email: email });
    await pollOnce(context, 'salesforce');
    expect((await context.store.backlog(pair.name)).dirty).toBe(0);
    await simulated.mark({ salesforce: ids.salesforce });
    await simulated.drain();
    // The same person once more, under the same address.
    const [twin] = await simulated
      .control('salesforce', 'records/Lead', {
        records: [{ LastName: marker, Company: marker, Email: email.toUpperCase() }],
      })
      .then((answer) => (answer as { ids: string[] }).ids);
    await simulated.mark({ salesforce: twin ?? '' });
    await simulated.drain();
    // Late and repeated events.
    await who.tell(['erased', ids.hubspot], ['changed', ids.hubspot], ['restored', ids.hubspot]);
    await simulated.drain();
    expect(await who.traces()).toEqual([]);
    expect(await who.reviews()).toMatchObject([ids.salesforce, twin].sort().map((id) => ({ record_id: id })));
    const { records } = (await (
      await fetch(`${simulated.sandbox.access.hubspot}/_sandbox/records/contacts`)
    ).json()) as { records: readonly unknown[] };
    expect(JSON.stringify(records).toLowerCase()).not.toContain(marker);
  });

  it('a worker that is in the middle of them settles nothing', async () => {
    const ids = await who.person();
    await simulated.mark({ salesforce: ids.salesforce });
    const context = simulated.context();
    const [unit] = await context.store.claim(pair.name, 'worker-1', 10, 60_000);
    if (!unit?.link) throw new Error('the link was not claimed');
    await who.erase(ids.hubspot);
    await fixture.query(`delete from tandem.leases`);
    await who.tell(['erased', ids.hubspot]);
    await simulated.drain();
    const { refused } = await context.store.settle([
      {
        unit,
        pair: pair.name,
        move: {
          linkId: unit.link.id,
          version: unit.link.version,
          base: { jobtitle: { hubspot: marker, salesforce: marker } },
          stamps: {},
        },
        closedIntents: [],
        ledger: [],
        clean: [],
        again: [],
        park: [],
        unpark: [],
      },
    ]);
    expect([...refused]).toEqual([unit.key]);
    expect(await who.traces()).toEqual([]);
  });

  it('somebody who was never linked goes too', async () => {
    const [id = ''] = (
      (await simulated.control('hubspot', 'records/contacts', {
        records: [{ email, lastname: marker }],
      })) as { ids: string[] }
    ).ids;
    const failure = { ...makeParked({ key: '' }).failure, message: email };
    await fixture.query(
      `insert into tandem.parked (pair, unit, system, field, type, record_id, failure, next_step, refused)
       values ($1, $2, 'salesforce', '', 'Lead', '', $3, '', '')`,
      [pair.name, `hubspot:contacts/${id}`, JSON.stringify(failure)],
    );
    await who.erase(id);
    await who.tell(['erased', id]);
    await simulated.drain();
    expect(await who.traces()).toEqual([]);
  });

  it('a contact that lives is nobody erased, whatever an event says', async () => {
    const ids = await who.person();
    await who.tell(['erased', ids.hubspot]);
    await simulated.drain();
    expect((await who.linkOf(ids.hubspot))?.ended).toBeNull();
    await simulated.editContact(ids.hubspot, { jobtitle: 'third' });
    await simulated.mark({ hubspot: ids.hubspot });
    await simulated.drain();
    expect(await who.title(ids)).toBe('third');
  });
});
