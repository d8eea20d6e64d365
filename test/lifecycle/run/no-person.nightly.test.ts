import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { carryOut } from '../../../src/lifecycle/effects/carry-out.ts';
import type { LifecycleContext } from '../../../src/lifecycle/run/context.ts';
import { lookOnce } from '../../../src/lifecycle/run/look-pass.ts';
import { readTouches } from '../../../src/lifecycle/run/touch-pass.ts';
import { withMachines } from '../../../src/lifecycle/staff/staff.ts';
import type { Sides } from '../../../src/model/system.ts';
import type { RawFields } from '../../../src/model/value.ts';
import { withOffice } from './office.ts';

const office = withOffice();
let people: readonly Sides<string>[] = [];
let ids: Readonly<Record<'ana' | 'tandem', string>>;
/** A user of the integration of a dialer, with a licence as people have; sla.yaml names it. */
let dialer = '';

const control = (path: string, body: unknown): Promise<unknown> =>
  office.simulated.control('salesforce', path, body);
const editAs = (by: string, type: string, record: RawFields): Promise<unknown> =>
  control('edits', { by, type, records: [record] });

/** The office by an sla.yaml that names the dialer. */
const context = (): LifecycleContext => ({
  ...office.context,
  staff: async (fresh) => {
    const staff = await office.context.staff(fresh);
    const owners = withMachines([...staff.owners.values()], new Set([dialer]));
    return { ...staff, owners: new Map(owners.map((owner) => [owner.id, owner])) };
  },
});
const look = async ({ salesforce }: Sides<string>, by = context()): Promise<void> => {
  await office.mark('salesforce', 'Lead', [salesforce]);
  await office.settle(by);
};

/** The next of them, with sales and untouched; the lead is with this user. */
const handOver = async (owner: 'ana' | 'tandem' = 'ana'): Promise<Sides<string>> => {
  const [person, ...others] = people;
  if (person === undefined) throw new Error('nobody is left');
  people = others;
  const forward = { Tandem_Request__c: 'Set stage', Tandem_Request_Detail__c: 'sales-ready' };
  await editAs('asouz', 'Lead', { Id: person.salesforce, OwnerId: ids[owner], ...forward });
  await look(person);
  return person;
};

const isTouched = async ({ hubspot }: Sides<string>): Promise<boolean | undefined> => {
  const [row] = await office.simulated.fixture.query<{ touched: boolean }>(
    `select state #>> '{journey,touchedAt}' is not null as touched from tandem.journeys where contact_id = '${hubspot}'`,
  );
  return row?.touched;
};
/** Of the clock that runs until the first touch. */
const isClockOver = async ({ hubspot }: Sides<string>): Promise<boolean | undefined> => {
  const [row] = await office.simulated.fixture.query<{ over: boolean }>(
    `select c.done_at is not null as over from tandem.clocks c join tandem.journeys j on j.id = c.journey_id
     where j.contact_id = '${hubspot}' and c.kind = 'follow-up'`,
  );
  return row?.over;
};
const working = { Status: 'Working - Contacted' };

beforeAll(async () => {
  const { dial } = (await control('directory', {
    users: [{ alias: 'dial', firstName: 'Dialer', lastName: 'Integration' }],
  })) as Record<string, string>;
  dialer = dial ?? '';
  const owners = [...(await office.context.staff()).owners.values()];
  const idOf = (name: string): string => owners.find((owner) => owner.name === name)?.id ?? '';
  ids = { ana: idOf('Ana Souza'), tandem: idOf('Tandem Integration') };
  people = await office.simulated.people(
    Array.from({ length: 12 }, (_, at) => ({
      ...{ email: `ada${at}@example.com`, lastname: `Lind ${at}`, company: 'Nordlys' },
    })),
  );
  await office.mark(
    'hubspot',
    'contacts',
    people.map(({ hubspot }) => hubspot),
  );
  await office.settle(context());
  await office.context.staff(true);
}, 120_000);

beforeEach(async () => {
  await control('history', { Lead: ['Status', 'OwnerId'] });
});

/** What is made of how often the history is asked for. */
const countHistories = (): { readonly asked: () => number; readonly context: LifecycleContext } => {
  let asked = 0;
  const { systems } = office.context;
  const salesforce = {
    ...systems.salesforce,
    history: (...request: Parameters<typeof systems.salesforce.history>) => {
      asked += 1;
      return systems.salesforce.history(...request);
    },
  };
  return { asked: () => asked, context: { ...context(), systems: { ...systems, salesforce } } };
};

describe('a status that means work', () => {
  it('is a touch by a rep, and no history is asked for; is none by a flow that runs by itself, or an automation of sla.yaml', async () => {
    const counted = countHistories();
    for (const [by, isTouch] of [
      ['asouz', true],
      ['autoproc', false],
      ['dial', false],
    ] as const) {
      const person = await handOver();
      await editAs(by, 'Lead', { Id: person.salesforce, ...working });
      await look(person, counted.context);
      expect([by, await isTouched(person), await isClockOver(person)]).toEqual([by, isTouch, isTouch]);
    }
    expect(counted.asked()).toBe(2);
  });

  it('is one by a rep, also where an automation or Tandem has changed the lead since', async () => {
    for (const by of ['autoproc', 'tandem']) {
      const person = await handOver();
      await editAs('asouz', 'Lead', { Id: person.salesforce, ...working });
      await editAs(by, 'Lead', { Id: person.salesforce, Title: 'CTO' });
      await look(person);
      expect([by, await isTouched(person)]).toEqual([by, true]);
    }
  });

  it("is none by a flow that Tandem's own write sets off, which runs as Tandem", async () => {
    const person = await handOver();
    await editAs('tandem', 'Lead', { Id: person.salesforce, ...working });
    await look(person);
    expect(await isTouched(person)).toBe(false);
  });

  it('goes by who changed the lead last where its history is not kept; that Tandem did says nothing', async () => {
    await control('history', { Lead: ['Title'] });
    for (const [by, isTouch] of [
      ['autoproc', false],
      ['tandem', true],
    ] as const) {
      const person = await handOver();
      await editAs(by, 'Lead', { Id: person.salesforce, ...working });
      await look(person);
      expect([by, await isTouched(person)]).toEqual([by, isTouch]);
    }
  });

  it('by a flow keeps no reminder from the rep', async () => {
    const person = await handOver();
    const { fixture } = office.simulated;
    const whose = `journey_id in (select id from tandem.journeys where contact_id = '${person.hubspot}')`;
    // A week ago, and due.
    await fixture.query(
      `update tandem.clocks set clock = jsonb_set(clock::jsonb, '{startedAt}', to_jsonb((clock ->> 'startedAt')::float8 - 7 * 86400000.0))::json
       where ${whose} and kind = 'follow-up'`,
    );
    await office.mark('salesforce', 'Lead', [person.salesforce]);
    await lookOnce(context());
    await editAs('autoproc', 'Lead', { Id: person.salesforce, ...working });
    office.told.length = 0;
    await carryOut(context());
    expect(office.told.length).toBeGreaterThan(0);
    expect(
      await fixture.query(`select why from tandem.effects where ${whose} and why like 'not done%'`),
    ).toEqual([]);
  });
});

describe('a call', () => {
  it('that an automation logged is no touch; one that it planned and a rep made is one', async () => {
    const person = await handOver();
    await readTouches(context());
    const call = { WhoId: person.salesforce, TaskSubtype: 'Call', Subject: 'Call' };
    await editAs('dial', 'Task', { ...call, Status: 'Completed' });
    await readTouches(context());
    await look(person);
    expect(await isTouched(person)).toBe(false);
    const { ids } = (await editAs('dial', 'Task', { ...call, Status: 'Not Started' })) as {
      readonly ids: readonly string[];
    };
    await editAs('asouz', 'Task', { Id: ids[0] ?? '', Status: 'Completed' });
    await readTouches(context());
    await look(person);
    expect(await isTouched(person)).toBe(true);
  });
});

describe("a lead that Salesforce's own rule gives to an automation", () => {
  it('is with nobody, and goes to the fallback queue', async () => {
    await control('assignment', [{ owner: dialer }]);
    const person = await handOver('tandem');
    await control('assignment', []);
    const { OwnerId } = await office.read('salesforce', 'Lead', person.salesforce, 'OwnerId');
    expect(OwnerId).toBe(office.context.models.routing.fallbackQueue);
  });
});
