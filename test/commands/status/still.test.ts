import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CurrentProblem, currentProblems } from '../../../src/commands/status/problems.ts';
import { CallFailed } from '../../../src/model/failure.ts';
import type { Sides } from '../../../src/model/system.ts';
import type { RegisteredWorker, WorkerRequest } from '../../../src/store/workers.ts';
import { reportCallFailure } from '../../../src/sync/problems.ts';
import { workOnce } from '../../../src/sync/work.ts';
import { pair, withSimulators } from '../../sync/simulated.ts';

const simulated = withSimulators();
const { fixture } = simulated;
const workers: RegisteredWorker[] = [];

const run = async (more: Partial<WorkerRequest> = {}): Promise<RegisteredWorker> => {
  const roles = ['intake', 'sync', 'schedule', 'lifecycle'];
  const request = { name: 'run', exclusive: null, roles, stays: true, onLost: () => undefined, ...more };
  const worker = await fixture.store.registerWorker(request);
  workers.push(worker);
  return worker;
};
const said = async (): Promise<readonly CurrentProblem[]> => currentProblems(fixture.store, [pair]);
const ago = async (table: string, column: string, minutes: number): Promise<unknown> =>
  fixture.query(`update tandem.${table} set ${column} = ${column} - interval '${minutes} minutes'`);

let ids: Sides<string>;
beforeAll(async () => {
  const [one] = await simulated.people([
    { email: 'one@example.com', lastname: 'One', company: 'Acme', jobtitle: 'first' },
  ]);
  if (!one) throw new Error('one was to be linked');
  ids = one;
});
beforeEach(async () => {
  for (const table of ['workers', 'problems', 'dirty', 'pauses', 'ledger'])
    await fixture.query(`delete from tandem.${table}`);
});
afterEach(async () => {
  for (const worker of workers.splice(0)) await worker.leave();
});

describe('a store on which nobody works', () => {
  it('is quiet after a run that ended idle, whoever vanished before it, and while nothing waits', async () => {
    await fixture.query(
      "insert into tandem.workers (number, id, name, host, pid) values (0, 'run:0', 'run', 'sync-1', 4711)",
    );
    const untilIdle = await run({ stays: false });
    await untilIdle.leave();
    expect(await said()).toEqual([]);
  });

  it('is named at once where something waits, save what a person keeps still', async () => {
    await simulated.mark(ids);
    expect(await said()).toMatchObject([{ key: 'worker:none', records: 2, fault: 'tandem' }]);
    await fixture.store.operator.pause({ scope: 'all', by: 'hand', cause: 'a new field' });
    expect(await said()).toEqual([]);
    await fixture.store.operator.resume(['all'], 'hand');
    await fixture.query("update tandem.dirty set held = true, due = now() - interval '1 minute'");
    expect(await said()).toEqual([]);
  });

  it('is named at once where the last worker vanished, since its last heartbeat, until another comes', async () => {
    await fixture.query(
      `insert into tandem.workers (number, id, name, host, pid, seen_at)
       values (0, 'run:0', 'run', 'sync-1', 4711, '2026-11-25T04:50:00Z')`,
    );
    // A command that looks at one record does not take its place.
    await (await run({ name: 'sync', stays: false })).leave();
    expect(await said()).toMatchObject([
      {
        key: 'worker:none',
        what: 'No worker runs: the last one vanished',
        since: '2026-11-25T04:50:00.000Z',
        cause: expect.stringMatching(/^Process 4711 on sync-1 .* did not end in order/),
        next: expect.stringMatching(/bin\/tandem run/),
      },
    ]);
    await run();
    expect(await said()).toEqual([]);
  });

  it('is named five minutes after its worker was stopped in order, which a restart takes less than', async () => {
    await (await run()).leave();
    expect(await said()).toEqual([]);
    await ago('workers', 'seen_at', 6);
    expect(await said()).toMatchObject([{ key: 'worker:none', what: 'No worker runs' }]);
  });

  it('says which role nobody has, once the fleet has had its time to start', async () => {
    await run({ roles: ['intake', 'lifecycle'] });
    expect(await said()).toEqual([]);
    await ago('workers', 'since', 2);
    expect((await said()).map(({ key }) => key)).toEqual(['worker:none:sync', 'worker:none:schedule']);
  });
});

describe('a row that is late although workers run', () => {
  const late = async () => (await said()).filter(({ key }) => key.startsWith('late:'));
  beforeEach(async () => run());

  it('is a link whose reads stay older than what was seen of it, by name', async () => {
    const context = simulated.context();
    await fixture.query('update tandem.links set hubspot_stamp = hubspot_stamp + 3600000');
    await simulated.mark({ hubspot: ids.hubspot });
    for (let looks = 0; looks < 4; looks += 1) {
      await fixture.query('update tandem.dirty set due = now()');
      await workOnce(context, 'live');
    }
    expect(await late()).toEqual([]);
    await ago('dirty', 'since', 6);
    expect(await late()).toMatchObject([
      {
        key: `late:${pair.name}:stale hubspot`,
        what: `${pair.name}: late, a record waits for more than 5 minutes: hubspot:contacts/${ids.hubspot}`,
        cause: expect.stringMatching(/^HubSpot answers an older state .*4 looks/),
        fault: 'hubspot',
        records: 1,
      },
    ]);
    await fixture.query('update tandem.links set hubspot_stamp = hubspot_stamp - 3600000');
    await fixture.query('update tandem.dirty set due = now()');
    await workOnce(context, 'live');
    expect(await late()).toEqual([]);
  });

  it('says what keeps everything from flowing, and no more than that it is not known', async () => {
    await simulated.mark({ hubspot: ids.hubspot });
    await ago('dirty', 'since', 6);
    expect(await late()).toMatchObject([{ key: `late:${pair.name}:unexplained`, fault: 'tandem' }]);
    const { engine } = fixture.store;
    await engine.raiseProblem({
      ...{ key: 'hubspot:share:live', what: 'HubSpot: what people edited waits', cause: '76 %' },
      ...{ fault: 'hubspot', next: 'Nothing to do.' },
    });
    expect(await late()).toMatchObject([{ cause: 'HubSpot: what people edited waits: 76 %' }]);
    const failure = { category: 'unavailable', system: 'salesforce', code: 'HTTP_503', fields: [] } as const;
    await reportCallFailure(simulated.context(), new CallFailed({ ...failure, message: 'down' }));
    expect(await late()).toMatchObject([
      { cause: 'Calls to Salesforce fail: HTTP_503: down', fault: 'salesforce' },
    ]);
    await fixture.store.operator.pause({ scope: 'all', by: 'hand', cause: 'a new field' });
    expect(await late()).toEqual([]);
  });

  it('is one of the weaker work only where nothing moves, and never one that a moment ago was weak', async () => {
    const ref = { system: 'hubspot', type: 'contacts', id: ids.hubspot } as const;
    const mark = { pair: pair.name, ref, class: 'backfill', stamp: null, cause: 'listing' } as const;
    const other = { ...mark, ref: { ...ref, id: '999' } };
    const { engine } = fixture.store;
    await engine.commitSignals([mark, other]);
    await ago('dirty', 'since', 60);
    expect(await late()).toEqual([]);
    await engine.commitSignals([{ ...mark, class: 'live' }]);
    expect(await late()).toEqual([]);
    await ago('dirty', 'due', 6);
    expect(await late()).toMatchObject([{ records: 1 }, { records: 1 }]);
    await engine.claim(pair.name, 'run:1', 1, 60_000, [ids.hubspot]);
    expect(await late()).toEqual([]);
  });
});
