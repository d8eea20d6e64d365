import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { journeyOf } from '../../../src/commands/explain/journey.ts';
import type { LifecycleContext } from '../../../src/lifecycle/run/context.ts';
import type { Sides } from '../../../src/model/system.ts';
import type { RawFields } from '../../../src/model/value.ts';
import { withOffice } from './office.ts';

const office = withOffice();
/** Ids of three reps, by first name. */
let ids: Readonly<Record<'ana' | 'ben' | 'chloe', string>>;
let people: readonly Sides<string>[] = [];

const nextPerson = (): Sides<string> => {
  const [person, ...others] = people;
  if (person === undefined) throw new Error('nobody is left');
  people = others;
  return person;
};

/** The office by a routing.yaml with one pool, whose members take turns at any hour. */
const routedTo = (...owners: readonly string[]): LifecycleContext => {
  const { models } = office.context;
  const members = owners.map((owner) => ({
    ...{ owner, weight: 1 },
    ...{ perDayMax: Number.POSITIVE_INFINITY, openMax: Number.POSITIVE_INFINITY },
  }));
  const pools = new Map([['reps', { name: 'reps', hours: 'any' as const, members }]]);
  return {
    ...office.context,
    models: { ...models, routing: { ...models.routing, by: 'tandem', otherwise: 'reps', pools } },
  };
};

const refuse = (path: string): Promise<unknown> =>
  office.simulated.control('salesforce', 'faults', [
    { match: { path, caller: 'integration', method: 'PATCH' }, effect: { status: 503 } },
  ]);
const refuseNothing = (): Promise<unknown> => office.simulated.control('salesforce', 'faults', []);

/** What a rep enters, and what follows from it while Salesforce refuses Tandem's writes there. */
const whileRefused = async (
  { salesforce }: Sides<string>,
  fields: RawFields,
  path: string,
  context: LifecycleContext,
): Promise<void> => {
  await office.edit('Lead', salesforce, fields);
  await office.mark('salesforce', 'Lead', [salesforce]);
  await refuse(path);
  await office.settle(context);
  await refuseNothing();
};

const forward = { Tandem_Request__c: 'Set stage', Tandem_Request_Detail__c: 'sales-ready' };
const writes = { any: '/sobjects', tasks: '/sobjects/Task' } as const;

/** Everything that waits is tried again, whatever time it waits for. */
const tryAgain = async (context: LifecycleContext): Promise<void> => {
  await office.simulated.fixture.query("update tandem.effects set due = now() where state = 'open'");
  await office.settle(context);
};

/** A colleague takes the lead in Salesforce; then Tandem's writes go through again. */
const take = async (
  { salesforce }: Sides<string>,
  owner: string,
  context: LifecycleContext,
): Promise<void> => {
  await office.simulated.editLeadAsPerson(salesforce, { OwnerId: owner });
  await tryAgain(context);
};

const ownerOf = async ({ salesforce }: Sides<string>): Promise<unknown> =>
  (await office.read('salesforce', 'Lead', salesforce, 'OwnerId')).OwnerId;
/** Owners of Tandem's open tasks. */
const taskOwners = async ({ salesforce }: Sides<string>): Promise<readonly unknown[]> =>
  (await office.rows('Task', ({ WhoId, IsClosed }) => WhoId === salesforce && IsClosed !== true)).map(
    ({ OwnerId }) => OwnerId,
  );
const effectOf = async ({ hubspot }: Sides<string>, kind: string) =>
  (await journeyOf(office.simulated.fixture.store, [hubspot]))?.effects.findLast(
    (effect) => effect.kind === kind,
  );
const clockOwners = async ({ hubspot }: Sides<string>): Promise<readonly unknown[]> =>
  (
    await office.simulated.fixture.query<{ owner: string }>(
      `select distinct c.owner from tandem.clocks c join tandem.journeys j on j.id = c.journey_id
       where j.contact_id = '${hubspot}' and c.done_at is null`,
    )
  ).map(({ owner }) => owner);

beforeAll(async () => {
  const owners = [...(await office.context.staff()).owners.values()];
  const idOf = (first: string): string => owners.find(({ name }) => name.startsWith(first))?.id ?? '';
  ids = { ana: idOf('Ana'), ben: idOf('Ben'), chloe: idOf('Chloé') };
  people = await office.people(4);
}, 120_000);

beforeEach(async () => {
  await office.simulated.control('salesforce', 'assignment', []);
  office.told.length = 0;
});

describe('a lead that a colleague takes', () => {
  it('before its owner is written stays theirs, with task, message and clocks; explain says whom it was meant for', async () => {
    const context = routedTo(ids.ben);
    const person = nextPerson();
    await whileRefused(person, forward, writes.any, context);
    expect(await effectOf(person, 'hand-off')).toMatchObject({
      doneAt: null,
      route: { decision: { kind: 'owner', id: ids.ben } },
    });
    await take(person, ids.ana, context);
    expect([await ownerOf(person), await taskOwners(person)]).toEqual([ids.ana, [ids.ana]]);
    // Ana's zone: the message is for her.
    expect(office.told).toEqual([expect.stringContaining('(America/Sao_Paulo)')]);
    expect(await clockOwners(person)).toEqual([ids.ana]);
    expect(await effectOf(person, 'hand-off')).toMatchObject({
      doneAt: expect.any(String),
      route: {
        words:
          'Ana Souza — otherwise reps: Ben Okoye gets it · existing owner: Ana Souza has it and keeps it (routing.yaml 1)',
      },
    });
  });

  it('before its task is made gets the task and the message', async () => {
    const context = routedTo(ids.ben);
    const person = nextPerson();
    await whileRefused(person, forward, writes.tasks, context);
    expect([await ownerOf(person), await taskOwners(person)]).toEqual([ids.ben, []]);
    await take(person, ids.ana, context);
    expect([await ownerOf(person), await taskOwners(person)]).toEqual([ids.ana, [ids.ana]]);
    expect(office.told).toEqual([expect.stringContaining('(America/Sao_Paulo)')]);
  });

  it('from a rep who gave it away stays theirs, though somebody else was to have it', async () => {
    const context = routedTo(ids.ben, ids.chloe);
    const person = nextPerson();
    await whileRefused(person, forward, '/nowhere', context);
    const [first] = [await ownerOf(person)];
    const verdict = { Tandem_Disposition__c: 'Rejected', Tandem_Reason__c: 'Wrong territory' };
    await whileRefused(person, verdict, writes.any, context);
    expect([await ownerOf(person), (await effectOf(person, 're-route'))?.route?.decision]).toEqual([
      first,
      { kind: 'owner', id: first === ids.ben ? ids.chloe : ids.ben, stage: 'rep', kept: false },
    ]);
    await take(person, ids.ana, context);
    expect([await ownerOf(person), await taskOwners(person)]).toEqual([ids.ana, [ids.ana]]);
  });

  it("before Salesforce's own rules are asked is not given to anybody else by them", async () => {
    const { context } = office;
    const person = nextPerson();
    await whileRefused(person, forward, writes.any, context);
    // A worker that died before its first try counts none.
    await office.simulated.fixture.query("update tandem.effects set attempts = 0 where state = 'open'");
    await office.simulated.editLeadAsPerson(person.salesforce, { OwnerId: ids.ana });
    await office.simulated.control('salesforce', 'assignment', [{ owner: ids.ben }]);
    await tryAgain(context);
    expect([await ownerOf(person), await taskOwners(person)]).toEqual([ids.ana, [ids.ana]]);
  });
});
