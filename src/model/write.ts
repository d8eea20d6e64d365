import type { Failure } from './failure.ts';
import type { RawFields } from './value.ts';

/**
 * Which of the target's duplicate rules a row passes that only warn: `save`, all of them; a list, those that take the record for nobody but
 * these records (ids), of whom a person has said that it is nobody of them. Where nothing is said, none.
 */
export type DuplicatePass = 'save' | readonly string[];

/**
 * One row of a batch of writes. `key` is the intent's id: it ties the answer to the row (HubSpot: objectWriteTraceId).
 * Updates go by id. An upsert is only for a unit that never had a link, on the identity field of the system it writes to.
 */
export type WriteRow =
  | {
      readonly op: 'update';
      readonly key: string;
      readonly id: string;
      readonly fields: RawFields;
      /** What was read there of fields that are written as a difference (ties). */
      readonly was?: RawFields;
      /** Salesforce: the org's own active assignment rule gives the record to somebody, with this write. */
      readonly assigns?: true;
      readonly duplicates?: DuplicatePass;
    }
  | {
      readonly op: 'upsert';
      readonly key: string;
      readonly identityField: string;
      readonly identityValue: string;
      readonly fields: RawFields;
      readonly duplicates?: DuplicatePass;
    };

/**
 * What became of one row.
 * - landed: the vendor said so; `stamp` where its answer carries one
 * - refused: the vendor said no; nothing of the row was executed
 * - unknown: nobody can say (time-out, cut connection, row in neither results nor errors): look before anything is sent again
 */
export type WriteOutcome =
  | { readonly kind: 'landed'; readonly id: string; readonly created: boolean; readonly stamp: number | null }
  | { readonly kind: 'refused'; readonly failure: Failure }
  | { readonly kind: 'unknown'; readonly cause: string };
