import type { Failure } from './failure.ts';
import type { RecordRef } from './system.ts';

/** Somebody who is to be a member of a campaign in Salesforce. */
export interface CampaignMembership {
  /** The campaign's id. */
  readonly campaign: string;
  /** A lead or a contact. */
  readonly person: RecordRef;
  /** Absent where it is null: the campaign's own default. */
  readonly status: string | null;
}

/** What became of it; who was a member already has landed. */
export type MembershipOutcome =
  | { readonly kind: 'landed' }
  | { readonly kind: 'refused'; readonly failure: Failure }
  | { readonly kind: 'unknown'; readonly cause: string };
