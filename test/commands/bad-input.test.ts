import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../../src/settings.ts';
import { embeddedFolder } from '../../src/store/embedded/folder.ts';
import { withStartLock } from '../../src/store/embedded/start-lock.ts';
import { mirror, Stage } from '../e2e/harness/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(async () => stage?.close());

describe('wrong configuration', () => {
  it('a malformed mapping ends with 2, names file and line, why and the fix, and calls nobody', async () => {
    const config = join(stage.folder, 'config');
    await mkdir(join(config, 'mappings'), { recursive: true });
    const shipped = join(repositoryRoot, 'config/presets/mirror/mappings/people.yaml');
    const file = join(config, 'mappings/people.yaml');
    await cp(shipped, file);
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('conflict: newest', 'conflict: newset'));
    const line = text.split('\n').findIndex((each) => each.includes('conflict: newest')) + 1;
    const before = await stage.sandbox.calls();
    const end = await stage.tandem([
      'run',
      '--until-idle',
      '--config',
      config,
      '--data',
      stage.data,
      '--port',
      '0',
    ]);
    expect(end.code).toBe(2);
    expect(end.stderr).toContain(`people.yaml:${line}`);
    expect(end.stderr).toContain('newset');
    expect(end.stderr).toContain('newest');
    expect(await stage.sandbox.calls()).toBe(before);
  });

  it.each([
    ['an unknown command', ['dance']],
    ['an unknown option', ['run', '--dance']],
    ['a port that is none', ['run', '--port', '70000']],
  ])('%s ends with 2', async (_name, args) => {
    expect((await stage.tandem(args)).code).toBe(2);
  });

  it('an unknown option points to the help of its own command', async () => {
    expect((await stage.tandem(['report', 'weekly', '--weak', '2026-W48'])).stderr).toContain(
      '(tandem report --help ',
    );
  });

  it.each([
    ['HubSpot', { HUBSPOT_ACCESS_TOKEN: 'secret-nobody-knows' }, 'HUBSPOT_ACCESS_TOKEN'],
    ['Salesforce', { SALESFORCE_CLIENT_SECRET: 'secret-nobody-knows' }, 'SALESFORCE_CLIENT_SECRET'],
  ])(
    'wrong credentials for %s end with 3, name the variable and never the secret',
    async (name, env, variable) => {
      const args = ['run', '--until-idle', '--data', stage.data, '--port', '0'];
      const end = await stage.tandem(args, { env });
      expect(end.code).toBe(3);
      expect(end.stderr).toMatch(new RegExp(`^ +Next: Check .*${variable}`, 'm'));
      expect(end.stdout + end.stderr).not.toContain('secret-nobody-knows');
      const { problems } = await stage.status();
      expect(problems.find(({ what }) => what === `${name} cannot be used`)).toMatchObject({
        fault: 'credentials',
        next: expect.stringMatching(new RegExp(`^Check .*${variable}`)),
      });
      expect(JSON.stringify(problems)).not.toContain('secret-nobody-knows');
    },
  );

  it('a refused sign-in on one side does not cut off the booking of the other side’s calls', async () => {
    const args = ['check', '--config', mirror, '--data', stage.data];
    const end = await stage.tandem(args, { env: { HUBSPOT_ACCESS_TOKEN: 'secret-nobody-knows' } });
    expect(end.code).toBe(3);
    expect(end.stderr).toContain('INVALID_AUTHENTICATION');
    expect(end.stderr).not.toContain('budget-store-failed');
  });

  it('a port in use ends with 2 and names it', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const address = taken.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const end = await stage.tandem(['run', '--data', stage.data, '--port', String(port)]);
    const sandbox = await stage.tandem(['sandbox', '--hubspot-port', String(port)]);
    taken.close();
    expect(end.code).toBe(2);
    expect(end.stderr).toContain(`Port ${port}`);
    expect(end.stderr).toContain('--port');
    expect(sandbox.code).toBe(2);
    expect(sandbox.stderr).toMatch(new RegExp(`port ${port} .*--hubspot-port or --salesforce-port`, 's'));
  });
});

describe('one worker per folder', () => {
  it('a second run is refused and names the first; status joins; SIGTERM ends the first in order', async () => {
    const first = stage.run();
    await first.event('ready');
    const second = await stage.tandem(['run', '--data', stage.data, '--port', '0']);
    expect(second.code).toBe(2);
    expect(second.stderr).toContain(String(first.pid));
    expect(await stage.status()).toMatchObject({ backlog: expect.any(Number) });

    await first.event('alignment-done');
    const config = await stage.changedMirror((text) =>
      text.replace('\n    first: newest', '\n    first: hold'),
    );
    const said = async (folder: string): Promise<string> =>
      (await stage.tandem(['status', '--config', folder, '--data', stage.data])).stderr;
    expect(await said(mirror)).toBe('');
    expect(await said(config)).toMatch(/not the one that the worker runs with.*Restart the worker/s);
    first.kill('SIGTERM');
    const end = await first.finish(15_000);
    expect(end.code).toBe(0);
  });

  it('is told by the folder, whatever path leads to it', async () => {
    const first = stage.run();
    await first.event('ready');
    const other = join(stage.folder, 'by-another-name');
    await symlink(stage.data, other);
    const second = await stage.tandem(['run', '--data', other, '--port', '0']);
    expect(second.code).toBe(2);
    expect(second.stderr).toContain(String(first.pid));
    await first.stop();
  });

  it('works from another folder, with --data relative to it, and prints JSON alone', async () => {
    const end = await stage.tandem(['status', '--json', '--data', 'data'], { cwd: stage.folder });
    expect(end.code).toBe(0);
    expect(JSON.parse(end.stdout)).toMatchObject({ backlog: 0, problems: [] });
  });
});

describe('a folder without store', () => {
  it.each([
    ['status', []],
    ['explain', ['ann@example.com']],
    ['failures', []],
    ['reviews', []],
    ['resume', []],
    ['apply', ['--held', 'x']],
  ])('%s says so with 2, and makes none', async (command, args) => {
    const folder = join(stage.folder, 'mistyped', 'data');
    const end = await stage.tandem([command, ...args, '--json', '--config', mirror, '--data', folder]);
    expect(end.code).toBe(2);
    expect(end.stderr).toContain(`There is no store in ${folder}`);
    expect(end.stdout).toBe('');
    expect(existsSync(join(stage.folder, 'mistyped'))).toBe(false);
  });

  it('verify compares without memory, says so, and makes none', async () => {
    const person = await stage.person();
    await person.createContact({ email: 'nobody-knows@example.com' });
    const folder = join(stage.folder, 'mistyped');
    const end = await stage.tandem(['verify', '--json', '--config', mirror, '--data', folder]);
    expect(end.code).toBe(1);
    expect(end.stderr).toContain(`There is no store in ${folder}`);
    expect(JSON.parse(end.stdout)).toMatchObject({ records: 1, unexplained: 1 });
    expect(existsSync(folder)).toBe(false);
  });
});

describe('commands that write nothing, in a folder without store', () => {
  it.each(['check', 'plan'])('%s answers, and makes none', async (command) => {
    const folder = join(stage.folder, 'not-begun', 'data');
    const end = await stage.tandem([command, '--json', '--config', mirror, '--data', folder]);
    expect({ code: end.code, stderr: end.stderr }).toEqual({
      code: 0,
      stderr: command === 'check' ? '' : expect.stringContaining(`There is no store in ${folder}`),
    });
    expect(JSON.parse(end.stdout)).toHaveProperty(command === 'check' ? 'ok' : 'links');
    expect(existsSync(join(stage.folder, 'not-begun'))).toBe(false);
  });
});

describe('a command without credentials', () => {
  it('explain says of an unknown email that the systems were not asked, and what to set', async () => {
    const args = ['explain', 'nobody-at-all@example.com', '--config', mirror, '--data', stage.data];
    const asked = await stage.tandem(args);
    expect(asked.code).toBe(1);
    expect(asked.stdout).toBe('Neither system nor the store knows such a record.\n');
    const end = await stage.tandem(args, { env: { HUBSPOT_ACCESS_TOKEN: '' } });
    expect(end.code).toBe(1);
    expect(end.stdout).not.toContain('Neither system');
    expect(end.stdout).toMatch(
      /the systems were not asked: no credentials are set \(HUBSPOT_ACCESS_TOKEN\)\.\n {2}Next: Set them/,
    );
  });
});

describe('a system that is not there', () => {
  it('handoffs names the address that it tried, and the way without', async () => {
    const away = { HUBSPOT_BASE_URL: 'http://127.0.0.1:2' };
    const end = await stage.tandem(['handoffs', '--data', stage.data], { env: away });
    expect(end.code).toBe(3);
    expect(end.stderr).toContain('cannot connect to http://127.0.0.1:2;');
    expect(end.stderr).toMatch(/Next: Check that HubSpot is up .* Or add --offline, /);
  });
});

describe('the week of a report', () => {
  it('is looked at before anybody is asked: a week that is none ends with 2 and its own message alone', async () => {
    const before = await stage.sandbox.calls();
    const args = ['report', 'weekly', '--week', '2026-99', '--data', stage.data];
    const end = await stage.tandem(args);
    expect(end.code).toBe(2);
    expect(end.stderr).toBe("tandem: '2026-99' is no week.\n  Next: Name one as 2026-W48 (ISO 8601).\n");
    expect(await stage.sandbox.calls()).toBe(before);
  });
});

describe('a store that takes long to open', () => {
  it.runIf(process.platform === 'linux')('is not waited for after a signal', async () => {
    await mkdir(stage.data, { recursive: true });
    const { root } = await embeddedFolder(stage.data);
    await withStartLock(root, 5_000, async () => {
      const worker = stage.run();
      await worker.event('starting');
      worker.kill('SIGTERM');
      const end = await worker.finish(10_000);
      expect(end.code).toBe(0);
      expect(end.stdout).toContain('"event":"stopping"');
    });
  });
});
