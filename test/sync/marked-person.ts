import { beforeEach, expect } from 'vitest';
import type { LiveSignal } from '../../src/model/live.ts';
import type { RecordRef, Sides } from '../../src/model/system.ts';
import { takeLive } from '../../src/sync/live-intake.ts';
import { pollOnce } from '../../src/sync/poll.ts';
import { sweepPresence } from '../../src/sync/presence-sweep.ts';
import { makeIntent, makeParked } from '../store/builders.ts';
import { dumpRows } from '../store/dump.ts';
import { pair, type Simulated, withSimulators } from './simulated.ts';

/** In every value of the person, in whatever case. */
export const marker = 'zqxmarker';
export const email = `${marker}@example.com`;

export const contact = (id: string): RecordRef => ({ system: 'hubspot', type: 'contacts', id });

/** Tables without values of people: ids of records, counts, times, texts of our own; rows that are dirty lose theirs with the look (store/settle.test.ts). */
export const valueless =
  `accounts alignments awaited budget_lanes budget_permits budget_quotas budget_usage cursors deal_people decisions details dirty
  erased event_quotas event_usage first_start followers held leases lifecycle live_fields mapped_fields mass_changes migrations migrations_lock object_schemas
  pauses recommended reviews secrets settings_versions signal_positions signal_sources stage_backs verified workers`.split(
    /\s+/,
  );

/** Somebody else who is linked, so that not everybody is gone. */
export const other = { email: 'other@example.com', lastname: 'Other', company: 'Acme' };

/** Somebody who is erased, on both simulators and in the store, and what is looked for of them. */
export class MarkedPerson {
  readonly simulated: Simulated;

  constructor(simulated: Simulated) {
    this.simulated = simulated;
  }

  async erase(id: string): Promise<void> {
    const { access } = this.simulated.sandbox;
    const response = await fetch(`${access.hubspot}/crm/v3/objects/contacts/gdpr-delete`, {
      method: 'POST',
      headers: { authorization: `Bearer ${access.hubspotPersonToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ objectId: id }),
    });
    if (response.status !== 204) throw new Error(`gdpr-delete: ${response.status}`);
  }

  async tell(...events: readonly (readonly [LiveSignal['event'], string])[]): Promise<void> {
    const context = this.simulated.context();
    const signals = events.map(
      ([event, id]): LiveSignal => ({ ref: contact(id), event, stamp: null, fields: {} }),
    );
    await takeLive(
      { pairs: [context], live: this.simulated.fixture.store.live, wake: context.wake },
      { system: 'hubspot', source: 'webhooks', signals },
    );
  }

  async traces(): Promise<readonly string[]> {
    return (await dumpRows((text, values) => this.simulated.fixture.query(text, values)))
      .split('\n')
      .filter((line) => line.toLowerCase().includes(marker));
  }

  /** A round of the presence sweep, and what follows of it; answers how many it marked. */
  async sweep(): Promise<number> {
    const context = this.simulated.context();
    await sweepPresence(context, 1_000, Date.now());
    await sweepPresence(context, 1_000, Date.now() + 86_400_000);
    await this.simulated.fixture.query(`delete from tandem.cursors where type = '#presence'`);
    const marked = await this.simulated.fixture.query(
      `select from tandem.dirty where cause = 'presence sweep of hubspot'`,
    );
    await this.simulated.drain();
    return marked.length;
  }

  async create(
    system: 'hubspot' | 'salesforce',
    type: string,
    record: Readonly<Record<string, string>>,
  ): Promise<readonly string[]> {
    return (
      (await this.simulated.control(system, `records/${type}`, { records: [record] })) as { ids: string[] }
    ).ids;
  }

  /** Whatever is done with the lead that is left, or with a second one of the same person, brings no value of theirs back. */
  async comesBack(ids: Sides<string>): Promise<void> {
    await this.simulated.editLead(ids.salesforce, { Title: `third ${marker}`, Email: email });
    const [twin] = await this.create('salesforce', 'Lead', {
      ...{ LastName: marker, Company: marker, Email: email.toUpperCase() },
    });
    await pollOnce(this.simulated.context(), 'salesforce');
    for (const salesforce of [ids.salesforce, twin ?? '']) await this.simulated.mark({ salesforce });
    await this.simulated.drain();
    expect(await this.traces()).toEqual([]);
    const there = await fetch(`${this.simulated.sandbox.access.hubspot}/_sandbox/records/contacts`);
    expect((await there.text()).toLowerCase()).not.toContain(marker);
  }

  async reviews() {
    return this.simulated.fixture.query<{ record_id: string; cause: string }>(
      'select record_id, cause from tandem.reviews order by record_id',
    );
  }

  /** Somebody on both sides whose every value has the marker in it, with a change behind them. */
  async person(...others: readonly Readonly<Record<string, string>>[]): Promise<Sides<string>> {
    const [ids] = await this.simulated.people([
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
    await this.simulated.editContact(ids.hubspot, { jobtitle: `second ${marker}` });
    await this.simulated.mark({ hubspot: ids.hubspot });
    await this.simulated.drain();
    return ids;
  }

  /** The places that hold values only while something is under way or wrong. */
  async soil(ids: Sides<string>): Promise<void> {
    const { store } = this.simulated.fixture;
    const [link] = (await store.engine.linksOf(pair.name, 'hubspot', [ids.hubspot])).values();
    const unit = `link:${link?.id}`;
    const words = `a vendor's message: ${email} is taken`;
    const failure = { ...makeParked({ key: unit }).failure, message: words };
    await this.simulated.fixture.query(
      `insert into tandem.parked (pair, unit, system, field, type, record_id, failure, next_step, refused)
       values ($1, $2, 'salesforce', 'jobtitle', 'Lead', $3, $4, '', ''),
         ($1, 'salesforce:Lead/other', 'salesforce', '', 'Lead', 'other', $4, '', '')`,
      [pair.name, unit, ids.salesforce, JSON.stringify(failure)],
    );
    const { id, writes } = makeIntent({ key: unit });
    await this.simulated.fixture.query(
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
    await this.simulated.fixture.query(`insert into tandem.key_locks (key, fence) values ($1, 999999)`, [
      JSON.stringify(`key:${pair.name}:${email}`),
    ]);
    await this.simulated.fixture.query(
      `insert into tandem.problems (key, what, cause, fault, next_step) values ('k', 'what', $1, 'data', '')`,
      [words],
    );
    await this.simulated.fixture.query(`insert into tandem.alerts (key, problem) values ('k', $1)`, [
      JSON.stringify({ what: 'what', since: '', cause: words, fault: 'data', next: '' }),
    ]);
    await this.simulated.fixture.query(
      `insert into tandem.reviews (pair, unit, system, type, record_id, cause, candidates)
       values ($1, 'salesforce:Lead/twin', 'salesforce', 'Lead', 'twin', 'two', $2)`,
      [pair.name, JSON.stringify([contact(ids.hubspot)])],
    );
  }

  /** What the lifecycle keeps of a person: all of it hangs on the journey. */
  async soilJourney(contactId: string): Promise<void> {
    const json = JSON.stringify({ contact: { fields: { lastname: marker } } });
    const rows = [
      `insert into tandem.activities (journey_id, key, at, activity) select j.id, 'a', now(), $2::json from j`,
      `insert into tandem.told_activities (journey_id, key, at, activity) select j.id, 'a', now(), $2::json from j`,
      `insert into tandem.told_facts (journey_id, key, fact) select j.id, 'f', $2::json from j`,
      `insert into tandem.feedback (journey_id, record, kind, value, at, turn) select j.id, '00Q', 'reason', $2, now(), 1 from j`,
      `insert into tandem.effects (key, journey_id, kind, turn, at, evidence, why)
         select 'effect', j.id, 'hand-off', 1, now(), $2, $2 from j`,
      `insert into tandem.transitions (journey_id, at, from_stage, to_stage, move, legal, cause, evidence, by_whom, turn,
           version, behaviour, mode, effects)
         select j.id, now(), 'a', 'b', 'm', true, $2, $2, 'tandem', 1, 'v', 'stages', 'act', '{}' from j`,
      `insert into tandem.clocks (journey_id, turn, kind, clock) select j.id, 1, 'touch', $2::json from j`,
    ];
    await this.simulated.fixture.query(
      `insert into tandem.journeys (id, contact_id, stage, turn, state) values (gen_random_uuid(), $1, 'new', 0, $2)`,
      [contactId, json],
    );
    for (const row of rows) {
      await this.simulated.fixture.query(
        `with j as (select id from tandem.journeys where contact_id = $1) ${row}`,
        [contactId, json],
      );
    }
    await this.simulated.fixture.query(
      `insert into tandem.deals (id, state, stage, loss_reason, created_at, stamp) values ('006', 'lost', 's', $1, now(), now())`,
      [marker],
    );
    await this.simulated.fixture.query(
      `insert into tandem.deal_people (journey_id, deal_id) select id, '006' from tandem.journeys`,
    );
  }

  async linkOf(id: string) {
    return (await this.simulated.fixture.store.engine.linksOf(pair.name, 'hubspot', [id])).get(id);
  }

  async title(ids: Sides<string>) {
    return (await this.simulated.values(ids, { hubspot: 'jobtitle', salesforce: 'Title' })).salesforce;
  }
}

/** Call at the top of a test file: store and simulators are open during its tests, and empty before each. */
export const withMarkedPerson = (): MarkedPerson => {
  const simulated = withSimulators();
  beforeEach(async () => {
    await simulated.fixture.reset();
    await simulated.control('hubspot', 'reset', { contacts: 0, leads: 0 });
    await simulated.control('salesforce', 'reset', { contacts: 0, leads: 0 });
  });
  return new MarkedPerson(simulated);
};
