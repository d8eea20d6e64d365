import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { journeyOf, journeyWords } from '../../../src/commands/explain/journey.ts';
import { currentProblems } from '../../../src/commands/status/problems.ts';
import type { LifecycleContext } from '../../../src/lifecycle/run/context.ts';
import { lookOnce } from '../../../src/lifecycle/run/look-pass.ts';
import { findUnassigned } from '../../../src/lifecycle/run/unassigned.ts';
import { makeExpression } from '../../../src/mapping/expression.ts';
import type { Sides } from '../../../src/model/system.ts';
import { withOffice } from './office.ts';

const office = withOffice();
/** Ids by name: of the sandbox's queues and of a rep. */
let ids: Readonly<Record<'unrouted' | 'inbound' | 'ben' | 'tandem', string>>;
let people: readonly Sides<string>[] = [];

const assignment = (body: unknown): Promise<unknown> =>
  office.simulated.control('salesforce', 'assignment', body);

/** The next person of the crowd, handed over; answers what Salesforce has of the lead, and what explain tells. */
const handOver = async (context: LifecycleContext = office.context) => {
  const [person, ...others] = people;
  if (person === undefined) throw new Error('nobody is left');
  people = others;
  await office.edit('Lead', person.salesforce, {
    Tandem_Request__c: 'Set stage',
    Tandem_Request_Detail__c: 'sales-ready',
  });
  await office.mark('salesforce', 'Lead', [person.salesforce]);
  await office.settle(context);
  return person;
};

const ownerOf = async ({ salesforce }: Sides<string>): Promise<unknown> =>
  (await office.read('salesforce', 'Lead', salesforce, 'OwnerId')).OwnerId;

const tasksOf = async ({ salesforce }: Sides<string>): Promise<readonly unknown[]> =>
  (await office.rows('Task', ({ WhoId }) => WhoId === salesforce)).map(({ OwnerId }) => OwnerId);

const handOffOf = async ({ hubspot }: Sides<string>) =>
  (await journeyOf(office.simulated.fixture.store, [hubspot]))?.effects.find(
    ({ kind }) => kind === 'hand-off',
  );

const clocksOf = async ({ hubspot }: Sides<string>): Promise<readonly unknown[]> =>
  office.simulated.fixture.query(
    `select c.kind, c.owner from tandem.clocks c join tandem.journeys j on j.id = c.journey_id
     where j.contact_id = '${hubspot}' and c.done_at is null order by c.kind`,
  );

const isOrder = ({ key }: { readonly key: string }): boolean => key.startsWith('order:');
const problems = async () => {
  await findUnassigned(office.context);
  return (await currentProblems(office.simulated.fixture.store, [])).filter(
    (each) => each.key === 'lifecycle:unassigned' || isOrder(each),
  );
};

beforeAll(async () => {
  const owners = [...(await office.context.staff()).owners.values()];
  const idOf = (isMeant: (owner: (typeof owners)[number]) => boolean): string =>
    owners.find(isMeant)?.id ?? '';
  ids = {
    unrouted: idOf(({ name }) => name === 'Unrouted Leads'),
    inbound: idOf(({ name }) => name === 'Inbound Leads'),
    ben: idOf(({ name }) => name === 'Ben Okoye'),
    tandem: idOf(({ isTandem }) => isTandem === true),
  };
  people = await office.people(8);
}, 120_000);

beforeEach(async () => {
  await assignment([]);
});

describe("a lead that Salesforce's own rules are to give to somebody", () => {
  it('has whom the rule chooses; nothing is wrong', async () => {
    await assignment([{ owner: ids.ben }]);
    const person = await handOver();
    expect([await ownerOf(person), await tasksOf(person)]).toEqual([ids.ben, [ids.ben]]);
    expect((await handOffOf(person))?.route?.decision).toEqual({ kind: 'assignment-rules' });
    expect(await problems()).toEqual([]);
  });

  it('is in the fallback queue where no rule is active, never with Tandem itself; status says so, and what to do', async () => {
    const person = await handOver();
    expect(await ownerOf(person)).toBe(ids.unrouted);
    expect(await tasksOf(person)).toEqual([ids.unrouted]);
    expect(await clocksOf(person)).toEqual([
      { kind: 'follow-up', owner: ids.unrouted },
      { kind: 'verdict', owner: ids.unrouted },
    ]);
    expect(await handOffOf(person)).toMatchObject({
      doneAt: expect.any(String),
      route: {
        decision: { kind: 'queue', id: ids.unrouted },
        words:
          'Unrouted Leads — assignment rules: nobody can · fallback: Unrouted Leads gets it (routing.yaml 1)',
      },
    });
    // What the first write showed is remembered beside the owner.
    const [{ shown } = { shown: null }] = await office.simulated.fixture.query<{ shown: unknown }>(
      `select shown -> 'salesforce' as shown from tandem.journeys where contact_id = '${person.hubspot}'`,
    );
    expect(shown).toMatchObject({ OwnerId: ids.unrouted, Tandem_Digest__c: expect.any(String) });
    expect(await problems()).toEqual([
      {
        key: 'lifecycle:unassigned',
        what: "1 lead waits with nobody: in the queue 'Unrouted Leads', or with Tandem's own user",
        since: expect.any(String),
        records: 0,
        cause: expect.stringContaining('no active lead assignment rule'),
        fault: 'config',
        next: expect.stringContaining('pools'),
      },
    ]);
    // Somebody takes it out of the queue.
    await office.edit('Lead', person.salesforce, { OwnerId: ids.ben });
    await office.mark('salesforce', 'Lead', [person.salesforce]);
    await office.settle();
    expect(await problems()).toEqual([]);
  });

  it('is in the fallback queue where the rule takes it and gives it to Tandem itself, the default lead owner', async () => {
    await assignment({ rules: [{ name: 'Standard', entries: [] }], defaultOwner: ids.tandem });
    const person = await handOver();
    expect(await ownerOf(person)).toBe(ids.unrouted);
  });

  it('waits where the fallback queue is not there, and goes on once a rule takes it', async () => {
    const { context } = office;
    const person = await handOver({
      ...context,
      models: {
        ...context.models,
        routing: { ...context.models.routing, fallbackQueue: '00G000000000009AAA' },
      },
    });
    expect(await handOffOf(person)).toMatchObject({ doneAt: null, route: null });
    expect(await tasksOf(person)).toEqual([]);
    expect((await problems()).filter(isOrder)).toMatchObject([
      {
        what: 'lifecycle: hand-off waits',
        cause: expect.stringMatching(/^nobody can take it: .*assignment rules.*fallback queue is not there/),
        fault: 'config',
        next: expect.stringContaining('assignment rule'),
      },
    ]);
    await assignment([{ owner: ids.ben }]);
    await office.simulated.fixture.query("update tandem.effects set due = now() where state = 'open'");
    await office.settle();
    expect([await ownerOf(person), await tasksOf(person)]).toEqual([ids.ben, [ids.ben]]);
    expect((await problems()).filter(isOrder)).toEqual([]);
  });

  it('does not go back to the rep who gave it away', async () => {
    await assignment([{ owner: ids.ben }]);
    const person = await handOver();
    await office.edit('Lead', person.salesforce, {
      Tandem_Disposition__c: 'Rejected',
      Tandem_Reason__c: 'Wrong territory',
    });
    await office.mark('salesforce', 'Lead', [person.salesforce]);
    await office.settle();
    expect(await ownerOf(person)).toBe(ids.unrouted);
  });
});

describe('a lead in a queue that owns leads alone', () => {
  it.each(['by the rule', 'by the fallback'])(
    'is handed over %s without a task; digest, alert and explain say so',
    async (way) => {
      const { context } = office;
      const routing = { ...context.models.routing, fallbackQueue: ids.inbound };
      if (way === 'by the rule') await assignment([{ owner: ids.inbound }]);
      office.told.length = 0;
      const person = await handOver({ ...context, models: { ...context.models, routing } });
      expect([await ownerOf(person), await tasksOf(person)]).toEqual([ids.inbound, []]);
      const words = "In the queue 'Inbound Leads', without a task: take the lead, then act";
      const { Tandem_Digest__c: digest } = await office.read(
        'salesforce',
        'Lead',
        person.salesforce,
        'Tandem_Digest__c',
      );
      // Whom a rule is still to choose is not known to the write that asks for it: the next one shows it.
      if (way === 'by the fallback') expect(digest).toContain(words);
      expect(office.told).toEqual([expect.stringContaining(words)]);
      expect(await office.read('hubspot', 'contacts', person.hubspot, 'tandem_stage')).toEqual({
        tandem_stage: 'sales-ready',
      });
      const said = "no task: the queue 'Inbound Leads' can own none";
      expect(await handOffOf(person)).toMatchObject({ doneAt: expect.any(String), said: [said] });
      const journey = await journeyOf(office.simulated.fixture.store, [person.hubspot]);
      if (journey === null) throw new Error('there is no journey');
      expect(journeyWords(journey)).toContainEqual(
        expect.stringMatching(new RegExp(`hand-off done .*${said}`)),
      );
    },
  );

  it('is not where those go whom nobody can take while it cannot own leads either', async () => {
    const { context } = office;
    const { Tasks: tasks } = (await office.simulated.control('salesforce', 'directory', {
      queues: [{ name: 'Tasks', objects: ['Task'] }],
    })) as Record<string, string>;
    await context.staff(true);
    const routing = { ...context.models.routing, fallbackQueue: tasks ?? '' };
    await handOver({ ...context, models: { ...context.models, routing } });
    expect((await problems()).filter(isOrder)).toMatchObject([
      {
        cause: expect.stringMatching(/^nobody can take it: .* the fallback queue can own no leads$/),
        next: expect.stringContaining('Setup, Queues'),
      },
    ]);
  });
});

describe('a pilot of sales-ready by owners', () => {
  it('takes those whom one of them has in HubSpot, before anybody has a lead in Salesforce', async () => {
    const { context, simulated } = office;
    const email = 'maria.lopez@acme.example.com';
    const hubspot =
      (await simulated.connect().hubspot.owners?.({ class: 'live', purpose: 'describe' })) ?? [];
    const there = [...(await context.staff()).owners.values()].find((owner) => owner.email === email);
    const here = hubspot.find((owner) => owner.email === email);
    if (there === undefined || here === undefined) throw new Error('Maria is not in both systems');
    const { ids: contacts } = (await simulated.control('hubspot', 'records/contacts', {
      records: [
        { email: 'cold1@example.com', lastname: 'Lind', hubspot_owner_id: here.id },
        { email: 'cold2@example.com', lastname: 'Lind' },
      ],
    })) as { ids: readonly string[] };
    const { scoring } = context.models;
    const [standing] = scoring.definitions;
    if (standing === undefined) throw new Error('there is no definition');
    const pilot = { owners: new Set([there.id]), segment: null, share: 0, until: null };
    const tried = { ...standing, version: 'pilot', pilot, when: makeExpression("fit != ''", 1) };
    await office.mark('hubspot', 'contacts', contacts);
    await lookOnce({
      ...context,
      models: { ...context.models, scoring: { ...scoring, definitions: [standing, tried] } },
    });
    expect(
      await simulated.fixture.query(
        `select state #>> '{told,ready}' as ready, state ->> 'owner' as owner from tandem.journeys
         where contact_id in ('${contacts.join("','")}') order by contact_id::bigint`,
      ),
    ).toEqual([
      { ready: 'pilot', owner: there.id },
      { ready: null, owner: null },
    ]);
  });
});
