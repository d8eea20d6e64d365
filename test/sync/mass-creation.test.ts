import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { breakerDefaults } from '../../src/model/mapping.ts';
import type { EngineContext } from '../../src/sync/engine.ts';
import { workOnce } from '../../src/sync/work.ts';
import { pair, withSimulators } from './simulated.ts';

/** More creations than these in ten minutes wait for a word. */
const creations = 3;
const simulated = withSimulators();
const { fixture } = simulated;

const context = (hash?: string): EngineContext => {
  const own = simulated.context();
  const mass = { ...breakerDefaults.mass, creations };
  return {
    ...own,
    ...(hash === undefined ? {} : { mappingHash: hash }),
    pair: { ...own.pair, breakers: { ...breakerDefaults, mass } },
    breakers: fixture.store.engine,
  };
};

const emails = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, n) => ({
    ...{ email: `${prefix}${n}@example.com`, lastname: `${prefix} ${n}`, company: 'Example' },
  }));
/** Who is imported, and told of. */
const load = async (prefix: string, count: number): Promise<readonly string[]> => {
  const loaded = await simulated.control('hubspot', 'records/contacts', { records: emails(prefix, count) });
  const { ids } = z.object({ ids: z.array(z.string()) }).parse(loaded);
  for (const id of ids) await simulated.mark({ hubspot: id });
  await work();
  return ids;
};
/** Works off what is due, and not what is held. */
const work = async (own = context()): Promise<void> => {
  for (let units = 1; units > 0; ) {
    await fixture.query('update tandem.dirty set due = now() where not held');
    units = (await workOnce(own, 'live')).units;
  }
};
const leadsOf = async (prefix: string): Promise<number> => {
  const connection = await simulated.asPerson();
  const found = await connection.query(`SELECT Id FROM Lead WHERE Email LIKE '${prefix}%'`);
  return found.totalSize;
};
const held = async () =>
  fixture.query<{ id: string; kind: string; scope: string }>(
    'select id, kind, scope from tandem.held where released_at is null',
  );

beforeAll(async () => {
  const records = emails('first', 5);
  await simulated.control('hubspot', 'records/contacts', { records });
  await simulated.align();
});
afterEach(async () => {
  await fixture.query('update tandem.held set released_at = now()');
  await fixture.query('delete from tandem.mass_changes');
  await simulated.drain();
});

describe('The mass-change breaker: creations', () => {
  it('a first alignment creates everybody, unasked', async () => {
    expect(await leadsOf('first')).toBe(5);
    expect(await held()).toEqual([]);
  });

  it('an import of too many waits for a word, loses nobody, and goes on once it has it', async () => {
    await load('few', creations);
    expect([await leadsOf('few'), await held()]).toEqual([creations, []]);

    await load('import', 6);
    expect(await leadsOf('import')).toBe(0);
    const [hold] = await held();
    expect(hold).toMatchObject({ kind: 'create', scope: 'create:salesforce' });
    expect(await fixture.store.status.problems()).toMatchObject([
      {
        what: 'people: a mass change is held: records created in Salesforce',
        cause: expect.stringContaining('more than 3 wait for a word'),
        next: expect.stringContaining(`tandem apply --held ${hold?.id}`),
      },
    ]);
    // They keep nobody from idle, hold no key, and are asked about no more than once.
    expect(await fixture.store.engine.backlog(pair.name)).toMatchObject({
      dirty: 6,
      due: 0,
      leased: 0,
      held: 6,
    });
    expect(await fixture.query('select from tandem.key_locks')).toEqual([]);

    // Everything else goes on: an edit of who is linked, and a record that the other side made.
    const [first] = await fixture.query<{ hubspot: string; salesforce: string }>(
      `select hubspot_id as hubspot, salesforce_id as salesforce from tandem.links where ended_at is null limit 1`,
    );
    if (first === undefined) throw new Error('nobody is linked');
    await simulated.editContact(first.hubspot, { jobtitle: 'Chief' });
    await simulated.mark({ hubspot: first.hubspot });
    await work();
    const titles = { hubspot: 'jobtitle', salesforce: 'Title' };
    expect(await simulated.values(first, titles)).toEqual({ hubspot: 'Chief', salesforce: 'Chief' });
    const lead = { Email: 'import0@example.com', LastName: 'by a rep', Company: 'Example' };
    const made = await (await simulated.asPerson()).sobject('Lead').create(lead);
    await simulated.mark({ salesforce: made.id ?? '' });
    await work();
    // Who is held is found by their address all the same, and not made a second time by the release.
    expect(await fixture.store.engine.backlog(pair.name)).toMatchObject({ dirty: 5, held: 5 });

    await fixture.store.operator.releaseHeld(hold?.id ?? '');
    await work();
    expect([await leadsOf('import'), await held()]).toEqual([6, []]);
    expect(await fixture.store.status.problems()).toEqual([]);
  });

  it('somebody whom the lifecycle hands to sales meanwhile, or a person asks for, does not wait', async () => {
    const [ready, asked] = await load('many', 6);
    expect(await held()).toHaveLength(1);
    await fixture.query(
      `with journey as (insert into tandem.journeys (id, contact_id, stage, turn, state)
         values (gen_random_uuid(), $1, 'sales-ready', 1, '{}') returning id)
       insert into tandem.effects (key, journey_id, kind, turn, at, evidence)
       select id || '/hand-off', id, 'hand-off', 1, now(), '' from journey`,
      [ready],
    );
    const mark = { pair: pair.name, class: 'live', stamp: null } as const;
    const ref = (id = '') => ({ system: 'hubspot', type: 'contacts', id }) as const;
    await fixture.store.engine.commitSignals([
      { ...mark, ref: ref(ready), cause: 'hand-off' },
      { ...mark, ref: ref(asked), cause: 'sync by hand' },
    ]);
    await work();
    expect(await leadsOf('many')).toBe(2);
    expect(await fixture.store.engine.backlog(pair.name)).toMatchObject({ dirty: 4, due: 0, held: 4 });
  });
});
