import { consumedAt } from '../content/consumed.ts';
import type { ContentKind, Piece } from '../content/model.ts';
import type { DigestActivity } from '../digest/input.ts';
import type { ReportDeal } from './input.ts';
import type { LeadRecord } from './records.ts';

/** A piece that was recommended on a record of somebody. Milliseconds. */
export interface ReportRecommendation {
  readonly journey: string;
  readonly turn: number;
  readonly record: string;
  readonly piece: string;
  /** Nobody saw it. */
  readonly observed: boolean;
  readonly at: number;
  readonly until: number | null;
}

/** What a rep says of the content on a record, as it stands. */
export interface ReportContentWord {
  readonly journey: string;
  readonly record: string;
  readonly value: string;
  readonly at: number;
}

/** All that is told of content; absent in a report where nothing is configured. */
export interface ReportContentInput {
  readonly pieces: readonly Pick<Piece, 'id' | 'title' | 'kind' | 'url' | 'forms' | 'expiresAt'>[];
  readonly recommended: readonly ReportRecommendation[];
  /** By journey: what people did that may be that they have a piece. */
  readonly activities: ReadonlyMap<string, readonly DigestActivity[]>;
  readonly words: readonly ReportContentWord[];
}

/** What came of one piece. Leads are `journey/turn`. */
export interface PieceOutcome {
  readonly id: string;
  /** As the catalogue has it; the id where it has it no longer. */
  readonly title: string;
  readonly kind: ContentKind | null;
  readonly recommended: readonly string[];
  /** Of those: who opened it afterwards. */
  readonly used: readonly string[];
  /** Of those: whom sales accepted. */
  readonly accepted: readonly string[];
  /** Deals, won in the weeks that are looked back on, of people who used it before they were won. */
  readonly won: readonly string[];
  /** What reps said while it stood on the record. */
  readonly helped: readonly string[];
  readonly didNotHelp: readonly string[];
  readonly notUsed: readonly string[];
  /** Recommended by a behaviour that only observes. */
  readonly observed: readonly string[];
}

export interface ContentReport {
  /** The most used first; then the most recommended; then the catalogue's order. */
  readonly pieces: readonly PieceOutcome[];
  /** Of the catalogue, and not expired: what was recommended to nobody, and what nobody used. */
  readonly neverRecommended: readonly string[];
  readonly neverUsed: readonly string[];
}

const unique = (keys: readonly string[]): readonly string[] => [...new Set(keys)];
const keyOf = ({ journey, turn }: ReportRecommendation): string => `${journey}/${turn}`;

/** Salesforce stamps by the whole second: a word of the second in which a piece came was said after it. */
const stampMs = 1_000;

const stoodAt = ({ at, until }: ReportRecommendation, moment: number): boolean =>
  moment + stampMs >= at && (until === null || moment <= until);

interface Made {
  readonly input: ReportContentInput;
  readonly leads: ReadonlyMap<string, LeadRecord>;
  readonly won: readonly (ReportDeal & { readonly closedAt: number })[];
}

const outcomeOf = (
  piece: ReportContentInput['pieces'][number] | null,
  id: string,
  rows: readonly ReportRecommendation[],
  { input, leads, won }: Made,
): PieceOutcome => {
  const shown = rows.filter(({ observed }) => !observed);
  const usedAt = new Map<ReportRecommendation, number>();
  for (const row of piece === null ? [] : shown) {
    const at = piece === null ? null : consumedAt(piece, input.activities.get(row.journey) ?? [], row.at);
    if (at !== null) usedAt.set(row, at);
  }
  const said = (value: string): readonly string[] =>
    unique(
      shown
        .filter((row) =>
          input.words.some(
            (word) => word.record === row.record && word.value === value && stoodAt(row, word.at),
          ),
        )
        .map(keyOf),
    );
  const used = unique([...usedAt.keys()].map(keyOf));
  return {
    id,
    title: piece?.title ?? id,
    kind: piece?.kind ?? null,
    recommended: unique(shown.map(keyOf)),
    used,
    accepted: used.filter((key) => leads.get(key)?.leaf === 'accepted'),
    won: won
      .filter(({ journeys, closedAt }) =>
        [...usedAt].some(([{ journey }, at]) => journeys.includes(journey) && at < closedAt),
      )
      .map((deal) => deal.id),
    helped: said('Helped'),
    didNotHelp: said('Did not help'),
    notUsed: said('Not used'),
    observed: unique(rows.filter(({ observed }) => observed).map(keyOf)),
  };
};

/**
 * What came of each piece: recommended, opened afterwards, what reps said, and what sales and money made of those who opened it. Pure. Whoever opened it before it
 * was recommended counts for nothing; that somebody accepted or bought after it does not say that they did for it. `won`: with the moment at which each was won.
 */
export const contentReport = (
  input: ReportContentInput,
  leads: ReadonlyMap<string, LeadRecord>,
  won: Made['won'],
  now: number,
): ContentReport => {
  const byPiece = Map.groupBy(input.recommended, ({ piece }) => piece);
  const known = new Map(input.pieces.map((piece) => [piece.id, piece]));
  const ids = unique([...known.keys(), ...byPiece.keys()]);
  const pieces = ids
    .map((id) => outcomeOf(known.get(id) ?? null, id, byPiece.get(id) ?? [], { input, leads, won }))
    .sort((a, b) => b.used.length - a.used.length || b.recommended.length - a.recommended.length);
  const current = pieces.filter(({ id }) => {
    const piece = known.get(id);
    return piece !== undefined && (piece.expiresAt === null || piece.expiresAt > now);
  });
  const none = (of: readonly PieceOutcome[]): readonly string[] => of.map(({ id }) => id);
  return {
    pieces,
    neverRecommended: none(current.filter(({ recommended }) => recommended.length === 0)),
    neverUsed: none(current.filter(({ recommended, used }) => recommended.length > 0 && used.length === 0)),
  };
};
