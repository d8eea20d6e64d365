import { pausedBehaviours } from '../../model/pause.ts';
import type { EventKind, Reason, ScoreFact } from './facts.ts';
import type { MoveKind, Stage } from './stages.ts';

export const modes = ['off', 'observe', 'act'] as const;
/** Whether a behaviour does nothing, records what it would have done, or does it. */
export type Mode = (typeof modes)[number];

/** The behaviours of the lifecycle; `align` belongs to the mapping. `stages` follows what people did in either system. */
export const lifecycleBehaviours = pausedBehaviours;
export type LifecycleBehaviour = (typeof lifecycleBehaviours)[number];

/** Where a reason sends a person. */
export const placeKinds = ['nurture', 're-route', 'repair', 'account-owner', 'disqualify'] as const;
export type PlaceKind = (typeof placeKinds)[number];

/**
 * One person's way through the stages: all that the machine remembers. Times are milliseconds since 1970.
 *
 * A **turn** begins with each hand-off and ends with the return; 0 is before the first. Everything that belongs to a turn
 * (`handedAt`, `touchedAt`, `reroutes`, `owner`) is emptied when the next one begins, but for `owner` where the same rep is to
 * have the person again.
 */
export interface Journey {
  readonly id: string;
  readonly stage: Stage;
  /** When the stage was entered, by the time of the fact. */
  readonly since: number;
  /** The time of the last transition: the next one is never dated before it. */
  readonly lastAt: number;
  readonly turn: number;
  /** The version of sales-ready that fired for this turn. */
  readonly definition: string | null;
  readonly owner: string | null;
  readonly handedAt: number | null;
  readonly touchedAt: number | null;
  /** How often this turn was given to somebody else. */
  readonly reroutes: number;
  /** When this person last came back from sales, why, and where that led. */
  readonly returnedAt: number | null;
  /** When that return was complete: in the program, or wherever the reason leads; null before. Absent in journeys that were stored before it was kept. */
  readonly placedAt?: number | null;
  readonly reason: Reason | null;
  readonly place: PlaceKind | null;
  readonly program: string | null;
  /** Until then only asking, a date set by a rep, or a person brings them forward. */
  readonly cooledAt: number | null;
  /** `cooledAt` where marketing asked for it by a hold; null: it is the reason's. Absent in journeys that were stored before it was kept. */
  readonly heldUntil?: number | null;
  readonly recontactAt: number | null;
  readonly openOpportunities: readonly string[];
  readonly closedOpportunities: readonly SeenFact[];
  readonly excluded: boolean;
  /** The last word about the exclusion. */
  readonly exclusionAt: number | null;
  /** When this turn began, the last verdict fell, the customer was lost: what is older no longer counts. */
  readonly turnAt: number | null;
  readonly verdictAt: number | null;
  readonly churnedAt: number | null;
  /** Since when they are known to have bought, whatever stage they are in; null: they are not, or were lost since. Absent in journeys that were stored before it was kept. */
  readonly boughtAt?: number | null;
  /** Ready while cooling: goes forward when the time is over, unless a later score says otherwise. */
  readonly waiting: ScoreFact | null;
  /** When sales last did anything; what stalls is measured from here. */
  readonly movedAt: number;
  /** The last nudge; one is enough for each time that they stand still. */
  readonly nudgedAt: number | null;
  /** Effects of the present stage that were only observed: what a switch to `act` owes. */
  readonly owed: readonly EffectKind[];
  /**
   * What of a return that was only observed is to be made up for once returns act; empty: nothing. Unlike `owed` it outlives the way into nurture. Absent in journeys
   * that were stored before it was kept.
   */
  readonly owedReturn?: readonly EffectKind[];
  /** Since when hand-offs, or returns, act while one is owed; null: it is not. Absent in journeys that were stored before it was kept. */
  readonly owedAt?: number | null;
  /**
   * What both systems are to see of somebody whose stage was only observed: the last one that was more than that. Null: the stage itself. Absent, as the
   * next two, in journeys that were stored before it was kept.
   */
  readonly shownStage?: Stage | null;
  /** Whether the hand-off that began this turn was only observed, and whether the last return was. */
  readonly observedTurn?: boolean;
  readonly observedReturn?: boolean;
  /** Keys of facts that were worked through, oldest first; bounded. */
  readonly seen: readonly SeenFact[];
  /** Facts of this time or before are older than what is remembered: they can no longer be told from repeats. */
  readonly forgottenAt: number | null;
  /** Who was there before the lifecycle was on: since when it looks at them; null: they came later. */
  readonly pastAt: number | null;
  /** Ready, or stalled, by that past alone, or owed a hand-off or a return that was only observed, and held back since then; null: nothing is. */
  readonly heldAt: number | null;
  /** When the cap of the first start, or a person, let them go; nothing is held back after it. */
  readonly letGoAt: number | null;
}

export interface SeenFact {
  readonly key: string;
  readonly at: number;
}

/** What a transition asks the worker to do. The keyed steps of each belong to whoever carries it out. */
export const effectKinds = [
  'hand-off',
  'hand-on',
  're-route',
  'nudge',
  'return',
  'ask-reason',
  'tell-owner',
] as const;
export type EffectKind = (typeof effectKinds)[number];

export interface Transition {
  readonly from: Stage;
  readonly to: Stage;
  readonly move: MoveKind;
  /** False: the configuration allows no such skip or step back, but it is what happened in a system. */
  readonly legal: boolean;
  /** The time of the fact, never before the transition that came before. */
  readonly at: number;
  readonly cause: EventKind;
  /** The key of the fact or timer. */
  readonly evidence: string;
  readonly by: string;
  readonly turn: number;
  readonly reason: Reason | null;
  /** The version of the configuration that decided. */
  readonly version: string;
  /** The version of sales-ready that fired, where one did. */
  readonly definition: string | null;
  readonly behaviour: LifecycleBehaviour;
  readonly mode: 'observe' | 'act';
  readonly effects: readonly EffectKind[];
}

export const refusals = [
  'late', // belongs to an earlier turn, or a later word was heard already
  'too-old', // older than what is remembered
  'off', // the behaviour is off
  'not-allowed', // a skip, step back or request that the configuration does not allow
  'not-a-stage',
  'open-deal',
  'protected', // a customer
  'excluded',
  'to-mend', // given back to be mended, and mailed nothing before
  'cooling',
  'first-start', // rests on the time before the lifecycle was on, and nobody has let it go
  'nothing-new', // nothing since sales gave them back
  'not-ready',
  'entry', // the rule of entry does not hold
  'other', // the event is for another case
] as const;
export type Refusal = (typeof refusals)[number];

/** A fact that changed no stage though it might have, and why: shown, never lost. */
export interface Unmoved {
  readonly key: string;
  readonly kind: EventKind;
  readonly stage: Stage;
  readonly why: Refusal;
}

/** A person nobody has seen anything of yet. `isOfPast`: they were there before the lifecycle was on. */
export const newJourney = (id: string, at: number, isOfPast = false): Journey => ({
  id,
  stage: 'subscriber',
  since: at,
  lastAt: at,
  turn: 0,
  definition: null,
  owner: null,
  handedAt: null,
  touchedAt: null,
  reroutes: 0,
  returnedAt: null,
  placedAt: null,
  reason: null,
  place: null,
  program: null,
  cooledAt: null,
  heldUntil: null,
  recontactAt: null,
  openOpportunities: [],
  closedOpportunities: [],
  excluded: false,
  exclusionAt: null,
  turnAt: null,
  verdictAt: null,
  churnedAt: null,
  boughtAt: null,
  waiting: null,
  movedAt: at,
  nudgedAt: null,
  owed: [],
  owedAt: null,
  owedReturn: [],
  shownStage: null,
  observedTurn: false,
  observedReturn: false,
  seen: [],
  forgottenAt: null,
  pastAt: isOfPast ? at : null,
  heldAt: null,
  letGoAt: null,
});
