import type { WorkClass } from './budget.ts';
import type { Erasure } from './erasure.ts';
import type { Failure } from './failure.ts';
import type { ChangeCursor, ValueSource } from './record.ts';
import type { RecordRef, Sides, System } from './system.ts';
import type { RawValue } from './value.ts';

/**
 * What both systems held, field by field, when they were last settled, as the APIs gave it. Keyed by the mapping's field
 * name; a field that is not there has no base yet (which is not an empty base). The canonical half is decoded anew when
 * it is needed, so that a corrected codec applies to the past as well.
 */
export type Base = Readonly<Record<string, BaseEntry>>;

/** A field's pair, and what is remembered of Tandem's own last write of it. */
export interface BaseEntry extends Sides<RawValue> {
  readonly wrote?: LastWrite;
  readonly late?: LateWrite;
}

/** A value that was sent with an outcome that nobody knew: it may still come, over whatever stands there then. */
export interface LateWrite {
  readonly to: System;
  readonly sent: RawValue;
  /** Absent of writes of earlier versions, and of creates. */
  readonly read?: ReadBefore;
  /** It puts back somebody's edit, over a value of ours: where it comes over that one after all, it is what the person wanted. */
  readonly restores?: true;
}

/** What is remembered of a write while it may still come. */
export const lateWriteOf = (
  to: System,
  { sent, read, restores }: Pick<FieldWrite, 'sent' | 'read' | 'restores'>,
): LateWrite => ({
  to,
  sent,
  ...(read ? { read } : {}),
  ...(restores ? { restores } : {}),
});

/** The last write of a field: by it a silent refusal and a field that keeps flipping are recognised. */
export interface LastWrite {
  readonly to: System;
  /** What it replaced there. */
  readonly over: RawValue;
  /** How often in a row a write took back what the write before had replaced. */
  readonly flips: number;
  /** When the row of flips began, the vendor's milliseconds; 0 where there is none. */
  readonly since: number;
  /** It was seen to stand there afterwards: what is there later is somebody's edit, and no silent refusal. */
  readonly kept?: true;
  /** Absent where somebody has changed the field since, and of writes of earlier versions. */
  readonly read?: ReadBefore;
}

/** The read of its target that a write was decided from: what is changed after it, the write comes over without having seen it. */
export interface ReadBefore {
  /** The record's stamp, milliseconds. */
  readonly stamp: number;
  /** When the answer arrived, milliseconds, the worker's clock. */
  readonly at: number;
}

/** A Salesforce record that follows a link's primary one: an older lead, a duplicate. */
export interface Follower {
  readonly type: string;
  readonly id: string;
  /** Its identity field says `HUBSPOTID.number`; a number is never given twice within a link. */
  readonly number: number;
  /** It came by an identity event: the next look says which of the link's records is the primary one. */
  readonly unweighed?: boolean;
}

/** Ties one HubSpot record to one primary Salesforce record and any number of followers. An ended link is a tombstone: its records are not created again. */
export interface Link {
  readonly id: string;
  readonly pair: string;
  readonly ids: Sides<string>;
  /** The objects of both records by the API's names; a link from before they were kept has none: they are the pair's own. */
  readonly types?: Sides<string>;
  /** Other Salesforce records of the same one: they get identity, consent and erasure, and no field. */
  readonly followers?: readonly Follower[];
  /** Moves with every settle; a plan made against an older version is discarded. */
  readonly version: number;
  readonly base: Base;
  /** Highest stamp seen on each side, write answers included, milliseconds; a read below it is stale. 0: none yet. */
  readonly stamps: Sides<number>;
  readonly ended: { readonly cause: string; readonly at: number } | null;
}

/** What a live signal said of one field: when it was changed, the vendor's milliseconds, and by whom where it said so. */
export interface ToldChange extends Partial<ValueSource> {
  readonly at: number;
  /**
   * What somebody else than Tandem entered, where no history is sure to tell it later (Salesforce). It says what a write of ours may have
   * come over (sync/crossed.ts), and never feeds a merge where a read shows another.
   */
  readonly value?: RawValue;
}

/** Changes that live signals told of, by API name of the field. */
export type ToldChanges = Readonly<Record<string, ToldChange>>;

/** A signal that ended up as work: look at this record. Says nothing about what changed. */
export interface DirtyMark {
  readonly pair: string;
  readonly ref: RecordRef;
  readonly class: WorkClass;
  /** The vendor's stamp that the signal carried: a read below it is stale. Null where it carried none. */
  readonly stamp: number | null;
  readonly cause: string;
  /** The system told that the record was erased; a row that was told so once stays so, whatever else is told. */
  readonly erased?: true;
  /** A clock for `newest`, sources for ranks, and what a write of ours may have come over. */
  readonly changed?: ToldChanges;
}

/** A record that refers to another of a pair in which that one has no link yet: it is looked at again when the link begins. */
export interface AwaitedLink {
  readonly pair: string;
  readonly ref: RecordRef;
  /** The pair referred to, and the record's id there, in the same system. */
  readonly of: string;
  readonly id: string;
  /** Salesforce's object that the link must lead to (a contact, where it may lead to a lead yet); absent: any. */
  readonly toType?: string;
}

/**
 * Why a look had no end: the read was older than what was seen of the record, the record was not shown, a write was refused for a reason that may pass,
 * or what became of a write is not known.
 */
export interface Waits {
  readonly kind: 'stale' | 'missing' | 'refused' | 'unknown';
  readonly system: System;
  /** The vendor's, of a refusal. */
  readonly code?: string;
}

/** As it is kept: `stale hubspot`, `refused salesforce UNABLE_TO_LOCK_ROW`. */
export const formatWaits = ({ kind, system, code }: Waits): string =>
  [kind, system, ...(code === undefined ? [] : [code])].join(' ');

/** A mark as it stands in the store. */
export interface DirtyRow extends DirtyMark {
  /** Counts the signals; the row is deleted only at the version that was claimed. */
  readonly version: number;
  /** When the oldest unanswered signal came, milliseconds, the store's clock. */
  readonly since: number;
  /** How often it was looked at without an end: stale reads, unknown outcomes, refusals that a retry can help. */
  readonly attempts: number;
}

/** One field of a write: what is sent, what stood there when it was read, and what on the other side it was computed from. */
export interface FieldWrite {
  /** The mapping's field name, or `identity` for the field that holds the other side's id. */
  readonly field: string;
  readonly apiField: string;
  readonly sent: RawValue;
  readonly replaced: RawValue;
  readonly source: RawValue;
  /** Which rule decided: `changed-there`, `fill`, `first:newest`, `conflict:newest` … */
  readonly rule: string;
  /** Which clock decided, where one did. */
  readonly clock: string | null;
  /** The value of the target that lost a conflict, so that it can be restored; null where nothing was lost. */
  readonly lost: RawValue;
  /** Puts back what a write of ours had come over: the base knows nothing of either, but for what it `leaves`. */
  readonly restores?: true;
  /** The base that a putting back leaves, over which the edit is a change as it was before our write. */
  readonly leaves?: Sides<RawValue>;
  /** Absent of creates. */
  readonly read?: ReadBefore;
  /** How often in a row this field has been flipped, this write included, and since when; absent where it is no flip. */
  readonly flips?: { readonly count: number; readonly since: number };
}

/** A write that is about to be made, kept before the call; at most one open per (unit, system). */
export interface NewIntent {
  /** Chosen by the engine (UUID), so that it can go to the vendor as the row's key. */
  readonly id: string;
  readonly pair: string;
  readonly unit: string;
  readonly linkId: string | null;
  /** The link's version that the plan was made against; null for a unit without link. */
  readonly linkVersion: number | null;
  readonly op: 'update' | 'create';
  /** Where it goes. For a create `id` is empty and the identity value is the source record's id. */
  readonly target: RecordRef;
  /** The record on the other side that it was computed from. */
  readonly source: RecordRef;
  readonly writes: readonly FieldWrite[];
  readonly cause: string;
}

export interface Intent extends NewIntent {
  /** Milliseconds, the store's clock. Until then a request may still be under way, even if its process is dead. */
  readonly deadline: number;
}

/** A permanent refusal: the field (or, with `field` null, the whole record) waits until something about it changes. */
export interface Parked {
  readonly pair: string;
  readonly unit: string;
  /** The system that refuses. */
  readonly system: System;
  readonly ref: RecordRef;
  readonly field: string | null;
  readonly failure: Failure;
  /** What the person who reads it should do. */
  readonly next: string;
  /** Digest of the refused value and mapping: the same value is not tried again, another is. Never the value itself. */
  readonly refused: string;
  readonly since: number;
}

/** A question for a person: more than one candidate, or one that is taken. */
export interface Review {
  readonly pair: string;
  readonly unit: string;
  readonly ref: RecordRef;
  readonly cause: string;
  readonly candidates: readonly RecordRef[];
  readonly since: number;
}

/** One line of the ledger: a field written, or a record created (`field` null, `to` holds all fields), linked or unlinked. */
export interface LedgerEntry {
  readonly pair: string;
  readonly event: 'write' | 'create' | 'link' | 'end' | 'kept' | 'scope';
  readonly target: RecordRef;
  readonly field: string | null;
  readonly from: RawValue;
  readonly to: RawValue | Readonly<Record<string, RawValue>>;
  readonly cause: string;
  readonly rule: string;
  readonly clock: string | null;
  readonly lost: RawValue;
  /** When the change was made at its source, the vendor's stamp; null where unknown. With the entry's own time it gives the latency. */
  readonly changedAt: number | null;
}

/** A unit of work: a link, or a record that has none, leased to this worker. */
export interface ClaimedUnit {
  /** `link:ID`, or the record in the form of formatRef. */
  readonly key: string;
  /** The lease's fence: what is written under an older one is refused. */
  readonly fence: number;
  readonly link: Link | null;
  /** One row, or two where both sides of the link are dirty. */
  readonly dirty: readonly DirtyRow[];
  /** Intents whose outcome is not known: looked at before anything else. */
  readonly intents: readonly Intent[];
  readonly parked: readonly Parked[];
}

/**
 * What became of one unit; applied whole or not at all, and only under the unit's fence. What a unit without link says for good (answered
 * rows, something parked, a question) is refused once its record is in a live link: it is looked at again as that link.
 */
export interface UnitSettlement {
  readonly unit: Pick<ClaimedUnit, 'key' | 'fence'>;
  readonly pair: string;
  /** A link that begins. Refused (unit not settled) when one of its records already has a live link. */
  readonly begin?: {
    readonly ids: Sides<string>;
    readonly types?: Sides<string>;
    readonly base: Base;
    readonly stamps: Sides<number>;
    readonly followers?: readonly Follower[];
  };
  /** A link whose base moves: fields given replace their pair, others stay; `stamps` only ever rise. */
  readonly move?: {
    readonly linkId: string;
    readonly version: number;
    readonly base: Base;
    readonly stamps: Partial<Sides<number>>;
    /** The link's followers were weighed against its primary record. */
    readonly weighed?: boolean;
    /**
     * The link goes to another Salesforce record (conversion, merge): its stamp starts anew, and the record that it leaves is a follower
     * from now on where `follows` gives it a number. `fresh`: the base is that of the move alone, for the values are another record's.
     * Refused when the record is in another live link.
     */
    readonly to?: {
      readonly ref: RecordRef;
      readonly stamp: number;
      readonly follows: number | null;
      readonly fresh?: boolean;
    };
  };
  /** Records that become followers of a live link of another unit, at the version that was seen; they are weighed with its next look. */
  readonly follow?: {
    readonly linkId: string;
    readonly version: number;
    readonly followers: readonly Follower[];
  };
  /** A follower that follows no more. */
  readonly unfollow?: { readonly linkId: string; readonly id: string };
  readonly end?: { readonly linkId: string; readonly cause: string };
  /** Somebody who is erased: links end before, and what the settlement itself writes of the person holds no value. */
  readonly erase?: Erasure;
  readonly closedIntents: readonly string[];
  readonly ledger: readonly LedgerEntry[];
  /** Records to look at next: what became of this unit concerns them. */
  readonly mark?: readonly DirtyMark[];
  /** Dirty rows that are answered: deleted only if their version is still this one. */
  readonly clean: readonly { readonly ref: RecordRef; readonly version: number }[];
  /** Dirty rows to look at again after so long; `attempts` rises by one. Held ones are due at once when a pause ends. */
  readonly again: readonly {
    readonly ref: RecordRef;
    readonly dueMs: number;
    readonly held?: boolean;
    /** Why, as text ({@link Waits}); null or absent: nothing that a person could do something about is known. */
    readonly waits?: string | null;
  }[];
  readonly park: readonly Omit<Parked, 'since'>[];
  /** Fields (null: the record) of this unit that are no longer parked. */
  readonly unpark: readonly { readonly system: System; readonly field: string | null }[];
  readonly review?: Omit<Review, 'since'> | null;
}

/** Which fields of a Salesforce object a mapping's fields are, by the names that key the base. */
export interface MappedForm {
  /** The Salesforce object. */
  readonly type: string;
  /** Whether links of before objects were kept are of it. */
  readonly isOwn: boolean;
  readonly fields: readonly { readonly field: string; readonly api: string }[];
}

/** A field whose base was of another field of Salesforce, and is forgotten. */
export interface ForgottenField {
  readonly type: string;
  readonly field: string;
  /** Links that had a base of one of the fields that were forgotten of this object. */
  readonly links: number;
}

/** How far the first alignment of a pair has come. */
export interface Alignment {
  readonly pair: string;
  /** The mapping it was made with; another mapping starts it anew. */
  readonly mappingHash: string;
  /** Where each listing stands: the id read last, null before the first page. */
  readonly after: Sides<string | null>;
  readonly listed: Sides<number>;
  readonly done: Sides<boolean>;
  /** The listing of converted records, where the pair has any. */
  readonly converted?: { readonly after: string | null; readonly listed: number; readonly done: boolean };
}

/** Where a reader of changes stands, by pair and system. */
export interface StoredCursor {
  readonly pair: string;
  readonly system: System;
  readonly cursor: ChangeCursor;
}

/** Something that keeps work from flowing, for `status`: what, since when, whose fault and what to press. */
export interface Problem {
  /** One problem per key: `hubspot:unavailable`. */
  readonly key: string;
  readonly what: string;
  readonly cause: string;
  readonly fault: 'hubspot' | 'salesforce' | 'tandem' | 'config' | 'data' | 'credentials';
  readonly next: string;
  readonly since: number;
}

/** Which problems end with the one that is cleared: those whose keys begin with its own and a colon, and that nobody raised for so long. */
export interface ClearedBelow {
  readonly untoldForMs: number;
}

/** Counts that decide whether there is work, and what `status` shows. */
export interface Backlog {
  readonly dirty: number;
  /** Dirty rows that are due now and whose unit is not leased. */
  readonly due: number;
  /** Age of the oldest dirty row, milliseconds; null when nothing is dirty. */
  readonly oldestMs: number | null;
  /** Dirty rows that were looked at and wait for the end of a pause. */
  readonly held: number;
  readonly openIntents: number;
  readonly leased: number;
  readonly parked: number;
  readonly reviews: number;
  readonly links: number;
}

/** What a worker asks before each batch. Counted no further than asked for, so that it costs the same however much waits. */
export interface Workload {
  /** Dirty rows, less those that a pause or a person's word holds back: nothing becomes of these by itself. */
  readonly dirty: number;
  /** Dirty rows that are due now, those of leased units for which a signal came meanwhile among them. */
  readonly due: number;
  /** Units that somebody works on. */
  readonly leased: number;
  /** The strongest class among the due rows; null when none is due. */
  readonly strongest: WorkClass | null;
}

/** What can account for a difference between two systems: it waits, it is asked, it was refused. */
export interface Standing {
  readonly dirty: boolean;
  readonly review: string | null;
  readonly parked: readonly {
    readonly system: System;
    readonly field: string | null;
    readonly code: string;
  }[];
}
