import type { ReportDeal } from './input.ts';
import type { LeadRecord } from './records.ts';
import { daysOf, type Week } from './weeks.ts';

/** A deal of a person who was handed over. */
export interface DealRecord extends Omit<ReportDeal, 'journeys'> {
  /** The first of its people who became ready: it counts once, for their source. */
  readonly lead: LeadRecord;
  /** Begun after that person became ready; else it was there before, and is only influenced. */
  readonly sourced: boolean;
}

/** What deals of one currency are worth; null: the org has but one. */
export interface Amount {
  readonly currency: string | null;
  readonly amount: number;
}

/** Several deals, and what they are worth in each currency, the largest first; those without an amount count as 0. */
export interface Sum {
  readonly deals: readonly string[];
  readonly amounts: readonly Amount[];
}

export interface SourceMoney {
  /** Null: not known. */
  readonly source: string | null;
  readonly won: Sum;
  readonly open: Sum;
  readonly lost: Sum;
}

export interface MoneyReport {
  readonly deals: readonly DealRecord[];
  /** By close date: in the reported week, and in all weeks that are looked back on. */
  readonly wonInWeek: Sum;
  readonly won: Sum;
  readonly lost: Sum;
  readonly open: Sum;
  /** Of `won`: what began after the hand-off, and what was there before. */
  readonly sourced: Sum;
  readonly influenced: Sum;
  readonly withoutAmount: readonly string[];
  /** Whether amounts are in several currencies: then nothing adds them up. */
  readonly isMixed: boolean;
  readonly bySource: readonly SourceMoney[];
}

const isValued = ({ amount }: DealRecord): boolean => amount !== null;

const sumOf = (deals: readonly DealRecord[]): Sum => ({
  deals: deals.map(({ id }) => id),
  amounts: [...Map.groupBy(deals.filter(isValued), ({ currency }) => currency)]
    .map(
      ([currency, own]): Amount => ({
        currency,
        // Cents, so that a hundred small deals do not add up to a crooked figure.
        amount: own.reduce((sum, { amount }) => sum + Math.round((amount ?? 0) * 100), 0) / 100,
      }),
    )
    .sort((a, b) => b.amount - a.amount || ((a.currency ?? '') < (b.currency ?? '') ? -1 : 1)),
});

/** The largest of its amounts: the amount, where there is one currency. */
export const largest = ({ amounts }: Sum): number => amounts[0]?.amount ?? 0;

const dealRecords = (deals: readonly ReportDeal[], leads: readonly LeadRecord[]): readonly DealRecord[] => {
  const first = new Map<string, LeadRecord>();
  for (const lead of leads) if (!first.has(lead.journey)) first.set(lead.journey, lead);
  return deals.flatMap(({ journeys, ...deal }): DealRecord[] => {
    const [lead] = journeys.flatMap((id) => first.get(id) ?? []).sort((a, b) => a.readyAt - b.readyAt);
    return lead === undefined ? [] : [{ ...deal, lead, sourced: deal.createdAt >= lead.readyAt }];
  });
};

/**
 * What came back in money from people who were handed over: won and lost by their close date, open as it stands. Pure. Each deal counts once. `leads`
 * stand in the order of the time when they became ready.
 */
export const moneyReport = (
  deals: readonly ReportDeal[],
  leads: readonly LeadRecord[],
  { week, since, zone }: { readonly week: Week; readonly since: Week; readonly zone: string },
): MoneyReport => {
  const all = dealRecords(deals, leads);
  const { first, next } = daysOf(week, zone);
  const from = daysOf(since, zone).first;
  const closedFrom =
    (state: DealRecord['state'], day: string) =>
    (deal: DealRecord): boolean =>
      deal.state === state && deal.closesOn !== null && deal.closesOn >= day && deal.closesOn < next;
  const [won, lost] = [all.filter(closedFrom('won', from)), all.filter(closedFrom('lost', from))];
  const open = all.filter(({ state }) => state === 'open');
  const shown = [...won, ...lost, ...open];
  return {
    deals: shown,
    wonInWeek: sumOf(all.filter(closedFrom('won', first))),
    won: sumOf(won),
    lost: sumOf(lost),
    open: sumOf(open),
    sourced: sumOf(won.filter(({ sourced }) => sourced)),
    influenced: sumOf(won.filter(({ sourced }) => !sourced)),
    isMixed: new Set(shown.filter(isValued).map(({ currency }) => currency)).size > 1,
    withoutAmount: sumOf([...won, ...open].filter(({ amount }) => amount === null)).deals,
    bySource: [...Map.groupBy(shown, ({ lead }) => lead.source)]
      .map(([source, own]): SourceMoney => {
        const of = (state: DealRecord['state']): Sum => sumOf(own.filter((deal) => deal.state === state));
        return { source, won: of('won'), open: of('open'), lost: of('lost') };
      })
      .sort(
        (a, b) =>
          largest(b.won) - largest(a.won) ||
          largest(b.open) - largest(a.open) ||
          ((a.source ?? '') < (b.source ?? '') ? -1 : 1),
      ),
  };
};
