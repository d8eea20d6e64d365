import type { Reservation, WorkClass } from '../model/budget.ts';
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

/**
 * What the engine needs of its store. Postgres implements it (src/store); every method is one transaction, and time
 * is the store's own clock. Methods reject only when the store itself fails.
 */
export interface EngineStore {
  /**
   * Live and ended links of these records, by record id; a follower's link is that of its primary record. A live link wins over an
   * ended one.
   */
  linksOf(pair: string, system: System, ids: readonly string[]): Promise<ReadonlyMap<string, Link>>;

  /** Live links of a pair in the order of their HubSpot ids (as text), those behind `after` ('' is before the first), at most `limit`. */
  linksAfter(pair: string, after: string, limit: number): Promise<readonly Link[]>;

  /**
   * Ids of HubSpot records of which something of the pair is kept, in their order as text, those behind `after` ('' is before the first), at most
   * `limit`: of live links, and of contacts also of tombstones that hold values, journeys, refusals and questions.
   */
  keptAfter(pair: string, type: string, after: string, limit: number): Promise<readonly string[]>;

  /** Of about how many records `keptAfter` tells. */
  keptCount(pair: string, type: string): Promise<number>;

  /**
   * Moves these bases to what was seen of last writes, and raises the stamps to those that were seen, where a link is at its version still; the
   * version stays.
   */
  noteKept(links: readonly Pick<Link, 'id' | 'version' | 'base' | 'stamps'>[]): Promise<void>;

  /** Live links by id. */
  links(ids: readonly string[]): Promise<ReadonlyMap<string, Link>>;

  /** What is parked, by unit key. */
  parkedOf(pair: string, units: readonly string[]): Promise<ReadonlyMap<string, readonly Parked[]>>;

  /**
   * Commits dirty rows and, with them, the cursor or alignment they came from: neither without the other. A row that is
   * there gets version + 1, the stronger class, the higher stamp, and is due now.
   */
  commitSignals(
    marks: readonly DirtyMark[],
    position?:
      | {
          readonly cursor: {
            readonly pair: string;
            readonly system: System;
            readonly type?: string;
            readonly at: ChangeCursor;
          };
        }
      | { readonly alignment: Alignment },
  ): Promise<void>;

  /** Where the reader of changes stands; `type`: that of converted records, by their object. */
  cursor(pair: string, system: System, type?: string): Promise<ChangeCursor | null>;
  alignment(pair: string): Promise<Alignment | null>;

  /**
   * Notes of which fields of Salesforce a mapping's fields are. What is stored of a field that was another one until now is forgotten in all of the pair's
   * links, which is answered: it is as if it had never been seen.
   */
  adoptFields(pair: string, forms: readonly MappedForm[]): Promise<readonly ForgottenField[]>;

  /**
   * Leases up to `limit` units with due dirty rows for `leaseMs`, strongest class and oldest first. Rows of both sides of a link come
   * as one unit, with the open intents of the link and of either of its records (a create whose record was linked meanwhile).
   * Units with an open intent that has not passed its deadline are left alone. `only`: rows of records with these ids.
   * `weakest`: rows of this class and of stronger ones.
   */
  claim(
    pair: string,
    holder: string,
    limit: number,
    leaseMs: number,
    only?: readonly string[],
    weakest?: WorkClass,
  ): Promise<readonly ClaimedUnit[]>;

  /**
   * Locks match keys for unlinked units of this holder, until their units are settled or the lease ends. Answers
   * `UNIT KEY` of each entry granted; a key held by another unit, or asked for twice at once, goes to one of them.
   */
  lockKeys(
    holder: string,
    entries: readonly { readonly unit: string; readonly fence: number; readonly key: string }[],
    leaseMs: number,
  ): Promise<ReadonlySet<string>>;

  /** Which of these names (model/erasure.ts) are of somebody who was erased: nothing of theirs is taken in again. */
  erasedAmong(names: readonly string[]): Promise<ReadonlySet<string>>;

  /** Which of these records a person said to be somebody new, by id, with the candidates that were ruled out. */
  decidedNew(
    pair: string,
    system: System,
    ids: readonly string[],
  ): Promise<ReadonlyMap<string, readonly RecordRef[]>>;

  /** Which of these HubSpot contacts are to have a record in Salesforce, because they were handed to sales. */
  handedAmong?(contactIds: readonly string[]): Promise<ReadonlySet<string>>;

  /** Which of these records have a dirty row in the pair that is not held: they are looked at before long. */
  dirtyAmong?(pair: string, system: System, ids: readonly string[]): Promise<ReadonlySet<string>>;

  /**
   * Stores intents just before their call and answers the ids accepted. Refused: the lease is not ours any more or ends within
   * `marginMs`, the link's version moved, another intent of (unit, system) is open, or a signal for the target came since the claim:
   * somebody has changed what would be overwritten. The last one only within the first three looks or the first five minutes, so that a
   * record that never comes to rest is written all the same.
   */
  openIntents(
    intents: readonly NewIntent[],
    fences: ReadonlyMap<string, number>,
    deadlineMs: number,
    marginMs: number,
  ): Promise<ReadonlySet<string>>;

  /**
   * Open intents that were computed from these records, by record id; `waitMs` above 0: one of their requests may still be under
   * way for so long.
   */
  openIntentsFrom(
    pair: string,
    system: System,
    ids: readonly string[],
  ): Promise<ReadonlyMap<string, { readonly intents: readonly Intent[]; readonly waitMs: number }>>;

  /** Applies settlements, each whole or not at all, and releases their units. Answers links that began, by unit key, and the units refused. */
  settle(
    settlements: readonly UnitSettlement[],
  ): Promise<{ readonly begun: ReadonlyMap<string, Link>; readonly refused: ReadonlySet<string> }>;

  /**
   * As settle, but the units stay leased: for a link that begins and whose writes follow at once. A begun link takes over the
   * lease, the parked rows and the match-key locks of its unit: the unit's key becomes `link:ID`, the fence stays. The version of
   * the begun link is the one the next intents must name.
   */
  settleAndKeep(
    settlements: readonly UnitSettlement[],
  ): Promise<{ readonly begun: ReadonlyMap<string, Link>; readonly refused: ReadonlySet<string> }>;

  /** Gives units back untouched, due again after `dueMs`. */
  release(units: readonly Pick<ClaimedUnit, 'key' | 'fence'>[], dueMs: number): Promise<void>;

  /** Breaks the leases of workers that are gone. Their open intents keep their deadline. Answers how many. */
  breakLeasesOfDead(): Promise<number>;

  /** Everything that is paused at present. */
  pauses(): Promise<readonly Pause[]>;

  /**
   * Remembers what waits for a link of another pair; again and again is the same. `whole`: these records wait for no other link to a
   * record of a certain object than those.
   */
  awaitLinks?(awaited: readonly AwaitedLink[], whole?: readonly RecordRef[]): Promise<void>;

  /**
   * Marks dirty what waited for links that are there now, and forgets that it waited. `all`: whenever it began to wait; else what began to wait, or
   * was linked, within the last minutes. Answers how many.
   */
  wakeAwaited?(all: boolean): Promise<number>;

  backlog(pair: string): Promise<Backlog>;

  /** What waits, each number at most `upTo`: cheap however much there is. */
  workload(pair: string, upTo: number): Promise<Workload>;

  /** Marks every parked unit of the pair dirty again, because the mapping or the other side's schema changed. */
  retryParked(pair: string): Promise<number>;

  raiseProblem(problem: Omit<Problem, 'since'>): Promise<void>;
  /** `below`: parts of the problem that nobody raised lately end with it. */
  clearProblem(key: string, below?: ClearedBelow): Promise<void>;
}

/** What the engine tells of its work: log lines, counters, the story of `npm start`. Never throws, never holds values. */
export interface EngineEvents {
  emit(event: string, detail: Readonly<Record<string, string | number | boolean | null>>): void;
}

export type { RecordSystem } from '../model/record-system.ts';

/** Takes permits ahead of the calls that will use them (the budget gate of one system). */
export interface Reserve {
  reserve(calls: number, workClass: WorkClass, signal?: AbortSignal): Promise<Reservation>;
}

/** Only wakes: says that there may be due work of this pair. See design.md. */
export interface Wake {
  wake(pair: string): void;
}
