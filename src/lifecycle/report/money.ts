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

/** Several deals, and what they are worth; those without an amount count as 0. */
export interface Sum {
  readonly deals: readonly string[];
  readonly amount: number;
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
  readonly bySource: readonly SourceMoney[];
}

const sumOf = (deals: readonly DealRecord[]): Sum => ({
  deals: deals.map(({ id }) => id),
  // Cents, so that a hundred small deals do not add up to a crooked figure.
  amount: deals.reduce((sum, { amount }) => sum + Math.round((amount ?? 0) * 100), 0) / 100,
});

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
    withoutAmount: sumOf([...won, ...open].filter(({ amount }) => amount === null)).deals,
    bySource: [...Map.groupBy(shown, ({ lead }) => lead.source)]
      .map(([source, own]): SourceMoney => {
        const of = (state: DealRecord['state']): Sum => sumOf(own.filter((deal) => deal.state === state));
        return { source, won: of('won'), open: of('open'), lost: of('lost') };
      })
      .sort(
        (a, b) =>
          b.won.amount - a.won.amount ||
          b.open.amount - a.open.amount ||
          ((a.source ?? '') < (b.source ?? '') ? -1 : 1),
      ),
  };
};
