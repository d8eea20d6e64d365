import { salesforceCurrency } from '../../model/currency.ts';
import type { RawFields, RawValue } from '../../model/value.ts';
import { type Fact, isReason, type Reason } from '../stage/facts.ts';
import type { Journey } from '../stage/journey.ts';
import type { OutcomeRule } from './outcome-rule.ts';

/** What is read of an opportunity (Object Reference: Opportunity); Tandem's own fields where the org has them. */
export const dealFields = [
  'AccountId',
  'OwnerId',
  'StageName',
  'IsClosed',
  'IsWon',
  'Amount',
  'CurrencyIsoCode',
  'CloseDate',
  'Tandem_Loss_Reason__c',
  'Tandem_Competitor__c',
  'Tandem_Quality__c',
  'Tandem_Good_Because__c',
  'Tandem_Content_Feedback__c',
  'Tandem_Content__c',
  'Tandem_Next_Step__c',
  'Tandem_Request__c',
  'Tandem_Request_Detail__c',
] as const;

/** An opportunity of a person. Times are milliseconds since 1970. */
export interface Deal {
  readonly id: string;
  readonly stage: string;
  readonly state: 'open' | 'won' | 'lost';
  readonly amount: number | null;
  /** Of the amount; null where the org has but one. */
  readonly currency: string | null;
  readonly lossReason: string | null;
  readonly competitor: string | null;
  readonly createdAt: number;
  /** The day of its close date, as 2026-11-30; null: none. */
  readonly closesOn: string | null;
  /** The last change, by Salesforce's stamp. */
  readonly stamp: number;
  /** The person who made it; absent: nobody is known. */
  readonly by?: string;
}

const textOf = (raw: RawValue | undefined): string | null =>
  typeof raw === 'string' && raw.trim() !== '' ? raw.trim() : null;

/** An opportunity as it was read. Pure. One that was deleted is lost: nobody works on it any more. */
export const toDeal = (
  id: string,
  fields: RawFields,
  {
    stamp,
    createdAt,
    deleted,
  }: { readonly stamp: number; readonly createdAt: number; readonly deleted: boolean },
  by?: string,
): Deal => ({
  id,
  stage: textOf(fields.StageName) ?? '',
  state: fields.IsWon === true && !deleted ? 'won' : fields.IsClosed === true || deleted ? 'lost' : 'open',
  amount: typeof fields.Amount === 'number' ? fields.Amount : null,
  currency: textOf(fields[salesforceCurrency]),
  lossReason: textOf(fields.Tandem_Loss_Reason__c),
  competitor: textOf(fields.Tandem_Competitor__c),
  createdAt,
  closesOn: textOf(fields.CloseDate)?.slice(0, 10) ?? null,
  stamp,
  ...(by === undefined ? {} : { by }),
});

/** The values of `Tandem_Loss_Reason__c` in the words of `Tandem_Reason__c`, by which lifecycle.yaml sends people where they belong. */
const reasonsOfLoss: Readonly<Record<string, Reason>> = {
  Price: 'No budget',
  Product: 'No need',
  Timing: 'Not now',
  Competitor: 'Chose a competitor',
  'No decision': 'Unresponsive',
  Other: 'Other',
};

/** Why a deal was lost; null: nobody said. */
export const lossReasonOf = ({ lossReason, competitor }: Deal): Reason | null => {
  if (lossReason !== null) {
    const known = Object.hasOwn(reasonsOfLoss, lossReason) ? reasonsOfLoss[lossReason] : undefined;
    return known ?? (isReason(lossReason) ? lossReason : 'Other');
  }
  return competitor === null ? null : 'Chose a competitor';
};

const fact = (deal: Deal, kind: Fact['kind'], what: string, more: Partial<Fact> = {}): Fact => ({
  kind,
  key: `salesforce:${deal.id}/${what}/${deal.stamp}`,
  at: deal.stamp,
  // Who changed it last may have closed it, and need not have opened it.
  by: (kind === 'opened' ? undefined : deal.by) ?? 'salesforce',
  opportunity: deal.id,
  ...(kind === 'bought' ? { standing: true } : {}),
  ...more,
});

/** The loss that sent a person back without a reason, where the reason is there now. */
const reasonAtLast = (deal: Deal, journey: Journey, closedAt: number): readonly Fact[] => {
  const reason = lossReasonOf(deal);
  const isAwaited =
    journey.reason === 'Unknown' && journey.returnedAt !== null && closedAt <= journey.returnedAt;
  // Told as a word about the person, for the deal itself says nothing new.
  return reason === null || !isAwaited || deal.stamp < closedAt
    ? []
    : [fact(deal, 'sent-back', 'reason', { reason })];
};

/** Who already buys, buys more: by a deal that was open before, or came since. One of before that somebody edits is history. */
const isGrowth = ({ id, createdAt }: Deal, { stage, since, openOpportunities }: Journey): boolean =>
  (stage === 'customer' || stage === 'at-risk') && (openOpportunities.includes(id) || createdAt >= since);

/**
 * Won before this turn, and not seen open in it, as a deal that was won before the lifecycle was on. It says that they buy, and nothing of what sales does now: whoever is with a
 * rep stays there.
 */
const isOldWin = ({ id, stamp }: Deal, { turnAt, since, openOpportunities }: Journey): boolean =>
  !openOpportunities.includes(id) && stamp < (turnAt ?? since);

const factsOf = (deal: Deal, journey: Journey): readonly Fact[] => {
  const { openOpportunities, closedOpportunities, turnAt } = journey;
  const isOpen = openOpportunities.includes(deal.id);
  const closed = closedOpportunities.findLast(({ key }) => key === deal.id);
  if (deal.state === 'open') return isOpen ? [] : [fact(deal, 'opened', 'opened')];
  if (closed !== undefined && !isOpen)
    return deal.state === 'lost' ? reasonAtLast(deal, journey, closed.at) : [];
  if (deal.state === 'won' && isOldWin(deal, journey)) return [fact(deal, 'bought', 'bought')];
  if (deal.state === 'won')
    return [fact(deal, 'won', 'won'), ...(isGrowth(deal, journey) ? [fact(deal, 'grew', 'grew')] : [])];
  const reason = lossReasonOf(deal);
  const lost = fact(deal, 'deal-lost', 'lost', reason === null ? {} : { reason });
  if (isOpen) return [lost];
  // Of a person with very many deals the older ends are forgotten: told open again, it would stay so, since its end is no news.
  if (journey.seen.some(({ key }) => key === lost.key)) return [];
  // Opened and lost between two looks: of this turn it tells, of an earlier one it is history.
  const isOfThisTurn = turnAt !== null && deal.createdAt + 1_000 >= turnAt;
  return isOfThisTurn
    ? // Made as a lost one, both bear one moment: it was open before it was lost, or it would stay open.
      [fact(deal, 'opened', 'opened', { at: Math.min(deal.createdAt, deal.stamp - 1) }), lost]
    : [];
};

/**
 * What opportunities say of a journey that it has not heard: one opened, won (and whether a customer grew by it), lost, or the reason of a loss that came later. Pure; the same deals
 * told twice say nothing new. Times are Salesforce's stamps.
 */
export const dealFacts = (journey: Journey, deals: readonly Deal[]): readonly Fact[] =>
  deals.flatMap((deal) => factsOf(deal, journey));

const newest = (deals: readonly Deal[]): Deal | undefined =>
  deals.reduce<Deal | undefined>(
    (last, each) => (last === undefined || each.stamp > last.stamp ? each : last),
    undefined,
  );

/**
 * What amounts add up to in a property that has no currency: null where some are of several, or of another than HubSpot's figures. A part of a sum would be taken for the
 * whole, and euros for dollars.
 */
const sumOf = (deals: readonly Deal[], of: string | null): number | null => {
  const valued = deals.filter(({ amount }) => amount !== null);
  const currencies = new Set(valued.flatMap(({ currency }) => currency ?? []));
  const isOther = of === null ? currencies.size > 1 : [...currencies].some((currency) => currency !== of);
  if (isOther) return null;
  return Math.round(valued.reduce((sum, { amount }) => sum + (amount ?? 0), 0) * 100) / 100;
};

/**
 * What HubSpot shows of a person's deals: the stage of the open one that moved last (of the last one where none is open), what the open ones and the won ones add up to,
 * and why the last one was lost. Pure; `deals` are those that count for the person. What reps say in deals of competitors and of the lead is feedback (feedback/feedback.ts).
 */
export const dealValues = (
  deals: readonly Deal[],
  { currency }: Pick<OutcomeRule, 'currency'> = { currency: null },
): RawFields => {
  const of = (state: Deal['state']) => deals.filter((deal) => deal.state === state);
  const current = newest(of('open')) ?? newest(deals);
  const lost = newest(of('lost'));
  const [open, won] = [of('open'), of('won')];
  return {
    tandem_sales_stage: current === undefined || current.stage === '' ? null : current.stage,
    tandem_amount: open.every(({ amount }) => amount === null) ? null : sumOf(open, currency),
    tandem_revenue: won.length === 0 ? null : sumOf(won, currency),
    tandem_loss_reason: lost?.lossReason ?? null,
  };
};
