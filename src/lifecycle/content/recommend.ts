import type { RawFields } from '../../model/value.ts';
import type { DigestActivity } from '../digest/input.ts';
import type { Stage } from '../stage/stages.ts';
import { consumedAt } from './consumed.ts';
import type { Audience, Catalogue, Piece } from './model.ts';
import { topicsOf } from './topics.ts';

/** Of whom, and where they stand. */
export interface ContentFacts {
  readonly stage: Stage;
  /** Of the opportunity that it is for, as Salesforce calls it; null: it is for a person. */
  readonly dealStage: string | null;
  readonly contact: RawFields;
  readonly lead: RawFields;
  /** All that is known that they did, as far as it is kept. */
  readonly activities: readonly DigestActivity[];
}

/** A piece that fits, with what speaks for it, in words. */
export interface Recommended {
  readonly piece: Piece;
  readonly points: number;
  readonly why: readonly string[];
}

/** Why a piece is not recommended. `more`: it fits, and others fit better. */
export type LeftReason =
  | 'expired'
  | 'stage'
  | 'deal-stage'
  | 'segment'
  | 'persona'
  | 'language'
  | 'consumed'
  | 'more';

export interface Left {
  readonly piece: Piece;
  readonly reason: LeftReason;
  /** The same in words. */
  readonly why: string;
  /** When they had it, milliseconds; null where that is not the reason. */
  readonly consumedAt: number | null;
}

export interface Recommendation {
  /** Best first. */
  readonly recommended: readonly Recommended[];
  /** All others of the catalogue, in its order. */
  readonly left: readonly Left[];
}

/** The more it is made for just this person, the better: a stage of the deal counts most, then who they are, then what they looked at. */
const points = { dealStage: 4, segment: 3, persona: 3, topic: 2 } as const;
/** Many topics must not outweigh who somebody is. */
const topicsMax = 2;

const dayText = (at: number): string => new Date(at).toISOString().slice(0, 10);
const listed = (names: Iterable<string>): string => [...names].join(', ');

const primary = (language: string): string => language.split(/[-_]/)[0] ?? language;

/** `de` is for `de-at` as well, and `de-at` for everybody who reads German: a region is a matter of taste. */
const isLanguage = (piece: string, theirs: string): boolean => primary(piece) === primary(theirs);

const languageOf = ({ contact }: ContentFacts, { from, otherwise }: Catalogue['language']): string => {
  const said = contact[from];
  return typeof said === 'string' && said.trim() !== '' ? said.trim().toLowerCase() : otherwise;
};

interface Seen {
  readonly facts: ContentFacts;
  readonly segments: ReadonlySet<string>;
  readonly personas: ReadonlySet<string>;
  readonly topics: ReadonlySet<string>;
  readonly language: string;
}

const namesOf = (audiences: readonly Audience[], { contact, lead }: ContentFacts): ReadonlySet<string> =>
  new Set(audiences.filter(({ when }) => when.holds({ contact, lead })).map(({ name }) => name));

const seenBy = (facts: ContentFacts, catalogue: Catalogue): Seen => ({
  facts,
  segments: namesOf(catalogue.segments, facts),
  personas: namesOf(catalogue.personas, facts),
  topics: topicsOf(facts.activities, catalogue.topics),
  language: languageOf(facts, catalogue.language),
});

const left = (piece: Piece, reason: LeftReason, why: string, at: number | null = null): Left => ({
  piece,
  reason,
  why,
  consumedAt: at,
});

/** Why a piece cannot be recommended; null: it fits. What a piece says of itself comes first, what somebody did last. */
const obstacle = (piece: Piece, seen: Seen, now: number): Left | null => {
  const { facts, segments, personas, language } = seen;
  const { stage, dealStage } = facts;
  if (piece.expiresAt !== null && now >= piece.expiresAt)
    return left(piece, 'expired', `it was valid until ${dayText(piece.expiresAt - 1)}`);
  if (!piece.stages.has(stage))
    return left(piece, 'stage', `it is for ${listed(piece.stages)}, and they are at ${stage}`);
  if (piece.dealStages.size > 0 && (dealStage === null || !piece.dealStages.has(dealStage))) {
    const where = dealStage === null ? 'there is no deal' : `the deal is at ${dealStage}`;
    return left(piece, 'deal-stage', `it is for deals at ${listed(piece.dealStages)}, and ${where}`);
  }
  if (piece.segments.length > 0 && !piece.segments.some((name) => segments.has(name)))
    return left(piece, 'segment', `it is for ${listed(piece.segments)}`);
  if (piece.personas.length > 0 && !piece.personas.some((name) => personas.has(name)))
    return left(piece, 'persona', `it is for ${listed(piece.personas)}`);
  if (piece.language !== null && !isLanguage(piece.language, language))
    return left(piece, 'language', `it is in '${piece.language}', and they read '${language}'`);
  const at = consumedAt(piece, facts.activities);
  return at === null ? null : left(piece, 'consumed', `they had it on ${dayText(at)}`, at);
};

const fitted = (piece: Piece, { facts, segments, personas, topics }: Seen): Recommended => {
  const own = (names: readonly string[], there: ReadonlySet<string>): readonly string[] =>
    names.filter((name) => there.has(name));
  const [segment, persona] = [own(piece.segments, segments), own(piece.personas, personas)];
  const topic = own(piece.topics, topics).slice(0, topicsMax);
  const isOfDeal = piece.dealStages.size > 0;
  return {
    piece,
    points:
      (isOfDeal ? points.dealStage : 0) +
      (segment.length > 0 ? points.segment : 0) +
      (persona.length > 0 ? points.persona : 0) +
      topic.length * points.topic,
    why: [
      isOfDeal ? `for deals at ${facts.dealStage}` : `for ${facts.stage}`,
      ...(segment.length > 0 ? [`segment ${listed(segment)}`] : []),
      ...(persona.length > 0 ? [`persona ${listed(persona)}`] : []),
      ...(topic.length > 0 ? [`they looked at ${listed(topic)}`] : []),
    ],
  };
};

/**
 * Which pieces fit where somebody stands and who they are, less those that they had already; best first, at most as many as the catalogue says.
 * Pure. Of equal ones the one for fewer stages goes first, then the order of the file: the same facts give the same list. Every piece is in one of
 * the two lists, with the reason.
 */
export const recommend = (facts: ContentFacts, catalogue: Catalogue, now: number): Recommendation => {
  const seen = seenBy(facts, catalogue);
  const judged = catalogue.pieces.map((piece) => obstacle(piece, seen, now) ?? fitted(piece, seen));
  const fits = judged.filter((each): each is Recommended => 'points' in each);
  const best = [...fits].sort((a, b) => b.points - a.points || a.piece.stages.size - b.piece.stages.size);
  const recommended = best.slice(0, catalogue.max);
  return {
    recommended,
    left: judged.flatMap((each): Left[] => {
      if (!('points' in each)) return [each];
      return recommended.includes(each)
        ? []
        : [left(each.piece, 'more', `it fits, and ${catalogue.max} others fit better`)];
    }),
  };
};
