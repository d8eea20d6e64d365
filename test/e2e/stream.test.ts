import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { typesOn } from '../../src/model/mapping.ts';
import { type EmbeddedPostgres, joinEmbedded } from '../../src/store/embedded/join.ts';
import { mirrorMappings } from '../mirror.ts';
import type { Child } from './harness/child.ts';
import type { Person } from './harness/person.ts';
import { mirror, Stage } from './harness/stage.ts';
import { patienceMs, until } from './harness/until.ts';

/** Objects that the stream tells of. Of all but Lead nothing happens here, so that there is no place of theirs to go on from. */
const objects = mirrorMappings.pairs.flatMap((pair) => typesOn(pair, 'salesforce')).length;
const silent = objects - 1;

const pollsOf = async ({ sandbox }: Stage): Promise<number> =>
  (await sandbox.stats('salesforce')).calls.byRoute['GET /services/data/{version}/queryAll'] ?? 0;

/** Waits until the looks with which a stream begins are over: until then no place is stored. */
const untilLooked = async (stage: Stage): Promise<void> => {
  let [seen, since] = [-1, 0];
  const isQuiet = async (): Promise<true | null> => {
    const now = await pollsOf(stage);
    if (now !== seen) [seen, since] = [now, performance.now()];
    return performance.now() - since > 1_000 ? true : null;
  };
  await until('the end of the looks', isQuiet);
};

/** A worker that hears of Salesforce's changes over its stream, and a person known to both systems. */
describe('Signals: Salesforce’s change events', () => {
  let stage: Stage;
  let person: Person;
  let worker: Child;
  let lead: string;
  let contact: string;

  const polls = async (): Promise<number> => pollsOf(stage);
  const streaming = async (body: unknown): Promise<unknown> =>
    stage.sandbox.control('salesforce', 'streaming', body);
  const expectTitle = async (title: string): Promise<void> => {
    await until(`the title ${title} in HubSpot`, async () =>
      (await person.readContact(contact, 'jobtitle')).jobtitle === title ? true : null,
    );
  };
  const editTitle = async (Title: string): Promise<void> =>
    person.editLeads([{ id: lead, values: { Title } }]);

  beforeAll(async () => {
    stage = await Stage.open();
    person = await stage.person();
    lead = await person.createLead({ LastName: 'Doe', Company: 'Acme', Email: 'doe@example.com' });
    // So seldom that nothing in these tests can come by a poll; the first one is at the start.
    worker = stage.start(['run', '--config', mirror, '--data', stage.data, '--port', '0'], {
      env: { TANDEM_POLL_SECONDS: '600' },
    });
    await worker.event('stream-opened');
    contact = await until('the contact', async () => {
      const [record] = await stage.sandbox.records('hubspot', 'contacts');
      return record === undefined ? null : String(record.id);
    });
    await untilLooked(stage);
  });
  afterAll(async () => stage?.close());

  it('bring an edit to HubSpot with no poll in between, and end there when they are its own', async () => {
    const before = await polls();
    await editTitle('CEO');
    await expectTitle('CEO');
    await person.editContacts([{ id: contact, values: { city: 'Oslo' } }]);
    expect(await polls()).toBe(before);
    const { problems, budget } = await stage.status();
    expect(problems).toEqual([]);
    expect(budget.salesforce).toMatchObject({ events: { quota: { limit: 25_000 } } });
  });

  it('bring it once when they come twice or out of order', async () => {
    await streaming({ duplicate: true, reorder: true });
    await editTitle('Twice');
    await expectTitle('Twice');
    await streaming({ reset: true });
    expect(worker.linesOf('step-failed')).toEqual([]);
  });

  it('bring a change whose values are not told', async () => {
    await streaming({ gapEvery: 1 });
    await editTitle('Gap');
    await expectTitle('Gap');
    await streaming({ reset: true });
  });

  it('bring what an overflow did not name, by one look', async () => {
    const before = await polls();
    await streaming({ overflowAbove: 0 });
    await editTitle('Overflow');
    await expectTitle('Overflow');
    await streaming({ reset: true });
    expect(await polls()).toBe(before + 1);
  });

  it('go on where they were when the client is forgotten or the session ends', async () => {
    const before = await polls();
    await streaming({ disconnect: true });
    await editTitle('Forgotten');
    await expectTitle('Forgotten');
    await stage.sandbox.control('salesforce', 'auth', { expire: 'integration' });
    await editTitle('Expired');
    await expectTitle('Expired');
    // Silent ones are looked at each time.
    expect(await polls()).toBeLessThanOrEqual(before + 2 * silent);
  });

  it('bring what happened before a place that is not retained any more, by one look at each object', async () => {
    await untilLooked(stage);
    const before = await polls();
    await streaming({ dropEvery: 1 });
    await editTitle('Purged');
    await streaming({ reset: true, expireReplay: true, disconnect: true });
    await expectTitle('Purged');
    await until('a look at each object', async () => ((await polls()) >= before + objects ? true : null));
    expect(await polls()).toBe(before + objects);
  });
});

it('is replaced by polling when the day’s events are used up, and status says why', async () => {
  const stage = await Stage.open();
  try {
    const person = await stage.person();
    const lead = await person.createLead({ LastName: 'Doe', Company: 'Acme', Email: 'doe@example.com' });
    const worker = stage.run();
    await worker.event('stream-opened');
    await stage.sandbox.control('salesforce', 'streaming', { deliveryLimit: 0 });
    await worker.event('stream-failed');
    await person.editLeads([{ id: lead, values: { Title: 'polled' } }]);
    await until('the title in HubSpot', async () => {
      const [contact] = await stage.sandbox.records('hubspot', 'contacts');
      const properties = contact?.properties as Readonly<Record<string, string>> | undefined;
      return properties?.jobtitle === 'polled' ? true : null;
    });
    const { problems } = await stage.status();
    expect(problems).toMatchObject([
      { what: 'Salesforce does not tell of changes by itself', fault: 'salesforce' },
    ]);
  } finally {
    await stage.close();
  }
});

describe('A fleet: the stream of a fleet', () => {
  let stage: Stage;
  let database: EmbeddedPostgres;

  beforeAll(async () => {
    stage = await Stage.open();
    database = await joinEmbedded(stage.data);
  });
  afterAll(async () => {
    await stage?.close();
    await database?.leave();
  });

  const start = (): Child =>
    stage.start(['run', '--config', mirror, '--port', '0'], {
      env: { DATABASE_URL: database.connectionString, TANDEM_POLL_SECONDS: '600' },
    });
  const clients = async (): Promise<number> => {
    const answer = await fetch(`${stage.sandbox.access.salesforce}/_sandbox/streaming`);
    return z.object({ clients: z.array(z.unknown()) }).parse(await answer.json()).clients.length;
  };

  it('has one reader, and another one at the same place when it dies', async () => {
    const person = await stage.person();
    const lead = await person.createLead({ LastName: 'Doe', Company: 'Acme', Email: 'doe@example.com' });
    const workers = [start(), start()];
    await Promise.all(workers.map(async (worker) => worker.event('connected')));
    const reader = await until(
      'a reader',
      () => workers.find((worker) => worker.linesOf('stream-opened').length > 0) ?? null,
      20_000,
    );
    const other = workers.find((worker) => worker !== reader);
    expect(await clients()).toBe(1);
    expect(other?.linesOf('stream-opened')).toEqual([]);
    // So that there is a place to go on from.
    await person.editLeads([{ id: lead, values: { Title: 'before' } }]);
    const contactWith = async (title: string, withinMs = patienceMs): Promise<void> => {
      await until(
        `the title ${title} in HubSpot`,
        async () => {
          const [contact] = await stage.sandbox.records('hubspot', 'contacts');
          const properties = contact?.properties as Readonly<Record<string, string>> | undefined;
          return properties?.jobtitle === title ? true : null;
        },
        withinMs,
      );
    };
    await contactWith('before');
    await untilLooked(stage);
    await person.editLeads([{ id: lead, values: { Title: 'again' } }]);
    await contactWith('again');
    const before = await pollsOf(stage);
    await reader.crash();
    await person.editLeads([{ id: lead, values: { Title: 'meanwhile' } }]);
    const isResumed = ({ event, fresh }: Readonly<Record<string, unknown>>): boolean =>
      event === 'stream-opened' && !String(fresh).split(' ').includes('Lead');
    await other?.line('the stream, resumed', isResumed);
    // Where the dead one was about to settle its last write, nobody touches the record before the write's deadline.
    await contactWith('meanwhile', 45_000);
    // The office of polling may have moved as well, and its new holder looks once at all of them; and their turn may have come again meanwhile.
    expect((await pollsOf(stage)) - before).toBeLessThanOrEqual(2 * silent + objects);
  });
});
