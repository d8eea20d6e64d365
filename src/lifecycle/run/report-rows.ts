import { z } from 'zod';
import type {
  ClockRow,
  ContentReadRow,
  RecommendedRow,
  ReportDealRow,
  ReportPersonRow,
} from '../../model/journeys.ts';
import type { Calendar } from '../calendar/calendar.ts';
import type { Catalogue } from '../content/model.ts';
import type { ReportContentInput, ReportContentWord } from '../report/content.ts';
import type { ReportClock, ReportDeal, ReportPerson } from '../report/input.ts';
import { countedClocks, readClock } from '../sla/clock.ts';
import type { SlaModel } from '../sla/model.ts';
import { toActivity, toClock } from './rows.ts';

const fieldsOutline = z.record(z.string(), z.unknown());

const fieldsOf = (text: string | null): Readonly<Record<string, unknown>> =>
  text === null ? {} : fieldsOutline.parse(JSON.parse(text) ?? {});

const firstText = (...values: readonly unknown[]): string | null => {
  const found = values.find((value) => typeof value === 'string' && value.trim() !== '');
  return typeof found === 'string' ? found.trim() : null;
};

const fullName = (...parts: readonly unknown[]): string | null => {
  const known = parts.flatMap((part) => firstText(part) ?? []);
  return known.length === 0 ? null : known.join(' ');
};

const nameIn = (
  contact: Readonly<Record<string, unknown>>,
  sales: Readonly<Record<string, unknown>>,
): string | null =>
  fullName(contact.firstname, contact.lastname) ??
  fullName(sales.FirstName, sales.LastName) ??
  firstText(contact.email, sales.Email);

/** The name of somebody by the stored JSON of both records. */
export const nameOfRecords = (contact: string | null, sales: string | null): string | null =>
  nameIn(fieldsOf(contact), fieldsOf(sales));

/** Somebody as a report names them: by HubSpot's fields or, where those are blank, by Salesforce's; without a name by the address. */
export const toReportPerson = (
  { journey, contactId, salesforceId, contact: contactText, sales: salesText }: ReportPersonRow,
  sourceProperty: string | null,
): ReportPerson => {
  const [contact, sales] = [fieldsOf(contactText), fieldsOf(salesText)];
  return {
    journey,
    hubspot: contactId,
    salesforce: salesforceId,
    name: nameIn(contact, sales),
    company: firstText(contact.company, sales.Company),
    source: firstText(sourceProperty === null ? null : contact[sourceProperty], sales.LeadSource),
  };
};

const states: readonly string[] = ['open', 'won', 'lost'] satisfies readonly ReportDeal['state'][];
const isState = (state: string): state is ReportDeal['state'] => states.includes(state);

/** A stored deal; a state that this version does not know is left out. */
export const toReportDeals = (rows: readonly ReportDealRow[]): readonly ReportDeal[] =>
  rows.flatMap(({ state, ...deal }): ReportDeal[] => (isState(state) ? [{ ...deal, state }] : []));

/** Stored clocks of reps as they read now, by the hours of whoever has the lead; that of a hand-over is nobody's, and the account tells of it. */
export const toReportClocks = (
  rows: readonly ClockRow[],
  sla: SlaModel,
  calendarOf: (owner: string | null) => Calendar,
  now: number,
): readonly ReportClock[] =>
  rows
    .flatMap((row) =>
      countedClocks(toClock(row), sla, calendarOf).map((clock) => ({ journey: row.journeyId, clock })),
    )
    .flatMap(({ journey, clock }): ReportClock[] => {
      const { turn, kind, owner, startedAt, doneAt } = clock;
      if (kind === 'hand-off') return [];
      const { dueAt } = readClock(clock, sla, calendarOf(owner), now);
      return [{ journey, turn, kind, owner, startedAt, dueAt, doneAt }];
    });

/** What of content a report tells. */
export const toReportContent = (
  { pieces }: Catalogue,
  recommended: readonly RecommendedRow[],
  reads: readonly ContentReadRow[],
  words: readonly ({ readonly journeyId: string } & Omit<ReportContentWord, 'journey'>)[],
): ReportContentInput => ({
  pieces,
  recommended: recommended.map(({ journeyId, turn, record, piece, mode, at, until }) => ({
    ...{ journey: journeyId, turn, record, piece, at, until },
    observed: mode === 'observe',
  })),
  activities: new Map(
    [...Map.groupBy(reads, ({ journeyId }) => journeyId)].map(([id, own]) => [id, own.map(toActivity)]),
  ),
  words: words.map(({ journeyId, ...word }) => ({ journey: journeyId, ...word })),
});
