import type { Expression } from '../../mapping/expression.ts';
import type { Calendar } from '../calendar/calendar.ts';

/**
 * - follow-up: from the hand-off to the first touch
 * - verdict: from the hand-off to a rep's yes or no
 * - return: from the rep's no to the place in a program
 * - hand-off: from being ready to all steps of the hand-over done; late is a hand-over that stands still
 */
export const clockKinds = ['follow-up', 'verdict', 'return', 'hand-off'] as const;
export type ClockKind = (typeof clockKinds)[number];

export const clockSteps = ['remind', 'escalate', 'reassign'] as const;
export type ClockStep = (typeof clockSteps)[number];

export interface SlaPilot {
  /** Milliseconds; `end` is not part of it. */
  readonly start: number;
  readonly end: number;
  /** Salesforce ids of the reps who take part; the others are measured for comparison. */
  readonly owners: ReadonlySet<string>;
  /** So long it only measures. */
  readonly measureOnlyDays: number;
  /** The benefit that is expected, in words; null: none was written down. */
  readonly expected: string | null;
}

/** sla.yaml, checked and compiled. */
export interface SlaModel {
  readonly version: string;
  readonly calendars: ReadonlyMap<string, Calendar>;
  readonly defaultCalendar: string;
  /** Name of the calendar, by Salesforce id. */
  readonly reps: ReadonlyMap<string, string>;
  /** Salesforce ids of users behind whom nobody is, beside those of whom Salesforce itself says so. */
  readonly automations: ReadonlySet<string>;
  readonly quality: { readonly acceptedPercentMin: number; readonly badDataPercentMax: number };
  readonly followUp: {
    readonly askedHours: number;
    readonly scoredHours: number;
    readonly verdictDays: number;
  };
  readonly returnHours: number;
  /** Business hours that the steps of a hand-over may take. */
  readonly handOffHours: number;
  readonly remindPercent: number;
  readonly breach: {
    readonly tells: readonly ('owner' | 'manager')[];
    /** Business hours after the breach; null: never, as shipped. */
    readonly reassignHours: number | null;
  };
  readonly pauses: readonly { readonly name: string; readonly when: Expression }[];
  readonly pilot: SlaPilot | null;
}

/** The names that a pause may use. */
export const pauseNames = ['stage', 'contact', 'lead'] as const;
