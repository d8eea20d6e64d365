import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { contentFile } from '../../../src/lifecycle/config/content-shape.ts';
import { jsonSchemaOf } from '../../../src/lifecycle/config/file-words.ts';
import { loadWith, shippedText } from '../shipped-files.ts';

const shipped = shippedText('content.yaml');
const load = (text: string | null) => loadWith({ 'content.yaml': text });

it('the shipped content.yaml is right, and has something for the middle and the bottom of the funnel', () => {
  const { content, findings } = load(shipped);
  expect(findings).toEqual([]);
  const stages = content?.pieces.flatMap((piece) => [...piece.stages]);
  for (const stage of ['sales-ready', 'working', 'accepted', 'opportunity']) expect(stages).toContain(stage);
});

it('the published schema is that of the shape', () => {
  const published = readFileSync(
    new URL('../../../config/schema/content.schema.json', import.meta.url),
    'utf8',
  );
  expect(published).toBe(`${JSON.stringify(jsonSchemaOf(contentFile), null, 2)}\n`);
});

const url = 'https://www.our-company.example/guides/first-month';
const cases: readonly (readonly [string, string, string, 'error' | 'note', string])[] = [
  ['an id that is there twice', 'id: calculator', 'id: sheet-security', 'error', 'is there twice'],
  ['an unknown stage', 'stages: [sales-ready, sdr, working]', 'stages: [workin]', 'error', 'working'],
  ['an address that is none', `url: ${url}`, 'url: www.our-company.example', 'error', 'leads nowhere'],
  ['an address that nobody can press', `url: ${url}`, "url: 'javascript:alert(1)'", 'error', 'leads nowhere'],
  [
    'one address for two',
    `url: ${url}`,
    'url: https://our-company.example/calculator/?x=1',
    'note',
    'one address',
  ],
  ['a day that is none', '# valid-until: 2027-12-31', 'valid-until: 2027-02-29', 'error', 'it must be a day'],
  ['a piece that is expired', '# valid-until: 2027-12-31', 'valid-until: 2020-01-31', 'note', 'is expired'],
  [
    'a segment that is not there',
    'segments: [industry]',
    'segments: [industri]',
    'error',
    "did you mean 'industry'",
  ],
  ['a topic that is not there', 'topics: [security]', 'topics: [safety]', 'error', 'none of the topics'],
  ['a kind that is none', 'kind: calculator', 'kind: toy', 'error', 'case-study'],
  ['a language that is none', 'language: en', 'language: English', 'error', 'it must be a language'],
  [
    'a rule that cannot be read',
    'finance: contact.jobtitle',
    'finance: == contact.jobtitle',
    'error',
    'cannot be read',
  ],
  [
    'a rule about something else',
    'finance: contact.jobtitle',
    'finance: account.Title',
    'error',
    'not known here',
  ],
  [
    'a piece for deals alone that no deal can have',
    'stages: [opportunity]\n    deal-stages',
    'stages: [accepted]\n    deal-stages',
    'error',
    'never be recommended for a deal',
  ],
  [
    'a piece that no rep sees',
    'stages: [sales-ready, sdr, working]',
    'stages: [nurture]',
    'note',
    'no rep ever sees',
  ],
  ['a persona without a piece', 'personas: [finance]', 'personas: []', 'note', "no piece is for 'finance'"],
];
it.each(cases)('a mistake is told with its line: %s', (_, from, to, level, words) => {
  expect(shipped).toContain(from);
  const { findings, content } = load(shipped.replace(from, to));
  expect(content === null).toBe(level === 'error');
  expect(
    findings.map((each) => `${each.file} ${each.level} ${each.what} ${each.why} ${each.fix}`).join('\n'),
  ).toMatch(new RegExp(`content.yaml ${level} .*${words}`));
  for (const { line } of findings) expect(line).toBeGreaterThan(1);
});

it('a catalogue that is off, or not there, is told and stops nobody', () => {
  const off = loadWith({
    'lifecycle.yaml': shippedText('lifecycle.yaml').replace('content: act', 'content: off'),
  });
  expect(off.findings.map(({ level, what }) => [level, what])).toEqual([
    ['note', 'nothing of this catalogue is recommended'],
  ]);
  const missing = load(null);
  expect(missing.findings.map(({ level, what }) => [level, what])).toEqual([
    ['note', 'content.yaml is missing'],
  ]);
  // A file of before there was content goes on as it was.
  const before = loadWith({
    'lifecycle.yaml': shippedText('lifecycle.yaml').replace(/^ {2}content: act.*\n/m, ''),
    'content.yaml': null,
  });
  expect([before.findings, before.lifecycle?.behaviours.content]).toEqual([[], 'off']);
});

it('a stage that is left out is nobody', () => {
  const lifecycle = shippedText('lifecycle.yaml').replace(/^ {2}accepted: .*\n/m, '');
  const content = shipped.replace(
    'stages: [sales-ready, working, accepted]',
    'stages: [accepted, opportunity]',
  );
  expect(loadWith({ 'lifecycle.yaml': lifecycle, 'content.yaml': content }).findings).toEqual([]);
  const alone = shipped.replace('stages: [sales-ready, working, accepted]', 'stages: [accepted]');
  expect(
    loadWith({ 'lifecycle.yaml': lifecycle, 'content.yaml': alone }).findings.map(({ what }) => what),
  ).toEqual(["nobody is ever where 'case-industry' is for"]);
});
