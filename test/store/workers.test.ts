import { Client } from 'pg';
import { beforeEach, describe, expect, it } from 'vitest';
import type { RegisteredWorker, WorkerRequest } from '../../src/store/workers.ts';
import { contact, makeMark, pair } from './builders.ts';
import { spawnScript } from './child.ts';
import { withStore } from './postgres.ts';

const fixture = withStore();
beforeEach(() => fixture.reset());

const losses: boolean[] = [];
const register = (
  exclusive: string | null,
  overrides: Partial<WorkerRequest> = {},
): Promise<RegisteredWorker> =>
  fixture.store.registerWorker({
    name: 'sync',
    exclusive,
    onLost: ({ taken }) => losses.push(taken),
    ...overrides,
  });

describe('workers', () => {
  it('have an exclusive place that is refused to a second, which hears who has it', async () => {
    const first = await register('/data');
    await expect(register('/data')).rejects.toMatchObject({
      name: 'UsageError',
      message: expect.stringMatching(
        new RegExp(`/data: process ${process.pid} on .+, since 20..-..-..T..:..:..Z`),
      ),
      next: expect.stringContaining('--join'),
    });
    const elsewhere = await register('/other');
    const beside = await register(null);
    expect(new Set([first.id, elsewhere.id, beside.id]).size).toBe(3);
    await first.leave();
    await (await register('/data')).leave();
    await Promise.all([elsewhere.leave(), beside.leave()]);
  });

  it('lose their leases and keys when they die, and only then', async () => {
    const store = fixture.store.engine;
    const alive = await register(null);
    const child = spawnScript('./claim-child.ts', [fixture.connectionString, '/data']);
    await store.commitSignals([makeMark(contact('1')), makeMark(contact('2'))]);
    const [mine] = await store.claim(pair, alive.id, 1, 60_000);
    const theirs = await child.line();
    expect(theirs).not.toBe(mine?.key);
    expect(await store.breakLeasesOfDead()).toBe(0);
    await child.kill();
    await expect.poll(() => store.breakLeasesOfDead()).toBe(1);
    expect(await fixture.query('select from tandem.key_locks')).toHaveLength(0);
    const [again] = await store.claim(pair, alive.id, 10, 60_000);
    expect(again?.key).toBe(theirs);
    // The dead worker's exclusive place is free as well.
    await (await register('/data')).leave();
    await alive.leave();
  });

  it('take up a lost session again under the same id, and say so', async () => {
    losses.length = 0;
    const worker = await register('/data');
    await fixture.store.engine.commitSignals([makeMark(contact('1'))]);
    await fixture.store.engine.claim(pair, worker.id, 1, 60_000);
    await fixture.terminateSessions();
    fixture.trouble.length = 0;
    await expect
      .poll(async () => {
        const rows = await fixture.query("select from pg_locks where locktype = 'advisory' and objsubid = 2");
        return [losses.length, rows.length];
      })
      .toEqual([1, 1]);
    expect(losses).toEqual([false]);
    expect(await fixture.store.engine.breakLeasesOfDead()).toBe(0);
    await expect(register('/data')).rejects.toThrow(/process/);
    await worker.leave();
    fixture.trouble.length = 0;
  });

  it('learn that their exclusive place was taken while they were away', async () => {
    losses.length = 0;
    const worker = await register('/data');
    const [session] = await fixture.query<{ pid: number }>(
      "select pid from pg_locks where locktype = 'advisory' and objsubid = 2",
    );
    // The rival already waits for the lock, and so has it the moment the session ends.
    const rival = new Client({ connectionString: fixture.connectionString });
    await rival.connect();
    const locked = rival.query("select pg_advisory_lock(hashtextextended('tandem:run:/data', 0))");
    await expect
      .poll(() => fixture.query("select from pg_locks where locktype = 'advisory' and not granted"))
      .toHaveLength(1);
    await fixture.query('select pg_terminate_backend($1)', [session?.pid]);
    await locked;
    await expect.poll(() => losses).toEqual([false, true]);
    await worker.leave();
    await rival.end();
  });
});
