import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { repositoryRoot } from '../../src/settings.ts';
import { migrations } from '../../src/store/migrations/index.ts';

const folder = join(repositoryRoot, 'src/store/migrations');
const files = readdirSync(folder)
  .filter((name) => /^\d{4}-.*\.ts$/.test(name))
  .sort();
const frozenFile = new URL('./migrations.sha256', import.meta.url);

/** SHA-256 by file, in the format of sha256sum. */
const readFrozen = (): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readFileSync(frozenFile, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split('  ').reverse()),
  );

const hashOf = (name: string): string =>
  createHash('sha256')
    .update(readFileSync(join(folder, name)))
    .digest('hex');

/**
 * What has run in somebody's store never runs again there: a changed migration would reach new stores alone, and the two would differ
 * for ever. Whoever wants another schema adds a migration; UPDATE_SCHEMA=1 adds its line here and changes none that is there.
 */
it('have not been changed since they were written', () => {
  const now = Object.fromEntries(files.map((name) => [name, hashOf(name)]));
  if (process.env.UPDATE_SCHEMA === '1') {
    const kept = { ...now, ...readFrozen() };
    const lines = Object.keys(kept)
      .sort((a, b) => a.localeCompare(b))
      .map((name) => `${kept[name]}  ${name}\n`);
    writeFileSync(frozenFile, lines.join(''));
  }
  expect(
    now,
    'never change one; for a new one UPDATE_SCHEMA=1 npx vitest run test/store/migrations.test.ts',
  ).toEqual(readFrozen());
});

it('run all, in the order of their numbers', () => {
  expect(Object.keys(migrations)).toEqual(files.map((name) => name.replace(/\.ts$/, '')));
});
