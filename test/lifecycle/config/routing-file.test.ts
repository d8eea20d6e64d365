import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { jsonSchemaOf } from '../../../src/lifecycle/config/file-words.ts';
import { routingFile } from '../../../src/lifecycle/config/routing-shape.ts';
import { loadWith, shippedText } from '../shipped-files.ts';

const shipped = shippedText('routing.yaml');
/** The shipped file with its commented examples switched on. */
const full = shipped
  .replace('by: salesforce-assignment-rules', 'by: tandem')
  .replace(/^# (rules|pools|otherwise|sdr| )/gm, '$1');
/** The examples route to SDRs, so there is their stage too. */
const lifecycle = shippedText('lifecycle.yaml').replace('  # sdr: {', '  sdr: {');
const load = (text: string) =>
  loadWith(text === shipped ? {} : { 'routing.yaml': text, 'lifecycle.yaml': lifecycle });

it('the shipped routing.yaml is right, and so are its examples', () => {
  expect(load(shipped)).toMatchObject({
    findings: [],
    routing: { by: 'salesforce-assignment-rules', reroutesMax: 3 },
  });
  const examples = load(full.replace('pool: sdrs', 'pool: dach'));
  expect(examples.findings).toEqual([]);
  expect([examples.routing?.rules.length, examples.routing?.pools.size]).toEqual([3, 2]);
});

it('the published schema is that of the shape', () => {
  const published = readFileSync(
    new URL('../../../config/schema/routing.schema.json', import.meta.url),
    'utf8',
  );
  expect(published).toBe(`${JSON.stringify(jsonSchemaOf(routingFile), null, 2)}\n`);
});

const cases: readonly (readonly [string, string, string, 'error' | 'note', string])[] = [
  ['a pool that is not there', 'otherwise: dach', 'otherwise: dash', 'error', "did you mean 'dach'"],
  ['a rule that gives to nobody', ', pool: enterprise', '', 'error', 'gives leads to nobody'],
  [
    'an empty pool',
    '{ members: [{ owner: 005000000000003AAA }] }',
    '{ members: [] }',
    'error',
    "pool 'enterprise' is empty",
  ],
  ['a member twice', '005000000000002AAA', '005000000000001AAA', 'error', 'is twice in pool'],
  ['not an id', '005000000000003AAA', 'anna@acme.com', 'error', 'it must be a Salesforce id'],
  ['rules that nobody asks', 'by: tandem', 'by: external', 'error', 'are not asked'],
  ['no fallback', 'fallback: { queue: 00GSb0000000003MAA }', '', 'error', "no 'fallback'"],
  ['a pool that nobody uses', 'pool: enterprise', 'pool: dach', 'note', "pool 'enterprise' is never used"],
  [
    'the same rule twice',
    'account.NumberOfEmployees >= 1000',
    "\"contact.country in ['DE', 'AT', 'CH']\"",
    'note',
    'holds for the same people',
  ],
];
it.each(cases)('a mistake is told with its line: %s', (_, from, to, level, words) => {
  const text = full.replace('pool: sdrs', 'pool: dach');
  expect(text).toContain(from);
  const { findings, routing } = load(text.replace(from, to));
  expect(routing === null).toBe(level === 'error');
  expect(findings.map((each) => `${each.level} ${each.what} ${each.why} ${each.fix}`).join('\n')).toMatch(
    new RegExp(`${level} .*${words.replaceAll(/[()]/g, '.')}`),
  );
  for (const { line, file } of findings) expect([file, line >= 1]).toEqual(['routing.yaml', true]);
});
