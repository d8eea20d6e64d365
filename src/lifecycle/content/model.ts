import type { Expression } from '../../mapping/expression.ts';
import type { Stage } from '../stage/stages.ts';

/** What a piece is; reps read it behind its title. */
export const contentKinds = [
  'article',
  'guide',
  'case-study',
  'comparison',
  'calculator',
  'demo',
  'video',
  'webinar',
  'data-sheet',
  'offer',
  'reference',
] as const;
export type ContentKind = (typeof contentKinds)[number];

/** Something that a rep can send, with whom it is for. */
export interface Piece {
  readonly id: string;
  readonly title: string;
  /** An http address. */
  readonly url: string;
  readonly kind: ContentKind;
  /** Where people stand for whom it is made. */
  readonly stages: ReadonlySet<Stage>;
  /** Stages of opportunities, as Salesforce calls them; empty: every one, and people without a deal as well. */
  readonly dealStages: ReadonlySet<string>;
  /** Names of segments and personas, one of which the person has to be; empty: everybody. */
  readonly segments: readonly string[];
  readonly personas: readonly string[];
  readonly topics: readonly string[];
  /** As `de` or `pt-br`, lower case; null: of no language. */
  readonly language: string | null;
  /** Milliseconds: from then on it is over; null: never. */
  readonly expiresAt: number | null;
  /** Forms by which people get it: who sent one has it. */
  readonly forms: readonly string[];
  /** What to say with it; null: nothing. */
  readonly say: string | null;
}

export interface Audience {
  readonly name: string;
  readonly when: Expression;
}

/** content.yaml, checked and compiled: what `recommend` decides by. */
export interface Catalogue {
  readonly version: string;
  /** Another one where anything in the file is another. */
  readonly fingerprint: string;
  /** So many pieces are recommended at once. */
  readonly max: number;
  readonly segments: readonly Audience[];
  readonly personas: readonly Audience[];
  /** Words by which it is known that somebody looked at a topic. */
  readonly topics: ReadonlyMap<string, readonly string[]>;
  /** HubSpot property with the person's language, and the language of those who have none there. */
  readonly language: { readonly from: string; readonly otherwise: string };
  readonly pieces: readonly Piece[];
}

/** Names that segments and personas go by. */
export const contentNames = ['contact', 'lead'] as const;
