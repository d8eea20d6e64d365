import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkOwnerNames } from '../../src/mapping/check-owners.ts';
import { loadMappings } from '../../src/mapping/load.ts';
import { namedOwners } from '../../src/mapping/owner-pairs.ts';
import type { Owner } from '../../src/model/owner.ts';
import { repositoryRoot } from '../../src/settings.ts';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

const user = (id: string, email: string, more: Partial<Owner> = {}): Owner => ({
  ...{ id, kind: 'user', name: id, email, active: true, owns: null },
  ...more,
});
const queue = (id: string, name: string, ...owns: string[]): Owner => ({
  ...{ id, kind: 'queue', name, email: null, active: true, owns },
});
const owners = {
  hubspot: [
    user('1', 'maria@a.example'),
    user('2', 'tom@a.example'),
    user('3', 'gone@a.example', { active: false }),
  ],
  salesforce: [
    user('005M', 'maria@a.example'),
    user('005T', 'tom@a.example'),
    user('005X', 'twin@a.example'),
    user('005Y', 'twin@a.example'),
    user('005G', 'gone@a.example', { active: false }),
    queue('00GI', 'Inbound', 'Lead'),
    queue('00GE', 'Empty'),
    queue('00GS', 'Same', 'Lead'),
    queue('00GT', 'Same', 'Lead'),
  ],
};

/** The rows of the owners' tables of both files, as check says them: with the row in place of its line. */
const said = (people: Readonly<Record<string, string>>, companies: Readonly<Record<string, string>> = {}) => {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-owners-'));
  folders.push(folder);
  mkdirSync(join(folder, 'mappings'));
  const lines: Record<string, string[]> = {};
  for (const [file, rows] of [
    ['people.yaml', people],
    ['companies.yaml', companies],
  ] as const) {
    const shipped = readFileSync(join(repositoryRoot, 'config/presets/mirror/mappings', file), 'utf8');
    const table = Object.entries(rows).map(([from, to]) => `      '${from}': '${to}'\n`);
    const values = table.length === 0 ? '' : `    values:\n${table.join('')}`;
    const text = shipped.replace('    of: owner\n', `    of: owner\n${values}`);
    writeFileSync(join(folder, 'mappings', file), text);
    lines[file] = text.split('\n');
  }
  const { pairs } = loadMappings(folder);
  return checkOwnerNames(namedOwners(pairs), owners).map(({ level, file, line, what }) => {
    expect(level).toBe('error');
    return `${(lines[basename(file)]?.[line - 1] ?? '').trim()}: ${what.replace(/ in \/.*/, '')}`;
  });
};

describe('check of the table of owners', () => {
  it('finds nothing where every name is one of somebody who can own such records', () => {
    expect(said({ 'maria@a.example': '005T', '2': 'Inbound', nobody: 'gone@a.example, Empty' })).toEqual([]);
  });

  it('names who is nobody, inactive or several, at the row', () => {
    expect(
      said({
        'who@a.example': '005M',
        'gone@a.example': '005T',
        '1': 'Unknown queue',
        'maria@a.example': 'twin@a.example',
        '2': 'Same',
        'tom@a.example': 'gone@a.example',
        nobody: 'gone@a.example, who@a.example',
      }),
    ).toEqual([
      "'1': 'Unknown queue': Salesforce has nobody called 'Unknown queue'",
      "'2': 'Same': 'Same' is 2 queues of Salesforce",
      "'who@a.example': '005M': HubSpot has nobody called 'who@a.example'",
      "'gone@a.example': '005T': 'gone@a.example' is inactive in HubSpot",
      "'maria@a.example': 'twin@a.example': 'twin@a.example' is 2 users of Salesforce",
      "'tom@a.example': 'gone@a.example': 'gone@a.example' is inactive in Salesforce",
      "'nobody': 'gone@a.example, who@a.example': Salesforce has nobody called 'who@a.example'",
    ]);
  });

  it('names a queue in a mapping whose records no queue, or not this one, can own', () => {
    expect(said({ '1': 'Empty' }, { '2': 'Inbound' })).toEqual([
      "'2': 'Inbound': the queue 'Inbound' cannot own Account",
      "'1': 'Empty': the queue 'Empty' cannot own Lead or Contact",
    ]);
  });

  it('names an owner who is two users, in one file or two; a user and a queue are no contradiction', () => {
    expect(said({ '2': 'Inbound' }, { 'tom@a.example': '005M' })).toEqual([]);
    expect(said({ '2': '005T' }, { 'tom@a.example': '005M' })).toEqual(["'2': '005T': '2' is '005M'"]);
  });
});
