import { execFile } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const packaged = join(root, `node_modules/node-${process.platform}-${process.arch}/bin/node`);

/** A repository with nothing but the launcher and one entry that says who runs it and with what. */
let clone: string;
/** A folder with the system's tools but no Node; a test puts the machine's `node` into it. */
let path: string;

const putNode = (script: string): void => {
  writeFileSync(join(path, 'node'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(path, 'node'), 0o755);
};
const putPackagedNode = (): void => {
  mkdirSync(join(clone, 'node_modules'));
  symlinkSync(join(packaged, '../..'), join(clone, `node_modules/node-${process.platform}-${process.arch}`));
};

/** Node 20 as the launcher meets it: it answers -p, and anything else it is asked to run proves the launcher wrong. */
const oldNode = '[ "$1" = -p ] && { echo 20; exit 0; }\necho "node 20 was run"; exit 9';

const run = (
  command: string,
  args: readonly string[],
  cwd = tmpdir(),
): Promise<{ code: number; stdout: string; stderr: string }> =>
  promisify(execFile)(command, args, { cwd, env: { PATH: path } }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  );

beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'tandem clone-'));
  cpSync(join(root, 'bin'), join(clone, 'bin'), { recursive: true });
  const entry =
    'console.log(JSON.stringify({ exec: process.execPath, cwd: process.cwd(), args: process.argv.slice(2) }));';
  mkdirSync(join(clone, 'src'));
  for (const file of ['entry.ts', 'src/main.ts']) writeFileSync(join(clone, file), entry);
  writeFileSync(join(clone, 'package.json'), '{"type":"module"}');
  path = mkdtempSync(join(tmpdir(), 'tandem-path-'));
  for (const tool of ['sh', 'dirname', 'readlink']) {
    const found = ['/usr/bin', '/bin'].map((folder) => join(folder, tool)).find((file) => existsSync(file));
    symlinkSync(found ?? tool, join(path, tool));
  }
});
afterEach(() => {
  for (const folder of [clone, path]) rmSync(folder, { recursive: true, force: true });
});

// There is a packaged Node for Linux alone; elsewhere the machine needs its own.
describe.skipIf(!existsSync(packaged))('tandem-node', () => {
  test('takes the machine’s Node where it is new enough, even with a packaged one beside it', async () => {
    putPackagedNode();
    putNode(`[ "$1" = -p ] && { echo 24; exit 0; }\necho "machine: $*"`);
    const { code, stdout } = await run(join(clone, 'bin/tandem-node'), ['entry.ts', 'a b']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^machine: .*\/entry\.ts a b\n$/);
  });

  test('takes the packaged Node where the machine’s is old', async () => {
    putPackagedNode();
    putNode(oldNode);
    const { code, stdout } = await run(join(clone, 'bin/tandem-node'), ['entry.ts']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).exec).toBe(packaged);
  });

  test('takes the packaged Node where the machine has none', async () => {
    putPackagedNode();
    const { stdout } = await run(join(clone, 'bin/tandem-node'), ['entry.ts']);
    expect(JSON.parse(stdout).exec).toBe(packaged);
  });

  test('keeps the caller’s directory, arguments with blanks, and the exit code', async () => {
    putPackagedNode();
    writeFileSync(join(clone, 'fails.ts'), 'process.exit(7);');
    const { stdout } = await run(join(clone, 'bin/tandem-node'), ['entry.ts', '--out', 'a b', ''], path);
    expect(JSON.parse(stdout)).toMatchObject({ cwd: path, args: ['--out', 'a b', ''] });
    expect((await run(join(clone, 'bin/tandem-node'), ['fails.ts'])).code).toBe(7);
  });

  test.each(['tandem-node', 'tandem'])('%s works through symlinks, relative and absolute', async (name) => {
    putPackagedNode();
    symlinkSync(join(clone, 'bin', name), join(path, 'absolute'));
    symlinkSync('absolute', join(path, 'relative'));
    const args = name === 'tandem' ? ['status'] : ['entry.ts', 'status'];
    const { code, stdout } = await run(join(path, 'relative'), args);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ exec: packaged, args: ['status'] });
  });

  test.each([
    ['old', oldNode],
    ['broken', 'exit 1'],
    ['one that answers nonsense', 'echo v20'],
  ])('says what is missing and what to do where the only Node is %s', async (_kind, script) => {
    putNode(script);
    const { code, stdout, stderr } = await run(join(clone, 'bin/tandem-node'), ['entry.ts']);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toContain('needs Node 24 or newer');
    expect(stderr).toContain(`run 'npm ci' in ${clone}`);
  });

  test('without an entry it says how it is used', async () => {
    putPackagedNode();
    const { code, stderr } = await run(join(clone, 'bin/tandem-node'), []);
    expect(code).toBe(2);
    expect(stderr).toContain('usage: tandem-node FILE');
  });
});
