import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { kindNames } from '../../src/mapping/codecs/registry.ts';
import { loadMappings } from '../../src/mapping/load.ts';
import { lifeEventDefaults } from '../../src/model/life-events.ts';
import { conflictRules } from '../../src/model/mapping.ts';

const page = readFileSync(new URL('../../docs/admins/mapping.md', import.meta.url), 'utf8');

it('the page for admins has examples that load', () => {
  const example = /```yaml\n(.+?)```/s.exec(page)?.[1] ?? '';
  const head = [
    'object: people',
    'hubspot: contacts',
    'salesforce: Lead',
    'identity: { hubspot: a, salesforce: B }',
    'match: [jobtitle]',
    'create: { hubspot: never, salesforce: never }',
    'fields:',
  ].join('\n');
  const config = mkdtempSync(join(tmpdir(), 'tandem-page-'));
  try {
    mkdirSync(join(config, 'mappings'));
    writeFileSync(join(config, 'mappings', 'people.yaml'), `${head}\n${example}`);
    expect(loadMappings(config).pairs[0]?.fields).toHaveLength(4);
  } finally {
    rmSync(config, { recursive: true, force: true });
  }
});

it('the page about real accounts shows what a wrong name looks like, with its line, as it is said', () => {
  const setup = readFileSync(new URL('../../docs/admins/setup.md', import.meta.url), 'utf8');
  const [, count, line] =
    /There is (\d+) thing to correct in the mapping:\n\S+people\.yaml:(\d+) {2}'conflict' of field email/.exec(
      setup,
    ) ?? [];
  const config = mkdtempSync(join(tmpdir(), 'tandem-page-'));
  try {
    cpSync(new URL('../../config', import.meta.url), config, { recursive: true });
    const file = join(config, 'mappings', 'people.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('conflict: newest', 'conflict: newst'));
    expect(() => loadMappings(config)).toThrow(
      `There is ${count} thing to correct in the mapping:\n${file}:${line}  'conflict' of field email is not right (it says 'newst') — allowed are newest, prefer-hubspot, `,
    );
  } finally {
    rmSync(config, { recursive: true, force: true });
  }
});

it('the page for admins names every kind', () => {
  for (const kind of kindNames) expect(page).toContain(`\`${kind}\``);
});

it('the page for admins names every conflict rule', () => {
  const plain = conflictRules.filter((rule) => !rule.endsWith('-unless-blank'));
  for (const rule of plain) expect(page).toContain(`\`${rule}\``);
});

it('the page for admins names every life event with its default', () => {
  for (const [event, choice] of Object.entries(lifeEventDefaults)) {
    const named =
      typeof choice === 'string'
        ? [[event, choice]]
        : Object.entries(choice).map(([name, own]) => [`${event}.${name}`, own]);
    for (const [name, own] of named) {
      const row = page.split('\n').find((line) => line.startsWith('|') && line.includes(`\`${name}`));
      expect(row, `${name}`).toBeDefined();
      if (typeof own === 'string') expect(row).toContain(`\`${own}\``);
    }
  }
});
