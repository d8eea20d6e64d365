import type { NextHands } from '../account/next-hand.ts';
import type { AccountRows } from '../account/rows.ts';
import type { ClockKind, SlaModel } from '../sla/model.ts';
import type { ReportContentInput } from './content.ts';
import type { ReportWord } from './feedback.ts';
import type { Week } from './weeks.ts';

/** Somebody of whom the report tells; texts are foreign. */
export interface ReportPerson {
  readonly journey: string;
  /** Id of the HubSpot contact. */
  readonly hubspot: string;
  /** Id of the lead or contact in Salesforce; null where there is none. */
  readonly salesforce: string | null;
  readonly name: string | null;
  readonly company: string | null;
  /** Where they came from, as HubSpot or else Salesforce says; null: neither does. */
  readonly source: string | null;
}

/** A clock of a turn as it reads now. Milliseconds. */
export interface ReportClock {
  readonly journey: string;
  readonly turn: number;
  readonly kind: ClockKind;
  /** Whose it is, by Salesforce id. */
  readonly owner: string | null;
  readonly startedAt: number;
  readonly dueAt: number | null;
  readonly doneAt: number | null;
}

/** An opportunity of people who were handed over. */
export interface ReportDeal {
  readonly id: string;
  readonly state: 'open' | 'won' | 'lost';
  readonly stage: string;
  readonly amount: number | null;
  /** Of the amount; null: the org has but one. */
  readonly currency: string | null;
  readonly lossReason: string | null;
  readonly createdAt: number;
  /** The day of its close date, as 2026-11-30; null where it has none. */
  readonly closesOn: string | null;
  /** Journeys of its people, each once. */
  readonly journeys: readonly string[];
}

/** All that a weekly report is made of. Nothing else is looked at, no clock either. */
export interface WeeklyInput {
  readonly rows: AccountRows;
  readonly clocks: readonly ReportClock[];
  readonly deals: readonly ReportDeal[];
  readonly people: ReadonlyMap<string, ReportPerson>;
  /** Names of reps and queues, by Salesforce id. */
  readonly owners: ReadonlyMap<string, string>;
  readonly quality: SlaModel['quality'];
  /** What is worth a word about the own past, as plain text with line feeds; null: nobody looks. */
  readonly signals: readonly string[] | null;
  /** Who has the next step in each place of the account; absent: that is not told. */
  readonly hands?: NextHands;
  /** What reps said since the oldest week that is looked back on; absent: nothing. */
  readonly words?: readonly ReportWord[];
  /** Content that was recommended since the oldest week that is looked back on; absent: there is no catalogue. */
  readonly content?: ReportContentInput;
  readonly week: Week;
  /** IANA name of the zone whose weeks these are. */
  readonly zone: string;
  readonly now: number;
}
