import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { beforeResume, untilLifecycleStill } from '../../../src/commands/pause/lifecycle.ts';
import { shownPauses } from '../../../src/commands/pause.ts';
import { pausedLifecycle } from '../../../src/lifecycle/run/pauses.ts';
import { LifecycleRunner } from '../../../src/lifecycle/run/runner.ts';
import type { Sides } from '../../../src/model/system.ts';
import type { RawFields } from '../../../src/model/value.ts';
import { mirrorMappings } from '../../mirror.ts';
import { eventually, withOffice } from './office.ts';

const office = withOffice();
const { fixture } = office.simulated;
const { pairs } = mirrorMappings;
const stop = new AbortController();
let people: readonly Sides<string>[] = [];
let rounds = 0;
let running: Promise<void> = Promise.resolve();

const waiting = { timeout: 20_000, interval: 20 } as const;
const person = (at: number): Sides<string> => {
  const found = people[at];
  if (found === undefined) throw new Error('nobody is there');
  return found;
};
/** Rounds of looking and of carrying out begin and end: whatever the worker would do is done. */
const someRounds = async (): Promise<void> => {
  const from = rounds;
  await eventually(() => rounds >= from + 8, waiting);
};
const pause = async (scope: string): Promise<void> => {
  await fixture.store.operator.pause({ scope, by: 'hand', cause: 'test' });
  await eventually(
    async () => (await fixture.store.lifecycle.notedPauses())?.includes(scope) === true,
    waiting,
  );
};
const resume = async (...scopes: readonly string[]): Promise<void> => {
  await beforeResume(fixture.store, pairs, scopes);
  await fixture.store.operator.resume(scopes, 'hand');
  // Whoever was put off for a minute is not waited for.
  await fixture.query("update tandem.dirty set due = now() where pair = '#journeys'");
  await fixture.query('update tandem.journeys set next_at = now() where next_at is not null');
};
const askForDemo = async (at: number): Promise<void> => {
  await office.simulated.control('hubspot', 'activity', [
    { email: `p${at}@nordlys.example`, type: 'formSubmission', form: 'Demo request' },
  ]);
  await office.mark('hubspot', 'contacts', [person(at).hubspot]);
};
const edit = async (at: number, fields: RawFields): Promise<void> => {
  await office.simulated.editLeadAsPerson(person(at).salesforce, fields as Record<string, string>);
  await office.mark('salesforce', 'Lead', [person(at).salesforce]);
};
const orders = async (at: number, kind: string) =>
  fixture.query<{ state: string; why: string | null }>(
    `select e.state, e.why from tandem.effects e join tandem.journeys j on j.id = e.journey_id
     where j.contact_id = '${person(at).hubspot}' and e.kind = '${kind}'`,
  );
const isOrder = (at: number, kind: string, state: string) => async (): Promise<boolean> =>
  (await orders(at, kind)).some((each) => each.state === state);
const tasksOf = async (at: number): Promise<number> =>
  (await office.rows('Task', ({ WhoId }) => WhoId === person(at).salesforce)).length;
const writes = async (): Promise<number> => {
  const calls = await Promise.all([office.calls('hubspot'), office.calls('salesforce')]);
  return calls
    .flatMap((each) => [...each])
    .reduce(
      (sum, [route, count]) =>
        sum +
        (/^(POST|PATCH|PUT)/.test(route) && !route.includes('read') && !route.includes('search') ? count : 0),
      0,
    );
};
const waitingOf = async (scope: string): Promise<number | undefined> =>
  (await shownPauses(fixture.store, pairs)).find((each) => each.scope === scope)?.waiting;

beforeAll(async () => {
  await office.context.store.sinceAt();
  people = await office.simulated.people(
    [0, 1, 2, 3, 4, 5, 6].map((at) => ({
      ...{ email: `p${at}@nordlys.example`, firstname: 'Ada', lastname: `Lind ${at}` },
      ...{ company: 'Nordlys', jobtitle: 'Head of IT' },
    })),
  );
  const { engine } = office.context;
  const runner = new LifecycleRunner(
    {
      ...office.context,
      engine: {
        pauses: async () => {
          rounds += 1;
          return engine.pauses();
        },
        linksOf: (...args) => engine.linksOf(...args),
        cursor: (...args) => engine.cursor(...args),
        commitSignals: (...args) => engine.commitSignals(...args),
        erasedAmong: (...args) => engine.erasedAmong(...args),
        raiseProblem: (...args) => engine.raiseProblem(...args),
        clearProblem: (...args) => engine.clearProblem(...args),
      },
    },
    3_600_000,
  );
  running = runner.run(stop.signal);
}, 120_000);

beforeEach(() => {
  office.told.length = 0;
});
afterEach(async () => {
  await resume(...(await fixture.store.operator.pauses()).map(({ scope }) => scope));
});
afterAll(async () => {
  stop.abort();
  await running;
});

describe('a pause of', () => {
  it('hand-off keeps hand-overs, notes the orders, and gives the rep the whole time when it ends', async () => {
    await pause('hand-off');
    await askForDemo(0);
    await eventually(isOrder(0, 'hand-off', 'open'), waiting);
    await someRounds();
    expect([await tasksOf(0), await orders(0, 'hand-off'), office.told]).toEqual([
      ...[0, [{ state: 'open', why: null }], []],
    ]);
    expect(await waitingOf('hand-off')).toBe(1);
    const at = await office.context.store.now();
    await resume('hand-off');
    await eventually(isOrder(0, 'hand-off', 'done'), waiting);
    expect(await tasksOf(0)).toBe(1);
    const [clock] = await fixture.query<{ started: number }>(
      `select (c.clock ->> 'startedAt')::float8 as started from tandem.clocks c join tandem.journeys j on j.id = c.journey_id
       where j.contact_id = '${person(0).hubspot}' and c.kind = 'follow-up'`,
    );
    expect(clock?.started).toBeGreaterThanOrEqual(Math.floor(at) - 1);
  });

  it('requests keeps who asks by a field, and nobody else; the request stands and is done afterwards', async () => {
    await pause('requests');
    await edit(1, { Tandem_Request__c: 'Set stage', Tandem_Request_Detail__c: 'sales-ready' });
    await askForDemo(2);
    await eventually(isOrder(2, 'hand-off', 'done'), waiting);
    await someRounds();
    expect(await orders(1, 'request')).toEqual([]);
    expect(await office.read('salesforce', 'Lead', person(1).salesforce, 'Tandem_Request__c')).toEqual({
      Tandem_Request__c: 'Set stage',
    });
    await resume('requests');
    await eventually(isOrder(1, 'request', 'done'), waiting);
    await eventually(isOrder(1, 'hand-off', 'done'), waiting);
  });

  it('score looks at nobody: what changed waits, and is counted', async () => {
    await pause('score');
    await askForDemo(3);
    await someRounds();
    expect([await orders(3, 'hand-off'), await waitingOf('score')]).toEqual([[], 1]);
    await resume('score');
    await eventually(isOrder(3, 'hand-off', 'done'), waiting);
  });

  it('clock tells nobody; its time goes on, and who acted meanwhile is not reminded', async () => {
    await pause('clock');
    await fixture.query(
      `update tandem.clocks c set clock = jsonb_set(c.clock::jsonb, '{startedAt}', to_jsonb((c.clock ->> 'startedAt')::float8 - 21 * 86400000.0))::json
       from tandem.journeys j where j.id = c.journey_id and j.contact_id in ('${person(0).hubspot}', '${person(2).hubspot}') and c.kind = 'follow-up'`,
    );
    await office.mark('hubspot', 'contacts', [person(0).hubspot, person(2).hubspot]);
    await eventually(isOrder(0, 'escalate', 'open'), waiting);
    await eventually(isOrder(2, 'escalate', 'open'), waiting);
    await someRounds();
    expect(office.told).toEqual([]);
    expect(await waitingOf('clock')).toBe(4);
    await edit(0, { Status: 'Working - Contacted' });
    await eventually(
      async () =>
        (await office.context.store.journeys([person(0).hubspot])).get(person(0).hubspot)?.stage ===
        'working',
      waiting,
    );
    await resume('clock');
    await eventually(isOrder(0, 'escalate', 'done'), waiting);
    await eventually(isOrder(2, 'escalate', 'done'), waiting);
    expect(await orders(0, 'escalate')).toEqual([
      { state: 'done', why: expect.stringContaining('not done: ') },
    ]);
    expect(office.told.filter((text) => text.includes('Lind 0'))).toEqual([]);
    expect(office.told.filter((text) => text.includes('Late: Ada Lind 2'))).toHaveLength(1);
  });

  it('return keeps who is given back out of the program until it ends', async () => {
    await pause('return');
    await edit(3, { Tandem_Disposition__c: 'Rejected', Tandem_Reason__c: 'No need' });
    await eventually(isOrder(3, 'return', 'open'), waiting);
    await someRounds();
    expect(await isOrder(3, 'return', 'open')()).toBe(true);
    await resume('return');
    await eventually(
      async () =>
        (await office.context.store.journeys([person(3).hubspot])).get(person(3).hubspot)?.stage ===
        'nurture',
      waiting,
    );
  });

  it('all keeps the lifecycle still as well, which counts as idle; nothing is lost', async () => {
    await someRounds();
    await pause('all');
    const before = await writes();
    await askForDemo(4);
    await edit(5, { Tandem_Request__c: 'Set stage', Tandem_Request_Detail__c: 'sales-ready' });
    await someRounds();
    expect((await writes()) - before).toBe(0);
    const { pair } = office.context;
    const paused = pausedLifecycle(pair, await fixture.store.operator.pauses());
    expect([await fixture.store.lifecycle.isBusy(paused), await fixture.store.lifecycle.isBusy()]).toEqual([
      ...[false, true],
    ]);
    expect(await untilLifecycleStill(fixture.store, pairs, ['all'], 1_000)).toBe(true);
    await resume('all');
    await eventually(isOrder(4, 'hand-off', 'done'), waiting);
    await eventually(isOrder(5, 'hand-off', 'done'), waiting);
  });
});
