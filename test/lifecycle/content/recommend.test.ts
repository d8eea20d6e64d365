import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Piece } from '../../../src/lifecycle/content/model.ts';
import { type ContentFacts, type LeftReason, recommend } from '../../../src/lifecycle/content/recommend.ts';
import type { DigestActivity } from '../../../src/lifecycle/digest/input.ts';
import { stages } from '../../../src/lifecycle/stage/stages.ts';
import { makeCatalogue, makeFacts, makePiece, site } from './catalogue.ts';

const now = Date.UTC(2026, 10, 30, 12);
const day = 86_400_000;

const did = (type: DigestActivity['type'], more: Partial<DigestActivity> = {}): DigestActivity => ({
  ...{ key: `${type}/${more.url ?? more.form ?? ''}`, at: now - day, type },
  ...more,
});

const judged = (piece: Partial<Piece>, facts: Partial<ContentFacts> = {}): LeftReason | 'recommended' => {
  const { recommended, left } = recommend(makeFacts(facts), makeCatalogue([makePiece('a', piece)]), now);
  return recommended.length === 1 ? 'recommended' : (left[0]?.reason ?? 'recommended');
};

const cases: readonly (readonly [
  string,
  Partial<Piece>,
  Partial<ContentFacts>,
  LeftReason | 'recommended',
])[] = [
  ['the stage fits', {}, {}, 'recommended'],
  ['another stage', {}, { stage: 'accepted' }, 'stage'],
  ['its last day is not over', { expiresAt: now + 1 }, {}, 'recommended'],
  ['its last day is over', { expiresAt: now }, {}, 'expired'],
  ['for a segment that they are in', { segments: ['other', 'industry'] }, {}, 'recommended'],
  ['for another segment', { segments: ['industry'] }, { contact: { industry: 'RETAIL' } }, 'segment'],
  ['for a segment, and nothing is known', { segments: ['industry'] }, { contact: {} }, 'segment'],
  ['for a persona that they are', { personas: ['finance'] }, {}, 'recommended'],
  ['for another persona', { personas: ['finance'] }, { contact: { jobtitle: 'Clerk' } }, 'persona'],
  ['in the usual language', { language: 'en' }, {}, 'recommended'],
  ['in a language that they do not read', { language: 'de' }, {}, 'language'],
  ['in their language', { language: 'de' }, { contact: { hs_language: 'de-AT' } }, 'recommended'],
  ['of a region of their language', { language: 'pt-br' }, { contact: { hs_language: 'pt' } }, 'recommended'],
  [
    'for a deal at its stage',
    { stages: new Set(['opportunity']), dealStages: new Set(['Proposal']) },
    { stage: 'opportunity', dealStage: 'Proposal' },
    'recommended',
  ],
  [
    'for deals at another stage',
    { stages: new Set(['opportunity']), dealStages: new Set(['Proposal']) },
    { stage: 'opportunity', dealStage: 'Prospecting' },
    'deal-stage',
  ],
  ['for deals, and there is none', { dealStages: new Set(['Proposal']) }, {}, 'deal-stage'],
  ['they read its page', {}, { activities: [did('pageView', { url: `${site}/a` })] }, 'consumed'],
  [
    'they read its page by another way',
    {},
    { activities: [did('pageView', { url: 'http://WWW.us.example/a/?utm_source=x#top' })] },
    'consumed',
  ],
  ['they clicked on it', {}, { activities: [did('emailClick', { url: `${site}/a` })] }, 'consumed'],
  [
    'a mail program clicked on it',
    {},
    { activities: [did('emailClick', { url: `${site}/a`, machine: true })] },
    'recommended',
  ],
  ['they read a page below it', {}, { activities: [did('pageView', { url: `${site}/a/b` })] }, 'recommended'],
  [
    'they sent its form',
    { forms: ['Get the guide'] },
    { activities: [did('formSubmission', { form: 'get the guide ' })] },
    'consumed',
  ],
  [
    'they sent another form on its page',
    {},
    { activities: [did('formSubmission', { form: 'Newsletter', url: `${site}/a` })] },
    'recommended',
  ],
];
it.each(cases)('one piece: %s', (_, piece, facts, expected) => {
  expect(judged(piece, facts)).toBe(expected);
});

describe('several pieces', () => {
  const ids = (pieces: readonly Piece[], facts: Partial<ContentFacts> = {}): readonly string[] =>
    recommend(makeFacts(facts), makeCatalogue(pieces), now).recommended.map(({ piece }) => piece.id);

  it('those made for just this person go first, then those about what they looked at, then the order of the file', () => {
    const pieces = [
      makePiece('all'),
      makePiece('broad', { stages: new Set(['sales-ready', 'working']) }),
      makePiece('price', { topics: ['price'] }),
      makePiece('finance', { personas: ['finance'] }),
    ];
    expect(ids(pieces)).toEqual(['finance', 'all', 'price']);
    const activities = [did('pageView', { url: `${site}/pricing/teams` })];
    expect(ids(pieces, { activities })).toEqual(['finance', 'price', 'all']);
  });

  it('a topic is found as a word, and not within another', () => {
    const pieces = [makePiece('all'), makePiece('ai', { topics: ['ai'] })];
    expect(ids(pieces, { activities: [did('pageView', { url: `${site}/mail/retail` })] })).toEqual([
      'all',
      'ai',
    ]);
    expect(ids(pieces, { activities: [did('pageView', { url: `${site}/our-ai` })] })).toEqual(['ai', 'all']);
  });

  it('explains each, those that are left out too', () => {
    const pieces = [
      makePiece('one', { segments: ['industry'], personas: ['finance'], topics: ['price'] }),
      makePiece('old', { expiresAt: Date.UTC(2026, 10, 1) }),
      makePiece('had'),
    ];
    const activities = [
      did('pageView', { url: `${site}/pricing` }),
      did('pageView', { url: `${site}/had`, at: Date.UTC(2026, 10, 20) }),
    ];
    const { recommended, left } = recommend(makeFacts({ activities }), makeCatalogue(pieces), now);
    expect(recommended.map(({ why }) => why)).toEqual([
      ['for working', 'segment industry', 'persona finance', 'they looked at price'],
    ]);
    expect(left.map(({ why }) => why)).toEqual([
      'it was valid until 2026-10-31',
      'they had it on 2026-11-20',
    ]);
  });

  it('every piece is once in one of the lists, nothing unfit is recommended, and the same facts give the same', () => {
    const piece = fc
      .record({
        stages: fc.subarray([...stages], { minLength: 1 }).map((some) => new Set(some)),
        dealStages: fc.subarray(['Proposal', 'Review']).map((some) => new Set(some)),
        segments: fc.subarray(['industry', 'other']),
        personas: fc.subarray(['finance']),
        topics: fc.subarray(['ai', 'price']),
        language: fc.constantFrom(null, 'en', 'de'),
        expiresAt: fc.constantFrom(null, now - day, now + day),
      })
      .map((overrides, at = 0) => ({ overrides, at }));
    const facts = fc.record({
      stage: fc.constantFrom(...stages),
      dealStage: fc.constantFrom(null, 'Proposal'),
      contact: fc.constantFrom({}, { industry: 'MACHINERY' }, { jobtitle: 'CFO', hs_language: 'de' }),
      activities: fc
        .subarray([0, 1, 2, 3])
        .map((some) => some.map((each) => did('pageView', { url: `${site}/p${each}` }))),
    });
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), facts, (some, overrides) => {
        const pieces = some.map((each, index) => makePiece(`p${index}`, each.overrides));
        const catalogue = makeCatalogue(pieces);
        const { recommended, left } = recommend(makeFacts(overrides), catalogue, now);
        const all = [...recommended, ...left].map((each) => each.piece.id);
        expect([all.length, new Set(all)]).toEqual([pieces.length, new Set(pieces.map(({ id }) => id))]);
        expect(recommended.length).toBeLessThanOrEqual(catalogue.max);
        for (const each of recommended) {
          expect(each.piece.stages.has(overrides.stage)).toBe(true);
          expect(each.piece.expiresAt ?? now + 1).toBeGreaterThan(now);
          expect(overrides.activities.map(({ url }) => url)).not.toContain(each.piece.url);
          expect(each.why.length).toBeGreaterThan(0);
        }
        expect(recommended.length === catalogue.max || left.every(({ reason }) => reason !== 'more')).toBe(
          true,
        );
        expect(recommend(makeFacts(overrides), catalogue, now)).toEqual({ recommended, left });
      }),
    );
  });
});
