import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import { embeddedFolder } from '../../../src/store/embedded/folder.ts';
import { joinEmbedded } from '../../../src/store/embedded/join.ts';
import { livePostmaster, type Postmaster } from '../../../src/store/embedded/postmaster.ts';
import { withStartLock } from '../../../src/store/embedded/start-lock.ts';
import { spawnScript } from '../child.ts';

/** An empty data folder that is stopped and removed when the test ends, whatever the test left running in it. */
const makeFolder = async (name = 'data'): Promise<string> => {
  const base = await mkdtemp(join(tmpdir(), 'tandem-join-'));
  const folder = join(base, name);
  await mkdir(folder, { recursive: true });
  onTestFinished(async () => {
    const live = await postmaster(folder);
    if (live !== null) process.kill(live.pid, 'SIGQUIT');
    await expect.poll(() => postmaster(folder)).toBeNull();
    await rm(base, { recursive: true, force: true, maxRetries: 5 });
  });
  return folder;
};

const postmaster = async (folder: string): Promise<Postmaster | null> =>
  livePostmaster(await embeddedFolder(folder));

const ask = async <Row>(connectionString: string, text: string): Promise<readonly Row[]> => {
  const client = new Client({ connectionString });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(text)).rows as Row[];
  } finally {
    await client.end();
  }
};

describe('the embedded server', () => {
  it('is shared by processes that start at the same moment, and stopped by the last', async () => {
    const folder = await makeFolder();
    const children = Array.from({ length: 3 }, () => spawnScript('./join-child.ts', [folder]));
    const strings = await Promise.all(children.map((child) => child.line()));
    expect(new Set(strings).size).toBe(1);
    for (const child of children) {
      expect(await postmaster(folder)).not.toBeNull();
      child.tell();
      expect(await child.line()).toBe('left');
      expect(await child.ended()).toBe(0);
    }
    expect(await postmaster(folder)).toBeNull();
  });

  it('does not count a killed process, and is adopted after all were killed', async () => {
    const folder = await makeFolder();
    const killed = spawnScript('./join-child.ts', [folder]);
    const connectionString = await killed.line();
    await ask(connectionString, 'create table kept as select 7 as value');
    const before = await postmaster(folder);
    await killed.kill();
    expect(await postmaster(folder)).toEqual(before);
    const embedded = await joinEmbedded(folder);
    expect(embedded.connectionString).toBe(connectionString);
    expect(await ask(embedded.connectionString, 'select value from kept')).toEqual([{ value: 7 }]);
    await embedded.leave();
    expect(await postmaster(folder)).toBeNull();
  });

  it('comes back on the same port when it is killed under a process that uses it', async () => {
    const folder = await makeFolder();
    const troubles: string[] = [];
    const embedded = await joinEmbedded(folder, { onTrouble: (error) => troubles.push(error.message) });
    await ask(embedded.connectionString, 'create table kept as select 7 as value');
    const before = await postmaster(folder);
    process.kill(before?.pid ?? 0, 'SIGKILL');
    await expect
      .poll(() => ask(embedded.connectionString, 'select value from kept').catch(() => null), {
        timeout: 20_000,
      })
      .toEqual([{ value: 7 }]);
    expect((await postmaster(folder))?.pid).not.toBe(before?.pid);
    expect(troubles[0]).toContain('rejoining');
    await embedded.leave();
    expect(await postmaster(folder)).toBeNull();
  });

  it('survives a stale pid file whose pid is another program’s now, and one whose process is gone', async () => {
    const folder = await makeFolder();
    await (await joinEmbedded(folder)).leave();
    const { postmasterPid, cluster } = await embeddedFolder(folder);
    const stranger = spawn('sleep', ['60']);
    onTestFinished(() => void stranger.kill());
    const { stdout: gone } = await promisify(execFile)('sh', ['-c', 'echo $$']);
    for (const pid of [stranger.pid, Number(gone)]) {
      await writeFile(
        postmasterPid,
        `${pid}\n${cluster}\n1700000000\n5432\n\n127.0.0.1\n  1234567         0\nready   \n`,
      );
      await chownAs(cluster, postmasterPid);
      const embedded = await joinEmbedded(folder);
      expect(await ask(embedded.connectionString, 'select 1 as one')).toEqual([{ one: 1 }]);
      await embedded.leave();
    }
    expect(stranger.exitCode).toBeNull();
  });

  it('survives a process killed in initdb: the half-made cluster is never taken for one', async () => {
    const folder = await makeFolder();
    const child = spawnScript('./join-child.ts', [folder]);
    await expect
      .poll(async () => (await readdir(folder)).some((name) => name.startsWith('postgres.new-')), {
        interval: 5,
        timeout: 20_000,
      })
      .toBe(true);
    await child.kill();
    expect(existsSync(join(folder, 'postgres'))).toBe(false);
    const embedded = await joinEmbedded(folder);
    expect(await ask(embedded.connectionString, 'select 1 as one')).toEqual([{ one: 1 }]);
    await embedded.leave();
    // What the orphaned initdb may have written after the first removal goes with the next start that makes a cluster.
    expect((await readdir(folder)).filter((name) => name === 'postgres')).toEqual(['postgres']);
  });

  it('is UTF8 with locale C, writes to disk, listens on loopback alone and wants the password', async () => {
    const folder = await makeFolder();
    const embedded = await joinEmbedded(folder);
    const [settings] = await ask<object>(
      embedded.connectionString,
      `select current_setting('server_encoding') as encoding, datcollate as locale, current_setting('fsync') as fsync,
         current_setting('listen_addresses') as addresses, current_setting('unix_socket_directories') as sockets,
         current_setting('synchronous_commit') as commit
       from pg_database where datname = current_database()`,
    );
    expect(settings).toEqual({
      encoding: 'UTF8',
      locale: 'C',
      fsync: 'on',
      addresses: '127.0.0.1',
      sockets: '',
      commit: 'on',
    });
    const { password } = await embeddedFolder(folder);
    expect((await stat(password)).mode & 0o777).toBe(0o600);
    const wrong = new URL(embedded.connectionString);
    wrong.password = 'wrong';
    await expect(ask(wrong.href, 'select 1')).rejects.toMatchObject({ code: '28P01' });
    expect(wrong.hostname).toBe('127.0.0.1');
    await embedded.leave();
  });

  it('works in a path that is long and has spaces', async () => {
    const folder = await makeFolder(join('a folder with spaces', 'l'.repeat(120), "quote's"));
    const embedded = await joinEmbedded(folder);
    expect(await ask(embedded.connectionString, 'select 1 as one')).toEqual([{ one: 1 }]);
    await embedded.leave();
  });

  it('keeps no data of a failing statement in its log', async () => {
    const folder = await makeFolder();
    const embedded = await joinEmbedded(folder);
    await ask(embedded.connectionString, 'create table people (email text unique)');
    const insert = ask(
      embedded.connectionString,
      "insert into people values ('ann@example.com'), ('ann@example.com')",
    );
    await expect(insert).rejects.toMatchObject({ code: '23505' });
    await embedded.leave();
    const log = await readFile((await embeddedFolder(folder)).log, 'utf8');
    expect(log).toContain('database system is ready');
    expect(log).not.toContain('ann@example.com');
  });

  it('says with the server’s own words why it cannot start, and what to do', async () => {
    const folder = await makeFolder();
    await (await joinEmbedded(folder)).leave();
    const { cluster } = await embeddedFolder(folder);
    await writeFile(join(cluster, 'PG_VERSION'), '9\n');
    await expect(joinEmbedded(folder)).rejects.toMatchObject({
      name: 'UnreachableError',
      message: expect.stringContaining('database files are incompatible with server'),
      next: expect.stringContaining('DATABASE_URL'),
    });
  });

  it.each(['password', 'cluster', 'cluster/global'])(
    'says which part of a half-removed folder is missing: %s',
    async (part) => {
      const folder = await makeFolder();
      await (await joinEmbedded(folder)).leave();
      const { root } = await embeddedFolder(folder);
      await rm(join(root, part), { recursive: true });
      await expect(joinEmbedded(folder)).rejects.toMatchObject({
        name: 'UnreachableError',
        message: expect.stringMatching(/is not whole: .*(password|PG_VERSION|pg_control) is missing/),
        next: expect.stringContaining(`remove ${root}`),
      });
      expect(await postmaster(folder)).toBeNull();
    },
  );

  it('says what is wrong with a data folder that cannot be made', async () => {
    const folder = await makeFolder();
    const file = join(folder, 'file');
    await writeFile(file, '');
    await expect(joinEmbedded(join(file, 'data'))).rejects.toMatchObject({
      name: 'UnreachableError',
      next: expect.stringContaining('--data'),
    });
  });

  it.runIf(process.platform === 'linux')(
    'refuses at once a folder that the system will not make',
    async () => {
      // In a process of its own: mkdir used to go round for ever here, in a thread that nothing can end.
      const child = spawnScript('./join-child.ts', ['/proc/tandem/data']);
      await expect(child.line()).rejects.toThrow(
        /The data folder \/proc\/tandem\/data cannot be made: ENOENT.*Give --data a folder/s,
      );
    },
  );

  it('is not made for one who wants it to be there', async () => {
    const folder = await makeFolder();
    const missing = join(folder, 'mistyped');
    for (const place of [folder, missing]) {
      await expect(joinEmbedded(place, { mustExist: true })).rejects.toMatchObject({
        name: 'UsageError',
        message: `There is no store in ${place}.`,
        next: expect.stringContaining('--data'),
      });
    }
    expect(await readdir(folder)).toEqual([]);
    await (await joinEmbedded(folder)).leave();
    const embedded = await joinEmbedded(folder, { mustExist: true });
    expect(await ask(embedded.connectionString, 'select 1 as one')).toEqual([{ one: 1 }]);
    await embedded.leave();
  });

  it('does not leave a server behind that nobody can use', async () => {
    const folder = await makeFolder();
    const first = await joinEmbedded(folder);
    const oid = 'select oid::text from pg_database where datname = current_database()';
    const [database] = await ask<{ oid: string }>(first.connectionString, oid);
    await first.leave();
    const { cluster } = await embeddedFolder(folder);
    await rm(join(cluster, 'base', database?.oid ?? ''), { recursive: true });
    await expect(joinEmbedded(folder)).rejects.toMatchObject({
      name: 'UnreachableError',
      message: expect.stringContaining('cannot be used'),
    });
    expect(await postmaster(folder)).toBeNull();
  });

  it('is waited for no longer than somebody wants it', async () => {
    const folder = await makeFolder();
    const { root } = await embeddedFolder(folder);
    await withStartLock(root, 1_000, async () => {
      const joining = joinEmbedded(folder, { signal: AbortSignal.timeout(100) });
      await expect(joining).rejects.toMatchObject({ name: 'TimeoutError' });
    });
    expect(await readdir(folder)).toEqual([]);
  });

  it('is stopped again when nobody wants it any more by the time it runs', async () => {
    const folder = await makeFolder();
    await (await joinEmbedded(folder)).leave();
    const { postmasterPid } = await embeddedFolder(folder);
    const abort = new AbortController();
    const joining = joinEmbedded(folder, { signal: abort.signal });
    const settled = Promise.allSettled([joining]);
    await expect.poll(() => existsSync(postmasterPid), { interval: 1, timeout: 20_000 }).toBe(true);
    abort.abort(new Error('stopped'));
    const [end] = await settled;
    // It can have been a moment too late; then the server is the caller's to leave.
    if (end?.status === 'fulfilled') await end.value.leave();
    expect(await postmaster(folder)).toBeNull();
  });

  it.runIf(process.getuid?.() === 0).each([
    ['a plain user', { uid: 65534, gid: 65534 }],
    ['a user without a name', { uid: 4_242, gid: 4_242 }],
  ])('works for %s', async (_, plain) => {
    const folder = await makeFolder();
    await chmod(join(folder, '..'), 0o755);
    await chown(folder, plain.uid, plain.gid);
    const script = fileURLToPath(new URL('../join-child.ts', import.meta.url));
    const child = spawn(process.execPath, [script, folder], { ...plain, stdio: ['pipe', 'pipe', 'inherit'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    const [first] = (await new Promise<Buffer[]>((resolve, reject) => {
      child.stdout.once('data', (chunk: Buffer) => resolve([chunk]));
      child.once('exit', (code) => reject(new Error(`the plain user's process ended with ${code}`)));
    })) as [Buffer];
    expect(await ask(first.toString().trim(), 'select 1 as one')).toEqual([{ one: 1 }]);
    expect((await stat((await embeddedFolder(folder)).cluster)).uid).toBe(plain.uid);
    child.removeAllListeners('exit');
    child.stdin.write('\n');
    await expect.poll(() => postmaster(folder)).toBeNull();
  });

  it.runIf(process.getuid?.() === 0)('works for root in a folder that a plain user made', async () => {
    const folder = await makeFolder();
    const embedded = await joinEmbedded(folder);
    await embedded.leave();
    const { root } = await embeddedFolder(folder);
    await chmod(join(folder, '..'), 0o755);
    await promisify(execFile)('chown', ['-R', '1234:1234', root]);
    const again = await joinEmbedded(folder);
    expect(await ask(again.connectionString, 'select 1 as one')).toEqual([{ one: 1 }]);
    await again.leave();
  });
});

/** Gives a file the owner of another, as if the same user had written it. */
const chownAs = async (model: string, path: string): Promise<void> => {
  const { uid, gid } = await stat(model);
  await chown(path, uid, gid);
  await chmod(path, 0o600);
};
