import type { Expression } from '../../mapping/expression.ts';
import type { FirstStartKind } from '../../model/journeys.ts';
import type { OutcomeRule } from '../deals/outcome-rule.ts';
import type { PointedFields } from '../own-fields/pointed.ts';
import type { Reason } from './facts.ts';
import type { LifecycleBehaviour, Mode, PlaceKind } from './journey.ts';
import type { Stage } from './stages.ts';

/** Who answers for a stage on each side: a role or a team, as the company calls it. */
export interface Accountable {
  readonly marketing: string;
  readonly sales: string;
}

export interface StageRule {
  readonly used: boolean;
  readonly label: string;
  readonly accountable: Accountable;
  /** Holds for those who may enter by Tandem's own decision; null: everybody. */
  readonly entry: Expression | null;
  /** What the stage is called in the company's own fields; null: that field is left alone. */
  readonly lifecyclestage: string | null;
  readonly leadStatus: string | null;
  readonly salesforceStatus: string | null;
  /** The program of those who enter it, for as long as they are there; in `nurture` of those whose reason has none. Null: none. */
  readonly program: string | null;
}

/** Where a reason leads, and for how long nothing but asking, a date or a person brings the person forward. */
export interface Place {
  readonly place: PlaceKind;
  /** The nurture program; null where the place has none. */
  readonly program: string | null;
  readonly coolDownDays: number;
  /** `repair`: whether somebody who was mended goes back to sales or to nurture. */
  readonly mended: 'sales-ready' | 'nurture';
}

/** A message, campaign or offer for a lead that stands still: a task for the owner, or a program. */
export interface Nudge {
  readonly afterDays: number;
  readonly as: 'task' | 'program';
  readonly program: string | null;
  /** What to offer, in words; null: what the content catalogue recommends. */
  readonly offer: string | null;
}

/** `from → to` pairs, or every one. */
export type AllowedMoves = 'any' | ReadonlySet<string>;

/** Names a move in `AllowedMoves`. */
export const moveName = (from: Stage, to: Stage): string => `${from} -> ${to}`;

/** lifecycle.yaml, checked and compiled: what `advance` decides by. */
export interface LifecycleDefinition {
  /** Named by the company; stored with each transition. */
  readonly version: string;
  readonly behaviours: Readonly<Record<LifecycleBehaviour, Mode>>;
  readonly stages: Readonly<Record<Stage, StageRule>>;
  readonly skips: AllowedMoves;
  readonly backward: AllowedMoves;
  readonly reasons: Readonly<Record<Reason, Place>>;
  readonly pull: {
    /** Calendar days from the hand-off without a touch. */
    readonly noTouchDays: number;
    /** Calendar days without any step of sales. */
    readonly stalledDays: number;
    /** What is tried before somebody stalls; null: nothing. */
    readonly nudge: Nudge | null;
    /** Days from the loss of a customer to the win-back program. */
    readonly winBackDays: number;
  };
  /** Stages that a person may set by a request. */
  readonly requestable: ReadonlySet<Stage>;
  /** Every program that a rule names, and those that a request may name beside them, as their lists in HubSpot are called. */
  readonly programs: readonly string[];
  /** Campaigns of Salesforce, by name or id, whose new members are named prospects. */
  readonly prospectCampaigns: readonly string[];
  /**
   * How many people of before the lifecycle was on go by themselves, in all; the others are held back until a person lets them go. `stage-back`: steps back of
   * lifecyclestage in 24 hours.
   */
  readonly firstStart: Readonly<Record<FirstStartKind, number>>;
  /** Properties of the contact by which stages are compared with their own past, null: not by it; and whom a task tells of a change. */
  readonly signals: {
    readonly source: string | null;
    readonly segment: string | null;
    /** A user of Salesforce, by id; null: nobody. */
    readonly task: string | null;
  };
  /** `both`: HubSpot's lifecyclestage may be moved back; each such write fires the company's workflows. */
  readonly lifecyclestage: 'forward' | 'both' | 'never';
  /** For whom a deal counts in HubSpot, and in which currency. */
  readonly outcome: OutcomeRule;
  /** Which campaign of Salesforce those who are handed over become members of; null: none. */
  readonly campaigns: {
    /** The HubSpot property that names the person's campaign; null: their mails alone do. */
    readonly from: string | null;
    /** The status that members get; null: the campaign's own default. */
    readonly status: string | null;
    /** HubSpot's campaign by name, and Salesforce's by id. */
    readonly map: readonly (readonly [string, string])[];
  } | null;
  /** How many of the things that somebody did stand on the timeline at the hand-off; 0: none. */
  readonly timelineMax: number;
  /** Fields that the company already has in the place of Tandem's own. Only withPointed and what speaks of fields by name knows of them. */
  readonly pointed: PointedFields;
}
