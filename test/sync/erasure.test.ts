import { beforeEach, describe, expect, it } from 'vitest';
import type { LiveSignal } from '../../src/model/live.ts';
import type { RecordRef, Sides } from '../../src/model/system.ts';
import { takeLive } from '../../src/sync/live-intake.ts';
import { pollOnce } from '../../src/sync/poll.ts';
import { sweepPresence } from '../../src/sync/presence-sweep.ts';
import { makeIntent, makeParked } from '../store/builders.ts';
import { dumpRows } from '../store/dump.ts';
import { pair, withSimulators } from './simulated.ts';

const simulated = withSimulators();
const { fixture } = simulated;
/** In every value of the person, in whatever case. */
const marker = 'zqxmarker';
const email = `${marker}@example.com`;

const erase = async (id: string): Promise<void> => {
  const { access } = simulated.sandbox;
  const response = await fetch(`${access.hubspot}/crm/v3/objects/contacts/gdpr-delete`, {
    method: 'POST',
    headers: { authorization: `Bearer ${access.hubspotPersonToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ objectId: id }),
  });
  if (response.status !== 204) throw new Error(`gdpr-delete: ${response.status}`);
};

const contact = (id: string): RecordRef => ({ system: 'hubspot', type: 'contacts', id });

const tell = async (...events: readonly (readonly [LiveSignal['event'], string])[]): Promise<void> => {
  const context = simulated.context();
  const signals = events.map(
    ([event, id]): LiveSignal => ({ ref: contact(id), event, stamp: null, fields: {} }),
  );
  await takeLive(
    { pairs: [context], live: fixture.store.live, wake: context.wake },
    { system: 'hubspot', source: 'webhooks', signals },
  );
};

const traces = async (): Promise<readonly string[]> =>
  (await dumpRows((text, values) => fixture.query(text, values)))
    .split('\n')
    .filter((line) => line.toLowerCase().includes(marker));

/** Somebody else who is linked, so that not everybody is gone. */
const other = { email: 'other@example.com', lastname: 'Other', company: 'Acme' };

const at = '2026-01-01T00:00:00.000Z';

/** A round of the presence sweep, and what follows of it; answers how many it marked. */
const sweep = async (): Promise<number> => {
  const context = simulated.context();
  await sweepPresence(context, 1_000, Date.now());
  await sweepPresence(context, 1_000, Date.now() + 86_400_000);
  await fixture.query(`delete from tandem.cursors where type = '#presence'`);
  const marked = await fixture.query(`select from tandem.dirty where cause = 'presence sweep of hubspot'`);
  await simulated.drain();
  return marked.length;
};

const create = async (
  system: 'hubspot' | 'salesforce',
  type: string,
  record: Readonly<Record<string, string>>,
): Promise<readonly string[]> =>
  ((await simulated.control(system, `records/${type}`, { records: [record] })) as { ids: string[] }).ids;

/** Whatever is done with the lead that is left, or with a second one of the same person, brings no value of theirs back. */
const comesBack = async (ids: Sides<string>): Promise<void> => {
  await simulated.editLead(ids.salesforce, { Title: `third ${marker}`, Email: email });
  const [twin] = await create('salesforce', 'Lead', {
    ...{ LastName: marker, Company: marker, Email: email.toUpperCase() },
  });
  await pollOnce(simulated.context(), 'salesforce');
  for (const salesforce of [ids.salesforce, twin ?? '']) await simulated.mark({ salesforce });
  await simulated.drain();
  expect(await traces()).toEqual([]);
  const there = await fetch(`${simulated.sandbox.access.hubspot}/_sandbox/records/contacts`);
  expect((await there.text()).toLowerCase()).not.toContain(marker);
};

const reviews = async () =>
  fixture.query<{ record_id: string; cause: string }>(
    'select record_id, cause from tandem.reviews order by record_id',
  );

/** Somebody on both sides whose every value has the marker in it, with a change behind them. */
const person = async (...others: readonly Readonly<Record<string, string>>[]): Promise<Sides<string>> => {
  const [ids] = await simulated.people([
    {
      email,
      firstname: `Fay ${marker}`,
      lastname: marker,
      company: `Acme ${marker}`,
      jobtitle: `first ${marker}`,
      city: `Rome ${marker}`,
    },
    ...others,
  ]);
  if (!ids) throw new Error('nobody was linked');
  await simulated.editContact(ids.hubspot, { jobtitle: `second ${marker}` });
  await simulated.mark({ hubspot: ids.hubspot });
  await simulated.drain();
  return ids;
};

/** The places that hold values only while something is under way or wrong. */
const soil = async (ids: Sides<string>): Promise<void> => {
  const { store } = fixture;
  const [link] = (await store.engine.linksOf(pair.name, 'hubspot', [ids.hubspot])).values();
  const unit = `link:${link?.id}`;
  const words = `a vendor's message: ${email} is taken`;
  const failure = { ...makeParked({ key: unit }).failure, message: words };
  await fixture.query(
    `insert into tandem.parked (pair, unit, system, field, type, record_id, failure, next_step, refused)
     values ($1, $2, 'salesforce', 'jobtitle', 'Lead', $3, $4, '', ''),
       ($1, 'salesforce:Lead/other', 'salesforce', '', 'Lead', 'other', $4, '', '')`,
    [pair.name, unit, ids.salesforce, JSON.stringify(failure)],
  );
  const { id, writes } = makeIntent({ key: unit });
  await fixture.query(
    `insert into tandem.intents (id, pair, unit, link_id, op, target_system, target_type, target_id, source_system,
       source_type, source_id, writes, cause, deadline)
     values ($1, $2, $3, $4, 'update', 'salesforce', 'Lead', $5, 'hubspot', 'contacts', $6, $7, '', now())`,
    [
      id,
      pair.name,
      unit,
      link?.id,
      ids.salesforce,
      ids.hubspot,
      JSON.stringify(writes.map((write) => ({ ...write, sent: marker, replaced: email, lost: marker }))),
    ],
  );
  await fixture.query(`insert into tandem.key_locks (key, fence) values ($1, 999999)`, [
    JSON.stringify(`key:${pair.name}:${email}`),
  ]);
  await fixture.query(
    `insert into tandem.problems (key, what, cause, fault, next_step) values ('k', 'what', $1, 'data', '')`,
    [words],
  );
  await fixture.query(`insert into tandem.alerts (key, problem) values ('k', $1)`, [
    JSON.stringify({ what: 'what', since: '', cause: words, fault: 'data', next: '' }),
  ]);
  await fixture.query(
    `insert into tandem.reviews (pair, unit, system, type, record_id, cause, candidates)
     values ($1, 'salesforce:Lead/twin', 'salesforce', 'Lead', 'twin', 'two', $2)`,
    [pair.name, JSON.stringify([contact(ids.hubspot)])],
  );
};

const linkOf = async (id: string) => (await fixture.store.engine.linksOf(pair.name, 'hubspot', [id])).get(id);

const title = async (ids: Sides<string>) =>
  (await simulated.values(ids, { hubspot: 'jobtitle', salesforce: 'Title' })).salesforce;

beforeEach(async () => {
  await fixture.reset();
  await simulated.control('hubspot', 'reset', { contacts: 0, leads: 0 });
  await simulated.control('salesforce', 'reset', { contacts: 0, leads: 0 });
});

describe('a person is erased in HubSpot', () => {
  it('told: nothing of them is left in the store, the lead stays, and a question names it', async () => {
    const ids = await person();
    await soil(ids);
    const before = await traces();
    for (const table of ['links', 'ledger', 'parked', 'intents', 'key_locks', 'problems', 'alerts']) {
      expect(
        before.some((line) => line.startsWith(`tandem.${table} `)),
        table,
      ).toBe(true);
    }
    await erase(ids.hubspot);
    await tell(['erased', ids.hubspot]);
    await simulated.drain();
    expect(await traces()).toEqual([]);
    expect((await linkOf(ids.hubspot))?.ended?.cause).toBe('erased in HubSpot');
    expect(await title(ids)).toBe(`second ${marker}`);
    expect(await reviews()).toContainEqual({
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
    const ids = await person();
    await erase(ids.hubspot);
    await tell([first, ids.hubspot], [second, ids.hubspot]);
    await simulated.drain();
    expect(await traces()).toEqual([]);
    expect(await reviews()).toMatchObject([{ record_id: ids.salesforce }]);
  });

  it('told when the deletion has ended the link already', async () => {
    const ids = await person();
    await simulated.editLead(ids.salesforce, { City: `Oslo ${marker}` });
    await erase(ids.hubspot);
    // As a read shows it for a moment: HubSpot archives before it erases.
    await fixture.query(
      `update tandem.links set ended_at = now(), ended_cause = 'deleted in HubSpot', version = version + 1`,
    );
    // HubSpot may deliver an event more than once.
    for (let times = 0; times < 2; times += 1) {
      await tell(['erased', ids.hubspot]);
      await simulated.drain();
    }
    expect(await traces()).toEqual([]);
    expect((await linkOf(ids.hubspot))?.ended?.cause).toBe('erased in HubSpot');
    expect(await reviews()).toMatchObject([{ record_id: ids.salesforce }]);
  });

  it('not told, and found by a look: HubSpot has nobody under the id, look after look', async () => {
    const ids = await person(other);
    await erase(ids.hubspot);
    await simulated.editLead(ids.salesforce, { Title: `third ${marker}` });
    await simulated.mark({ salesforce: ids.salesforce });
    await simulated.drain();
    expect(await traces()).toEqual([]);
    expect((await linkOf(ids.hubspot))?.ended?.cause).toBe('erased in HubSpot');
  });

  it('the journal tells of the deletion alone: HubSpot has nobody under the id', async () => {
    const ids = await person(other);
    await erase(ids.hubspot);
    await tell(['deleted', ids.hubspot]);
    await simulated.drain();
    expect(await traces()).toEqual([]);
    expect(await reviews()).toMatchObject([{ record_id: ids.salesforce }]);
  });

  it('out of the archive, and nobody tells: the presence sweep finds it', async () => {
    const ids = await person(other);
    const { access } = simulated.sandbox;
    await fetch(`${access.hubspot}/crm/v3/objects/contacts/${ids.hubspot}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${access.hubspotPersonToken}` },
    });
    expect(await sweep()).toBe(1);
    expect((await linkOf(ids.hubspot))?.ended?.cause).toBe('deleted in HubSpot');
    // While it lies in the archive it may come back: what is kept stays.
    expect(await sweep()).toBe(0);
    expect(await traces()).not.toEqual([]);
    await simulated.control('hubspot', 'recycle-bin', { object: 'contacts', purge: [ids.hubspot] });
    expect(await sweep()).toBe(1);
    expect(await traces()).toEqual([]);
    expect((await linkOf(ids.hubspot))?.ended?.cause).toBe('erased in HubSpot');
    expect(await reviews()).toMatchObject([{ record_id: ids.salesforce }]);
    expect(await sweep()).toBe(0);
  });

  it('polled, and nobody edits anything: the presence sweep finds who is linked', async () => {
    const ids = await person(other);
    expect(await sweep()).toBe(0);
    await soil(ids);
    await erase(ids.hubspot);
    expect(await sweep()).toBe(1);
    expect(await traces()).toEqual([]);
    expect((await linkOf(ids.hubspot))?.ended?.cause).toBe('erased in HubSpot');
    expect(await reviews()).toContainEqual({
      record_id: ids.salesforce,
      cause: 'erased in HubSpot: what becomes of this record is for a person to decide',
    });
    expect(await title(ids)).toBe(`second ${marker}`);
    await comesBack(ids);
  });

  it('polled, after the lead had been deleted: what its tombstone keeps goes, and an undeleted lead brings nothing back', async () => {
    const ids = await person(other);
    const salesforce = await simulated.asPerson();
    await salesforce.sobject('Lead').destroy(ids.salesforce);
    await simulated.mark({ salesforce: ids.salesforce });
    await simulated.drain();
    expect((await linkOf(ids.hubspot))?.ended?.cause).toBe('deleted in Salesforce');
    expect(await sweep()).toBe(0);
    expect(await traces()).not.toEqual([]);
    await erase(ids.hubspot);
    expect(await sweep()).toBe(1);
    expect(await traces()).toEqual([]);
    expect((await linkOf(ids.hubspot))?.ended?.cause).toBe('erased in HubSpot');
    // The lead lies in the recycle bin: there is nothing to decide about it.
    expect(await reviews()).toEqual([]);
    await salesforce.soap.undelete([ids.salesforce]);
    await comesBack(ids);
  });

  it('polled, and never linked: what the lifecycle and refusals keep goes', async () => {
    await person(other);
    const [id = ''] = await create('hubspot', 'contacts', {
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
    const about = async () => (await traces()).filter((line) => !line.includes(`Fay ${marker}`));
    expect((await about()).some((line) => line.startsWith('tandem.journeys'))).toBe(true);
    expect(await sweep()).toBe(0);
    await erase(id);
    expect(await sweep()).toBe(1);
    expect((await about()).filter((line) => /^tandem\.(journeys|parked) /.test(line))).toEqual([]);
  });

  it('polled: who is not shown while nobody else is proves nothing, is told by name, and erased once others are', async () => {
    const ids = await person(other);
    await erase(ids.hubspot);
    // As when something is wrong with the answers: of everybody HubSpot knows nothing.
    const nobody = { status: 'COMPLETE', results: [], startedAt: at, completedAt: at };
    await simulated.control('hubspot', 'faults', [
      { match: { path: '/contacts/batch/read$' }, effect: { status: 200, body: nobody } },
      { match: { method: 'GET', path: '/contacts/[0-9]+$' }, effect: { status: 404 } },
    ]);
    expect(await sweep()).toBe(2);
    await simulated.control('hubspot', 'faults', []);
    const parked = await fixture.query<{ record: string; code: string; next: string }>(
      `select record_id as record, failure ->> 'code' as code, next_step as next from tandem.parked order by record_id::bigint`,
    );
    expect(parked).toMatchObject([{ record: ids.hubspot, code: 'UNREACHABLE' }, { code: 'UNREACHABLE' }]);
    expect(parked[0]?.next).toContain('tandem erase');
    expect(await fixture.store.engine.linksAfter(pair.name, '', 10)).toHaveLength(2);
    expect(await traces()).not.toEqual([]);
    expect(await sweep()).toBe(1);
    expect(await traces()).toEqual([]);
  });

  it('a portal in which nobody is linked proves nothing: the record waits, unreachable', async () => {
    const ids = await person();
    await simulated.control('hubspot', 'reset', { contacts: 5, leads: 0, seed: 7 });
    await simulated.mark({ salesforce: ids.salesforce });
    await simulated.drain();
    expect((await linkOf(ids.hubspot))?.ended).toBeNull();
    const parked = await fixture.query<{ code: string }>(
      `select failure ->> 'code' as code from tandem.parked`,
    );
    expect(parked).toEqual([{ code: 'UNREACHABLE' }]);
  });

  it('never comes back: not by the lead that is left, a second one, the event once more, or a late answer', async () => {
    const ids = await person();
    const context = simulated.context();
    await erase(ids.hubspot);
    await tell(['erased', ids.hubspot]);
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
    await tell(['erased', ids.hubspot], ['changed', ids.hubspot], ['restored', ids.hubspot]);
    await simulated.drain();
    expect(await traces()).toEqual([]);
    expect(await reviews()).toMatchObject([ids.salesforce, twin].sort().map((id) => ({ record_id: id })));
    const { records } = (await (
      await fetch(`${simulated.sandbox.access.hubspot}/_sandbox/records/contacts`)
    ).json()) as { records: readonly unknown[] };
    expect(JSON.stringify(records).toLowerCase()).not.toContain(marker);
  });

  it('a worker that is in the middle of them settles nothing', async () => {
    const ids = await person();
    await simulated.mark({ salesforce: ids.salesforce });
    const context = simulated.context();
    const [unit] = await context.store.claim(pair.name, 'worker-1', 10, 60_000);
    if (!unit?.link) throw new Error('the link was not claimed');
    await erase(ids.hubspot);
    await fixture.query(`delete from tandem.leases`);
    await tell(['erased', ids.hubspot]);
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
    expect(await traces()).toEqual([]);
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
    await erase(id);
    await tell(['erased', id]);
    await simulated.drain();
    expect(await traces()).toEqual([]);
  });

  it('a contact that lives is nobody erased, whatever an event says', async () => {
    const ids = await person();
    await tell(['erased', ids.hubspot]);
    await simulated.drain();
    expect((await linkOf(ids.hubspot))?.ended).toBeNull();
    await simulated.editContact(ids.hubspot, { jobtitle: 'third' });
    await simulated.mark({ hubspot: ids.hubspot });
    await simulated.drain();
    expect(await title(ids)).toBe('third');
  });
});
