import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Child } from './harness/child.ts';
import type { Person } from './harness/person.ts';
import { Stage } from './harness/stage.ts';
import { until } from './harness/until.ts';

const people = 120;
const deleted = 80;
/** Endings that the breaker lets pass before it counts too many. */
const limit = 50;
const patienceMs = 60_000;
const heldShape = z.object({ id: z.string(), kind: z.string(), records: z.number() });
const idsShape = z.object({ ids: z.array(z.string()) });
const explainShape = z.looseObject({
  link: z.looseObject({ ended: z.unknown() }).nullable(),
});
const identityShape = z.looseObject({ tandem_salesforce_id: z.string().nullish() });

let stage: Stage;
let worker: Child;
let person: Person;
let ids: readonly string[];
const leads = new Map<string, string>();

const leadOf = (contact: string): string => {
  const lead = leads.get(contact);
  if (lead === undefined) throw new Error(`${contact} has no lead`);
  return lead;
};
const leadsNow = async () => stage.sandbox.records('salesforce', 'Lead');
const contactsNow = async () => stage.sandbox.records('hubspot', 'contacts');
const ended = (): number => worker.linesOf('link-ended').length;
const isLive = async (contact: string): Promise<boolean> => {
  const { json } = await stage.ask('explain', `hubspot:contacts/${contact}`);
  const { link } = explainShape.parse(json);
  return link !== null && link.ended === null;
};
/** Nobody was made anew on either side, whatever ended. */
const expectNobodyNew = async (): Promise<void> => {
  expect([(await contactsNow()).length, (await leadsNow()).length]).toEqual([people, people]);
};

beforeAll(async () => {
  stage = await Stage.open();
  const records = Array.from({ length: people }, (_, n) => ({
    ...{ email: `person${n}@example.com`, lastname: `Number ${n}`, company: 'Example', jobtitle: 'Clerk' },
  }));
  ids = idsShape.parse(await stage.sandbox.control('hubspot', 'records/contacts', { records })).ids;
  person = await stage.person();
  worker = stage.run();
  await until(
    'everybody in Salesforce, and known in HubSpot',
    async () => {
      const known = (await contactsNow()).filter(
        ({ properties }) => identityShape.parse(properties).tandem_salesforce_id,
      );
      return known.length === people ? true : null;
    },
    patienceMs,
  );
  for (const record of await leadsNow()) leads.set(String(record.HubSpot_Id__c), String(record.Id));
  expect(leads.size).toBe(people);
}, 180_000);
afterAll(async () => stage?.close());

describe('Life events: many leads that are deleted at once', () => {
  let id = '';
  /** A deleted lead whose link waits. */
  let waiting = '';

  it('are held: the links live on, nobody is created anew, and everybody else goes on', async () => {
    await person.destroyMany('Lead', ids.slice(0, deleted).map(leadOf));
    const held = heldShape.parse(
      await until('the hold', () => worker.linesOf('held').at(-1) ?? null, patienceMs),
    );
    expect(held).toMatchObject({ kind: 'delete' });
    expect(held.records).toBeGreaterThan(limit);
    id = held.id;

    const [other = ''] = ids.slice(deleted);
    await person.editContacts([{ id: other, values: { jobtitle: 'Pilot' } }]);
    await until(
      'another edit',
      async () => ((await person.readLead(leadOf(other))).Title === 'Pilot' ? true : null),
      patienceMs,
    );
    expect(ended()).toBeLessThanOrEqual(limit);
    // Who was worked on before it tripped has ended; the first whose link lives is one that waits.
    for (const each of ids.slice(0, deleted)) {
      if (!(await isLive(each))) continue;
      waiting = each;
      break;
    }
    expect(waiting).not.toBe('');
    await expectNobodyNew();
    expect((await stage.status()).problems).toMatchObject([
      { what: 'people: a mass change is held: records deleted', next: expect.stringContaining(id) },
    ]);
  });

  it('one that is undeleted meanwhile goes on under its link, as if nothing had been', async () => {
    await person.undelete(leadOf(waiting));
    await person.editContacts([{ id: waiting, values: { jobtitle: 'Pilot' } }]);
    await until(
      'the edit of one that is back',
      async () => ((await person.readLead(leadOf(waiting))).Title === 'Pilot' ? true : null),
      patienceMs,
    );
    expect(await isLive(waiting)).toBe(true);
    await expectNobodyNew();
  });

  it('end once a person says so, all but that one, and nobody is created anew', async () => {
    expect(await stage.ask('apply', '--held', id)).toMatchObject({ code: 0, json: { released: { id } } });
    await until('the ends', () => (ended() === deleted - 1 ? true : null), patienceMs);
    await until(
      'rest',
      async () => {
        const { backlog, problems } = await stage.status();
        return backlog === 0 && problems.length === 0 ? true : null;
      },
      patienceMs,
    );
    expect(ended()).toBe(deleted - 1);
    expect(await isLive(waiting)).toBe(true);
    await expectNobodyNew();
    const archived = (await contactsNow()).filter((record) => record.archived === true);
    expect(archived).toEqual([]);
  });
});
