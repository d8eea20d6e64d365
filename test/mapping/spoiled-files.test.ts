import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseRecord } from '../../src/commands/find-record.ts';
import { MappingError } from '../../src/mapping/finding.ts';
import { loadMappings } from '../../src/mapping/load.ts';
import { UsageError } from '../../src/model/failure.ts';
import { parseScope } from '../../src/model/pause.ts';
import { repositoryRoot } from '../../src/settings.ts';

const shipped = readFileSync(`${repositoryRoot}config/presets/mirror/mappings/people.yaml`, 'utf8');
const lines = shipped.split('\n');
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tandem-spoiled-'));
  mkdirSync(join(folder, 'mappings'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const load = (content: string | Uint8Array): void => {
  writeFileSync(join(folder, 'mappings', 'people.yaml'), content);
  try {
    loadMappings(folder);
  } catch (error) {
    if (!(error instanceof MappingError)) throw error;
    for (const { file, line, what, why, fix } of error.findings) {
      expect([file !== '', line >= 1, what !== '', why !== '', fix !== '']).toEqual([
        true,
        true,
        true,
        true,
        true,
      ]);
    }
  }
};

/** What an unlucky editor, merge or keyboard does to a file. */
const spoil = fc.array(
  fc.record({
    at: fc.nat(lines.length - 1),
    how: fc.constantFrom('delete', 'double', 'replace', 'indent', 'append'),
    text: fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '<<<<<<< HEAD',
        '\t- x',
        '&a [*a]',
        '!!js/function "x"',
        '? : -',
        'fields: null',
        '- *undefined',
        '---',
        '%YAML 9',
      ),
      fc.json(),
    ),
  }),
  { minLength: 1, maxLength: 5 },
);

const spoiled = (
  changes: readonly { readonly at: number; readonly how: string; readonly text: string }[],
): string => {
  const result: (string | null)[] = [...lines];
  for (const { at, how, text } of changes) {
    const line = result[at] ?? '';
    if (how === 'delete') result[at] = null;
    if (how === 'double') result[at] = `${line}\n${line}`;
    if (how === 'replace') result[at] = text;
    if (how === 'indent') result[at] = ` ${line}`;
    if (how === 'append') result[at] = `${line}${text}`;
  }
  return result.filter((line) => line !== null).join('\n');
};

it('a spoiled mapping file is loaded, or refused with file, line, reason and fix; never anything else', () => {
  fc.assert(
    fc.property(spoil, (changes) => load(spoiled(changes))),
    { numRuns: 300, interruptAfterTimeLimit: 2_000 },
  );
});

it('so is a file of anything', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.string({ unit: 'binary', maxLength: 300 })),
      load,
    ),
    { numRuns: 200, interruptAfterTimeLimit: 2_000 },
  );
});

it('a file far too large to be one is refused at once, with its size', () => {
  writeFileSync(join(folder, 'mappings', 'people.yaml'), `${shipped}${'# pad\n'.repeat(3_000_000)}`);
  const began = performance.now();
  expect(() => loadMappings(folder)).toThrow(/people\.yaml has 18\d\d\d kB.*1000 kB at most/s);
  expect(performance.now() - began).toBeLessThan(2_000);
});

it('arguments of any text are parsed, or refused as wrong usage', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(parseScope(text)).toHaveProperty('kind');
      try {
        expect(parseRecord(text)).toHaveProperty('kind');
      } catch (error) {
        expect(error).toBeInstanceOf(UsageError);
      }
    }),
  );
});
