import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, onTestFailed, test } from 'vitest';
import { patienceMs } from './harness/until.ts';

const root = resolve(import.meta.dirname, '../..');
const data = mkdtempSync(join(tmpdir(), 'tandem-start-'));
/** Seconds on a machine at rest; the bound leaves room for one that runs other tests beside it. */
const handedWithinSeconds = 30;
/** Whoever starts it and watches has seen Vera ask by then. */
const askedWithinSeconds = 120;
const arrived = /^\d\d:\d\d:\d\d {2}(HubSpot → Salesforce|Salesforce → HubSpot) +\d+\.\d s {2}/;

/** Processes that name the folder: the demonstration, its children, its database server. */
const processesLeft = (): string[] =>
  execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(`${data}/`));

interface Demonstration {
  readonly process: ChildProcess;
  readonly lines: readonly string[];
  /** Seconds from the start to the first line that fits; infinite where there is none. */
  secondsTo(pattern: RegExp): number;
  readonly ended: Promise<readonly [code: number | null, signal: string | null]>;
  url(system: 'HubSpot' | 'Salesforce'): string;
}

const running: Demonstration[] = [];

const start = (...args: string[]): Demonstration => {
  const child = spawn(
    join(root, 'bin/tandem'),
    ['start', '--data', data, '--contacts', '60', '--leads', '40', '--edits-per-minute', '60', ...args],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const beganAt = performance.now();
  const lines: string[] = [];
  const saidAt: number[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream.setEncoding('utf8').on('data', (text: string) => {
      const parts = (rest + text).split('\n');
      rest = parts.pop() ?? '';
      lines.push(...parts);
      saidAt.push(...parts.map(() => performance.now()));
    });
  }
  const ended = once(child, 'exit').then(([code, signal]) => [code, signal] as const);
  const demonstration: Demonstration = {
    process: child,
    lines,
    secondsTo: (pattern) =>
      ((saidAt[lines.findIndex((line) => pattern.test(line))] ?? Number.POSITIVE_INFINITY) - beganAt) / 1_000,
    ended,
    url: (system) => {
      const line = lines.find((each) => each.startsWith(`  ${system} `)) ?? '';
      return /http:\S+/.exec(line)?.[0] ?? '';
    },
  };
  running.push(demonstration);
  onTestFailed(() => {
    process.stderr.write(`It said:\n${lines.join('\n')}\n`);
  });
  return demonstration;
};

/** Waits for a condition on what was said; fails with all of it. */
const until = async (
  { lines, process }: Demonstration,
  what: string,
  holds: () => boolean | Promise<boolean>,
): Promise<void> => {
  const deadline = performance.now() + patienceMs;
  while (!(await holds())) {
    if (performance.now() > deadline || process.exitCode !== null)
      throw new Error(`never seen: ${what}; said last:\n${lines.slice(-20).join('\n')}`);
    await sleep(50);
  }
};

const has = ({ lines }: Demonstration, pattern: RegExp): boolean => lines.some((line) => pattern.test(line));
/** Edits of the two colleagues that arrived one way. */
const arrivedBy = ({ lines }: Demonstration, way: string): number =>
  lines.filter((line) => arrived.exec(line)?.[1] === way && !line.includes('Vera Lind')).length;
const arrivals = ({ lines }: Demonstration): number => lines.filter((line) => arrived.test(line)).length;

const addresses = async (
  url: string,
  type: string,
  addressOf: (record: never) => string,
): Promise<string[]> => {
  const response = await fetch(`${url}/_sandbox/records/${type}`);
  const { records } = (await response.json()) as { records: never[] };
  return records.map((record) => addressOf(record).toLowerCase());
};

const contactAddresses = async (demonstration: Demonstration): Promise<string[]> =>
  addresses(
    demonstration.url('HubSpot'),
    'contacts',
    ({ properties }: { properties: { email: string } }) => properties.email,
  );

const leadAddresses = async (demonstration: Demonstration): Promise<string[]> =>
  addresses(demonstration.url('Salesforce'), 'Lead', ({ Email }: { Email: string }) => Email);

/** The worker's calls to both systems so far, but for those that only listen. */
const callsOf = async (demonstration: Demonstration): Promise<number> => {
  const counts = (['HubSpot', 'Salesforce'] as const).map(async (system) => {
    const response = await fetch(`${demonstration.url(system)}/_sandbox/stats`);
    const { calls } = (await response.json()) as { calls: { byRoute: Readonly<Record<string, number>> } };
    return Object.entries(calls.byRoute).reduce(
      (sum, [route, count]) => (route.includes('/cometd/') ? sum : sum + count),
      0,
    );
  });
  return (await Promise.all(counts)).reduce((sum, calls) => sum + calls, 0);
};

const stop = async (demonstration: Demonstration): Promise<number | null> => {
  demonstration.process.kill('SIGINT');
  const [code] = await demonstration.ended;
  return code;
};

afterEach(async () => {
  for (const { process, ended } of running.splice(0)) {
    process.kill('SIGKILL');
    await ended;
  }
});

afterAll(async () => {
  const deadline = performance.now() + 20_000;
  while (processesLeft().length > 0 && performance.now() < deadline) await sleep(100);
  for (const line of processesLeft()) process.kill(Number.parseInt(line, 10), 'SIGKILL');
  rmSync(data, { recursive: true, force: true });
});

describe('npm start', () => {
  test('aligns everybody, tells changes that arrived, and ends cleanly', async () => {
    const occupant = createServer().listen(0, '127.0.0.1');
    await once(occupant, 'listening');
    const taken = (occupant.address() as { port: number }).port;
    const demonstration = start('--port', String(taken));
    await until(demonstration, 'the end of the alignment', () => has(demonstration, /First alignment done/));
    const done =
      /: (\d+) people linked, (\d+) contacts and (\d+) leads created, [1-9]\d* companies and deals linked/;
    const [people = 0, contacts = 0, leads = 0] =
      demonstration.lines
        .flatMap((line) => [done.exec(line)])
        .find((found) => found !== null)
        ?.slice(1)
        .map(Number) ?? [];
    // 24 are in both. Where the machine takes long, the two colleagues begin before it is done, and people come in meanwhile.
    expect(people).toBeGreaterThanOrEqual(40);
    expect(contacts).toBeGreaterThanOrEqual(16);
    expect(leads).toBeLessThanOrEqual(people - 40);
    expect(Math.abs(contacts + leads - (people - 24))).toBeLessThanOrEqual(people - 40);
    expect(
      has(
        demonstration,
        /First alignment: \d+ of about \d+ people linked(, \d+ companies and deals)? · \d+ waiting · \d/,
      ),
    ).toBe(true);
    // Not only the story's: the two colleagues' own edits, one way and the other.
    for (const way of ['HubSpot → Salesforce', 'Salesforce → HubSpot'])
      await until(demonstration, `an edit that arrived ${way}`, () => arrivedBy(demonstration, way) >= 1);
    await until(demonstration, 'the hand-off account', () => has(demonstration, /^ +rejected 1( ·|$)/));
    // What is written comes in pieces: the account's last line is waited for as well.
    await until(demonstration, 'the end of the account', () => has(demonstration, /^ +held back \d+/));
    const handed = /HubSpot → Salesforce +(\d+\.\d) s {2}Vera Lind · handed to Ben/;
    const tookSeconds = demonstration.lines.flatMap((line) => handed.exec(line)?.[1] ?? []).map(Number);
    expect(tookSeconds).toHaveLength(1);
    expect(tookSeconds[0]).toBeLessThan(handedWithinSeconds);
    expect(demonstration.secondsTo(/Vera Lind .* asks for a demo, in HubSpot$/)).toBeLessThan(
      askedWithinSeconds,
    );
    expect(has(demonstration, /^ +Why now {2}Asked for a demo/)).toBe(true);
    // The digest as Ben reads it: why now first, and what she did.
    const digest = demonstration.lines.flatMap((line) => /^ +\| (.*)$/.exec(line)?.[1] ?? []);
    expect(digest[0]).toMatch(/^Why now/i);
    expect(digest.join('\n')).toMatch(/demo/);
    expect(has(demonstration, /^ +Task {5}follow up, due \d{4}-\d\d-\d\d$/)).toBe(true);
    // The account balances: who became ready was handed over or held back, and who was handed was received, or is on the way.
    const counted = (term: string): number => {
      const [count = 'none'] = demonstration.lines.flatMap(
        (line) => new RegExp(`^ +${term} (\\d+)(?: ·.*)?$`).exec(line)?.[1] ?? [],
      );
      return Number(count);
    };
    expect(counted('ready')).toBe(counted('handed') + counted('held back'));
    expect(counted('handed')).toBe(counted('received') + counted('in flight') + counted('failed'));
    expect(counted('received')).toBeGreaterThanOrEqual(1);
    await until(demonstration, 'a line of how it stands', () =>
      has(
        demonstration,
        /lag \d+\.\d s · queue \d+ · calls: HubSpot [1-9]\d*, Salesforce [1-9]\d* · [1-9]\d* links/,
      ),
    );
    expect(has(demonstration, /^ +Clock +first touch by \d{4}-/)).toBe(true);
    expect(has(demonstration, /reason “Not now” · program “Nurture: later” · again on \d{4}-03-02/)).toBe(
      true,
    );
    expect(has(demonstration, new RegExp(`Worker .* \\(port ${taken} is in use\\)`))).toBe(true);
    const variables = readFileSync(join(data, 'demo/demo.env'), 'utf8');
    expect(variables).toContain(`HUBSPOT_BASE_URL='${demonstration.url('HubSpot')}'`);
    expect(await stop(demonstration)).toBe(0);
    expect(has(demonstration, /^Stopped\. \d+ changes arrived, median/)).toBe(true);
    expect(processesLeft()).toEqual([]);
    expect(readdirSync(join(data, 'demo')).sort()).toEqual(['demo.env', 'postgres', 'sandbox.v8']);
    const status = spawnSync(join(root, 'bin/tandem'), ['status', '--data', join(data, 'demo')]);
    expect(String(status.stdout)).toContain(`until one does (npm start -- --data ${data})`);
    occupant.close();
  });

  test('started again it goes on: nobody is created twice, changes flow', async () => {
    const demonstration = start('--port', '0');
    await until(demonstration, 'that it goes on', () => has(demonstration, /Goes on where it was/));
    const linked = Number(/: (\d+) people/.exec(demonstration.lines.join('\n'))?.[1]);
    expect(linked).toBeGreaterThanOrEqual(40);
    await until(demonstration, 'two arrivals', () => arrivals(demonstration) >= 2);
    expect(has(demonstration, /First alignment|begins anew/)).toBe(false);
    const [contacts, leads] = [await contactAddresses(demonstration), await leadAddresses(demonstration)];
    expect(new Set(contacts).size).toBe(contacts.length);
    expect(new Set(leads).size).toBe(leads.length);
    expect(contacts.length).toBeGreaterThanOrEqual(76);
    // Vera and whoever else is new among the leads, and of HubSpot's own nobody who is cold.
    expect(leads.length).toBeGreaterThanOrEqual(41);

    const second = start('--port', '0');
    expect((await second.ended)[0]).toBe(2);
    expect(has(second, /A demonstration runs in .*demo/)).toBe(true);
    expect(demonstration.process.exitCode).toBeNull();

    // Killed without a word: nothing it started outlives it for long.
    demonstration.process.kill('SIGKILL');
    await demonstration.ended;
  });

  test('after a SIGKILL it says so and begins anew; a second Ctrl-C ends at once', async () => {
    const demonstration = start('--port', '0');
    await until(demonstration, 'the end of the alignment', () => has(demonstration, /First alignment done/));
    expect(has(demonstration, /ended without a chance to save .* begins anew/)).toBe(true);
    expect(has(demonstration, /Goes on/)).toBe(false);

    // The worker's calls now take longer than it gets to finish.
    for (const system of ['HubSpot', 'Salesforce'] as const) {
      const body = JSON.stringify({ ms: 30_000 });
      await fetch(`${demonstration.url(system)}/_sandbox/latency`, { method: 'POST', body });
    }
    const before = await callsOf(demonstration);
    // Both systems tell of changes by themselves, so that something has to change before one is asked.
    const records = [{ LastName: 'Late', Company: 'Late', Email: 'late@example.com' }];
    await fetch(`${demonstration.url('Salesforce')}/_sandbox/records/Lead`, {
      method: 'POST',
      body: JSON.stringify({ records }),
    });
    await until(demonstration, "the worker's next call", async () => (await callsOf(demonstration)) > before);
    demonstration.process.kill('SIGINT');
    await until(demonstration, 'that it stops', () => has(demonstration, /^Stopping/));
    // The same press comes twice under npm, so that what follows at once does not count.
    await sleep(600);
    const pressedAt = performance.now();
    demonstration.process.kill('SIGINT');
    expect((await demonstration.ended)[0]).toBe(1);
    expect(performance.now() - pressedAt).toBeLessThan(5_000);
    expect(processesLeft()).toEqual([]);
    expect(readdirSync(join(data, 'demo'))).toContain('running.json');
  });
});
