import type { Erasure } from '../../model/erasure.ts';
import type { Pause } from '../../model/pause.ts';
import type { ObjectDescription } from '../../model/record.ts';
import type { DirtyMark, LedgerEntry, Review } from '../../model/state.ts';
import type { RecordRef, Sides, System } from '../../model/system.ts';
import { type AnyHeldRow, heldChanges, releaseHeld } from '../breakers.ts';
import { decideNew, type Lifting } from '../decisions.ts';
import { isOfficeHeld } from '../election.ts';
import type { ErasedCounts } from '../erasure/erase.ts';
import type { Db } from '../transaction.ts';
import { type GoneWorker, goneWorker, livingWorkers, type WorkerRow } from '../workers.ts';
import { keepAccount } from './accounts.ts';
import {
  type Alert,
  type AlertProblem,
  type AlertTiming,
  alertTold,
  noteProblems,
  takeAlert,
} from './alerts.ts';
import { eraseByHand } from './erase.ts';
import { linksHolding, type RecordLife, recordLife } from './life.ts';
import { type Lift, type Lifted, lift } from './lift.ts';
import { type LookGaps, lookAtAllLinks, saveSchema, storedSchema, takeSchemaLook } from './object-schemas.ts';
import {
  discardParked,
  lookAtStranded,
  type ParkedFilter,
  type ParkedItem,
  parkedItems,
  retryParkedRows,
  takeBeside,
} from './parked-rows.ts';
import { newestFence, pause, pauses, resume, type Waiting, waiting, workedUnder } from './pauses.ts';
import { noteRestored } from './restored.ts';
import { leaveReviews } from './reviews.ts';
import { lastVerified, noteVerified, type Verified } from './verified.ts';

/** What a person's commands ask of the store. */
export interface OperatorStore {
  pauses(): Promise<readonly Pause[]>;
  pause(pause: Omit<Pause, 'since'>): Promise<void>;
  /** Ends pauses of one kind and makes what they held due; answers the scopes that were paused. */
  resume(scopes: readonly string[], by: Pause['by']): Promise<readonly string[]>;
  /** Records that wait, by pair and system. */
  waiting(): Promise<readonly Waiting[]>;
  newestFence(): Promise<number>;
  /** Units of these pairs that are worked on under a lease no newer than the fence. */
  workedUnder(pairs: readonly string[], fence: number): Promise<number>;
  /** Whether some process holds an office (`schedule`, `lifecycle`) now. */
  isOfficeHeld(office: string): Promise<boolean>;
  /** The workers that run now. */
  workers(): Promise<readonly WorkerRow[]>;
  /** The last worker that was to stay and lives no more; null where another came after it. */
  goneWorker(): Promise<GoneWorker | null>;
  parkedItems(filter: ParkedFilter, limit: number): Promise<readonly ParkedItem[]>;
  /** Sends refused values once more; answers how many units. */
  retryParked(filter: ParkedFilter, cause: string, workClass?: 'live' | 'sweep'): Promise<number>;
  /** Takes values of a lower source that are kept beside; answers how many. */
  takeBeside(filter: ParkedFilter, cause: string): Promise<number>;
  /** Gives refused values up; answers how many. */
  discardParked(filter: ParkedFilter): Promise<number>;
  /** Whether this process is to look at an object's schema now. */
  takeSchemaLook(system: System, type: string, gaps: LookGaps): Promise<boolean>;
  storedSchema(system: System, type: string): Promise<ObjectDescription | null>;
  saveSchema(system: System, description: ObjectDescription, fingerprint: string): Promise<void>;
  lookAtAllLinks(pair: string, type: string, cause: string): Promise<number>;
  lookAtStranded(pair: string, limit: number, cause: string): Promise<number>;
  /** Which problems there are now, for alerts. */
  noteProblems(
    problems: readonly (AlertProblem & { readonly key: string })[],
    timing: AlertTiming,
  ): Promise<void>;
  /** The next change of state that nobody has told yet. */
  takeAlert(timing: AlertTiming): Promise<Alert | null>;
  alertTold(alert: Alert): Promise<void>;
  /** A person lets records be; answers how many questions that were. */
  leaveReviews(units: readonly string[]): Promise<number>;
  /** A person says that the record of a question is somebody new: kept, and looked at. */
  decideNew(review: Review, lifting: Lifting, mark: DirtyMark): Promise<void>;
  /** Keeps what a comparison of both systems found. */
  noteVerified(found: Omit<Verified, 'at'>): Promise<void>;
  /** The account whose records the store knows: this one, where it knows none yet. */
  keepAccount(system: System, account: string): Promise<string>;
  lastVerified(pairs: readonly string[]): Promise<readonly Verified[]>;
  /** Mass changes and first starts that wait for a word, the oldest first. */
  heldChanges(): Promise<readonly AnyHeldRow[]>;
  /** Lets one go; null where there is none with this id. */
  releaseHeld(id: string): Promise<AnyHeldRow | null>;
  life(refs: readonly RecordRef[]): Promise<RecordLife>;
  /** Erases a person in a pair; with `rehearse` only counts. */
  erase(pair: string, erasure: Erasure, rehearse: boolean): Promise<ErasedCounts>;
  /** Tells of a value that a person put back, and has its record looked at. */
  noteRestored(entry: LedgerEntry, linkId: string): Promise<void>;
  /** Lifts tombstones at a person's word. */
  lift(asked: Lift): Promise<Lifted>;
  /** Links whose base holds this value, for when no system can be asked; `ended`: tombstones, too. */
  linksHolding(
    value: string,
    ended?: boolean,
  ): Promise<readonly { readonly pair: string; readonly ids: Sides<string> }[]>;
}

export const makeOperatorStore = (db: Db): OperatorStore => ({
  pauses: () => pauses(db),
  pause: (each) => pause(db, each),
  resume: (scopes, by) => resume(db, scopes, by),
  waiting: () => waiting(db),
  newestFence: () => newestFence(db),
  workedUnder: (pairs, fence) => workedUnder(db, pairs, fence),
  isOfficeHeld: async (office) => isOfficeHeld(db, office),
  workers: () => livingWorkers(db),
  goneWorker: () => goneWorker(db),
  parkedItems: (filter, limit) => parkedItems(db, filter, limit),
  retryParked: (filter, cause, workClass) => retryParkedRows(db, filter, cause, workClass),
  takeBeside: (filter, cause) => takeBeside(db, filter, cause),
  discardParked: (filter) => discardParked(db, filter),
  takeSchemaLook: (system, type, gaps) => takeSchemaLook(db, system, type, gaps),
  storedSchema: (system, type) => storedSchema(db, system, type),
  saveSchema: (system, description, fingerprint) => saveSchema(db, system, description, fingerprint),
  lookAtAllLinks: (pair, type, cause) => lookAtAllLinks(db, pair, type, cause),
  lookAtStranded: (pair, limit, cause) => lookAtStranded(db, pair, limit, cause),
  noteProblems: (problems, timing) => noteProblems(db, problems, timing),
  takeAlert: (timing) => takeAlert(db, timing),
  alertTold: (alert) => alertTold(db, alert),
  noteRestored: (entry, linkId) => noteRestored(db, entry, linkId),
  leaveReviews: (units) => leaveReviews(db, units),
  decideNew: (review, lifting, mark) => decideNew(db, review, lifting, mark),
  noteVerified: (found) => noteVerified(db, found),
  keepAccount: (system, account) => keepAccount(db, system, account),
  lastVerified: (pairs) => lastVerified(db, pairs),
  heldChanges: () => heldChanges(db),
  releaseHeld: (id) => releaseHeld(db, id),
  life: (refs) => recordLife(db, refs),
  lift: (asked) => lift(db, asked),
  erase: (pair, erasure, rehearse) => eraseByHand(db, pair, erasure, rehearse),
  linksHolding: (value, ended) => linksHolding(db, value, ended),
});
