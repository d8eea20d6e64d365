import { expect, it } from 'vitest';
import {
  type DealReader,
  dealContentValues,
  recommendForDeal,
} from '../../../src/lifecycle/content/deal-content.ts';
import type { Piece } from '../../../src/lifecycle/content/model.ts';
import { makeCatalogue, makePiece, site } from './catalogue.ts';

const now = Date.UTC(2026, 10, 30, 12);

const makeReader = (name: string, more: Partial<DealReader> = {}): DealReader => ({
  ...{ journeyId: name, turn: 1, name, contact: {}, lead: {}, activities: [] },
  ...more,
});
const cfo = makeReader('Mia Lind', { contact: { jobtitle: 'CFO' } });
const user = makeReader('Kai Lind');
const opened = (id: string): DealReader['activities'] => [
  { key: id, at: now - 1_000, type: 'pageView', url: `${site}/${id}` },
];

const forDeals = (id: string, more: Partial<Piece> = {}): Piece =>
  makePiece(id, { stages: new Set(['opportunity']), ...more });
const catalogue = makeCatalogue(
  [
    forDeals('all'),
    forDeals('late', { dealStages: new Set(['Proposal']) }),
    forDeals('figures', { personas: ['finance'], say: 'Ask who signs' }),
    makePiece('early'),
  ],
  { max: 2 },
);
const idsOf = (stage: string, readers: readonly DealReader[]): readonly string[] =>
  recommendForDeal(stage, readers, catalogue, now).map(({ piece }) => piece.id);

it('a deal is recommended what fits any of its people at its stage, best first', () => {
  expect(idsOf('Prospecting', [user])).toEqual(['all']);
  expect(idsOf('Prospecting', [user, cfo])).toEqual(['figures', 'all']);
  expect(idsOf('Proposal', [user, cfo])).toEqual(['late', 'figures']);
  expect(idsOf('Proposal', [])).toEqual([]);
});

it('what one of them has is for the others, and what all have is for nobody', () => {
  const known = { ...user, activities: opened('all') };
  const [first] = recommendForDeal('Prospecting', [known, makeReader('Ida')], catalogue, now);
  expect(first?.readers.map(({ name }) => name)).toEqual(['Ida']);
  expect(idsOf('Prospecting', [known])).toEqual([]);
});

it('the deal says what, for whom, why, and what to say; alone it names nobody twice', () => {
  const pieces = recommendForDeal('Prospecting', [user, cfo], catalogue, now);
  const { Tandem_Content__c: text, Tandem_Next_Step__c: step } = dealContentValues(pieces, 2);
  expect(text).toBe(
    [
      `1. About figures (guide)\n${site}/figures\nFor: Mia Lind\nWhy: for opportunity; persona finance\nSay: Ask who signs`,
      `2. About all (guide)\n${site}/all\nFor: Kai Lind, Mia Lind\nWhy: for opportunity`,
    ].join('\n\n'),
  );
  expect(step).toBe(`Send to Mia Lind: About figures · ${site}/figures · Say: Ask who signs`);
  expect(dealContentValues(recommendForDeal('x', [cfo], catalogue, now), 1).Tandem_Content__c).not.toContain(
    'For:',
  );
});

it('a deal for which nothing fits shows nothing', () => {
  expect(dealContentValues([], 1)).toEqual({ Tandem_Content__c: null, Tandem_Next_Step__c: null });
});

it('long names and titles keep the line within its field, and an address whole or left out', () => {
  const long = 'x'.repeat(400);
  const pieces = recommendForDeal(
    'Prospecting',
    [makeReader(long)],
    makeCatalogue([forDeals('a', { title: long, url: `${site}/${'y'.repeat(200)}` })]),
    now,
  );
  const { Tandem_Next_Step__c: step } = dealContentValues(pieces, 1);
  expect(step?.length).toBeLessThanOrEqual(255);
  expect(step).not.toContain('https');
});
