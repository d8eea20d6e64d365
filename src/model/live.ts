import type { ValueSource } from './record.ts';
import type { DirtyMark, FieldWrite } from './state.ts';
import type { RecordRef, System } from './system.ts';
import type { RawFields } from './value.ts';

/** The ways in which a system tells of changes by itself. */
export const liveSources = ['webhooks', 'journal', 'stream'] as const;
export type LiveSource = (typeof liveSources)[number];

/** What one delivery, page or frame of a live source became; stored whole or not at all. */
export interface LiveBatch {
  readonly system: System;
  readonly source: LiveSource;
  /** Dirty rows; none where every value was known already. */
  readonly marks: readonly DirtyMark[];
  /** What the signals were about, by the API's own names: proof that this type and these fields are told of live. */
  readonly heard: readonly { readonly type: string; readonly fields: readonly string[] }[];
  /** Where the reader stands behind this batch: a journal's offset, a channel's replay id. Sources that push have none. */
  readonly position?: { readonly topic: string; readonly at: string | null };
}

/** How one live source stands for one type of record. Ages are by the store's clock. */
export interface SourceState {
  readonly system: System;
  readonly source: LiveSource;
  readonly type: string;
  /** Since the last verified signal; null: none yet. */
  readonly heardAgoMs: number | null;
  /** Since the last proof of life: a signal, a heartbeat, a look that found nothing untold. Null: none, or lost. */
  readonly aliveAgoMs: number | null;
  /** A look has found a change that it should have told, and it has said nothing since. */
  readonly missed: boolean;
}

/** A change that a look at the system itself found, and that is news to Tandem. */
export interface FoundChange {
  readonly id: string;
  readonly stamp: number;
  /** The record is linked, and no version of it as new as this one was ever read. */
  readonly unread: boolean;
}

/**
 * What happened to a record. `associated`: a tie to another record began or ended; `untold`: something, of which nothing was said.
 */
export const liveEvents = [
  'changed',
  'created',
  'deleted',
  'restored',
  'merged',
  'erased',
  'associated',
  'untold',
] as const;
export type LiveEvent = (typeof liveEvents)[number];

/** One change that a live source told of: values of the fields that changed, not the whole record. */
export interface LiveSignal {
  readonly ref: RecordRef;
  readonly event: LiveEvent;
  /**
   * The record's own stamp that a read must have reached to show this change, milliseconds; null where the vendor's time of the
   * event is no such stamp (an association does not move the record's).
   */
  readonly stamp: number | null;
  /** Values by API name as the API's reads would give them. */
  readonly fields: RawFields;
  /** When the change was made, the vendor's milliseconds, where it says so of the change and not of the record. */
  readonly changedAt?: number;
  /** Who or what made the change, where the vendor says so. */
  readonly by?: ValueSource;
  /** Tandem itself made it, as the vendor says. */
  readonly byUs?: true;
  /** Fields that changed without their value being told, by API name. */
  readonly unvalued?: readonly string[];
}

/** A write that was sent, or is about to be, and whose outcome is not settled: its own echo may be here before its answer. */
export interface WriteUnderWay {
  /** Empty for a create, whose record nobody knows yet. */
  readonly targetId: string;
  /** The record on the other side that it was computed from; the identity value of a create. */
  readonly sourceId: string;
  readonly writes: readonly Pick<FieldWrite, 'apiField' | 'sent'>[];
}
