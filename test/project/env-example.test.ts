import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { describe, expect, test } from 'vitest';
import { parseSettings } from '../../src/settings.ts';

const root = resolve(import.meta.dirname, '../..');
const text = readFileSync(join(root, '.env.example'), 'utf8');
const listed = Object.keys(parseEnv(text));
/** Variables of the contract that no code reads yet; their comment says so. */
const later = [...text.matchAll(/\(later\)\n([A-Z_]+)=/g)].map(([, name]) => name);

/** The names in the schema of settings.ts, the only place where the environment is read. */
const settings = readFileSync(join(root, 'src/settings.ts'), 'utf8');
const read = [...settings.matchAll(/^ {2}([A-Z][A-Z_]+):/gm)].map(([, name]) => name);

/** The contract's own list. */
const contract = [
  ...['HUBSPOT_BASE_URL', 'HUBSPOT_ACCESS_TOKEN', 'HUBSPOT_WEBHOOK_SECRET'],
  ...['SALESFORCE_LOGIN_URL', 'SALESFORCE_CLIENT_ID', 'SALESFORCE_CLIENT_SECRET'],
  ...['SALESFORCE_USERNAME', 'SALESFORCE_PASSWORD', 'DATABASE_URL', 'REDIS_URL'],
  ...['TANDEM_HOST', 'TANDEM_PUBLIC_URL', 'TANDEM_POLL_SECONDS'],
];

describe('.env.example', () => {
  test('lists every variable that is read, and every one of the contract', () => {
    expect(read.length).toBeGreaterThan(8);
    expect([...read, ...contract].filter((name) => !listed.includes(name ?? ''))).toEqual([]);
  });

  test('lists every variable that a message or a comment names', () => {
    const name = /\b(?:HUBSPOT|SALESFORCE|TANDEM|DATABASE|REDIS)_[A-Z_]*[A-Z]\b/g;
    const files = globSync('src/**/*.ts', { cwd: root }).map((file) =>
      readFileSync(join(root, file), 'utf8'),
    );
    const named = new Set(files.flatMap((file) => file.match(name) ?? []));
    expect(named.size).toBeGreaterThanOrEqual(read.length);
    // HUBSPOT_DEFINED and its like are the vendor's words for kinds of associations.
    const variables = [...named].filter((each) => !each.endsWith('_DEFINED'));
    expect(variables.filter((each) => !listed.includes(each))).toEqual([]);
  });

  test('lists nothing that nobody reads, without saying so', () => {
    const unread = listed.filter((name) => !read.includes(name));
    expect(new Set(unread)).toEqual(new Set(later));
  });

  test('copied as it is, it sets nothing', () => {
    expect(parseSettings(parseEnv(text))).toEqual(parseSettings({}));
  });
});
