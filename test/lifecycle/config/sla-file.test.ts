import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { jsonSchemaOf } from '../../../src/lifecycle/config/file-words.ts';
import { slaFile } from '../../../src/lifecycle/config/sla-shape.ts';
import { loadWith, shippedText } from '../shipped-files.ts';

const shipped = shippedText('sla.yaml');
const load = (text: string) => loadWith({ 'sla.yaml': text });

it('the shipped sla.yaml is right, with the three measures', () => {
  const { sla, findings } = load(shipped);
  expect(findings).toEqual([]);
  expect(sla).toMatchObject({
    quality: { acceptedPercentMin: 60, badDataPercentMax: 10 },
    followUp: { askedHours: 1, scoredHours: 8, verdictDays: 5 },
    remindPercent: 50,
    breach: { reassignHours: null },
  });
});

it('the published schema is that of the shape', () => {
  const published = readFileSync(new URL('../../../config/schema/sla.schema.json', import.meta.url), 'utf8');
  expect(published).toBe(`${JSON.stringify(jsonSchemaOf(slaFile), null, 2)}\n`);
});

const cases: readonly (readonly [string, string, string, 'error' | 'note', string])[] = [
  ['an unknown time zone', 'zone: Etc/UTC', 'zone: Europe/Berln', 'error', "did you mean 'Europe/Berlin'"],
  ['an unknown country', '# holidays: DE-BY', 'holidays: QQ', 'error', 'no country'],
  ['an unknown region', '# holidays: DE-BY', 'holidays: DE-QQ', 'error', 'no region'],
  ['hours that run backwards', "mon: '09:00-17:00'", "mon: '17:00-09:00'", 'error', 'run backwards'],
  ['hours that overlap', "mon: '09:00-17:00'", "mon: '09:00-13:00, 12:00-17:00'", 'error', 'overlap'],
  ['no hours', /hours: \{ mon.*\}/.exec(shipped)?.[0] ?? '', 'hours: {}', 'error', 'nobody ever works'],
  ['hours in other words', "mon: '09:00-17:00'", "mon: '9 to 5'", 'error', 'it must be hours'],
  ['a day that is none', 'closed: []', 'closed: [2026-02-29]', 'error', 'it must be a day'],
  ['a calendar that is not there', 'default: office', 'default: ofice', 'error', "did you mean 'office'"],
  [
    "a rep's calendar that is not there",
    '# reps: { 005000000000001AAA: office }',
    'reps: { 005A: home }',
    'error',
    "no calendar 'home'",
  ],
  [
    'a pause that cannot be read',
    'pauses: []',
    'pauses: [{ name: x, when: lead.Status == }]',
    'error',
    'cannot be read',
  ],
  ['who asks waits longer', 'asked-hours: 1', 'asked-hours: 9', 'note', 'waits longer'],
  [
    'a pilot that is over',
    'pauses: []',
    'pauses: []\npilot: { start: 2026-09-01, end: 2026-09-01, owners: [005A] }',
    'error',
    'over before',
  ],
  [
    'a pilot that only measures',
    'pauses: []',
    'pauses: []\npilot: { start: 2026-09-01, end: 2026-09-20, owners: [005A] }',
    'note',
    'never acts',
  ],
];
it.each(cases)('a mistake is told with its line: %s', (_, from, to, level, words) => {
  expect(shipped).toContain(from);
  const { findings, sla } = load(shipped.replace(from, to));
  expect(sla === null).toBe(level === 'error');
  expect(findings.map((each) => `${each.level} ${each.what} ${each.why} ${each.fix}`).join('\n')).toMatch(
    new RegExp(`${level} .*${words}`),
  );
  const line = shipped.slice(0, shipped.indexOf(from)).split('\n').length + (to.includes('\n') ? 1 : 0);
  expect(findings.map((each) => each.line)).toContain(line);
});
