import type { Failure } from './failure.ts';
import type { RecordRef } from './system.ts';

/**
 * A tie between two records that is no field of either: a contact's part in a deal. (A lookup is a field: a contact's account in
 * Salesforce is AccountId.)
 */
export interface Tie {
  readonly from: RecordRef;
  readonly to: RecordRef;
  /** What the one is to the other, in the system's own words: a contact role, association labels. */
  readonly labels: readonly string[];
  readonly primary: boolean;
}

/**
 * A tie to begin or to change, or to end.
 * - tie: afterwards it has this label and mark, whatever it had before
 * - relabel: afterwards it is there, with the labels of `add` and without those of `remove`; any other label stays. `primary` is the mark that
 *   Salesforce has beside the label; absent: it stays
 */
export type TieChange =
  | {
      readonly op: 'tie';
      readonly from: RecordRef;
      readonly to: RecordRef;
      readonly label: string | null;
      readonly primary: boolean;
    }
  | {
      readonly op: 'relabel';
      readonly from: RecordRef;
      readonly to: RecordRef;
      readonly add: readonly string[];
      readonly remove: readonly string[];
      readonly primary?: boolean;
    }
  | { readonly op: 'untie'; readonly from: RecordRef; readonly to: RecordRef };

/** What became of one change; the same three outcomes as of a write, without a record of its own. */
export type TieOutcome =
  | { readonly kind: 'landed' }
  | { readonly kind: 'refused'; readonly failure: Failure }
  | { readonly kind: 'unknown'; readonly cause: string };
