import { type RawBuilder, sql } from 'kysely';
import {
  type DailyQuota,
  dailyAllowance,
  dailyProbeMs,
  dailyWindowMs,
  type Lane,
  type LaneLimit,
  type PermitStore,
  permitStaleMs,
  type Taken,
  type WorkClass,
} from '../model/budget.ts';
import type { System } from '../model/system.ts';
import { batch, cleanText, milliseconds } from './batch.ts';
import { type Db, inTransaction, run, type Tx } from './transaction.ts';

/** How soon to ask again when permits are held and nobody can say when their calls end. */
const heldRecheckMs = 100;

/** Booked calls are kept for the reports of a month. */
const usageKeptDays = 35;
const hourMs = 60 * 60 * 1000;

interface LaneState {
  readonly paused_ms: number | null;
  readonly daily_limit: number | null;
  readonly daily_used: number | null;
  readonly observed_ago_ms: number | null;
  /** Calls booked within the daily window, by whole hours: up to an hour more is counted. */
  readonly spent: number;
  readonly oldest_ago_ms: number | null;
}

/**
 * Permits in Postgres, shared by all processes: a take locks the lane's row, so that takes of one lane go one after another and
 * the limit holds exactly. All times are the database's. Give it a Db of its own without durable commits: a take must
 * not wait for the disk or for the engine's transactions, and a crash of the server may forget the last moment's permits.
 */
export const makePostgresPermitStore = (db: Db): PermitStore => ({
  async take(system, lane, count, workClass, limit, dailyShare): Promise<Taken> {
    if (count < 1 || count > limit.calls) {
      throw new RangeError(
        `${count} permits asked for, ${limit.calls} is the most the lane ${lane} can give`,
      );
    }
    return inTransaction(db, async (tx) => {
      const state = await lockLane(tx, system, lane);
      const paused = state.paused_ms ?? 0;
      if (paused > 0) return { waitMs: Math.ceil(paused), why: 'paused' };
      const daily = dailyWait(state, count, workClass, dailyShare);
      if (daily > 0) return { waitMs: Math.ceil(daily), why: 'daily' };
      return await grant(tx, system, lane, count, limit);
    });
  },
  async end(permits) {
    if (permits.length === 0) return;
    await run(
      db,
      sql`update tandem.budget_permits set ended_at = clock_timestamp()
          where id = any(${[...permits]}::bigint[]) and ended_at is null`,
    );
  },
  async giveBack(permits) {
    if (permits.length === 0) return;
    await run(db, sql`delete from tandem.budget_permits where id = any(${[...permits]}::bigint[])`);
  },
  async pause(system, lane, waitMs, cause) {
    await run(
      db,
      sql`insert into tandem.budget_lanes as known (system, lane, paused_until, pause_cause)
          values (${system}, ${lane}, clock_timestamp() + ${milliseconds(waitMs)}, ${cleanText(cause)})
          on conflict (system, lane) do update set paused_until = excluded.paused_until, pause_cause = excluded.pause_cause
          where known.paused_until is null or known.paused_until < excluded.paused_until`,
    );
  },
  book: (system, purpose, calls) => book(db, system, purpose, calls),
  observeDaily: (system, quota) => observeDaily(db, system, quota),
});

/** Locks the lane and tells what stands against a permit before the burst is looked at. */
const lockLane = async (tx: Tx, system: System, lane: Lane): Promise<LaneState> => {
  const query: RawBuilder<LaneState> = sql`
    select extract(epoch from l.paused_until - clock_timestamp())::float8 * 1000 as paused_ms,
      q.daily_limit::float8 as daily_limit, q.daily_used::float8 as daily_used,
      extract(epoch from clock_timestamp() - q.observed_at)::float8 * 1000 as observed_ago_ms,
      coalesce(u.spent, 0)::float8 as spent,
      extract(epoch from clock_timestamp() - u.oldest)::float8 * 1000 as oldest_ago_ms
    from tandem.budget_lanes l
    left join tandem.budget_quotas q on q.system = l.system
    cross join lateral (
      select sum(calls) as spent, min(hour) as oldest from tandem.budget_usage b
      where b.system = l.system and b.hour > clock_timestamp() - ${milliseconds(dailyWindowMs + hourMs)}
    ) u
    where l.system = ${system} and l.lane = ${lane}
    for update of l`;
  const [known] = (await query.execute(tx)).rows;
  if (known !== undefined) return known;
  await sql`insert into tandem.budget_lanes (system, lane) values (${system}, ${lane}) on conflict do nothing`.execute(
    tx,
  );
  const [made] = (await query.execute(tx)).rows;
  if (made === undefined) throw new Error(`the budget lane ${system}/${lane} vanished`);
  return made;
};

/** How long the daily share makes this class wait; 0 when it may go. */
const dailyWait = (state: LaneState, count: number, workClass: WorkClass, share: number): number => {
  const { daily_limit: limit, daily_used: used, observed_ago_ms: ago } = state;
  if (limit === null || used === null || ago === null) return 0;
  if (used >= limit && ago < dailyProbeMs) return dailyProbeMs - ago;
  const allowance = dailyAllowance(workClass, share, limit);
  if (allowance === null || state.spent + count <= allowance) return 0;
  if (state.oldest_ago_ms === null) return dailyProbeMs;
  return Math.min(dailyProbeMs, Math.max(1, dailyWindowMs + hourMs - state.oldest_ago_ms));
};

interface GrantRow {
  readonly granted: readonly string[] | null;
  readonly wait_ms: number | null;
}

/**
 * Grants all or none, under the lane's lock. Permits that no longer count are deleted on the way, which keeps the table as
 * small as the limit. `free_at` is null while a call is under way.
 */
const grant = async (tx: Tx, system: System, lane: Lane, count: number, limit: LaneLimit): Promise<Taken> => {
  const { rows } = await sql<GrantRow>`
    with clock as materialized (
      select clock_timestamp() as now
    ), permit as materialized (
      select p.id, ${milliseconds(limit.windowMs)} + coalesce(
        p.ended_at,
        case when p.taken_at + ${milliseconds(permitStaleMs)} <= clock.now
          then p.taken_at + ${milliseconds(permitStaleMs)} end) as free_at
      from tandem.budget_permits p cross join clock
      where p.system = ${system} and p.lane = ${lane}
    ), freed as (
      delete from tandem.budget_permits p using permit, clock where p.id = permit.id and permit.free_at <= clock.now
    ), held as (
      select permit.free_at, row_number() over (order by permit.free_at nulls last) as place, count(*) over () as total
      from permit cross join clock
      where permit.free_at is null or permit.free_at > clock.now
    ), excess as (
      select coalesce(max(total), 0) + ${count} - ${limit.calls}::int as permits from held
    ), granted as (
      insert into tandem.budget_permits (system, lane, taken_at)
      select ${system}, ${lane}, clock.now from clock cross join excess cross join generate_series(1, ${count}::int)
      where excess.permits <= 0
      returning id
    )
    select (select array_agg(id::text) from granted) as granted,
      (select extract(epoch from held.free_at - clock.now)::float8 * 1000 from held join excess on held.place = excess.permits
        cross join clock) as wait_ms`.execute(tx);
  const [row] = rows;
  if (row !== undefined && row.granted !== null) return { granted: row.granted };
  return { waitMs: Math.max(1, Math.ceil(row?.wait_ms ?? heldRecheckMs)), why: 'burst' };
};

const book = async (db: Db, system: System, purpose: string, calls: number): Promise<void> => {
  await run(
    db,
    sql`
      with old as (
        delete from tandem.budget_usage
        where system = ${system} and hour < clock_timestamp() - ${usageKeptDays} * interval '1 day'
      )
      insert into tandem.budget_usage as known (system, hour, purpose, calls)
      select b.system, date_trunc('hour', clock_timestamp()), b.purpose, b.calls
      from ${batch('b', [{ system, purpose, calls }], {
        system: ['text', (each) => each.system],
        purpose: ['text', (each) => each.purpose],
        calls: ['bigint', (each) => each.calls],
      })}
      on conflict (system, hour, purpose) do update set calls = known.calls + excluded.calls`,
  );
};

const observeDaily = async (db: Db, system: System, quota: DailyQuota): Promise<void> => {
  await run(
    db,
    sql`
      insert into tandem.budget_quotas (system, daily_limit, daily_used, observed_at)
      values (${system}, ${Math.trunc(quota.limit)}, ${Math.trunc(quota.used)}, clock_timestamp())
      on conflict (system) do update set daily_limit = excluded.daily_limit, daily_used = excluded.daily_used,
        observed_at = excluded.observed_at`,
  );
};
