import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { journeyOf, journeyWords } from '../../../src/commands/explain/journey.ts';
import { type CurrentProblem, currentProblems } from '../../../src/commands/status/problems.ts';
import { handOffAccount, termOf } from '../../../src/lifecycle/account/account.ts';
import { accountRows } from '../../../src/lifecycle/run/account-rows.ts';
import type { LifecycleContext } from '../../../src/lifecycle/run/context.ts';
import type { Sides } from '../../../src/model/system.ts';
import { mirrorMappings } from '../../mirror.ts';
import { withOffice } from './office.ts';

const office = withOffice();
let people: readonly Sides<string>[] = [];

const person = (at: number): Sides<string> => {
  const found = people[at];
  if (found === undefined) throw new Error('nobody is there');
  return found;
};
const { fixture } = office.simulated;
const salesforce = (what: 'faults' | 'rules', list: readonly unknown[]): Promise<unknown> =>
  office.simulated.control('salesforce', what, list);

/** A rep asks for them; nobody has looked yet. */
const askFor = async (at: number): Promise<void> => {
  const { salesforce: id } = person(at);
  await office.edit('Lead', id, { Tandem_Request__c: 'Set stage', Tandem_Request_Detail__c: 'sales-ready' });
  await office.mark('salesforce', 'Lead', [id]);
};
/** They are to be handed over: a rep asks for them. */
const makeReady = async (at: number, context: LifecycleContext = office.context): Promise<void> => {
  await askFor(at);
  await office.settle(context);
};
/** The order has waited for three weeks. */
const waitLong = async (at: number): Promise<void> => {
  await fixture.query(
    `update tandem.clocks c set clock = jsonb_set(c.clock::jsonb, '{startedAt}', to_jsonb((c.clock ->> 'startedAt')::float8 - 21 * 86400000.0))::json
     from tandem.journeys j where j.id = c.journey_id and j.contact_id = '${person(at).hubspot}' and c.kind = 'hand-off'`,
  );
  await office.mark('hubspot', 'contacts', [person(at).hubspot]);
  await office.settle();
};
const tryAgain = async (context: LifecycleContext = office.context): Promise<void> => {
  await fixture.query("update tandem.effects set due = now() where state = 'open'");
  await office.settle(context);
};
const problems = async (): Promise<readonly CurrentProblem[]> =>
  (await currentProblems(fixture.store, mirrorMappings.pairs)).filter(({ what }) =>
    what.startsWith('lifecycle: '),
  );
/** Where the account has their turn. */
const placeOf = async (at: number): Promise<string> => {
  const { store, pair, models } = office.context;
  const { calendarOf } = await office.context.staff();
  const { lifecycle } = fixture.store;
  const [transitions, effects, clocks, held, now] = await Promise.all([
    lifecycle.accountTransitions(),
    lifecycle.handOffEffects(pair.name),
    lifecycle.allClocks(),
    lifecycle.heldHandOffs(pair.name),
    store.now(),
  ]);
  const account = handOffAccount(
    accountRows({ transitions, effects, clocks, held }, models.sla, calendarOf, now),
    now,
  );
  const entry = termOf(account, 'ready').entries.find(({ hubspot }) => hubspot === person(at).hubspot);
  return `${entry?.leaf}: ${entry?.why}`;
};
const clockOf = async (at: number) => {
  const journey = (await office.context.store.journeys([person(at).hubspot])).get(person(at).hubspot);
  const clocks = await office.context.store.clocks([journey?.id ?? '']);
  return clocks.find(({ kind }) => kind === 'hand-off');
};

beforeAll(async () => {
  people = await office.simulated.people(
    [0, 1, 2, 3, 4, 5, 6].map((at) => ({
      ...{ email: `p${at}@nordlys.example`, lastname: `Lind ${at}`, company: 'Nordlys' },
    })),
  );
  await office.mark(
    'hubspot',
    'contacts',
    people.map(({ hubspot }) => hubspot),
  );
  await office.settle();
}, 60_000);

beforeEach(() => {
  office.told.length = 0;
});

afterEach(async () => {
  await salesforce('faults', []);
  await salesforce('rules', []);
});

describe('a hand-over', () => {
  it('that goes through has had a clock, which is over', async () => {
    await makeReady(0);
    expect(await clockOf(0)).toMatchObject({ doneAt: expect.any(Number), owner: null });
    expect([await problems(), await placeOf(0)]).toEqual([[], expect.stringMatching(/^not-yet-due/)]);
  });

  it('names the version of each file that decided: score, owner, clocks', async () => {
    const shown = await journeyOf(fixture.store, [person(0).hubspot]);
    if (shown === null) throw new Error('nobody is known');
    expect(shown.score).toMatchObject({ version: '1' });
    expect(shown.effects.find(({ kind }) => kind === 'hand-off')?.route).toMatchObject({ version: '1' });
    expect(shown.clocks.map(({ clock, version }) => `${clock} ${version}`).toSorted()).toEqual([
      ...['follow-up 1', 'hand-off 1', 'verdict 1'],
    ]);
    const words = journeyWords(shown).join('\n');
    expect(words).toMatch(/Journey: .*; scoring\.yaml 1\)/);
    expect(words).toMatch(/routed .*\(routing\.yaml 1\)/);
    expect(words).toMatch(/clock {4}follow-up of \S+: due \S+; sla\.yaml 1/);
    expect(words).toMatch(/clock {4}hand-off: due \S+, over \S+; sla\.yaml 1/);
  });

  it('whose task is refused is late after its time: person, step, cause, fault and what to press; and no more once it is done', async () => {
    await salesforce('rules', [{ object: 'Task', kind: 'validation', message: 'No tasks today' }]);
    await makeReady(1);
    expect(await placeOf(1)).toMatch(/^failed: /);
    expect((await problems()).map(({ what }) => what)).toEqual(['lifecycle: hand-off waits']);
    await waitLong(1);
    expect(await placeOf(1)).toMatch(/^in-flight-late: salesforce refuses it/);
    const { hubspot, salesforce: lead } = person(1);
    expect(await problems()).toEqual([
      {
        key: expect.any(String),
        what: `lifecycle: hand-off is late at step task: hubspot:contacts/${hubspot} (salesforce:${lead})`,
        since: expect.any(String),
        records: 1,
        cause: expect.stringContaining('No tasks today'),
        fault: 'data',
        next: 'Correct the record; it is tried again by itself.',
      },
    ]);
    // Whoever answers for those who are ready is told once, and no rep is.
    expect(office.told).toEqual([expect.stringContaining('not handed over yet')]);
    expect(office.told[0]).toContain('No tasks today');
    await waitLong(1);
    expect(office.told).toHaveLength(1);
    await salesforce('rules', []);
    await tryAgain();
    expect([await problems(), await placeOf(1)]).toEqual([[], expect.stringMatching(/^not-yet-due/)]);
    expect(await clockOf(1)).toMatchObject({ doneAt: expect.any(Number) });
  });

  it('that nobody can have is late by the fault of the configuration', async () => {
    const { models } = office.context;
    const nobody: LifecycleContext = {
      ...office.context,
      models: {
        ...models,
        routing: { ...models.routing, by: 'tandem', rules: [], fallbackQueue: '00G000000000000AAA' },
      },
    };
    await makeReady(2, nobody);
    await waitLong(2);
    expect(await problems()).toMatchObject([
      { fault: 'config', next: expect.stringContaining('routing.yaml') },
    ]);
    expect((await problems())[0]?.what).toContain('is late at step route');
    await tryAgain();
    expect(await problems()).toEqual([]);
  });

  it('of a rep who left, to the next one, has a clock as well, and is late by name', async () => {
    const { hubspot, salesforce: lead } = person(0);
    const [user] = await office.rows(
      'User',
      ({ IsActive, Name }) => IsActive === true && Name !== 'Tandem Integration',
    );
    const leaver = String(user?.Id);
    await office.edit('Lead', lead, { OwnerId: leaver });
    await office.mark('salesforce', 'Lead', [lead]);
    await office.settle();
    const { staff } = office.context;
    const without: LifecycleContext = {
      ...office.context,
      staff: async (...fresh) => {
        const all = await staff(...fresh);
        const gone = all.owners.get(leaver);
        if (gone === undefined) throw new Error('nobody has the lead');
        return { ...all, owners: new Map([...all.owners, [leaver, { ...gone, active: false }]]) };
      },
    };
    await salesforce('rules', [{ object: 'Lead', kind: 'validation', message: 'No leads today' }]);
    await office.mark('salesforce', 'Lead', [lead]);
    await office.settle(without);
    expect(await clockOf(0)).toMatchObject({ doneAt: null, clock: expect.stringContaining(leaver) });
    await fixture.query(
      "update tandem.clocks set due_at = now() where kind = 'hand-off' and done_at is null",
    );
    expect((await problems()).map(({ what }) => what)).toEqual([
      `lifecycle: reassign is late at step sales: hubspot:contacts/${hubspot} (salesforce:${lead})`,
    ]);
    await salesforce('rules', []);
    await tryAgain(without);
    expect([await problems(), await clockOf(0)]).toEqual([
      [],
      expect.objectContaining({ doneAt: expect.any(Number) }),
    ]);
  });

  it('says that Salesforce does not answer, whose fault it is, and goes on by itself', async () => {
    await salesforce('faults', [{ match: { path: '/sobjects/Task' }, effect: { status: 503 } }]);
    await makeReady(3);
    await salesforce('faults', [{ match: {}, effect: { status: 503 } }]);
    await fixture.query("update tandem.effects set due = now() where state = 'open'");
    await expect(office.settle()).rejects.toMatchObject({ failure: { system: 'salesforce' } });
    await fixture.query(
      "update tandem.clocks set due_at = now() where kind = 'hand-off' and done_at is null",
    );
    expect(await problems()).toMatchObject([
      { cause: expect.stringMatching(/^salesforce does not answer: /), fault: 'salesforce', records: 1 },
    ]);
    await salesforce('faults', []);
    await tryAgain();
    expect(await problems()).toEqual([]);
  });

  it('of whom somebody was being told as the worker died: the others are told by the next one, each once', async () => {
    for (const at of [4, 5, 6]) await askFor(at);
    const { promise: second, resolve } = Promise.withResolvers<void>();
    const dying: LifecycleContext = {
      ...office.context,
      tell: async (text) => {
        office.told.push(text);
        // Heard, and the answer never arrives.
        if (office.told.length === 2) await new Promise<never>(() => resolve());
      },
    };
    void office.settle(dying);
    await second;
    expect(office.told).toHaveLength(2);
    await tryAgain();
    expect(office.told).toHaveLength(3);
    for (const name of ['Lind 4', 'Lind 5', 'Lind 6'])
      expect(office.told.filter((text) => text.includes(name))).toHaveLength(1);
    const notes = await fixture.query<{ why: string }>(
      "select why from tandem.effects where kind = 'hand-off' and state = 'done' and why is not null",
    );
    expect(notes).toEqual([{ why: expect.stringContaining('whether they were told is not known') }]);
  });
});
