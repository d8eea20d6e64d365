import type { Catalogue, Piece } from '../../../src/lifecycle/content/model.ts';
import type { ContentFacts } from '../../../src/lifecycle/content/recommend.ts';
import { makeExpression } from '../../../src/mapping/expression.ts';

export const site = 'https://us.example';

/** For everybody who is working with sales. */
export const makePiece = (id: string, overrides: Partial<Piece> = {}): Piece => ({
  id,
  title: `About ${id}`,
  url: `${site}/${id}`,
  kind: 'guide',
  stages: new Set(['working']),
  dealStages: new Set(),
  segments: [],
  personas: [],
  topics: [],
  language: null,
  expiresAt: null,
  forms: [],
  say: null,
  ...overrides,
});

export const makeCatalogue = (pieces: readonly Piece[], overrides: Partial<Catalogue> = {}): Catalogue => ({
  version: '1',
  fingerprint: 'test',
  max: 3,
  segments: [{ name: 'industry', when: makeExpression("contact.industry == 'MACHINERY'", 1) }],
  personas: [{ name: 'finance', when: makeExpression("contact.jobtitle.matches('CFO|Finance')", 1) }],
  topics: new Map([
    ['ai', ['ai']],
    ['price', ['pricing', 'price list']],
  ]),
  language: { from: 'hs_language', otherwise: 'en' },
  pieces,
  ...overrides,
});

export const makeFacts = (overrides: Partial<ContentFacts> = {}): ContentFacts => ({
  stage: 'working',
  dealStage: null,
  contact: { industry: 'MACHINERY', jobtitle: 'CFO' },
  lead: {},
  activities: [],
  ...overrides,
});
