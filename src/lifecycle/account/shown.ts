import type { System } from '../../model/system.ts';
import { type Cohort, isIn, type Term } from './account.ts';
import type { OwnCounts } from './differences.ts';

/** A record of a person as a system shows it now. Times are milliseconds; null: it shows none. */
export interface ShownRecord {
  readonly id: string;
  readonly stage: string;
  readonly readyAt: number | null;
  readonly handedAt: number | null;
}

/** Why a live record counts nowhere: what it became, or whom it follows, counts for it; or it shows no date. */
export type Uncounted = 'converted' | 'follower' | 'no-date';

/** What a system shows of everybody. */
export interface ShownBy {
  /** Those that show a date. */
  readonly records: readonly ShownRecord[];
  /** Of the other live records those that are asked about, by id. What is in neither is not there. */
  readonly uncounted: ReadonlyMap<string, Uncounted>;
}

export type Shown = Readonly<Partial<Record<System, ShownBy>>>;

/** By which field a system tells when somebody became ready. */
export const readyField = { hubspot: 'tandem_ready_at', salesforce: 'Tandem_Ready_At__c' } as const;
export const handedField = 'tandem_handed_at';

/** What each system counts: the records that show a date. Salesforce shows nobody who was not handed over. */
export const counted: Readonly<
  Record<System, Readonly<Partial<Record<Term, (record: ShownRecord) => boolean>>>>
> = {
  hubspot: {
    ready: ({ readyAt }) => readyAt !== null,
    handed: ({ handedAt }) => handedAt !== null,
  },
  salesforce: { received: ({ readyAt }) => readyAt !== null },
};

/** Whether a record is of a cohort, by the date that it shows; of everybody it is without one, too. */
export const isShownIn = (cohort: Cohort, readyAt: number | null): boolean =>
  readyAt === null ? cohort.from === null && cohort.to === null : isIn(cohort, readyAt);

/** What the systems count of a cohort, by the date on each record as it is now. Pure. */
export const countsIn = (shown: Shown, cohort: Cohort): OwnCounts => {
  const of = (system: System): OwnCounts => {
    const by = shown[system];
    if (by === undefined) return {};
    const own = by.records.filter(({ readyAt }) => isShownIn(cohort, readyAt));
    return {
      [system]: Object.fromEntries(
        Object.entries(counted[system]).map(([term, isCounted]) => [
          term,
          own.filter(isCounted).map(({ id }) => id),
        ]),
      ),
    };
  };
  return { ...of('hubspot'), ...of('salesforce') };
};

/** The dates that the systems show, for cohorts of which nobody is ours. */
export const shownDates = (shown: Shown): readonly number[] =>
  [shown.hubspot, shown.salesforce].flatMap(
    (by) => by?.records.flatMap(({ readyAt }) => (readyAt === null ? [] : [readyAt])) ?? [],
  );
