import type { RecordRef } from './system.ts';

/**
 * What became of a record, as the system itself says when it is asked by id.
 * - alive: it can be read and written
 * - deleted: in the recycle bin, from which it comes back under the same id (Salesforce)
 * - archived: archived, from where it comes back under the same id (HubSpot)
 * - mergedInto: it lives on as record `id` of the same type, the survivor at the end of the chain; `id` may have a fate of its own
 * - convertedTo: a lead that became a record of another type (its contact), and what else was made or used with it
 * - erased: the system says that it was there and cannot come back
 * - unknown: the system shows nothing: it never was, was purged long ago, or we have lost access. No proof of deletion
 */
export type Fate =
  | { readonly kind: 'alive' }
  | { readonly kind: 'deleted' }
  | { readonly kind: 'archived' }
  | { readonly kind: 'mergedInto'; readonly id: string }
  | {
      readonly kind: 'convertedTo';
      readonly type: string;
      readonly id: string;
      readonly others: readonly RecordRef[];
    }
  | { readonly kind: 'erased' }
  | { readonly kind: 'unknown' };
