import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';

const root = resolve(import.meta.dirname, '../..');

interface Instruction {
  readonly name: string;
  readonly value: string;
}

/** The instructions of a Dockerfile in order, continued lines joined and comments left out. */
const instructions: readonly Instruction[] = readFileSync(join(root, 'Dockerfile'), 'utf8')
  .replace(/^#.*\n/gm, '')
  .replace(/\\\n\s*/g, '')
  .split('\n')
  .filter((line) => line.trim() !== '')
  .map((line) => {
    const [, name = '', value = ''] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
    return { name, value };
  });

const valuesOf = (name: string, among = instructions): string[] =>
  among.flatMap((instruction) => (instruction.name === name ? [instruction.value] : []));
const lastStage = instructions.slice(instructions.findLastIndex(({ name }) => name === 'FROM'));
const list = (value: string | undefined): string[] => z.array(z.string()).parse(JSON.parse(value ?? ''));

describe('the Dockerfile', () => {
  test('every line is an instruction that Docker knows', () => {
    const known = 'FROM WORKDIR COPY RUN ENV VOLUME USER EXPOSE HEALTHCHECK ENTRYPOINT CMD'.split(' ');
    expect(instructions.length).toBeGreaterThan(10);
    expect(instructions.filter(({ name }) => !known.includes(name))).toEqual([]);
  });

  test('stands on Node 24, slim, in each stage', () => {
    for (const value of valuesOf('FROM')) expect(value).toMatch(/^node:24-slim( AS \w+)?$/);
  });

  test('installs from the lockfile, without dev dependencies', () => {
    expect(valuesOf('RUN').join('\n')).toMatch(/npm ci --omit=dev/);
    expect(valuesOf('RUN').join('\n')).not.toMatch(/npm (install|i) |--omit=optional|--ignore-scripts/);
  });

  test('copies only what is there and what the image is allowed to get', () => {
    const ignored = readFileSync(join(root, '.dockerignore'), 'utf8').split('\n');
    const copied = valuesOf('COPY')
      .filter((value) => !value.startsWith('--from='))
      .flatMap((value) => value.split(/\s+/).slice(0, -1));
    expect(copied).toContain('src');
    expect(copied.filter((path) => !existsSync(join(root, path)))).toEqual([]);
    expect(copied.filter((path) => ignored.includes(path))).toEqual([]);
    for (const secret of ['.env', '.git', '.tandem', 'node_modules']) expect(ignored).toContain(secret);
  });

  test('runs as a plain user, who owns the data folder', () => {
    expect(valuesOf('USER', lastStage)).toEqual(['node']);
    const [user, owner] = ['USER', 'RUN'].map((name) => lastStage.findIndex((found) => found.name === name));
    expect(valuesOf('RUN', lastStage).join()).toContain('chown node:node /data');
    expect(owner).toBeLessThan(user ?? -1);
    expect(valuesOf('VOLUME', lastStage)).toEqual(['/data']);
  });

  test('starts an executable of the repository, in a form that receives signals', () => {
    const [entry = ''] = list(valuesOf('ENTRYPOINT', lastStage)[0]);
    const file = join(root, entry.replace(/^\/app\//, ''));
    expect(statSync(file).mode & 0o111).toBe(0o111);
    // The launcher must become the worker, not its parent: a shell in between swallows SIGTERM.
    expect(readFileSync(file, 'utf8')).toMatch(/^exec /m);
    expect(list(valuesOf('CMD', lastStage)[0])[0]).toBe('run');
  });

  test('is checked at the address where it serves', () => {
    const port = valuesOf('EXPOSE', lastStage)[0];
    expect(list(valuesOf('CMD', lastStage)[0]).join(' ')).toContain(`--port ${port}`);
    const [health = ''] = valuesOf('HEALTHCHECK', lastStage);
    const command = list(health.slice(health.indexOf('[')));
    expect(command.slice(0, 2)).toEqual(['node', '-e']);
    expect(command[2]).toContain(`http://127.0.0.1:${port}/health/live`);
    // It must at least be a program: a syntax error would make every container unhealthy.
    expect(() => new Function(command[2] ?? '')).not.toThrow();
    expect(valuesOf('ENV', lastStage).join()).toContain('TANDEM_HOST=0.0.0.0');
  });

  test('is run so that a file of variables does not undo the address', () => {
    const told = readFileSync(join(root, 'Dockerfile'), 'utf8').match(/^#.*docker run.*$/gm);
    expect(told).toEqual([expect.stringMatching(/--env-file .env .*-e TANDEM_HOST=0\.0\.0\.0 /)]);
  });
});
