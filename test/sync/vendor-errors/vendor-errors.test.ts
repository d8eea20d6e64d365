import { beforeAll, describe, expect, it } from 'vitest';
import { type Sides, type System, systemLabel } from '../../../src/model/system.ts';
import { identityLooksMax } from '../../../src/sync/backoff.ts';
import { pollOnce } from '../../../src/sync/poll.ts';
import { workOnce } from '../../../src/sync/work.ts';
import { pair, withSimulators } from '../simulated.ts';
import { type Action, type Case, kindOf, lookAtIt, played, reportIt } from './case.ts';
import { hubspotCases } from './hubspot-cases.ts';
import { salesforceCases, salesforceRow } from './salesforce-cases.ts';

/**
 * What the engine does with the errors of the vendors' references: rows of a table are played by the simulator, through the real client
 * library, while the engine writes (or reads) one linked record. By day one of each kind, by night all.
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

/** What one look made of it. */
const look = async () => {
  const { store } = simulated.context();
  const [link] = (await store.linksOf(pair.name, 'hubspot', [ids.hubspot])).values();
  const unit = `link:${link?.id}`;
  const parked = (await store.parkedOf(pair.name, [unit])).get(unit) ?? [];
  const { dirty, openIntents } = await store.backlog(pair.name);
  const [waiting] = await fixture.query<{ ms: number; attempts: number }>(
    'select extract(epoch from due - now())::float8 * 1000 as ms, attempts from tandem.dirty',
  );
  return { parked, dirty, openIntents, waiting };
};
type Looked = Awaited<ReturnType<typeof look>>;

/** Whether nobody has been told, nothing is under way, and another look was asked for. */
const isDue = ({ parked, dirty, openIntents }: Looked): boolean =>
  openIntents === 0 && parked.length === 0 && dirty > 0;

/**
 * Plays a case on the write that an edit asks for; answers what the engine made of it, and where it asked for another look, what that made of it:
 * only there a record that is not what it was taken for (shown from its second refusal on) differs from one that has to be waited for.
 */
const play = async (target: System, { effect }: Case): Promise<{ first: Looked; second: Looked | null }> => {
  await editSource(target);
  const source = target === 'hubspot' ? 'salesforce' : 'hubspot';
  await simulated.mark({ [source]: ids[source] });
  const known = JSON.parse(JSON.stringify(effect).replaceAll('$ID', ids[target])) as unknown;
  await simulated.control(target, 'faults', [
    { match: { path: writePath[target], method: target === 'hubspot' ? 'POST' : 'PATCH' }, effect: known },
  ]);
  await workOnce(simulated.context(), 'live');
  const first = await look();
  let second: Looked | null = null;
  if (isDue(first)) {
    await fixture.query('update tandem.dirty set due = now()');
    // With connectors of its own: what the first was refused must not hold the second back at the gate.
    await workOnce(simulated.context(), 'live');
    second = await look();
  }
  await simulated.control(target, 'faults', []);
  return { first, second };
};

const actionOf = ({ first, second }: Awaited<ReturnType<typeof play>>): Action | 'nothing' => {
  if (first.openIntents > 0) return 'settles by looking';
  const [row] = first.parked;
  if (row) return row.field === null ? 'parks the record' : 'parks the field';
  if (second === null || second.dirty === 0) return 'nothing';
  return second.parked.some(({ failure }) => failure.category === 'identity') ? 'looks again' : 'waits';
};

const heal = async (): Promise<void> => {
  await fixture.query('delete from tandem.parked');
  await simulated.mark(ids);
  await fixture.query('update tandem.dirty set attempts = 0');
  await simulated.drain();
};

const check = async (target: System, each: Case): Promise<void> => {
  const seen = await play(target, each);
  expect(actionOf(seen)).toBe(each.action);
  const { first } = seen;
  const [row] = (seen.second ?? first).parked;
  if (row) {
    expect(row.failure).toMatchObject({ category: each.category, system: target });
    expect(row.next).toMatch(each.next ?? /./);
    expect(row.next).toContain(each.next === reportIt || each.next === undefined ? '' : systemLabel[target]);
    expect(JSON.stringify(row)).not.toContain(`Title ${edits}`);
  }
  // An identity signal is looked at soon, since the record may be another by now; a wait is never busy.
  if (seen.second !== null) {
    expect(first.waiting?.attempts).toBeGreaterThan(0);
    expect(first.waiting?.ms).toBeGreaterThan(each.atLeastMs ?? 100);
    const told = await fixture.query<{ waits: string | null }>('select waits from tandem.dirty');
    expect(told).toEqual([{ waits: expect.stringContaining(`refused ${target} `) }]);
  }
  // Whatever it was: with the error gone and the value as it is, everything flows, and nothing is there twice.
  await heal();
  const values = await simulated.values(ids, { hubspot: 'jobtitle', salesforce: 'Title' });
  expect(values).toEqual({ hubspot: `Title ${edits}`, salesforce: `Title ${edits}` });
};

describe('an error of HubSpot on a write', () => {
  it.each(played(hubspotCases, kindOf))('$name: $action', async (each) => check('hubspot', each));
});

describe('an error of Salesforce on a write', () => {
  it.each(played(salesforceCases, kindOf))('$name: $action', async (each) => check('salesforce', each));
});

/** Which category each code and status has is in test/connectors (error-table, call-failure). On a read nothing is lost by trying again: the units wait, and the problem says whose it is and what to press. */
const readCases: readonly (readonly [System, string, RegExp, Record<string, unknown>, RegExp])[] = [
  ['hubspot', 'credentials', /credentials/, { code: 'INVALID_AUTHENTICATION' }, /credentials/],
  ['hubspot', 'permission', /hubspot/, { code: 'MISSING_SCOPES' }, /Give the private app/],
  ['hubspot', 'locked', /hubspot/, { code: 'LOCKED' }, /Nothing to do/],
  ['hubspot', 'unavailable', /hubspot/, { code: 'BAD_GATEWAY' }, /Nothing to do/],
  [
    'hubspot',
    'unavailable',
    /hubspot/,
    { status: 526, body: '<html>Invalid SSL certificate</html>' },
    /Nothing to do/,
  ],
  [
    'hubspot',
    'permission',
    /hubspot/,
    { status: 403, body: '<html>Forbidden</html>' },
    /Give the integration/,
  ],
  ['hubspot', 'request', /tandem/, { code: 'VALIDATION_ERROR' }, /defect of Tandem/],
  ['hubspot', 'request', /tandem/, { status: 414, body: '<html>URI Too Long</html>' }, /defect of Tandem/],
  ['salesforce', 'credentials', /credentials/, { code: 'INVALID_SESSION_ID' }, /credentials/],
  ['salesforce', 'permission', /salesforce/, { code: 'API_DISABLED_FOR_ORG' }, /Switch the API on/],
  ['salesforce', 'unavailable', /salesforce/, { code: 'SERVER_UNAVAILABLE' }, /Nothing to do/],
  ['salesforce', 'unavailable', /salesforce/, { code: 'QUERY_TIMEOUT' }, /Nothing to do/],
  ['salesforce', 'unavailable', /salesforce/, { code: 'INVALID_QUERY_LOCATOR' }, /Nothing to do/],
  ['salesforce', 'unavailable', /salesforce/, { status: 420, body: '' }, /Nothing to do/],
  ['salesforce', 'schema', /config/, { code: 'INVALID_FIELD' }, /correct the mapping/],
  ['salesforce', 'request', /tandem/, { code: 'QUERY_TOO_COMPLICATED' }, /defect of Tandem/],
  ['salesforce', 'request', /tandem/, { status: 414, body: '' }, /defect of Tandem/],
  ['salesforce', 'request', /tandem/, { code: 'MALFORMED_QUERY' }, /defect of Tandem/],
];

describe('an error on a read', () => {
  it.each(played(readCases, ([system, category]) => `${system} ${category}`))(
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
