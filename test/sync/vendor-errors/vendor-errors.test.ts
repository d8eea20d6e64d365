import { beforeAll, describe, expect, it } from 'vitest';
import { type Sides, type System, systemLabel } from '../../../src/model/system.ts';
import { identityLooksMax } from '../../../src/sync/backoff.ts';
import { pollOnce } from '../../../src/sync/poll.ts';
import { workOnce } from '../../../src/sync/work.ts';
import { pair, withSimulators } from '../simulated.ts';
import { type Case, lookAtIt, reportIt } from './case.ts';
import { hubspotCases } from './hubspot-cases.ts';
import { salesforceCases, salesforceRow } from './salesforce-cases.ts';

/**
 * What the engine does with each error of the vendors' references: every row of a table is played by the simulator, through the real
 * client library, while the engine writes (or reads) one linked record.
 */
const simulated = withSimulators();
const { fixture } = simulated;
let ids: Sides<string>;
let edits = 0;

beforeAll(async () => {
  const [link] = await simulated.people([{ email: 'ann@example.com', lastname: 'Ng', company: 'Acme' }]);
  if (!link) throw new Error('nobody was linked');
  ids = link;
});

const writePath: Sides<string> = {
  hubspot: '/batch/update$',
  salesforce: '^/services/data/[^/]+/composite/sobjects$',
};

/** A new title on the side from which it flows to `target`. */
const editSource = async (target: System): Promise<void> => {
  edits += 1;
  const title = `Title ${edits}`;
  await (target === 'salesforce'
    ? simulated.editContact(ids.hubspot, { jobtitle: title })
    : simulated.editLead(ids.salesforce, { Title: title }));
};

/** Plays a case on the write that an edit asks for; answers what the engine made of it. */
const play = async (target: System, { effect }: Case) => {
  const context = simulated.context();
  await editSource(target);
  const source = target === 'hubspot' ? 'salesforce' : 'hubspot';
  await simulated.mark({ [source]: ids[source] });
  const known = JSON.parse(JSON.stringify(effect).replaceAll('$ID', ids[target])) as unknown;
  await simulated.control(target, 'faults', [
    { match: { path: writePath[target], method: target === 'hubspot' ? 'POST' : 'PATCH' }, effect: known },
  ]);
  await workOnce(context, 'live');
  await simulated.control(target, 'faults', []);
  const [link] = (await context.store.linksOf(pair.name, 'hubspot', [ids.hubspot])).values();
  const unit = `link:${link?.id}`;
  const parked = (await context.store.parkedOf(pair.name, [unit])).get(unit) ?? [];
  const { dirty, openIntents } = await context.store.backlog(pair.name);
  const [waiting] = await fixture.query<{ ms: number; attempts: number }>(
    'select extract(epoch from due - now())::float8 * 1000 as ms, attempts from tandem.dirty',
  );
  return { parked, dirty, openIntents, waiting };
};

const actionOf = ({ parked, openIntents, dirty }: Awaited<ReturnType<typeof play>>): string => {
  if (openIntents > 0) return 'settles by looking';
  const [row] = parked;
  if (row) return row.field === null ? 'parks the record' : 'parks the field';
  return dirty > 0 ? 'waits or looks again' : 'nothing';
};

const heal = async (): Promise<void> => {
  await fixture.query('delete from tandem.parked');
  await simulated.mark(ids);
  await fixture.query('update tandem.dirty set attempts = 0');
  await simulated.drain();
};

const check = async (target: System, each: Case): Promise<void> => {
  const seen = await play(target, each);
  const expected =
    each.action === 'waits' || each.action === 'looks again' ? 'waits or looks again' : each.action;
  expect(actionOf(seen)).toBe(expected);
  const [row] = seen.parked;
  if (row) {
    expect(row.failure).toMatchObject({ category: each.category, system: target });
    expect(row.next).toMatch(each.next ?? /./);
    expect(row.next).toContain(each.next === reportIt || each.next === undefined ? '' : systemLabel[target]);
    expect(JSON.stringify(row)).not.toContain(`Title ${edits}`);
  }
  // An identity signal is looked at soon, since the record may be another by now; a wait is never busy.
  if (expected === 'waits or looks again') {
    expect(seen.waiting?.attempts).toBeGreaterThan(0);
    expect(seen.waiting?.ms).toBeGreaterThan(100);
  }
  // Whatever it was: with the error gone and the value as it is, everything flows, and nothing is there twice.
  await heal();
  const values = await simulated.values(ids, { hubspot: 'jobtitle', salesforce: 'Title' });
  expect(values).toEqual({ hubspot: `Title ${edits}`, salesforce: `Title ${edits}` });
};

describe('an error of HubSpot on a write', () => {
  it.each(hubspotCases)('$name: $action', async (each) => check('hubspot', each));
});

describe('an error of Salesforce on a write', () => {
  it.each(salesforceCases)('$name: $action', async (each) => check('salesforce', each));
});

/** On a read nothing is lost by trying again: the units wait, and the problem says whose it is and what to press. */
const readCases: readonly (readonly [System, string, RegExp, Record<string, unknown>, RegExp])[] = [
  ['hubspot', 'credentials', /credentials/, { code: 'INVALID_AUTHENTICATION' }, /credentials/],
  ['hubspot', 'permission', /hubspot/, { code: 'MISSING_SCOPES' }, /Give the integration/],
  ['hubspot', 'locked', /hubspot/, { code: 'LOCKED' }, /Nothing to do/],
  ['hubspot', 'unavailable', /hubspot/, { code: 'BAD_GATEWAY' }, /Nothing to do/],
  ['hubspot', 'request', /tandem/, { code: 'VALIDATION_ERROR' }, /defect of Tandem/],
  ['salesforce', 'credentials', /credentials/, { code: 'INVALID_SESSION_ID' }, /credentials/],
  ['salesforce', 'permission', /salesforce/, { code: 'API_DISABLED_FOR_ORG' }, /Give the integration/],
  ['salesforce', 'unavailable', /salesforce/, { code: 'SERVER_UNAVAILABLE' }, /Nothing to do/],
  ['salesforce', 'unavailable', /salesforce/, { code: 'QUERY_TIMEOUT' }, /Nothing to do/],
  ['salesforce', 'schema', /config/, { code: 'INVALID_FIELD' }, /correct the mapping/],
  ['salesforce', 'request', /tandem/, { code: 'MALFORMED_QUERY' }, /defect of Tandem/],
];

describe('an error on a read', () => {
  it.each(readCases)(
    '%s, %s: the unit waits, the problem names %s',
    async (system, _category, fault, effect, next) => {
      const context = simulated.context();
      await editSource('salesforce');
      await context.store.commitSignals([
        {
          pair: pair.name,
          ref: { system: 'hubspot', type: pair.types.hubspot, id: ids.hubspot },
          class: 'live',
          stamp: null,
          cause: 'test',
        },
      ]);
      await simulated.control(system, 'faults', [
        { match: { path: '/batch/read$|/composite/sobjects/Lead$|/query' }, effect },
      ]);
      await workOnce(context, 'live');
      await simulated.control(system, 'faults', []);
      const problems = await fixture.store.status.problems();
      expect(problems).toHaveLength(1);
      expect([problems[0]?.fault, problems[0]?.next]).toEqual([
        expect.stringMatching(fault),
        expect.stringMatching(next),
      ]);
      expect(await context.store.backlog(pair.name)).toMatchObject({ dirty: 1, parked: 0, openIntents: 0 });
      await fixture.query('delete from tandem.problems');
      await heal();
    },
  );
});

describe('a value that a rule refuses', () => {
  it('is sent once more when the record that refuses it has changed, and not before', async () => {
    await simulated.editLead(ids.salesforce, { City: 'Bonn', Industry: '' });
    await simulated.mark(ids);
    await simulated.drain();
    await simulated.control('salesforce', 'rules', [
      { object: 'Lead', kind: 'validation', field: 'City', when: { City: 'Athens', Industry: null } },
    ]);
    await simulated.editContact(ids.hubspot, { city: 'Athens' });
    await simulated.mark({ hubspot: ids.hubspot });
    await simulated.drain();
    expect(await simulated.context().store.backlog(pair.name)).toMatchObject({ parked: 1 });
    await simulated.mark({ hubspot: ids.hubspot });
    await simulated.drain();
    const cities = { hubspot: 'city', salesforce: 'City' };
    expect(await simulated.values(ids, cities)).toEqual({ hubspot: 'Athens', salesforce: 'Bonn' });

    await simulated.editLead(ids.salesforce, { Industry: 'Shipping' });
    await pollOnce(simulated.context(), 'salesforce');
    await simulated.drain();
    expect(await simulated.values(ids, cities)).toEqual({ hubspot: 'Athens', salesforce: 'Athens' });
    expect(await simulated.context().store.backlog(pair.name)).toMatchObject({ parked: 0 });
    await simulated.control('salesforce', 'rules', []);
  });
});

describe('a value that its field cannot hold', () => {
  it('is not sent again with every change of the record, but when it is another', async () => {
    await simulated.editContact(ids.hubspot, { city: 'x'.repeat(300) });
    await simulated.mark({ hubspot: ids.hubspot });
    await simulated.drain();
    const { store } = simulated.context();
    expect(await store.backlog(pair.name)).toMatchObject({ parked: 1 });
    await simulated.editLead(ids.salesforce, { Industry: 'Mining' });
    const before = await simulated.patches();
    await pollOnce(simulated.context(), 'salesforce');
    await simulated.drain();
    expect(await simulated.patches()).toBe(before);
    expect(await store.backlog(pair.name)).toMatchObject({ dirty: 0, parked: 1 });

    await simulated.editContact(ids.hubspot, { city: 'Ulm' });
    await simulated.mark({ hubspot: ids.hubspot });
    await simulated.drain();
    const cities = { hubspot: 'city', salesforce: 'City' };
    expect(await simulated.values(ids, cities)).toEqual({ hubspot: 'Ulm', salesforce: 'Ulm' });
    expect(await store.backlog(pair.name)).toMatchObject({ parked: 0 });
  });
});

describe('an identity signal that never ends', () => {
  it('is parked after some looks, with the record to look at', async () => {
    const context = simulated.context();
    await editSource('salesforce');
    await simulated.mark({ hubspot: ids.hubspot });
    const effect = salesforceRow('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id');
    await simulated.control('salesforce', 'faults', [
      { match: { path: writePath.salesforce, method: 'PATCH' }, effect },
    ]);
    for (let look = 0; look <= identityLooksMax; look += 1) {
      // It is shown from its second refusal on, and looked at all the same.
      expect(await context.store.backlog(pair.name)).toMatchObject({ dirty: 1, parked: look < 2 ? 0 : 1 });
      await fixture.query('update tandem.dirty set due = now()');
      await workOnce(context, 'live');
    }
    await simulated.control('salesforce', 'faults', []);
    expect(await context.store.backlog(pair.name)).toMatchObject({ dirty: 0, parked: 1 });
    const [row] = (await fixture.store.status.parked(pair.name, 1)).items;
    expect(row).toMatchObject({
      field: null,
      failure: { category: 'identity' },
      next: expect.stringMatching(lookAtIt),
    });
    await heal();
  });
});
