import type { Expression } from '../../mapping/expression.ts';
import type { ActivityType } from './activity.ts';

export const grades = ['A', 'B', 'C', 'D'] as const;
export type Grade = (typeof grades)[number];
export const levels = [1, 2, 3, 4] as const;
export type Level = (typeof levels)[number];

/** Points for what somebody is. */
export interface FitRule {
  readonly name: string;
  readonly when: Expression;
  readonly points: number;
}

/** Points for each thing that somebody does, which fade. */
export interface EngagementRule {
  readonly name: string;
  readonly on: ReadonlySet<ActivityType>;
  readonly when: Expression | null;
  readonly points: number;
  /** The most that this rule gives (or takes, where its points are negative); infinite where nothing is said. */
  readonly cap: number;
  readonly halfLifeMs: number;
}

/** Which people a version of sales-ready is tried on; whoever is in any of the named cohorts takes part. */
export interface Pilot {
  /** Salesforce ids of owners. */
  readonly owners: ReadonlySet<string>;
  readonly segment: Expression | null;
  /** 0 to 100: so many of a hundred people, always the same ones. */
  readonly share: number;
  /** Milliseconds; null: until the file says otherwise. */
  readonly until: number | null;
}

/** A version of sales-ready, agreed by both sides. */
export interface ReadyDefinition {
  readonly version: string;
  readonly from: number;
  readonly approvedBy: { readonly marketing: string; readonly sales: string };
  readonly when: Expression;
  /** Null: it holds for everybody. */
  readonly pilot: Pilot | null;
}

/** scoring.yaml, checked and compiled. */
export interface ScoringModel {
  readonly version: string;
  /** The HubSpot property that holds a score that the company already has; null: the rules give it. */
  readonly from: string | null;
  readonly fit: {
    readonly rules: readonly FitRule[];
    readonly cap: number;
    readonly grades: Readonly<Record<'A' | 'B' | 'C', number>>;
  };
  readonly engagement: {
    readonly rules: readonly EngagementRule[];
    readonly cap: number;
    readonly levels: Readonly<Record<1 | 2 | 3, number>>;
  };
  readonly excluded: readonly { readonly name: string; readonly when: Expression }[];
  /** What is a request for contact. */
  readonly asks: readonly {
    readonly name: string;
    readonly on: ReadonlySet<ActivityType>;
    readonly when: Expression | null;
  }[];
  readonly lists: Readonly<Record<string, readonly string[]>>;
  readonly definitions: readonly ReadyDefinition[];
}

/** The names that a rule about a person may use. Their account is read for routing alone: what it is may change, and nobody looks at its people for it. */
export const fitNames = ['contact', 'lead', 'email', 'lists'] as const;
/** The names that a rule about an activity may use: nothing of the person, who may change while what they did does not. */
export const activityNames = ['event', 'lists'] as const;
/** The names that a definition of sales-ready may use. */
export const readyNames = [
  ...fitNames,
  'score',
  'fit',
  'engagement',
  'fit_points',
  'engagement_points',
] as const;
