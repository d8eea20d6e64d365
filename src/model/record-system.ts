import type { CallContext } from './budget.ts';
import type { Fate } from './fate.ts';
import type {
  ChangeCursor,
  ChangePage,
  FieldHistoryEntry,
  FieldSearch,
  ListPage,
  RecordSnapshot,
} from './record.ts';
import type { System } from './system.ts';
import type { Tie, TieChange, TieOutcome } from './tie.ts';
import type { RawFields } from './value.ts';
import type { WriteOutcome, WriteRow } from './write.ts';

/** A record that `findByField` found, and the lower-cased values asked for that led to it. */
export interface FoundRecord {
  readonly record: RecordSnapshot;
  readonly matched: readonly string[];
}

/**
 * A system of records as the engine uses it. Rules:
 * - Retries and pacing are the implementation's alone: reads are retried where that can help, writes never.
 * - A call that fails as a whole rejects with CallFailed, except writeMany, which always resolves with one outcome per row.
 * - Values pass through unchanged; ids are strings (Salesforce: 18 characters), stamps milliseconds.
 */
export interface RecordSystem {
  readonly system: System;

  /**
   * Reads records by id, any number of them. An id without an entry in the answer was not found (which is not a proof of
   * deletion); archived and deleted records come with `deleted: true` when the vendor tells. The key is the id asked for;
   * `ref.id` can differ (a merged HubSpot record answers under its new id).
   */
  readMany(
    type: string,
    ids: readonly string[],
    fields: readonly string[],
    context: CallContext,
  ): Promise<ReadonlyMap<string, RecordSnapshot>>;

  /**
   * Finds records by the value of a field, case-insensitively, without a search index that lags (HubSpot: batch/read by
   * idProperty, which knows additional emails; Salesforce: SOQL through queryAll). Every match is returned, deleted ones too.
   * HubSpot has no such lookup by a property that is not unique (a company's domain): there its search answers, which lags by
   * seconds and shows live records alone.
   */
  findByField(
    type: string,
    field: string,
    values: readonly string[],
    fields: readonly string[],
    context: CallContext,
  ): Promise<readonly FoundRecord[]>;

  /**
   * `findByField` over several types at once (leads and contacts), at the price of one call for some hundred values. The same rules:
   * no search index, deleted records too. Where it is not there, `findByField` asks for each type.
   */
  findAcross?(
    searches: readonly FieldSearch[],
    values: readonly string[],
    context: CallContext,
  ): Promise<readonly FoundRecord[]>;

  /**
   * Finds records by the domain of a web address (model/domain.ts), whatever else stands in the field. `matched` are the domains. Where it is not
   * there, `findByField` finds the domain itself.
   */
  findByDomain?(
    type: string,
    field: string,
    domains: readonly string[],
    fields: readonly string[],
    context: CallContext,
  ): Promise<readonly FoundRecord[]>;

  /** Writes any number of rows in batches of the vendor's size: exactly one outcome per row, in order. Never rejects for what the vendor says. */
  writeMany(type: string, rows: readonly WriteRow[], context: CallContext): Promise<readonly WriteOutcome[]>;

  /**
   * Everything that changed at or after the cursor less `overlapMs`, oldest first, in pages. Ties in the stamp are never
   * dropped. Deleted records are included where the vendor's query shows them.
   */
  changesSince(
    type: string,
    cursor: ChangeCursor,
    overlapMs: number,
    fields: readonly string[],
    context: CallContext,
  ): AsyncIterable<ChangePage>;

  /** One page of all live records in order of id, read without an index that lags. */
  listPage(
    type: string,
    after: string | null,
    fields: readonly string[],
    context: CallContext,
  ): Promise<ListPage>;

  /** The ties of these records to records of another type; records without one are left out. */
  readTies?(
    type: string,
    ids: readonly string[],
    toType: string,
    context: CallContext,
  ): Promise<ReadonlyMap<string, readonly Tie[]>>;

  /** Begins, changes and ends ties: one outcome per change, in order. Never rejects for what the vendor says. */
  writeTies?(changes: readonly TieChange[], context: CallContext): Promise<readonly TieOutcome[]>;

  /**
   * Records whose ties to records of another type changed since then, those that ended among them, by the vendor's own stamps; `until` is
   * where the next look begins. Where it is not there, only reading the ties tells.
   */
  tiesChangedSince?(
    type: string,
    toType: string,
    since: number,
    context: CallContext,
  ): Promise<{ readonly ids: readonly string[]; readonly until: number }>;

  /**
   * Which of these types have records that changed at or after their stamps (ms), deleted ones among them: one call for several, which asks whether reading is
   * worth a call each. Where it is not there, only reading tells.
   */
  changedAmong?(
    looks: readonly { readonly type: string; readonly since: number }[],
    context: CallContext,
  ): Promise<ReadonlySet<string>>;

  /** The labels that ties of these two types can have; null where any is taken. Rejects with CallFailed where ties cannot be seen. */
  tieLabels?(type: string, toType: string, context: CallContext): Promise<readonly string[] | null>;

  /** A mapping's fields that are ties, as values of these records; only a system as an engine sees it has them. */
  readTieFields?(
    type: string,
    ids: readonly string[],
    context: CallContext,
  ): Promise<ReadonlyMap<string, RawFields>>;

  /** When and by whom these fields got their present and earlier values, newest first; empty where the vendor keeps no history. */
  history(
    type: string,
    ids: readonly string[],
    fields: readonly string[],
    context: CallContext,
  ): Promise<ReadonlyMap<string, Readonly<Record<string, readonly FieldHistoryEntry[]>>>>;

  /**
   * What became of these records, any number of them: one fate for each id asked for, under that id. A merge is followed to the
   * survivor at its end. Costs one read call per batch where all is alive.
   */
  fates(type: string, ids: readonly string[], context: CallContext): Promise<ReadonlyMap<string, Fate>>;

  /** The vendor's present time in milliseconds, from an answer's Date header; a new cursor starts here. */
  now(context: CallContext): Promise<number>;

  /** How many rows one read, one find and one write call carry, for counting calls ahead. */
  readonly batch: { readonly read: number; readonly find: number; readonly write: number };
}
