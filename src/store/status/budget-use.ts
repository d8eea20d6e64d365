import { sql } from 'kysely';
import { dailyWindowMs, type Lane } from '../../model/budget.ts';
import type { LaneLearned } from '../../model/lane-limit.ts';
import { type System, systems } from '../../model/system.ts';
import { epochMs, milliseconds } from '../batch.ts';
import { parseLearned } from '../json.ts';
import { type Db, run } from '../transaction.ts';

/** What a system's budget was spent on; unknown figures are null. */
export interface SystemBudget {
  readonly system: System;
  /** The vendor's own count, as its last answer said, and when that was. */
  readonly daily: { readonly limit: number; readonly used: number; readonly at: number } | null;
  /** Tandem's calls of the last 24 hours (whole hours), by purpose. */
  readonly calls: Readonly<Record<string, number>>;
  /** Tandem's calls by day (UTC, `2026-11-25`) and purpose, the last 35 days. */
  readonly days: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly paused: readonly { readonly lane: string; readonly until: number; readonly cause: string }[];
  /** What the vendor's answers taught of lanes, to be held against their limits at `now`, the store's time. */
  readonly learned: readonly { readonly lane: Lane; readonly learned: LaneLearned; readonly now: number }[];
}

interface UsageRow {
  readonly system: System;
  readonly day: string;
  readonly purpose: string;
  readonly calls: number;
  readonly recent: number;
}

interface QuotaRow {
  readonly system: System;
  readonly limit: number;
  readonly used: number;
  readonly at: number;
}

interface LaneRow {
  readonly system: System;
  readonly lane: Lane;
  readonly until: number | null;
  readonly cause: string | null;
  readonly learned: string | null;
  readonly now: number;
}

/** Budget use of both systems. */
export const budgetUse = async (db: Db): Promise<readonly SystemBudget[]> => {
  const usage = await run(
    db,
    sql<UsageRow>`
      select system, to_char(hour at time zone 'UTC', 'YYYY-MM-DD') as day, purpose, sum(calls)::float8 as calls,
        coalesce(sum(calls) filter (where hour > now() - ${milliseconds(dailyWindowMs)}), 0)::float8 as recent
      from tandem.budget_usage group by 1, 2, 3 order by 1, 2, 3`,
  );
  const quotas = await run(
    db,
    sql<QuotaRow>`
      select system, daily_limit::float8 as "limit", daily_used::float8 as used, ${epochMs('observed_at')} as at
      from tandem.budget_quotas`,
  );
  const lanes = await run(
    db,
    sql<LaneRow>`
      select system, lane, case when paused_until > now() then ${epochMs('paused_until')} end as until, pause_cause as cause,
        learned::text as learned, ${epochMs('now()')} as now
      from tandem.budget_lanes order by lane`,
  );
  return systems.map((system) => {
    const rows = usage.filter((row) => row.system === system);
    const quota = quotas.find((row) => row.system === system);
    return {
      system,
      daily: quota === undefined ? null : { limit: quota.limit, used: quota.used, at: quota.at },
      calls: sumBy(rows.filter((row) => row.recent > 0).map((row) => [row.purpose, row.recent])),
      days: Object.fromEntries(
        [...new Set(rows.map((row) => row.day))].map((day) => [
          day,
          sumBy(rows.filter((row) => row.day === day).map((row) => [row.purpose, row.calls])),
        ]),
      ),
      paused: lanes.flatMap((row) =>
        row.system === system && row.until !== null
          ? [{ lane: row.lane, until: row.until, cause: row.cause ?? '' }]
          : [],
      ),
      learned: lanes.flatMap(({ lane, learned, now, ...row }) =>
        row.system === system && learned !== null ? [{ lane, learned: parseLearned(learned), now }] : [],
      ),
    };
  });
};

const sumBy = (entries: readonly (readonly [string, number])[]): Readonly<Record<string, number>> => {
  const sums: Record<string, number> = {};
  for (const [name, count] of entries) sums[name] = (sums[name] ?? 0) + count;
  return sums;
};
