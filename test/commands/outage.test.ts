import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Stage } from '../e2e/harness/stage.ts';
import { until } from '../e2e/harness/until.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(async () => stage?.close());

describe('systems that go away', () => {
  it('--until-idle gives an API up that stays down, with 3, its variable and what to do', async () => {
    // Nobody listens on a port that was free a moment ago.
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const address = closed.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    await new Promise((resolve) => closed.close(resolve));
    const end = await stage.tandem(['run', '--until-idle', '--data', stage.data, '--port', '0'], {
      env: { HUBSPOT_BASE_URL: `http://127.0.0.1:${port}`, TANDEM_START_WAIT_SECONDS: '1' },
    });
    expect(end.code).toBe(3);
    expect(end.stderr).toContain('HubSpot cannot be reached');
    expect(end.stderr).toMatch(/^ +Next: Check that HubSpot is up and that HUBSPOT_BASE_URL is its address/m);
  });

  // Both wait more than they work: side by side.
  it.concurrent('waits for an API that is down at start, says so in status, and aligns once it comes', async () => {
    const company = await Stage.open();
    try {
      const away = await company.sandboxAway();
      const worker = company.run();
      const refused = await worker.event('not-connected');
      expect(refused).toMatchObject({
        category: 'unavailable',
        next: expect.stringContaining('is its address'),
      });
      const problem = await until(
        'a problem in status',
        async () => (await company.status()).problems.find(({ fault }) => fault === 'hubspot') ?? null,
      );
      expect(problem.next).toContain('HUBSPOT_BASE_URL');
      await away.back();
      await company.sandbox.control('hubspot', 'records/contacts', {
        records: [{ email: 'late@example.com', lastname: 'Late', company: 'Example' }],
      });
      await until(
        'the lead of the contact',
        async () => ((await company.sandbox.records('salesforce', 'Lead')).length === 1 ? true : null),
        60_000,
      );
      expect((await company.status()).problems).toEqual([]);
      await worker.stop();
    } finally {
      await company.close();
    }
  });

  it.concurrent('a database that dies while the worker waits for a system is waited for as well', async () => {
    const company = await Stage.open();
    try {
      await company.sandbox.control('hubspot', 'records/contacts', {
        records: [{ email: 'ann@example.com', lastname: 'Ann', company: 'Example' }],
      });
      await company.sandbox.control('hubspot', 'faults', [
        { match: { caller: 'integration' }, effect: { status: 503 } },
      ]);
      const worker = company.run();
      await worker.line('a system that is down', ({ event }) => event === 'not-connected');
      const pidFile = join(company.data, 'postgres/cluster/postmaster.pid');
      const postmaster = async (): Promise<number> =>
        Number((await readFile(pidFile, 'utf8')).split('\n')[0]);
      // The worker asks its store each second, and the store is back within moments: one of several deaths meets a question.
      for (let deaths = 0; deaths < 3; deaths += 1) {
        const pid = await postmaster();
        process.kill(pid, 'SIGKILL');
        await until('the store again', async () => ((await postmaster()) === pid ? null : true), 60_000);
      }
      await company.sandbox.control('hubspot', 'faults', []);
      await until(
        'the lead of the contact',
        async () => ((await company.sandbox.records('salesforce', 'Lead')).length === 1 ? true : null),
        60_000,
      );
      await worker.stop();
    } finally {
      await company.close();
    }
  });

  it('a database that dies in mid-run is brought back, and nothing is lost or half-written', async () => {
    const company = await Stage.open();
    try {
      const records = Array.from({ length: 700 }, (_, n) => ({
        email: `p${n}@example.com`,
        lastname: `P ${n}`,
        company: 'Example',
      }));
      await company.sandbox.control('hubspot', 'records/contacts', { records: records });
      const worker = company.run('--until-idle');
      await worker.line(
        'the first writes',
        (line) => line.event === 'alignment-page' && Number(line.hubspot) >= 200,
      );
      const pidFile = join(company.data, 'postgres/cluster/postmaster.pid');
      const [pid = ''] = (await readFile(pidFile, 'utf8')).split('\n');
      process.kill(Number(pid), 'SIGKILL');
      const end = await worker.finish(150_000);
      expect(end.code).toBe(0);
      expect(worker.linesOf('store-trouble')[0]).toMatchObject({
        cause: expect.stringMatching(/./),
        next: expect.stringMatching(/./),
      });
      expect(await company.sandbox.records('salesforce', 'Lead')).toHaveLength(700);
      expect((await company.verify()).drift).toBe(0);
    } finally {
      await company.close();
    }
  });
});
