import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { embeddedFolder } from '../../../src/store/embedded/folder.ts';
import { joinEmbedded } from '../../../src/store/embedded/join.ts';
import { ask, chownAs, makeFolder, postmaster } from './server-folder.ts';

describe('the embedded server, in what befalls it seldom', () => {
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
