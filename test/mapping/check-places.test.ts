import { describe, expect, it } from 'vitest';
import { checkLivePlaces, type LivePlaces } from '../../src/mapping/check-places.ts';
import { formatFindings } from '../../src/mapping/finding.ts';
import type { ComposedField } from '../../src/model/mapping.ts';
import type { Pipeline } from '../../src/model/pipeline.ts';
import { makeField, makePair } from '../sync/builders.ts';

const news = '012000000000001AAA';
const stage = (id: string, order: number): Pipeline['stages'][number] => ({
  ...{
    id,
    label: `Stage ${id}`,
    order,
    closed: false,
    won: false,
    probability: null,
    active: true,
    converts: false,
  },
});
const live: LivePlaces = {
  pipelines: [
    { id: 'default', label: 'Sales', stages: ['new', 'won'].map(stage) },
    { id: '885', label: 'Renewals', stages: ['due'].map(stage) },
  ],
  stages: ['Qualification', 'Closed Won'],
  kinds: [
    { id: news, name: 'New', label: 'New business', active: true, isDefault: true },
    { id: '012000000000003AAA', name: 'Old', label: 'Old', active: false, isDefault: false },
  ],
};
const row = {
  pipeline: 'default',
  recordType: news,
  stages: { new: 'Qualification', won: 'Closed Won' },
  also: {},
};
const renewals = { pipeline: '885', recordType: null, stages: { due: 'Qualification' }, also: {} };
const findings = (...places: NonNullable<ComposedField['places']>) =>
  checkLivePlaces(
    makePair(),
    {
      ...makeField({ line: 7 }),
      parts: { hubspot: ['pipeline', 'dealstage'], salesforce: ['RecordTypeId', 'StageName'] },
      places,
    },
    live,
  );

describe('pipelines against what there is', () => {
  it('have nothing to say where all is there', () => {
    expect(findings({ ...row, recordType: news.slice(0, 15) }, renewals)).toEqual([]);
  });

  it.each([
    [
      'error',
      { ...row, pipeline: 'defualt' },
      /HubSpot has no pipeline 'defualt'.*did you mean 'default'.*885 \(Renewals\)/,
    ],
    [
      'error',
      { ...row, stages: { due: 'Qualification' } },
      /pipeline 'default' has no stage 'due'.*won \(Stage won\)/,
    ],
    [
      'error',
      { ...row, recordType: '012000000000009AAA' },
      /no record type '012000000000009AAA'.*New business/,
    ],
    ['error', { ...row, recordType: '012000000000003AAA' }, /no active record type/],
    ['note', { ...row, also: { Negotiation: 'won' } }, /Salesforce has no stage 'Negotiation'/],
  ] as const)('%s: %o', (level, wrong, words) => {
    const found = findings(wrong, renewals).filter(({ what }) => !what.includes('not in the table'));
    expect(found.map((each) => [each.level, each.line])).toEqual([[level, 7]]);
    expect(formatFindings(found)).toMatch(words);
  });

  it('note what the table leaves out, but record types that nobody can use', () => {
    const found = findings({ ...row, recordType: null });
    expect(found.map(({ level, what }) => [level, what])).toEqual([
      ['note', 'HubSpot pipeline 885 (Renewals) is not in the table of pipelines'],
      ['note', `Salesforce record type ${news} (New business) is not in the table of pipelines`],
    ]);
  });
});
