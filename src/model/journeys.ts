import type { WorkClass } from './budget.ts';
import type { RecordRef } from './system.ts';

/**
 * What stands as the pair of dirty rows that the lifecycle looks at: a record of a person was told to have changed. No mapping can be called
 * this (`object` is a word).
 */
export const journeySignals = '#journeys';

/**
 * What is held back beyond a cap: of a first start people who are ready by their past, leads that stall by it, and steps back of HubSpot's
 * lifecyclestage; people whose hand-off, or return, was only observed, once these act (`observed`, `observed-return`); and any later steps back of
 * lifecyclestage, by a cap a day (`stage-back`).
 */
export const firstStartKinds = [
  'hand-off',
  'return',
  'lifecyclestage',
  'observed',
  'observed-return',
  'stage-back',
] as const;
export type FirstStartKind = (typeof firstStartKinds)[number];

/** Journeys by what HubSpot's lifecyclestage of them would do. */
export interface StagesBack {
  /** It would move back from a value that is older than what Tandem knows of them. */
  readonly past: readonly string[];
  /** It would move back otherwise. */
  readonly later: readonly string[];
  /** It would not move back. */
  readonly free: readonly string[];
}

/** A record of somebody that was told to have changed. */
export interface JourneySignal {
  readonly ref: RecordRef;
  readonly class: WorkClass;
  /** The vendor's stamp that the signal carried; a read below it is stale. */
  readonly stamp: number | null;
  readonly version: number;
  readonly attempts: number;
}

/** A journey as it is stored; `state` is JSON that the lifecycle alone reads. Holds values of the person. */
export interface JourneyRow {
  readonly id: string;
  readonly contactId: string;
  /** Moves with every save; a save over another version is refused. 0: not stored yet. */
  readonly version: number;
  readonly stage: string;
  readonly turn: number;
  readonly owner: string | null;
  readonly state: string;
  /** JSON: what Tandem last wrote of its own fields, by system. Not written by a save. */
  readonly shown: string;
  /** JSON of each fact that effects told and no look has worked through. */
  readonly told: readonly string[];
  /** JSON of each activity that was told in detail and that no look has taken in; absent: none. */
  readonly toldActivities?: readonly string[];
}

/** A transition as it is stored; see lifecycle/stage/journey.ts for what its words mean. Times are milliseconds since 1970. */
export interface TransitionRow {
  readonly from: string;
  readonly to: string;
  readonly move: string;
  readonly legal: boolean;
  readonly at: number;
  readonly cause: string;
  readonly evidence: string;
  readonly by: string;
  readonly turn: number;
  readonly reason: string | null;
  readonly version: string;
  readonly definition: string | null;
  readonly behaviour: string;
  readonly mode: string;
  readonly effects: readonly string[];
}

export interface ActivityRow {
  readonly key: string;
  readonly at: number;
  /** JSON: texts of foreign origin. */
  readonly activity: string;
}

export interface ClockRow {
  readonly journeyId: string;
  readonly turn: number;
  readonly kind: string;
  readonly doneAt: number | null;
  readonly clock: string;
  /** Steps (remind, escalate …) that were taken, or observed. */
  readonly stepsDone: readonly string[];
  /** Whose it is, by Salesforce id. */
  readonly owner: string | null;
  /** As of when it was saved, milliseconds; null: never, or not before a pause ends. */
  readonly remindAt: number | null;
  readonly dueAt: number | null;
  /** A pause is open. */
  readonly paused: boolean;
}

/** How many clocks of a kind stand where. */
export interface ClockCounts {
  readonly kind: string;
  readonly waiting: number;
  readonly reminded: number;
  readonly late: number;
  readonly paused: number;
  readonly never: number;
  /** Ended in the last 30 days in time, and not. */
  readonly met: number;
  readonly missed: number;
}

/** A clock that is late, or will be next. */
export interface LateClock {
  readonly kind: string;
  readonly turn: number;
  readonly owner: string | null;
  readonly dueAt: number;
  readonly contactId: string;
  readonly salesforceId: string | null;
}

/** An order that a transition gave. */
export interface EffectOrderRow {
  readonly key: string;
  readonly kind: string;
  readonly turn: number;
  readonly at: number;
  readonly evidence: string;
}

export interface EffectRow extends EffectOrderRow {
  readonly journeyId: string;
  readonly contactId: string;
  readonly attempts: number;
  /** JSON, null before it was decided. */
  readonly route: string | null;
  readonly steps: string;
}

/** Somebody whom the first start holds back. */
export interface HeldBack {
  readonly what: FirstStartKind;
  /** Those of the highest rank go first. */
  readonly rank: number;
  /** Since when, milliseconds. */
  readonly since: number;
}

/** What one look at a person came to; applied whole or not at all. */
export interface JourneySave {
  readonly row: JourneyRow;
  /** When the next timer, clock or waiting fact is due, milliseconds; null: never by itself. */
  readonly nextAt: number | null;
  readonly transitions: readonly TransitionRow[];
  readonly activities: readonly ActivityRow[];
  readonly effects: readonly EffectOrderRow[];
  readonly clocks: readonly ClockRow[];
  /** Keys of told facts that were worked through. */
  readonly heard: readonly string[];
  /** Signals that it answers: deleted with it, at their version; where it is refused they stay. */
  readonly answers: readonly JourneySignal[];
  /** Activities that are stored, and of which more is known now. */
  readonly amended?: readonly ActivityRow[];
  /** Keys of activities told in detail that were taken in. */
  readonly taken?: readonly string[];
  /** Nobody was looked at (the contact is not there, or the look failed): what was told waits with the journey. */
  readonly rests?: true;
  /** What reps said since the last look. */
  readonly feedback?: readonly Omit<FeedbackRow, 'journeyId'>[];
  /** What the first start holds back of them now; null: nothing any more; absent: nothing, as before. */
  readonly held?: HeldBack | null;
  /** By what the person is compared with others, as of this look; noted with each transition. Absent: nothing is known. */
  readonly groups?: { readonly source: string | null; readonly segment: string | null };
  /** Details that are to be asked for; at once where somebody waits for them. */
  readonly details?: { readonly kinds: readonly string[]; readonly atOnce: boolean };
}

/** What a rep said of a lead, in one field of one record; `value` null: it was taken back. May hold names of competitors. */
export interface FeedbackRow {
  readonly journeyId: string;
  /** The lead, contact or opportunity of Salesforce that says it. */
  readonly record: string;
  /** Which field: see lifecycle/feedback/feedback.ts. */
  readonly kind: string;
  readonly value: string | null;
  /** The record's stamp when it was first seen so, milliseconds. */
  readonly at: number;
  readonly turn: number;
  /** Who had the record then, by Salesforce id. */
  readonly owner: string | null;
}

/** A journey whose details are to be asked for. */
export interface DueDetails {
  readonly journeyId: string;
  readonly contactId: string;
  readonly kinds: readonly string[];
  /** When they were asked for last, milliseconds; null: never. */
  readonly askedAt: number | null;
  readonly version: number;
  readonly attempts: number;
}

/** What was answered of a journey's details, asked for at `askedAt`. */
export interface AnsweredDetails {
  readonly journeyId: string;
  readonly version: number;
  readonly askedAt: number;
  readonly activities: readonly ActivityRow[];
}

/** What one record shows of content now, of one person. */
export interface ContentNote {
  readonly journeyId: string;
  /** The lead, contact or opportunity of Salesforce. */
  readonly record: string;
  readonly turn: number;
  /** Of the person. */
  readonly stage: string;
  /** Of the opportunity, as Salesforce calls it; null: the record is a lead or contact. */
  readonly dealStage: string | null;
  readonly mode: 'observe' | 'act';
  /** Of the catalogue. */
  readonly version: string;
  /** Another one where the catalogue or the mode is another. */
  readonly key: string;
  /** When the first of the pieces expires, milliseconds; null: none does. */
  readonly expiresAt: number | null;
  readonly at: number;
  /** Ids, best first; none: nothing is recommended any more. */
  readonly pieces: readonly string[];
}

/** A piece that was recommended on a record. */
export interface RecommendedRow {
  readonly journeyId: string;
  readonly record: string;
  readonly turn: number;
  readonly piece: string;
  readonly stage: string;
  readonly dealStage: string | null;
  readonly mode: string;
  readonly version: string;
  readonly at: number;
  /** When it was no longer recommended there, milliseconds; null: it is now. */
  readonly until: number | null;
}

/** An activity that may be that somebody has a piece. */
export interface ContentReadRow extends ActivityRow {
  readonly journeyId: string;
}

/** A deal with one of its people, by the records as they were last looked at. */
export interface ContentDealRow {
  readonly deal: string;
  readonly state: string;
  readonly stage: string;
  readonly journeyId: string;
  readonly turn: number;
  /** JSON of the fields; null where nobody looked yet. */
  readonly contact: string | null;
  readonly sales: string | null;
}

/** What became of an effect's step. */
export interface EffectSave {
  readonly key: string;
  /** The order that was carried out, by its moment: one that was given anew meanwhile (`show`) is not touched. */
  readonly at: number;
  readonly steps: string;
  readonly route: string | null;
  readonly attempts: number;
  /** Due again after so long; null: it is done. */
  readonly dueMs: number | null;
  readonly why: string | null;
  readonly next: string | null;
  readonly journeyId: string;
  /** JSON of what Tandem shows now, where a step wrote some of it, and the version of the journey by which it did. */
  readonly shown?: { readonly json: string; readonly version: number };
  /** Clocks that begin; one that is there stays as it is. */
  readonly clocks?: readonly ClockRow[];
  /** What the record shows of content, once the effect is carried out. */
  readonly content?: ContentNote;
  /** Content was paused: what the record shows is to be made anew. */
  readonly isContentStale?: true;
  /** Told to the journey with it, as JSON: that the hand-off or return completed. */
  readonly fact?: { readonly key: string; readonly fact: string };
}

/** A transition, and whose. */
export interface AccountTransitionRow extends TransitionRow {
  readonly journey: string;
}

/** An order to bring somebody to a rep, as it stands. */
export interface HandOffEffectRow {
  readonly journey: string;
  readonly turn: number;
  readonly kind: string;
  readonly at: number;
  readonly doneAt: number | null;
  readonly why: string | null;
  /** A step was refused: a person has to do something first. */
  readonly refused: boolean;
  /** Whether the lead was with its owner, with all that they read. One that is done without has ended before: the person had left sales. */
  readonly reached: boolean;
  readonly contactId: string;
  readonly salesforceId: string | null;
}

/** An effect as it stands, for whoever asks. */
export interface EffectStanding {
  readonly key: string;
  readonly kind: string;
  readonly turn: number;
  readonly at: number;
  readonly doneAt: number | null;
  readonly why: string | null;
  readonly next: string | null;
  /** What came of its steps, in words, where there is something to say. */
  readonly said: readonly string[];
  /** JSON of who gets the lead and why, the lifecycle's own; null where nobody was chosen, or not yet. */
  readonly route: string | null;
}

/** Orders of one kind that wait for a person for the same reason. */
export interface RefusedEffects {
  readonly kind: string;
  readonly why: string;
  /** What the person should do. */
  readonly next: string;
  /** The oldest, milliseconds. */
  readonly since: number;
  readonly count: number;
}

/** A hand-over that stands still for longer than its clock allows. */
export interface LateHandOff {
  /** Of the order. */
  readonly kind: string;
  readonly turn: number;
  /** When its time was over, milliseconds. */
  readonly dueAt: number;
  /** JSON of its steps. */
  readonly steps: string;
  /** What it waits for; null: nothing of it could be tried. */
  readonly why: string | null;
  /** What a person has to do; null: it is tried again by itself, or nobody knows. */
  readonly next: string | null;
  readonly contactId: string;
  readonly salesforceId: string | null;
}

/** A task that an effect made in Salesforce. */
export interface MadeTask {
  readonly journeyId: string;
  readonly turn: number;
  /** Of the effect. */
  readonly kind: string;
  readonly evidence: string;
  readonly id: string;
}

/** What a pass of the first start came to, for one kind of what it holds back. */
export interface FirstStartStep {
  readonly what: FirstStartKind;
  /** How many were let go now, and how many are held back after it. */
  readonly letGo: number;
  readonly waiting: number;
  /** What a person types to let them go; `isOther`: it holds others than were told. Null: nobody is held back. */
  readonly hold: { readonly id: string; readonly isNew: boolean; readonly isOther: boolean } | null;
  /** A hold that is over, since nobody is left in it. */
  readonly ended: string | null;
}

/** How many a first start let go, and how many it holds back. */
export type FirstStartCounts = Readonly<
  Record<FirstStartKind, { readonly letGo: number; readonly waiting: number }>
>;

/** Orders of one kind that are not carried out, and since when the oldest waits, milliseconds. */
export interface OpenOrders {
  readonly kind: string;
  readonly count: number;
  readonly since: number;
}

/** An order that is not carried out. */
export interface OpenOrder {
  readonly key: string;
  readonly kind: string;
  readonly evidence: string;
  readonly journeyId: string;
  readonly contactId: string;
}

/** Somebody who is ready and held back by the first start: the turn that would begin. */
export interface HeldHandOffRow {
  readonly journey: string;
  readonly turn: number;
  readonly since: number;
  readonly contactId: string;
  readonly salesforceId: string | null;
}

/** Somebody whom marketing has until a day. Times are milliseconds since 1970. */
export interface WaitingRow {
  readonly contactId: string;
  readonly salesforceId: string | null;
  readonly stage: string;
  readonly turn: number;
  /** Whoever had them last, by Salesforce id. */
  readonly owner: string | null;
  readonly reason: string | null;
  readonly program: string | null;
  /** The rep's own date, that of marketing's hold, and the end of the cool-down; null: none. */
  readonly recontactAt: number | null;
  readonly heldUntil: number | null;
  readonly cooledAt: number | null;
  /** Ready by the score, and kept by the cool-down alone. */
  readonly isReady: boolean;
  /** When something happens by itself. */
  readonly nextAt: number;
}

/** How far tallies were counted anew when the rules became others. */
export interface Recount {
  /** The name of the model (modelHash). */
  readonly model: string;
  /** The last journey that was counted; null: none yet. */
  readonly after: string | null;
  readonly done: boolean;
}

/** An opportunity as it is stored. Times are milliseconds since 1970. */
export interface DealRow {
  readonly id: string;
  readonly state: string;
  readonly stage: string;
  readonly amount: number | null;
  /** Of the amount; null where the org has but one, or it was read before this was kept. */
  readonly currency: string | null;
  readonly lossReason: string | null;
  readonly competitor: string | null;
  readonly createdAt: number;
  /** The day of its close date, as 2026-11-30. */
  readonly closesOn: string | null;
  readonly stamp: number;
}

/** An opportunity of people who were handed over, with their journeys. */
export interface ReportDealRow extends DealRow {
  readonly journeys: readonly string[];
}

/** Somebody of a company, with the records as they were last looked at. */
export interface ColleagueRow {
  readonly companyId: string;
  /** So many people of this company have journeys. */
  readonly count: number;
  readonly contactId: string;
  readonly stage: string;
  readonly owner: string | null;
  /** JSON: fields of the records. */
  readonly contact: string | null;
  readonly sales: string | null;
}

/** What happened on the journey of one of several people: something that they did, or a move. */
export interface TimelineRow {
  readonly contactId: string;
  readonly at: number;
  /** JSON of the activity; null: it is a move. */
  readonly activity: string | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly cause: string | null;
  readonly reason: string | null;
  readonly observed: boolean;
}

/** Somebody who was handed over, as a report names them. */
export interface ReportPersonRow {
  readonly journey: string;
  readonly contactId: string;
  readonly salesforceId: string | null;
  /** JSON: fields of the records as they were last looked at. */
  readonly contact: string | null;
  readonly sales: string | null;
}

/** By what stays in stages are counted (lifecycle/signals). Times are milliseconds. */
export interface StaysAsked {
  /** Where somebody can be; those in the order with their place in it. */
  readonly places: readonly { readonly stage: string; readonly place: number | null }[];
  /** Of each watched stage: how long is looked on, and who is counted: those who entered from `pastFrom` on and before `until`. */
  readonly windows: readonly {
    readonly stage: string;
    readonly horizonMs: number;
    readonly pastFrom: number;
    readonly recentFrom: number;
    readonly until: number;
  }[];
  /** A stay is counted under the number of these that it reaches. */
  readonly bounds: readonly number[];
  /** Groups of fewer people, both stretches together, are left out. */
  readonly peopleMin: number;
}

/** So many of a group stayed so long. */
export interface StayCount {
  readonly stage: string;
  readonly dimension: string;
  readonly group: string | null;
  readonly recent: boolean;
  readonly step: number;
  readonly people: number;
  readonly wentOn: number;
}
