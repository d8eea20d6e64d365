import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, chown, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { embeddedFolder } from '../../../src/store/embedded/folder.ts';
import { joinEmbedded } from '../../../src/store/embedded/join.ts';
import { withStartLock } from '../../../src/store/embedded/start-lock.ts';
import { spawnScript } from '../child.ts';
import { ask, makeFolder, postmaster } from './server-folder.ts';

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

  it('is waited for no longer than somebody wants it', async () => {
    const folder = await makeFolder();
    const { root } = await embeddedFolder(folder);
    await withStartLock(root, 1_000, async () => {
      const joining = joinEmbedded(folder, { signal: AbortSignal.timeout(100) });
      await expect(joining).rejects.toMatchObject({ name: 'TimeoutError' });
    });
    expect(await readdir(folder)).toEqual([]);
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
});
