import type { Failure } from './failure.ts';
import type { RecordRef } from './system.ts';
import type { RawFields, RawValue } from './value.ts';

/** A record as it was read by id at one moment. */
export interface RecordSnapshot {
  readonly ref: RecordRef;
  readonly fields: RawFields;
  /** The vendor's own last-modified stamp, milliseconds since 1970 (Salesforce: SystemModstamp, whole seconds). */
  readonly stamp: number;
  readonly createdAt: number;
  /** True where the vendor says that the record is archived (HubSpot) or in the recycle bin (Salesforce). */
  readonly deleted: boolean;
  /** True when the last modification was made by the integration itself; null where the API does not say. */
  readonly lastModifiedByUs: boolean | null;
  /** The id of the user who made the last modification; absent where the API does not say. */
  readonly lastModifiedBy?: string;
  /** When the answer arrived here, milliseconds; a plan is not sent once its reads are older than 10 s. */
  readonly readAt: number;
}

/** A record that a listing or poll named. Its values may lag (search index): they only ever end a signal, never feed a merge. */
export interface ChangedRecord {
  readonly ref: RecordRef;
  readonly stamp: number;
  readonly deleted: boolean;
  readonly fields: RawFields;
}

/**
 * Where a reader of changes stands: the stamp and, among records with that same stamp, the id that was read last.
 * The next read starts some time before it, since rows become visible late (search index, long transactions).
 */
export interface ChangeCursor {
  readonly stamp: number;
  readonly id: string;
}

/** One page of changes; `cursor` is safe to store once the page's dirty rows are committed. */
export interface ChangePage {
  readonly records: readonly ChangedRecord[];
  readonly cursor: ChangeCursor;
  /**
   * A stamp from here on may still be given to one more change, since the vendor's stamps are coarse and that moment was not over when the
   * page was read. Absent: stamps are fine enough to tell any two changes apart.
   */
  readonly openFrom?: number;
}

/** One page of a full listing; `after` continues it, null at the end. */
export interface ListPage {
  readonly records: readonly ChangedRecord[];
  readonly after: string | null;
}

/** Who or what entered a value. */
export interface ValueSource {
  /** The vendor's own word: CRM_UI, INTEGRATION, IMPORT, FORM …; Salesforce names no way, only the user: `USER`. */
  readonly source: string;
  /** Which app, form, import or user it was, by the vendor's id, where it tells. */
  readonly sourceId?: string;
}

/** When and by whom one field got a value, from the vendor's own history. */
export interface FieldHistoryEntry extends ValueSource {
  readonly at: number;
  readonly byUs: boolean;
  /** The value that was entered, where the history tells it. */
  readonly value?: RawValue;
  /** The value that it replaced, where the history tells it. */
  readonly was?: RawValue;
}

/** What a field of an object is, as the vendor describes it. */
export interface FieldDescription {
  readonly name: string;
  readonly label: string;
  readonly type: string;
  readonly writable: boolean;
  /** Not `writable`, for nothing can be created with it, but a record that is there can be given it. */
  readonly updateOnly?: boolean;
  readonly requiredOnCreate: boolean;
  /** Longest text accepted, in characters; null where there is no limit or it is unknown. */
  readonly maxLength: number | null;
  /** The values accepted, where the field is a closed list; null otherwise. */
  readonly options: readonly string[] | null;
  /** Whether two records cannot have the same value, and one can be found by it; absent where the vendor does not say. */
  readonly unique?: boolean;
  /** Every value that the vendor lists, also where others are accepted; absent where the field is no list. */
  readonly choices?: readonly FieldChoice[];
  /** The types that the field can refer to, and the name of the relationship in queries; absent where it is no reference. */
  readonly references?: { readonly types: readonly string[]; readonly relationship: string | null };
}

/** One listed value of a field. */
export interface FieldChoice {
  readonly value: string;
  readonly label: string;
  readonly active: boolean;
  /** What a new record gets where nothing is said. */
  readonly isDefault: boolean;
}

/** A kind of record within a type, where a company distinguishes some. */
export interface RecordKind {
  /** What the record's field for it holds (Salesforce: RecordTypeId). */
  readonly id: string;
  readonly name: string;
  readonly label: string;
  readonly active: boolean;
  readonly isDefault: boolean;
}

export interface ObjectDescription {
  readonly type: string;
  readonly fields: ReadonlyMap<string, FieldDescription>;
  /** Absent where the vendor has none; Salesforce's own master kind is left out. */
  readonly kinds?: readonly RecordKind[];
}

/** An object as it is described, or why it cannot be. */
export type Described = { readonly description: ObjectDescription } | { readonly failure: Failure };

/** Where to look for a value: a field of a type, and what to read of the records found. */
export interface FieldSearch {
  readonly type: string;
  readonly field: string;
  readonly fields: readonly string[];
}

/** Deletions that the vendor's log lists, oldest first. */
export interface DeletionPage {
  readonly records: readonly { readonly id: string; readonly at: number }[];
  /** Everything deleted up to here is in the answer, milliseconds; the next look starts here. */
  readonly covered: number;
  /** False: the log does not reach back to where the look should have started, so that deletions may be missing. */
  readonly complete: boolean;
}
