import type { CallContext } from '../../model/budget.ts';
import type { CampaignMembership, MembershipOutcome } from '../../model/campaign.ts';
import type { EngagementKind, FoundActivity, WantedEngagement } from '../../model/engagement.ts';
import type {
  AccountTransitionRow,
  ActivityRow,
  AnsweredDetails,
  ClockRow,
  ColleagueRow,
  ContentDealRow,
  ContentNote,
  DealRow,
  DueDetails,
  EffectRow,
  EffectSave,
  EffectStanding,
  FeedbackRow,
  FirstStartKind,
  FirstStartStep,
  HandOffEffectRow,
  JourneyRow,
  JourneySave,
  JourneySignal,
  MadeTask,
  Recount,
  StagesBack,
  StayCount,
  StaysAsked,
  TransitionRow,
} from '../../model/journeys.ts';
import type { Pause } from '../../model/pause.ts';
import type { ChangeCursor } from '../../model/record.ts';
import type { RecordSystem } from '../../model/record-system.ts';
import type { DirtyMark, Link, Problem } from '../../model/state.ts';
import type { Sides, System } from '../../model/system.ts';
import type { Mail } from '../digest/alert.ts';

/**
 * What the lifecycle needs of its store. One process of a fleet holds the office and works; saves are refused over a version that was not read,
 * so that one that lost the office without knowing does no harm. Time is the store's own clock.
 */
export interface LifecycleStore {
  now(): Promise<number>;
  /** When the lifecycle was first on; noted at the first call. */
  sinceAt(): Promise<number>;
  /** Due signals, the strongest class and oldest first. */
  signals(limit: number): Promise<readonly JourneySignal[]>;
  /** Contacts of journeys whose next timer is due, the oldest first. */
  dueContacts(limit: number): Promise<readonly string[]>;
  /** Journeys by the contact's id. */
  journeys(contactIds: readonly string[]): Promise<ReadonlyMap<string, JourneyRow>>;
  /** All clocks of these journeys. */
  clocks(journeyIds: readonly string[]): Promise<readonly ClockRow[]>;
  /** The newest activities of each journey, newest first. */
  timeline(
    journeyIds: readonly string[],
    limit: number,
  ): Promise<ReadonlyMap<string, readonly ActivityRow[]>>;
  /**
   * Saves looks and answers the contacts whose journey had moved meanwhile: nothing of those is saved. `clean`: signals that are nobody's, deleted
   * only at their version; `again`: those to look at again after so long.
   */
  save(
    saves: readonly JourneySave[],
    clean: readonly JourneySignal[],
    again: readonly { readonly signal: JourneySignal; readonly dueMs: number }[],
  ): Promise<ReadonlySet<string>>;
  /** Contacts became one, under a new id: the journey that went farthest goes on under it, the others end. */
  adopt(contactId: string, merged: readonly string[]): Promise<void>;
  /** Tells journeys something, once for each key; those are looked at next. */
  tell(
    facts: readonly { readonly contactId: string; readonly key: string; readonly fact: string }[],
  ): Promise<void>;
  /** Tells journeys of activities, unless the same is stored; those are looked at next. */
  tellActivities(
    told: readonly { readonly contactId: string; readonly activity: ActivityRow }[],
  ): Promise<void>;
  /** Whether anybody of these stages waits for sales. */
  anybodyIn(stages: readonly string[]): Promise<boolean>;
  /**
   * Open effects that are due, the oldest first; those that only show where somebody stands come last. Beside so many of them as many that see to programs: they are
   * of the same people for the most part, and take no hand-over's place. Who is to be handed over and has no record by `pair` yet is waited for some moments.
   * `except`: kinds that wait for a word.
   */
  dueEffects(pair: string, limit: number, except?: readonly string[]): Promise<readonly EffectRow[]>;
  /** Notes which pauses a round keeps to, by scope: whoever paused knows that nothing from before is under way any more. */
  notePauses(scopes: readonly string[]): Promise<void>;
  /** Saves what became of effects' steps, with what they show, the clocks that begin and what they tell their journeys. */
  saveEffects(effects: readonly EffectSave[]): Promise<void>;
  /** Effects of these journeys as they stand, oldest first. */
  effectsOf(journeyIds: readonly string[]): Promise<readonly EffectStanding[]>;
  /** Which of these effects are carried out, by key. */
  doneAmong(keys: readonly string[]): Promise<ReadonlySet<string>>;
  /** Tasks that effects of these journeys made. */
  tasks(journeyIds: readonly string[]): Promise<readonly MadeTask[]>;
  /** Transitions of these journeys, oldest first. */
  transitions(journeyIds: readonly string[]): Promise<ReadonlyMap<string, readonly TransitionRow[]>>;
  /** Whose turn it is in each pool, as JSON; version 0 is before the first. */
  turns(): Promise<{ readonly version: number; readonly state: string }>;
  /** False: somebody else moved the turns; route again. */
  saveTurns(version: number, state: string): Promise<boolean>;
  /** What hand-offs of this moment or later came to; absent: all. */
  accountTransitions(since?: number): Promise<readonly AccountTransitionRow[]>;
  handOffEffects(pair: string, since?: number): Promise<readonly HandOffEffectRow[]>;
  /** What was found about stages lately, as JSON; version 0 is before the first look. */
  keptSignals(): Promise<{ readonly version: number; readonly state: string }>;
  /** False: somebody else saved meanwhile. */
  saveSignals(version: number, state: string): Promise<boolean>;
  /** People by how long they stayed in stages and whether they went on: everybody, and by source, segment and rep. */
  stays(asked: StaysAsked): Promise<readonly StayCount[]>;
  /** How many people of these stages each owner has now. */
  openLeads(stages: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** How many people these owners have whose first touch is still waited for. */
  untouched(owners: readonly string[]): Promise<number>;
  /** Records (ids) of people with sales that had, when they were looked at last, another word in this field than these, or none. */
  oddVerdicts(types: readonly string[], field: string, words: readonly string[]): Promise<readonly string[]>;
  /** Has everybody of these stages whom these owners have looked at next. */
  wakeOf(owners: readonly string[], stages: readonly string[]): Promise<void>;
  /** Has everybody looked at next whose hand-off, or return, was only observed. */
  wakeObserved(what: 'observed' | 'observed-return'): Promise<void>;
  /** Asks the engine for the Salesforce records of these contacts: looked at first of all. */
  askRecords(pair: string, type: string, contactIds: readonly string[]): Promise<void>;
  /** Journeys whose details are to be asked for now, those that waited longest first. */
  dueDetails(limit: number): Promise<readonly DueDetails[]>;
  /** Tells journeys what was answered, unless the same is stored; those are looked at next. What was wanted meanwhile stays wanted. */
  saveDetails(answered: readonly AnsweredDetails[]): Promise<void>;
  /** Asks for these journeys' details again after so long; null: not before something new happens. */
  putOffDetails(journeyIds: readonly string[], dueMs: number | null): Promise<void>;
  /** Stored activities of these keys, by journey. */
  activitiesAmong(
    wanted: readonly { readonly journeyId: string; readonly key: string }[],
  ): Promise<ReadonlyMap<string, readonly ActivityRow[]>>;
  /** All stored activities, by journey. */
  history(journeyIds: readonly string[]): Promise<ReadonlyMap<string, readonly ActivityRow[]>>;
  /** Journeys by id, those after one, without what they were told. */
  journeysAfter(after: string | null, limit: number): Promise<readonly JourneyRow[]>;
  /** Notes what reps said, where it is another word than the last one of that record. */
  noteFeedback(rows: readonly FeedbackRow[]): Promise<void>;
  /** The last word in each record of these journeys, by journey; in the order in which they were noted. */
  feedback(journeyIds: readonly string[]): Promise<ReadonlyMap<string, readonly FeedbackRow[]>>;
  /** How far tallies were counted anew, and by which model; null: never. */
  recount(): Promise<Recount | null>;
  /** Saves tallies that were counted anew, and how far that is; a journey that moved meanwhile is left as it is. Timers stay, but for who is to be looked at again. */
  saveRecount(
    at: Recount,
    saves: readonly { readonly row: JourneyRow; readonly looksAgain: boolean }[],
  ): Promise<void>;
  /** Saves deals as they were read, and whose they are: all that each of these contacts has. One that is nobody's any more is forgotten. */
  saveDeals(deals: readonly DealRow[], people: ReadonlyMap<string, readonly string[]>): Promise<void>;
  /** People of these stages with a contact in Salesforce whose deals were not read for their present turn. */
  dealsUnread(
    pair: string,
    stages: readonly string[],
    limit: number,
  ): Promise<readonly { readonly contactId: string; readonly salesforceId: string }[]>;
  /** Notes that the deals of these contacts were read for a turn. */
  dealsRead(turns: readonly { readonly contactId: string; readonly turn: number }[]): Promise<void>;
  /**
   * Lets people of before the lifecycle was on go, up to these caps in all, the best first, and answers what is held back after it; once a
   * person has released a kind, everybody of it goes. Nothing is answered while it is not known who all there is.
   */
  firstStart(
    pair: string,
    caps: Readonly<Record<FirstStartKind, number>>,
  ): Promise<readonly FirstStartStep[]>;
  /**
   * Holds back the steps back of HubSpot's lifecyclestage: those of `past` until they are let go, and of `later` those beyond so many in 24 hours; answers which may
   * be made. Of `free` none is held back any more.
   */
  holdStages(steps: StagesBack, perDay: number): Promise<ReadonlySet<string>>;
  /** Notes that the steps back of these journeys were made: the next one of theirs counts anew. */
  stagesMoved(journeyIds: readonly string[]): Promise<void>;
  /** People of these HubSpot companies, so many of each: those with sales or farther first. */
  colleagues(companyIds: readonly string[], limit: number): Promise<readonly ColleagueRow[]>;
  /** Notes what opportunities show of content, a note for each of their people; what stood there before and does no longer has ended. */
  noteDealContent(notes: readonly ContentNote[]): Promise<void>;
  /** Notes that what these opportunities show of content is to be made anew. */
  noteStaleDeals(dealIds: readonly string[]): Promise<void>;
  /** Deals as they were last saved, with each of their people: a row for each of both. */
  contentDeals(dealIds: readonly string[]): Promise<readonly ContentDealRow[]>;
  /** Has these opportunities read again, after all else. */
  lookAtDeals(dealIds: readonly string[]): Promise<void>;
  /** Orders to show anew whoever has a digest, and deals, whose content is by another key or of which a piece expired; answers how many. */
  renewContent(key: string, limit: number): Promise<number>;
  /** Whether something is to be done now, or soon without anybody's word: what `--until-idle` waits for. */
  isBusy(waits?: {
    readonly looks: boolean;
    readonly kinds: readonly string[];
    readonly letGo: boolean;
  }): Promise<boolean>;
  /** Why the engine has not made a contact's record: what is refused, or asked of a person. Those that only wait are left out. */
  obstacles(pair: string, type: string, contactIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

/** What the lifecycle shares with the engine's store: who is whose record, who was erased, and where readers of changes stand. */
export interface EngineLookup extends Problems {
  /** Everything that is paused now. */
  pauses(): Promise<readonly Pause[]>;
  linksOf(pair: string, system: System, ids: readonly string[]): Promise<ReadonlyMap<string, Link>>;
  cursor(pair: string, system: System, type?: string): Promise<ChangeCursor | null>;
  commitSignals(
    marks: readonly DirtyMark[],
    position: {
      readonly cursor: {
        readonly pair: string;
        readonly system: System;
        readonly type: string;
        readonly at: ChangeCursor;
      };
    },
  ): Promise<void>;
  /** Which of these names (model/erasure.ts) are of somebody who was erased: nothing of theirs is taken in again. */
  erasedAmong(names: readonly string[]): Promise<ReadonlySet<string>>;
}

/** What `status` shows as wrong; one problem per key, raised again it keeps its age. */
export interface Problems {
  raiseProblem(problem: Omit<Problem, 'since'>): Promise<void>;
  clearProblem(key: string): Promise<void>;
}

/** Puts people into a program, a HubSpot list by its name; answers for each contact why it could not be, or null. */
export type JoinProgram = (
  program: string,
  contactIds: readonly string[],
  context: CallContext,
) => Promise<ReadonlyMap<string, string | null>>;

/** Takes people out of programs; answers for each contact the programs that they were in, and the programs whose members follow from filters. */
export type LeavePrograms = (
  programs: readonly string[],
  contactIds: readonly string[],
  context: CallContext,
) => Promise<{
  readonly left: ReadonlyMap<string, readonly string[]>;
  readonly kept: readonly string[];
}>;

/** Which of these programs people are in, but for those whose members follow from filters; who is in none is left out. */
export type ReadPrograms = (
  programs: readonly string[],
  contactIds: readonly string[],
  context: CallContext,
) => Promise<ReadonlyMap<string, readonly string[]>>;

/**
 * What people did, in detail: pages, forms, mails, and what was logged of them. Called beside the hand-offs, never before one; a rejection puts the
 * question off, and nothing else.
 */
export interface EngagementSource {
  /** By contact id; one call a person at most, the others shared. @throws CallFailed */
  read(
    wanted: readonly WantedEngagement[],
    context: CallContext,
  ): Promise<ReadonlyMap<string, readonly FoundActivity[]>>;
  /** Kinds that HubSpot does not allow: not asked for again in this process. */
  refused(): readonly EngagementKind[];
}

/** Tells the owner at once, by a webhook that takes Slack's format. Absent where none is configured. */
export type TellOwner = (text: string) => Promise<void>;

/** What became of a mail. `not-sent`: it certainly was not, and may be tried again; `refused`: it was, or nobody knows. `why` holds no address. */
export type MailOutcome =
  | { readonly kind: 'sent' }
  | { readonly kind: 'not-sent' | 'refused'; readonly why: string };

/** Sends the owner a mail in plain text. Never rejects. Absent where no mail server is configured. */
export type MailOwner = (to: string, mail: Mail) => Promise<MailOutcome>;

/** Makes leads and contacts members of campaigns: one outcome each, in order; who is one already has landed. Never rejects for what the vendor says. */
export type JoinCampaigns = (
  members: readonly CampaignMembership[],
  context: CallContext,
) => Promise<readonly MembershipOutcome[]>;

export type Systems = Sides<RecordSystem>;
