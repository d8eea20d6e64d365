/**
 * The stages of one pipeline over both systems, in the order in which a person goes through them. `returned`, `nurture` and
 * `disqualified` stand beside the order: they are where people go who leave it.
 */
export const stages = [
  'subscriber',
  'lead',
  'engaged',
  'sales-ready',
  'sdr',
  'working',
  'accepted',
  'opportunity',
  'customer',
  'growing',
  'at-risk',
  'lost',
  'win-back',
  'returned',
  'nurture',
  'disqualified',
] as const;
export type Stage = (typeof stages)[number];

/** Why a rep gives somebody back: the values of `Tandem_Reason__c`. */
export const repReasons = [
  'Not now',
  'No budget',
  'No authority',
  'No need',
  'Unresponsive',
  'Chose a competitor',
  'Is a competitor or job seeker',
  'Wrong person',
  'Wrong territory',
  'Duplicate',
  'Already a customer',
  'Bad data',
  'Other',
] as const;

/** Those, and the ones that only Tandem gives. */
export const reasons = [...repReasons, 'Unknown', 'No touch', 'Stalled'] as const;
export type Reason = (typeof reasons)[number];
