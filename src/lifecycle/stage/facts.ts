import { type Reason, reasons } from '../../model/stages.ts';
import type { Stage } from './stages.ts';

/**
 * What can happen to a journey. All but the last five come from outside as facts; timers are made by the machine itself from the
 * journey's clocks.
 */
export const factKinds = [
  'known', // a record of the person exists in either system
  'activity', // engagement in marketing's channels
  'scored', // the score was computed anew
  'asked', // asked to be contacted: demo, pricing, contact form
  'handed', // the hand-off completed: record, owner, task and digest are there
  'qualified', // an SDR's yes
  'touched', // evidence that a person of sales acted
  'accepted', // a rep's yes, or a conversion
  'rejected', // a rep's no
  'sent-back', // 'return to nurture', with a reason or a date
  'opened', // an opportunity
  'won',
  'bought', // what they have won was won before this turn, or a rule says that they buy
  'deal-lost',
  'grew', // a customer buys more
  'at-risk',
  'recovered', // a customer is no longer at risk
  'churned', // a customer is lost
  'disqualified',
  'excluded', // competitor, job seeker, own company
  'readmitted', // the exclusion was lifted by a person
  'placed', // the return completed: program, reason and status are there
  'repaired', // bad data was mended, a duplicate merged
  'stage-set', // a person asks for a stage
  'released', // what the first start holds back of them goes on
] as const;
export const timerKinds = ['untouched', 'nudge', 'stalled', 'cooled', 'recontact'] as const;
export const eventKinds = [...factKinds, ...timerKinds] as const;
export type FactKind = (typeof factKinds)[number];
export type TimerKind = (typeof timerKinds)[number];
export type EventKind = (typeof eventKinds)[number];

export { type Reason, reasons };

/** The score as it stood when it was computed; `ready` names the version of sales-ready that it meets. */
export interface ScoreFact {
  readonly score: number;
  readonly fit: string;
  readonly engagement: number;
  readonly ready: { readonly definition: string } | null;
  /** When the newest engagement that counts happened, milliseconds; null where there is none. */
  readonly newestAt: number | null;
}

/** Something that was seen in either system. */
export interface Fact {
  readonly kind: FactKind;
  /** Names what was seen, for good: the same key is the same fact, however often it is told. */
  readonly key: string;
  /** When it happened, by the vendor's stamp, milliseconds. */
  readonly at: number;
  /** Who did it: a user's or form's id, `tandem`, or the system's name where nobody is known. Never a name or an address. */
  readonly by: string;
  /** `rejected`, `sent-back`, `deal-lost`, `disqualified`; a word that is none of the list counts as 'Unknown'. */
  readonly reason?: string;
  /** `sent-back`, `rejected`: the start of the day that the rep named, milliseconds. */
  readonly recontactAt?: number;
  /** `stage-set`: marketing holds them until then, milliseconds; so long only asking for contact, or a person, brings them forward. */
  readonly heldUntil?: number;
  /** `handed`: whose queue it is in. */
  readonly to?: 'rep' | 'sdr';
  /** `handed`, `touched`, `accepted`: the owner in Salesforce. */
  readonly owner?: string;
  /** `opened`, `won`, `bought`, `deal-lost`: the opportunity. */
  readonly opportunity?: string;
  /** `stage-set`. */
  readonly stage?: string;
  /** `scored`. */
  readonly score?: ScoreFact;
  /** `at-risk`, `churned`, `bought`: it was so before anybody looked. */
  readonly standing?: true;
}

/** What the machine looks at: what happened, and the merged record as it is now, for the rules of entry. */
export interface Facts {
  readonly events: readonly Fact[];
  readonly record: FactRecord;
}

/** The names that a rule of entry may use. */
export const recordNames = ['contact', 'lead', 'score', 'fit', 'engagement', 'asked'] as const;
export type FactRecord = Readonly<Record<(typeof recordNames)[number], unknown>>;

export const noRecord: FactRecord = {
  contact: {},
  lead: {},
  score: null,
  fit: null,
  engagement: null,
  asked: false,
};

/** What the machine works through: a fact, or a timer of its own. */
export type StageEvent =
  | (Omit<Fact, 'kind'> & { readonly kind: FactKind })
  | { readonly kind: TimerKind; readonly key: string; readonly at: number; readonly by: 'tandem' };

export const isReason = (word: string | undefined): word is Reason =>
  reasons.some((reason) => reason === word);
export const reasonOf = (word: string | undefined): Reason => (isReason(word) ? word : 'Unknown');

/** `stage-set` of something that is no stage is refused; this narrows it. */
export const isStage = (word: string | undefined, all: readonly Stage[]): word is Stage =>
  all.some((stage) => stage === word);
