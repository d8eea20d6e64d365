import { beforeEach, describe, expect, it } from 'vitest';
import type { Sides } from '../../src/model/system.ts';
import { lookAtSchemas, type SchemaWatch } from '../../src/sync/schema-watch.ts';
import { workOnce } from '../../src/sync/work.ts';
import { pair, withSimulators } from './simulated.ts';

const title = { hubspot: 'jobtitle', salesforce: 'Title' };

describe('a linked lead that is not shared with the integration any more', () => {
  const simulated = withSimulators();
  const { fixture } = simulated;
  let lost: Sides<string>;
  let other: Sides<string>;

  const parked = async () =>
    fixture.query<{ system: string; code: string; record_id: string }>(
      `select system, failure ->> 'code' as code, record_id from tandem.parked`,
    );
  const share = (isShared: boolean): Promise<unknown> =>
    simulated.control(
      'salesforce',
      'rules',
      isShared ? [] : [{ object: 'Lead', kind: 'unshare', when: { LastName: 'Lost' } }],
    );
  const look = async (ids: Partial<Sides<string>>): Promise<void> => {
    await simulated.mark(ids);
    await simulated.drain();
  };
  const isLinked = async (): Promise<boolean> =>
    (await fixture.store.engine.linksOf(pair.name, 'hubspot', [lost.hubspot])).get(lost.hubspot)?.ended ===
    null;

  /** One turn of the worker's own watch, whose time has come. */
  const watch = async (): Promise<void> => {
    const { engine, operator } = fixture.store;
    const connectors = simulated.connect();
    const eyes: SchemaWatch = {
      pairs: [pair],
      store: {
        ...operator,
        raiseProblem: engine.raiseProblem.bind(engine),
        clearProblem: engine.clearProblem.bind(engine),
      },
      events: { emit: () => undefined },
      describe: async (system, types) => {
        const call = { class: 'live', purpose: 'describe' } as const;
        const all = types.map(async (type) => {
          const description = await connectors[system].describe(type, call);
          return [type, { description }] as const;
        });
        return new Map(await Promise.all(all));
      },
    };
    expect(await lookAtSchemas(eyes, { busyMs: 0, idleMs: 0 })).toBe(true);
  };

  beforeEach(async () => {
    await fixture.reset();
    for (const system of ['hubspot', 'salesforce'] as const)
      await simulated.control(system, 'reset', { contacts: 0, leads: 0 });
    await share(true);
    const people = await simulated.people([
      { email: 'lost@example.com', lastname: 'Lost', company: 'Acme', jobtitle: 'first' },
      { email: 'found@example.com', lastname: 'Found', company: 'Acme', jobtitle: 'first' },
    ]);
    const [one, two] = people;
    if (!one || !two) throw new Error('two were to be linked');
    [lost, other] = [one, two];
  });

  it('is parked, its link lives, nobody is created for it, and everybody else goes on', async () => {
    await share(false);
    await simulated.editContact(lost.hubspot, { jobtitle: 'second' });
    await simulated.editContact(other.hubspot, { jobtitle: 'second' });
    await look({ hubspot: lost.hubspot });
    await look({ hubspot: other.hubspot });
    expect(await parked()).toEqual([
      { system: 'salesforce', code: 'UNREACHABLE', record_id: lost.salesforce },
    ]);
    expect(await isLinked()).toBe(true);
    expect((await simulated.values(other, title)).salesforce).toBe('second');
    expect(await fixture.query('select from tandem.reviews')).toEqual([]);
    await share(true);
    const leads = await fetch(`${simulated.sandbox.access.salesforce}/_sandbox/records/Lead`);
    expect(((await leads.json()) as { records: unknown[] }).records).toHaveLength(2);
  });

  it('leaves no write under way, says in the ledger what became of it, and finds out once it is shared again', async () => {
    // Carried out, and the answer never came; then nobody is shown the lead any more.
    const cut = { match: { method: 'PATCH' }, effect: { drop: 'after' } };
    await simulated.editContact(lost.hubspot, { jobtitle: 'second' });
    await simulated.mark({ hubspot: lost.hubspot });
    await simulated.control('salesforce', 'faults', [cut]);
    await workOnce(simulated.context(), 'live');
    expect(await fixture.query('select from tandem.intents')).toHaveLength(1);
    await simulated.control('salesforce', 'faults', []);
    await share(false);
    await simulated.drain();
    expect(await fixture.query('select from tandem.intents')).toEqual([]);
    expect(await parked()).toMatchObject([{ system: 'salesforce', code: 'UNREACHABLE' }]);
    const kept = await fixture.query<{ cause: string }>(
      `select field, from_value #>> '{}' as "from", to_value #>> '{}' as "to", rule, cause from tandem.ledger
       where event = 'kept'`,
    );
    expect(kept).toMatchObject([{ field: 'jobtitle', from: 'first', to: 'second', rule: 'unreachable' }]);
    expect(kept[0]?.cause).toContain('outcome unknown, its record is not shown any more');

    // It had landed; meanwhile somebody else went on. Nothing of the old write comes back.
    await share(true);
    await simulated.editLeadAsPerson(lost.salesforce, { Title: 'third' });
    await watch();
    await simulated.drain();
    expect(await simulated.values(lost, title)).toEqual({ hubspot: 'third', salesforce: 'third' });
    expect(await parked()).toEqual([]);
  });

  it('costs one look each time while it stays so, and flows both ways by itself once it is shared again', async () => {
    await share(false);
    await simulated.editContact(lost.hubspot, { jobtitle: 'second' });
    await look({ hubspot: lost.hubspot });
    await watch();
    expect(await fixture.query('select from tandem.dirty')).toHaveLength(1);
    await workOnce(simulated.context(), 'sweep');
    expect(await parked()).toHaveLength(1);
    expect(await fixture.query('select from tandem.dirty')).toEqual([]);

    await share(true);
    await watch();
    await simulated.drain();
    expect(await parked()).toEqual([]);
    expect(await simulated.values(lost, title)).toEqual({ hubspot: 'second', salesforce: 'second' });
    await simulated.editLeadAsPerson(lost.salesforce, { Title: 'third' });
    await look({ salesforce: lost.salesforce });
    expect(await simulated.values(lost, title)).toEqual({ hubspot: 'third', salesforce: 'third' });
  });

  it('is tried again by itself once the integration may write it, a record that could not be created as well', async () => {
    const row = { statusCode: 'INSUFFICIENT_ACCESS_OR_READONLY', message: 'no right', fields: [] };
    const refusing = { status: 200, body: [{ success: false, errors: [row] }] };
    await simulated.control('salesforce', 'faults', [
      { match: { method: 'PATCH', path: '/composite/sobjects' }, effect: refusing },
    ]);
    await simulated.editContact(lost.hubspot, { jobtitle: 'second' });
    await look({ hubspot: lost.hubspot });
    const made = { records: [{ email: 'new@example.com', lastname: 'New', company: 'Acme' }] };
    const { ids } = (await simulated.control('hubspot', 'records/contacts', made)) as { ids: string[] };
    await look({ hubspot: ids[0] ?? '' });
    expect(await parked()).toHaveLength(2);
    expect(new Set((await parked()).map(({ code }) => code))).toEqual(new Set([row.statusCode]));
    // A look while it is so costs one call for all of them, and leaves them as they were.
    await watch();
    await simulated.drain();
    expect(await parked()).toHaveLength(2);

    await simulated.control('salesforce', 'faults', []);
    await watch();
    await simulated.drain();
    expect(await parked()).toEqual([]);
    expect(await simulated.values(lost, title)).toEqual({ hubspot: 'second', salesforce: 'second' });
    expect((await fixture.store.engine.linksOf(pair.name, 'hubspot', ids)).size).toBe(1);
  });
});
