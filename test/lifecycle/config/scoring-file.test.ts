import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { jsonSchemaOf } from '../../../src/lifecycle/config/file-words.ts';
import { scoringFile } from '../../../src/lifecycle/config/scoring-shape.ts';
import { loadWith, shippedText } from '../shipped-files.ts';

const shipped = shippedText('scoring.yaml');

it('the shipped scoring.yaml is right, and its half-life is 30 days', () => {
  const { scoring, findings } = loadWith({ 'scoring.yaml': shipped });
  expect(findings).toEqual([]);
  expect(scoring?.engagement.rules.every(({ halfLifeMs }) => halfLifeMs === 30 * 86_400_000)).toBe(true);
});

it('the published schema is that of the shape', () => {
  const published = readFileSync(
    new URL('../../../config/schema/scoring.schema.json', import.meta.url),
    'utf8',
  );
  expect(published).toBe(`${JSON.stringify(jsonSchemaOf(scoringFile), null, 2)}\n`);
});

const cases: readonly (readonly [string, string, string, string])[] = [
  ['no approver of sales', ', sales: Head of sales }', ' }', "no 'sales'"],
  [
    'one approver for both',
    'sales: Head of sales',
    'sales: head of Marketing ',
    'one approver for both sides',
  ],
  ['no date', '    from: 2026-01-01\n', '', "no 'from'"],
  ['not a date', 'from: 2026-01-01', 'from: 2026-02-30', 'it must be a day'],
  ['an activity that is none', 'on: [emailClick]', 'on: [emailClik]', "did you mean 'emailClick'"],
  [
    'a list that is not there',
    'email.domain in lists.own',
    'email.domain in lists.owns',
    "did you mean 'own'",
  ],
  [
    'a field of no event',
    "event.url.contains('/careers')",
    "event.uri.contains('/careers')",
    "did you mean 'url'",
  ],
  [
    'a rule about an activity that asks for the person',
    "event.url.contains('/careers')",
    "contact.url.contains('/careers')",
    "names 'contact'",
  ],
  ['a name twice', 'name: Page view', 'name: Pricing page', "'Pricing page' is there twice"],
  ['a grade that cannot be reached', 'B: 20', 'B: 40', 'B cannot be reached'],
  ['a level that cannot be reached', "'3': 8", "'3': 20", '3 cannot be reached'],
  ['opens beside clicks', 'on: [emailClick]', 'on: [emailClick, emailOpen]', 'opens share a rule'],
  ['a pilot of nobody', 'engagement <= 2', 'engagement <= 2\n    pilot: {}', 'has nobody in it'],
  [
    'a pilot that is over before it begins',
    'engagement <= 2',
    'engagement <= 2\n    pilot: { share: 5, until: 2025-01-01 }',
    'over before it begins',
  ],
  [
    'two versions of one day',
    'engagement <= 2',
    'engagement <= 2\n  - { version: b, from: 2026-01-01, approved: { marketing: a, sales: b }, when: score > 3 }',
    'from the same day',
  ],
  ['points that are no number', 'points: 20', 'points: many', 'it must be a number'],
];
it.each(cases)('a mistake is told with its line: %s', (_, from, to, words) => {
  expect(shipped).toContain(from);
  const text = shipped.replace(from, to);
  const { findings, scoring } = loadWith({ 'scoring.yaml': text });
  expect(scoring).toBeNull();
  expect(findings.map(({ what, why, fix }) => `${what} ${why} ${fix}`).join('\n')).toContain(words);
  const at = shipped.slice(0, shipped.indexOf(from)).split('\n').length;
  if (to.trim().length > 3 && !to.includes('\n')) expect(findings.map(({ line }) => line)).toContain(at);
  for (const { line, file, fix } of findings)
    expect([file, line > 1, fix !== '']).toEqual(['scoring.yaml', true, true]);
});
