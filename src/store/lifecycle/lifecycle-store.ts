import type {
  AccountTransitionRow,
  ActivityRow,
  AnsweredDetails,
  ClockCounts,
  ClockRow,
  ColleagueRow,
  ContentDealRow,
  ContentNote,
  ContentReadRow,
  DealRow,
  DueDetails,
  EffectRow,
  EffectSave,
  EffectStanding,
  FeedbackRow,
  FirstStartCounts,
  FirstStartKind,
  FirstStartStep,
  HandOffEffectRow,
  HeldHandOffRow,
  JourneyRow,
  JourneySave,
  JourneySignal,
  LateClock,
  LateHandOff,
  MadeTask,
  OpenOrder,
  OpenOrders,
  RecommendedRow,
  Recount,
  RefusedEffects,
  ReportDealRow,
  ReportPersonRow,
  StagesBack,
  StayCount,
  StaysAsked,
  TimelineRow,
  TransitionRow,
  WaitingRow,
} from '../../model/journeys.ts';
import type { Db } from '../transaction.ts';
import { accountTransitions, handOffEffects } from './account.ts';
import { clockCounts, lateClocks, lateCounts, nextClock } from './clock-standing.ts';
import { colleagues, timelineOf } from './colleagues.ts';
import {
  contentDeals,
  contentFeedback,
  contentReads,
  lookAtDeals,
  noteDealContent,
  noteStaleDeals,
  recommendedOf,
  recommendedSince,
  renewContent,
} from './content.ts';
import { dealsRead, dealsUnread, reportDeals, reportPeople, saveDeals } from './deals.ts';
import {
  type ActivitiesByJourney,
  activitiesAmong,
  dueDetails,
  history,
  journeysAfter,
  putOffDetails,
  saveDetails,
  tellActivities,
} from './details.ts';
import {
  beginHandOffsAnew,
  doneAmong,
  dueEffects,
  effectsOf,
  lateHandOffs,
  openByKind,
  openOrders,
  refusedEffects,
  saveEffects,
  tasks,
  transitions,
} from './effects.ts';
import { feedback, feedbackSince, noteFeedback } from './feedback.ts';
import {
  firstStart,
  firstStartCounts,
  heldHandOffs,
  holdStages,
  stagesMoved,
  wakeObserved,
} from './first-start.ts';
import { adopt, anybodyIn, tell, wakeOf } from './journey-moves.ts';
import {
  clocks,
  dueContacts,
  journeys,
  oddVerdicts,
  openLeads,
  save,
  signals,
  timeline,
  untouched,
} from './journeys.ts';
import {
  isBusy,
  keptSignals,
  notedPauses,
  notePauses,
  saveSignals,
  saveStaff,
  saveTurns,
  sinceAt,
  staff,
  storeNow,
  turns,
  type VersionedNote,
  type Waits,
} from './notes.ts';
import { askRecords, obstacles } from './records.ts';
import { recount, saveRecount } from './recount.ts';
import { stays } from './stays.ts';
import { waiting } from './waiting.ts';

/** What the lifecycle asks of the store (lifecycle/run/ports.ts, LifecycleStore, has the contract), in Postgres. */
export class PostgresLifecycleStore {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  now(): Promise<number> {
    return storeNow(this.#db);
  }

  sinceAt(): Promise<number> {
    return sinceAt(this.#db);
  }

  signals(limit: number): Promise<readonly JourneySignal[]> {
    return signals(this.#db, limit);
  }

  dueContacts(limit: number): Promise<readonly string[]> {
    return dueContacts(this.#db, limit);
  }

  journeys(contactIds: readonly string[]): Promise<ReadonlyMap<string, JourneyRow>> {
    return journeys(this.#db, contactIds);
  }

  clocks(journeyIds: readonly string[]): Promise<readonly ClockRow[]> {
    return clocks(this.#db, journeyIds);
  }

  timeline(
    journeyIds: readonly string[],
    limit: number,
  ): Promise<ReadonlyMap<string, readonly ActivityRow[]>> {
    return timeline(this.#db, journeyIds, limit);
  }

  save(
    saves: readonly JourneySave[],
    clean: readonly JourneySignal[],
    again: readonly { readonly signal: JourneySignal; readonly dueMs: number }[],
  ): Promise<ReadonlySet<string>> {
    return save(this.#db, saves, clean, again);
  }

  adopt(contactId: string, merged: readonly string[]): Promise<void> {
    return adopt(this.#db, contactId, merged);
  }

  tell(
    facts: readonly { readonly contactId: string; readonly key: string; readonly fact: string }[],
  ): Promise<void> {
    return tell(this.#db, facts);
  }

  tellActivities(
    told: readonly { readonly contactId: string; readonly activity: ActivityRow }[],
  ): Promise<void> {
    return tellActivities(this.#db, told);
  }

  anybodyIn(stages: readonly string[]): Promise<boolean> {
    return anybodyIn(this.#db, stages);
  }

  dueEffects(pair: string, limit: number, except: readonly string[] = []): Promise<readonly EffectRow[]> {
    return dueEffects(this.#db, pair, limit, except);
  }

  notePauses(scopes: readonly string[]): Promise<void> {
    return notePauses(this.#db, scopes);
  }

  /** The pauses that the round which is under way keeps to, by scope; null: no round ever noted any. */
  notedPauses(): Promise<readonly string[] | null> {
    return notedPauses(this.#db);
  }

  /** Orders that are not carried out, by kind. */
  openByKind(): Promise<readonly OpenOrders[]> {
    return openByKind(this.#db);
  }

  /** Orders to bring people to reps are those of this moment: what a pause took is not taken from the reps' time. */
  beginHandOffsAnew(): Promise<void> {
    return beginHandOffsAnew(this.#db);
  }

  saveEffects(effects: readonly EffectSave[]): Promise<void> {
    return saveEffects(this.#db, effects);
  }

  /** How clocks stand, by kind. */
  clockCounts(): Promise<readonly ClockCounts[]> {
    return clockCounts(this.#db);
  }

  /** Clocks of people of this pair that are late, the oldest first. */
  lateClocks(pair: string, limit: number): Promise<readonly LateClock[]> {
    return lateClocks(this.#db, pair, limit);
  }

  /** The clock that is due next; null where none is. */
  nextClock(pair: string): Promise<LateClock | null> {
    return nextClock(this.#db, pair);
  }

  /** How many clocks are late, by kind. */
  lateCounts(): Promise<ReadonlyMap<string, number>> {
    return lateCounts(this.#db);
  }

  /** Effects of these journeys as they stand, oldest first. */
  effectsOf(journeyIds: readonly string[]): Promise<readonly EffectStanding[]> {
    return effectsOf(this.#db, journeyIds);
  }

  /** Orders that wait for a person, by kind and reason. */
  refusedEffects(): Promise<readonly RefusedEffects[]> {
    return refusedEffects(this.#db);
  }

  /** Hand-overs of people of this pair that stand still for longer than they may, those that are late longest first. */
  lateHandOffs(pair: string): Promise<readonly LateHandOff[]> {
    return lateHandOffs(this.#db, pair);
  }

  /** What reps said since a moment, as it stands. */
  feedbackSince(since: number): Promise<readonly FeedbackRow[]> {
    return feedbackSince(this.#db, since);
  }

  accountTransitions(since?: number): Promise<readonly AccountTransitionRow[]> {
    return accountTransitions(this.#db, since);
  }

  handOffEffects(pair: string, since?: number): Promise<readonly HandOffEffectRow[]> {
    return handOffEffects(this.#db, pair, since);
  }

  /** All clocks. */
  allClocks(): Promise<readonly ClockRow[]> {
    return clocks(this.#db, null);
  }

  colleagues(companyIds: readonly string[], limit: number): Promise<readonly ColleagueRow[]> {
    return colleagues(this.#db, companyIds, limit);
  }

  /** What these people, or those of a HubSpot company, did and how they moved, newest first. */
  timelineOf(
    who: { readonly companyIds: readonly string[]; readonly contactIds: readonly string[] },
    limit: number,
  ): Promise<readonly TimelineRow[]> {
    return timelineOf(this.#db, who, limit);
  }

  saveDeals(deals: readonly DealRow[], people: ReadonlyMap<string, readonly string[]>): Promise<void> {
    return saveDeals(this.#db, deals, people);
  }

  dealsUnread(
    pair: string,
    stages: readonly string[],
    limit: number,
  ): Promise<readonly { readonly contactId: string; readonly salesforceId: string }[]> {
    return dealsUnread(this.#db, pair, stages, limit);
  }

  dealsRead(turns: readonly { readonly contactId: string; readonly turn: number }[]): Promise<void> {
    return dealsRead(this.#db, turns);
  }

  /** Deals of people who were ready at least once, with their journeys. */
  reportDeals(): Promise<readonly ReportDealRow[]> {
    return reportDeals(this.#db);
  }

  /** Everybody who was ready at least once, as reports name them. */
  reportPeople(pair: string): Promise<readonly ReportPersonRow[]> {
    return reportPeople(this.#db, pair);
  }

  doneAmong(keys: readonly string[]): Promise<ReadonlySet<string>> {
    return doneAmong(this.#db, keys);
  }

  tasks(journeyIds: readonly string[]): Promise<readonly MadeTask[]> {
    return tasks(this.#db, journeyIds);
  }

  transitions(journeyIds: readonly string[]): Promise<ReadonlyMap<string, readonly TransitionRow[]>> {
    return transitions(this.#db, journeyIds);
  }

  turns(): Promise<VersionedNote> {
    return turns(this.#db);
  }

  saveTurns(version: number, state: string): Promise<boolean> {
    return saveTurns(this.#db, version, state);
  }

  keptSignals(): Promise<VersionedNote> {
    return keptSignals(this.#db);
  }

  saveSignals(version: number, state: string): Promise<boolean> {
    return saveSignals(this.#db, version, state);
  }

  stays(asked: StaysAsked): Promise<readonly StayCount[]> {
    return stays(this.#db, asked);
  }

  /** Keeps who is there, as JSON of model/owner.ts, for those who ask the store alone. */
  saveStaff(owners: string): Promise<void> {
    return saveStaff(this.#db, owners);
  }

  /** JSON of everybody as they were last read; an empty list where nobody was. */
  staff(): Promise<string> {
    return staff(this.#db);
  }

  openLeads(stages: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return openLeads(this.#db, stages);
  }

  untouched(owners: readonly string[]): Promise<number> {
    return untouched(this.#db, owners);
  }

  oddVerdicts(types: readonly string[], field: string, words: readonly string[]): Promise<readonly string[]> {
    return oddVerdicts(this.#db, types, field, words);
  }

  wakeOf(owners: readonly string[], stages: readonly string[]): Promise<void> {
    return wakeOf(this.#db, owners, stages);
  }

  askRecords(pair: string, type: string, contactIds: readonly string[]): Promise<void> {
    return askRecords(this.#db, pair, type, contactIds);
  }

  dueDetails(limit: number): Promise<readonly DueDetails[]> {
    return dueDetails(this.#db, limit);
  }

  saveDetails(answered: readonly AnsweredDetails[]): Promise<void> {
    return saveDetails(this.#db, answered);
  }

  putOffDetails(journeyIds: readonly string[], dueMs: number | null): Promise<void> {
    return putOffDetails(this.#db, journeyIds, dueMs);
  }

  activitiesAmong(
    wanted: readonly { readonly journeyId: string; readonly key: string }[],
  ): Promise<ActivitiesByJourney> {
    return activitiesAmong(this.#db, wanted);
  }

  history(journeyIds: readonly string[]): Promise<ActivitiesByJourney> {
    return history(this.#db, journeyIds);
  }

  noteFeedback(rows: readonly FeedbackRow[]): Promise<void> {
    return noteFeedback(this.#db, rows);
  }

  feedback(journeyIds: readonly string[]): Promise<ReadonlyMap<string, readonly FeedbackRow[]>> {
    return feedback(this.#db, journeyIds);
  }

  recount(): Promise<Recount | null> {
    return recount(this.#db);
  }

  saveRecount(
    at: Recount,
    saves: readonly { readonly row: JourneyRow; readonly looksAgain: boolean }[],
  ): Promise<void> {
    return saveRecount(this.#db, at, saves);
  }

  journeysAfter(after: string | null, limit: number): Promise<readonly JourneyRow[]> {
    return journeysAfter(this.#db, after, limit);
  }

  wakeObserved(what: 'observed' | 'observed-return'): Promise<void> {
    return wakeObserved(this.#db, what);
  }

  firstStart(
    pair: string,
    caps: Readonly<Record<FirstStartKind, number>>,
  ): Promise<readonly FirstStartStep[]> {
    return firstStart(this.#db, pair, caps);
  }

  holdStages(steps: StagesBack, perDay: number): Promise<ReadonlySet<string>> {
    return holdStages(this.#db, steps, perDay);
  }

  stagesMoved(journeyIds: readonly string[]): Promise<void> {
    return stagesMoved(this.#db, journeyIds);
  }

  /** How many the first start let go, and holds back. */
  firstStartCounts(): Promise<FirstStartCounts> {
    return firstStartCounts(this.#db);
  }

  /** Orders that are not carried out. */
  openOrders(): Promise<readonly OpenOrder[]> {
    return openOrders(this.#db);
  }

  /** Who is ready and held back by the first start, those who waited longest first. */
  heldHandOffs(pair: string): Promise<readonly HeldHandOffRow[]> {
    return heldHandOffs(this.#db, pair);
  }

  /** People of marketing whom a day brings forward or keeps: the rep's own, a hold, a cool-down of who is ready; those whose day comes first before the others. */
  waiting(pair: string): Promise<readonly WaitingRow[]> {
    return waiting(this.#db, pair);
  }

  noteDealContent(notes: readonly ContentNote[]): Promise<void> {
    return noteDealContent(this.#db, notes);
  }

  contentDeals(dealIds: readonly string[]): Promise<readonly ContentDealRow[]> {
    return contentDeals(this.#db, dealIds);
  }

  lookAtDeals(dealIds: readonly string[]): Promise<void> {
    return lookAtDeals(this.#db, dealIds);
  }

  noteStaleDeals(dealIds: readonly string[]): Promise<void> {
    return noteStaleDeals(this.#db, dealIds);
  }

  renewContent(key: string, limit: number): Promise<number> {
    return renewContent(this.#db, key, limit);
  }

  /** What was recommended for these journeys, oldest first. */
  recommendedOf(journeyIds: readonly string[]): Promise<readonly RecommendedRow[]> {
    return recommendedOf(this.#db, journeyIds);
  }

  /** What was recommended since a moment, oldest first. */
  recommendedSince(since: number): Promise<readonly RecommendedRow[]> {
    return recommendedSince(this.#db, since);
  }

  /** What people did since then that may be that they have a piece. */
  contentReads(
    since: number,
    of: { readonly paths: readonly string[]; readonly forms: readonly string[] },
  ): Promise<readonly ContentReadRow[]> {
    return contentReads(this.#db, since, of);
  }

  /** What reps say of content since then, by record, as it stands. */
  contentFeedback(since: number): ReturnType<typeof contentFeedback> {
    return contentFeedback(this.#db, since);
  }

  isBusy(waits?: Waits): Promise<boolean> {
    return isBusy(this.#db, waits);
  }

  obstacles(pair: string, type: string, contactIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return obstacles(this.#db, pair, type, contactIds);
  }
}
