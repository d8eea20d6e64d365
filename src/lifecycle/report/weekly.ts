import { accountOf, type HandOffAccount, isIn } from '../account/account.ts';
import { type Leaf, leaves } from '../account/leaf.ts';
import type { NextHands } from '../account/next-hand.ts';
import { turnsOf } from '../account/turns.ts';
import { type Judged, judgedBy, judgedOf, type ReasonCount, reasonsOf } from './acceptance.ts';
import { type ContentReport, contentReport, type ReportContentInput } from './content.ts';
import { type FeedbackReport, feedbackReport } from './feedback.ts';
import type { WeeklyInput } from './input.ts';
import { type LateReport, lateReport } from './late.ts';
import { type MoneyReport, moneyReport } from './money.ts';
import { type LeadRecord, leadRecords } from './records.ts';
import { dayEnd, trendWeeks, type Week, weeksUpTo } from './weeks.ts';

/** Where those are now who became ready in a week. */
export interface TrendWeek {
  readonly week: Week;
  readonly places: Readonly<Record<Leaf, readonly string[]>>;
}

/** The weekly report: what its page shows, each figure with the records that it counts. */
export interface WeeklyReport {
  readonly week: Week;
  readonly zone: string;
  /** The moment at which it is true, milliseconds. */
  readonly asOf: number;
  /** Of those who became ready in the week. */
  readonly account: HandOffAccount;
  /** The week before, for comparison. */
  readonly before: HandOffAccount;
  /** Who has the next step in each place; null: that is not told. */
  readonly hands: NextHands | null;
  /** The weeks up to this one, the oldest first. */
  readonly trend: readonly TrendWeek[];
  readonly late: LateReport;
  /** Of those who became ready in the weeks of the trend. */
  readonly acceptance: {
    readonly all: Judged;
    readonly bySource: readonly Judged[];
    readonly byDefinition: readonly Judged[];
    readonly goalPercent: number;
  };
  readonly reasons: readonly ReasonCount[];
  /** What reps said of the leads of these weeks, by source. */
  readonly feedback: FeedbackReport;
  readonly money: MoneyReport;
  /** Null: there is no catalogue. */
  readonly content: ContentReport | null;
  readonly signals: readonly string[] | null;
  /** Every turn that there was, by `journey/turn`. */
  readonly leads: ReadonlyMap<string, LeadRecord>;
}

const placesOf = (leads: readonly LeadRecord[]): TrendWeek['places'] => {
  const byLeaf = Map.groupBy(leads, ({ leaf }) => leaf);
  return Object.fromEntries(
    leaves.map((leaf) => [leaf, (byLeaf.get(leaf) ?? []).map(({ key }) => key)]),
  ) as unknown as TrendWeek['places'];
};

/** What was recommended in these weeks. */
const withinWeeks = (content: ReportContentInput, since: Week, week: Week): ReportContentInput => ({
  ...content,
  recommended: content.recommended.filter(({ at }) => at >= since.from && at < week.to),
});

/** The report of a week, as things stand at `now`. Pure. */
export const weeklyReport = (input: WeeklyInput): WeeklyReport => {
  const { rows, clocks, deals, owners, quality, signals, week, zone, now } = input;
  const turns = turnsOf(rows, now);
  const leads = leadRecords(turns, input);
  const weeks = weeksUpTo(week, trendWeeks, zone);
  const [since = week] = weeks;
  const before = weeks.at(-2) ?? week;
  const leadOf = new Map(leads.map((lead) => [lead.key, lead]));
  const money = moneyReport(deals, leads, { week, since, zone });
  const inTrend = leads.filter(({ readyAt }) => readyAt >= since.from && readyAt < week.to);
  return {
    week,
    zone,
    asOf: now,
    account: accountOf(turns, now, week),
    before: accountOf(turns, now, before),
    hands: input.hands ?? null,
    trend: weeks.map((each) => ({
      week: each,
      places: placesOf(inTrend.filter(({ readyAt }) => isIn(each, readyAt))),
    })),
    late: lateReport(clocks, owners, week, now),
    acceptance: {
      all: judgedOf(null, inTrend, { quality }),
      bySource: judgedBy(inTrend, ({ source }) => source, { quality }),
      byDefinition: judgedBy(inTrend, ({ definition }) => definition, { quality }),
      goalPercent: quality.acceptedPercentMin,
    },
    reasons: reasonsOf(inTrend),
    feedback: feedbackReport({
      leads: inTrend,
      words: input.words ?? [],
      lost: money.deals.filter(({ id }) => money.lost.deals.includes(id)),
    }),
    money,
    content:
      input.content === undefined
        ? null
        : contentReport(
            withinWeeks(input.content, since, week),
            leadOf,
            deals.flatMap((deal) =>
              deal.closesOn !== null && money.won.deals.includes(deal.id)
                ? [{ ...deal, closedAt: dayEnd(deal.closesOn, zone) }]
                : [],
            ),
            now,
          ),
    signals,
    leads: leadOf,
  };
};
