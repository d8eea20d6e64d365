import type { WorkClass } from '../model/budget.ts';
import type { BreakerLimits } from '../model/mapping.ts';
import type { Pause } from '../model/pause.ts';
import type { ChangeCursor } from '../model/record.ts';
import type {
  Alignment,
  AwaitedLink,
  Backlog,
  ClaimedUnit,
  ClearedBelow,
  DirtyMark,
  ForgottenField,
  Intent,
  Link,
  MappedForm,
  NewIntent,
  Parked,
  Problem,
  UnitSettlement,
  Workload,
} from '../model/state.ts';
import type { RecordRef, System } from '../model/system.ts';
import { awaitLinks, wakeAwaited } from './awaited.ts';
import { backlog, workload } from './backlog.ts';
import { type HeldRow, type MassChangeRow, noteChanges } from './breakers.ts';
import { claim } from './claim.ts';
import { decidedNew } from './decisions.ts';
import { dirtyAmong } from './dirty-rows.ts';
import { keptAfter, keptCount } from './erasure/kept-records.ts';
import { erasedAmong } from './erasure/tombstones.ts';
import { openIntents, openIntentsFrom } from './intents.ts';
import { type KeyRequest, lockKeys } from './key-locks.ts';
import { breakLeasesOfDead, type FencedUnit, release } from './leases.ts';
import { handedAmong } from './lifecycle/records.ts';
import { linksAfter, linksOf, liveLinks, noteKept } from './links.ts';
import { adoptFields } from './mapped-fields.ts';
import { pauses } from './operator/pauses.ts';
import { parkedOfUnits, retryParked } from './parked.ts';
import { clearProblem, raiseProblem } from './problems.ts';
import { type SettleResult, settle } from './settle/settle.ts';
import { alignedAt, alignments, commitSignals, cursor, type Position } from './signals.ts';
import { type Db, inTransaction } from './transaction.ts';

/**
 * What the engine asks of the store (sync/ports.ts, EngineStore, has the contract), in Postgres. Each method is one transaction
 * that a death at any moment leaves undone or done, and rejects with UnreachableError while the database is away.
 */
export class PostgresEngineStore {
  readonly #db: Db;
  readonly #onDefect: (unit: string, error: unknown) => void;

  constructor(db: Db, onDefect: (unit: string, error: unknown) => void) {
    this.#db = db;
    this.#onDefect = onDefect;
  }

  noteKept(links: readonly Pick<Link, 'id' | 'version' | 'base' | 'stamps'>[]): Promise<void> {
    return noteKept(this.#db, links);
  }

  linksOf(pair: string, system: System, ids: readonly string[]): Promise<ReadonlyMap<string, Link>> {
    return linksOf(this.#db, pair, system, ids);
  }

  linksAfter(pair: string, after: string, limit: number): Promise<readonly Link[]> {
    return linksAfter(this.#db, pair, after, limit);
  }

  links(ids: readonly string[]): Promise<ReadonlyMap<string, Link>> {
    return liveLinks(this.#db, ids);
  }

  parkedOf(pair: string, units: readonly string[]): Promise<ReadonlyMap<string, readonly Parked[]>> {
    return inTransaction(this.#db, (tx) => parkedOfUnits(tx, pair, units));
  }

  commitSignals(marks: readonly DirtyMark[], position?: Position): Promise<void> {
    return commitSignals(this.#db, marks, position);
  }

  cursor(pair: string, system: System, type?: string): Promise<ChangeCursor | null> {
    return cursor(this.#db, pair, system, type);
  }

  async alignment(pair: string): Promise<Alignment | null> {
    return (await alignments(this.#db, pair))[0] ?? null;
  }

  adoptFields(pair: string, forms: readonly MappedForm[]): Promise<readonly ForgottenField[]> {
    return adoptFields(this.#db, pair, forms);
  }

  claim(
    pair: string,
    holder: string,
    limit: number,
    leaseMs: number,
    only?: readonly string[],
    weakest?: WorkClass,
  ): Promise<readonly ClaimedUnit[]> {
    return claim(this.#db, pair, holder, limit, leaseMs, only, weakest);
  }

  /** Keys live and die with the unit's lease, so that no time of their own is needed. Answers `grantedKey` of each request. */
  lockKeys(holder: string, entries: readonly KeyRequest[], _leaseMs: number): Promise<ReadonlySet<string>> {
    return lockKeys(this.#db, holder, entries);
  }

  erasedAmong(names: readonly string[]): Promise<ReadonlySet<string>> {
    return inTransaction(this.#db, (tx) => erasedAmong(tx, names));
  }

  decidedNew(
    pair: string,
    system: System,
    ids: readonly string[],
  ): Promise<ReadonlyMap<string, readonly RecordRef[]>> {
    return decidedNew(this.#db, pair, system, ids);
  }

  handedAmong(contactIds: readonly string[]): Promise<ReadonlySet<string>> {
    return handedAmong(this.#db, contactIds);
  }

  dirtyAmong(pair: string, system: System, ids: readonly string[]): Promise<ReadonlySet<string>> {
    return dirtyAmong(this.#db, pair, system, ids);
  }

  openIntents(
    intents: readonly NewIntent[],
    fences: ReadonlyMap<string, number>,
    deadlineMs: number,
    marginMs: number,
  ): Promise<ReadonlySet<string>> {
    return openIntents(this.#db, intents, fences, deadlineMs, marginMs);
  }

  openIntentsFrom(
    pair: string,
    system: System,
    ids: readonly string[],
  ): Promise<ReadonlyMap<string, { readonly intents: readonly Intent[]; readonly waitMs: number }>> {
    return openIntentsFrom(this.#db, pair, system, ids);
  }

  settle(settlements: readonly UnitSettlement[]): Promise<SettleResult> {
    return settle(this.#db, settlements, { keep: false, onDefect: this.#onDefect });
  }

  settleAndKeep(settlements: readonly UnitSettlement[]): Promise<SettleResult> {
    return settle(this.#db, settlements, { keep: true, onDefect: this.#onDefect });
  }

  release(units: readonly FencedUnit[], dueMs: number): Promise<void> {
    return release(this.#db, units, dueMs);
  }

  breakLeasesOfDead(): Promise<number> {
    return breakLeasesOfDead(this.#db);
  }

  pauses(): Promise<readonly Pause[]> {
    return pauses(this.#db);
  }

  /** The mass-change breaker's count; BreakerStore in sync/breakers has the contract. */
  noteChanges(
    pair: string,
    changes: readonly MassChangeRow[],
    limits: BreakerLimits['mass'],
  ): Promise<{ readonly open: readonly HeldRow[]; readonly begun: readonly HeldRow[] }> {
    return noteChanges(this.#db, pair, changes, limits);
  }

  alignedAt(pair: string): Promise<number | null> {
    return alignedAt(this.#db, pair);
  }

  awaitLinks(awaited: readonly AwaitedLink[], whole?: readonly RecordRef[]): Promise<void> {
    return awaitLinks(this.#db, awaited, whole);
  }

  keptAfter(pair: string, type: string, after: string, limit: number): Promise<readonly string[]> {
    return keptAfter(this.#db, pair, type, after, limit);
  }

  keptCount(pair: string, type: string): Promise<number> {
    return keptCount(this.#db, pair, type);
  }

  wakeAwaited(all: boolean): Promise<number> {
    return wakeAwaited(this.#db, all);
  }

  backlog(pair: string): Promise<Backlog> {
    return backlog(this.#db, pair);
  }

  workload(pair: string, upTo: number): Promise<Workload> {
    return workload(this.#db, pair, upTo);
  }

  retryParked(pair: string): Promise<number> {
    return retryParked(this.#db, pair);
  }

  raiseProblem(problem: Omit<Problem, 'since'>): Promise<void> {
    return raiseProblem(this.#db, problem);
  }

  clearProblem(key: string, below?: ClearedBelow): Promise<void> {
    return clearProblem(this.#db, key, below);
  }
}
