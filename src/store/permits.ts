import { type RawBuilder, sql } from 'kysely';
import {
  type DailyQuota,
  dailyAllowance,
  dailyProbeMs,
  dailyWindowMs,
  type Lane,
  type PermitRequest,
  type PermitStore,
  permitStaleMs,
  promiseMs,
  type Taken,
} from '../model/budget.ts';
import {
  afterRefusal,
  afterTold,
  type LaneLearned,
  type LaneLimit,
  limitInForce,
  ownSinceMs,
  permitKeptMs,
  type WindowTold,
} from '../model/lane-limit.ts';
import { callsBefore, type Line, lineWith, lineWithout, waitingFor } from '../model/lane-line.ts';
import type { System } from '../model/system.ts';
import { batch, cleanText, epochMs, milliseconds } from './batch.ts';
import { parseLearned, parseLine, toJson } from './json.ts';
import { type Db, inTransaction, run, type Tx } from './transaction.ts';

/** How soon to ask again when permits are held and nobody can say when their calls end, or promises when they are given back. */
const heldRecheckMs = 100;

/** Booked calls are kept for the reports of a month. */
const usageKeptDays = 35;
const hourMs = 60 * 60 * 1000;

interface LaneRow {
  readonly paused_ms: number | null;
  readonly daily_limit: number | null;
  readonly daily_used: number | null;
  readonly observed_ago_ms: number | null;
  readonly learned: string | null;
  readonly line: string | null;
  readonly now: number;
}

/**
 * Permits in Postgres, shared by all processes: a take locks the lane's row, so that takes of one lane go one after another and
 * the limit holds exactly. All times are the database's. Give it a Db of its own without durable commits: a take must
 * not wait for the disk or for the engine's transactions, and a crash of the server may forget the last moment's permits.
 */
export const makePostgresPermitStore = (db: Db): PermitStore => ({
  async take(request): Promise<Taken> {
    const { system, lane, count, soon, limit } = request;
    if (count < 1 || count + soon > limit.calls) {
      throw new RangeError(
        `${count + soon} permits asked for, ${limit.calls} is the most the lane ${lane} can give`,
      );
    }
    return inTransaction(db, async (tx) => {
      const row = await lockLane(tx, system, lane);
      const line = parseLine(row.line);
      const taken = await answer(tx, request, row, line);
      const isInLine = 'why' in taken && taken.why === 'burst';
      await keepLine(
        tx,
        request,
        line,
        isInLine
          ? lineWith(line, waitingFor(request), taken.waitMs, row.now)
          : lineWithout(line, request.waiter),
      );
      return taken;
    });
  },
  async end(permits) {
    if (permits.length === 0) return;
    await run(
      db,
      sql`update tandem.budget_permits set ended_at = clock_timestamp()
          where id = any(${[...permits]}::bigint[]) and ended_at is null and not promised`,
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
  async refused(system, lane, limit, agoMs) {
    await learn(db, system, lane, async (learned, now) => afterRefusal(learned, limit, now - agoMs, now));
  },
  async observeWindow(system, lane, told, agoMs) {
    const since = ownSinceMs(agoMs);
    await learn(db, system, lane, async (learned, now, tx) =>
      afterTold(
        learned,
        told,
        since === null ? null : await countedSince(tx, system, lane, told, since),
        now,
      ),
    );
  },
  book: (system, purpose, calls) => book(db, system, purpose, calls),
  observeDaily: (system, quota) => observeDaily(db, system, quota),
});

/** Locks the lane and tells what is known of it. What other transactions granted is seen by the statements after this one. */
const lockLane = async (tx: Tx, system: System, lane: Lane): Promise<LaneRow> => {
  const query: RawBuilder<LaneRow> = sql`
    select extract(epoch from l.paused_until - clock_timestamp())::float8 * 1000 as paused_ms,
      q.daily_limit::float8 as daily_limit, q.daily_used::float8 as daily_used,
      extract(epoch from clock_timestamp() - q.observed_at)::float8 * 1000 as observed_ago_ms,
      l.learned::text as learned, l.line::text as line, ${epochMs('clock_timestamp()')} as now
    from tandem.budget_lanes l
    left join tandem.budget_quotas q on q.system = l.system
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

const answer = async (tx: Tx, request: PermitRequest, row: LaneRow, line: Line): Promise<Taken> => {
  const paused = row.paused_ms ?? 0;
  if (paused > 0) return { waitMs: Math.ceil(paused), why: 'paused' };
  const { daily_limit: daily, daily_used: used, observed_ago_ms: ago } = row;
  const { limit, workClass, dailyShare } = request;
  // What was promised has passed the share.
  const isCounted = request.redeems === null;
  if (isCounted && daily !== null && used !== null && ago !== null && used >= daily && ago < dailyProbeMs) {
    return { waitMs: Math.ceil(dailyProbeMs - ago), why: 'daily' };
  }
  const inForce = limitInForce(limit, parseLearned(row.learned), row.now);
  const before = callsBefore(line, waitingFor(request), row.now);
  return await grant(
    tx,
    request,
    inForce,
    before,
    isCounted ? dailyAllowance(workClass, dailyShare, daily) : null,
  );
};

/** Most takes change nothing in the line, and write nothing. */
const keepLine = async (
  tx: Tx,
  { system, lane }: PermitRequest,
  before: Line,
  after: Line,
): Promise<void> => {
  if (after === before) return;
  const text = after.length === 0 ? null : toJson(after);
  await sql`update tandem.budget_lanes set line = ${text}::json where system = ${system} and lane = ${lane}`.execute(
    tx,
  );
};

/** Changes what is known of a lane, under its lock. */
const learn = async (
  db: Db,
  system: System,
  lane: Lane,
  change: (learned: LaneLearned, now: number, tx: Tx) => Promise<LaneLearned>,
): Promise<void> =>
  inTransaction(db, async (tx) => {
    const row = await lockLane(tx, system, lane);
    const learned = toJson(await change(parseLearned(row.learned), row.now, tx));
    await sql`update tandem.budget_lanes set learned = ${learned}::json where system = ${system} and lane = ${lane}`.execute(
      tx,
    );
  });

/** When a permit stops counting in a window of `windowMs`; null while its call is under way. */
const freeAt = (windowMs: number) => sql`${milliseconds(windowMs)} + coalesce(
  p.ended_at,
  case when p.taken_at + ${milliseconds(permitStaleMs)} <= clock.now then p.taken_at + ${milliseconds(permitStaleMs)} end)`;

/** How many permits of the lane counted at some time of the last `sinceMs`. */
const countedSince = async (
  tx: Tx,
  system: System,
  lane: Lane,
  { windowMs }: WindowTold,
  sinceMs: number,
): Promise<number> => {
  const { rows } = await sql<{ readonly counted: number }>`
    with clock as materialized (
      select clock_timestamp() as now
    ), permit as (
      select ${freeAt(windowMs)} as free_at from tandem.budget_permits p cross join clock
      where p.system = ${system} and p.lane = ${lane} and not p.promised
    )
    select count(*)::float8 as counted from permit cross join clock
    where permit.free_at is null or permit.free_at > clock.now - ${milliseconds(sinceMs)}`.execute(tx);
  return rows[0]?.counted ?? 0;
};

interface GrantRow {
  readonly granted: readonly string[] | null;
  readonly promised: readonly string[] | null;
  /** How long until what is to be made at once fits, and until all of it does; null where it does, or nobody can say. */
  readonly at_once_ms: number | null;
  readonly all_ms: number | null;
  readonly lacks_at_once: number;
  readonly lacks_all: number;
  /** Promises that are open, of others too. */
  readonly open: number;
  /** Calls booked within the daily window, by whole hours: up to an hour more is counted. */
  readonly spent: number;
  readonly oldest_ago_ms: number | null;
  readonly unbooked: number;
}

/**
 * Grants and promises all or nothing, under the lane's lock. Permits that stopped counting are deleted on the way, a moment later, which keeps
 * the table as small as the limit. `free_at` is null while a call is under way. Two lanes may each give the last call of a share
 * at the same moment: the lock is the lane's.
 */
const grant = async (
  tx: Tx,
  { system, lane, count, soon, redeems, limit, begun }: PermitRequest,
  inForce: LaneLimit,
  before: { readonly now: number; readonly all: number },
  allowance: number | null,
): Promise<Taken> => {
  const most = Math.max(inForce.calls, count + soon);
  const { rows } = await sql<GrantRow>`
    with clock as materialized (
      select clock_timestamp() as now, clock_timestamp() + ${milliseconds(promiseMs)} as later
    ), permit as materialized (
      select p.id, p.promised,
        case when p.promised then p.taken_at + ${milliseconds(permitStaleMs)} else ${freeAt(limit.windowMs)} end as free_at
      from tandem.budget_permits p cross join clock
      where p.system = ${system} and p.lane = ${lane}
    ), freed as (
      delete from tandem.budget_permits p using permit, clock
      where p.id = permit.id and permit.free_at <= clock.now - ${milliseconds(limit.windowMs === 0 ? 0 : permitKeptMs)}
    ), held as (
      select permit.free_at, row_number() over (order by permit.free_at nulls last) as place, count(*) over () as total
      from permit cross join clock
      where not permit.promised and (permit.free_at is null or permit.free_at > clock.now)
    ), held_later as (
      select permit.free_at, row_number() over (order by permit.free_at nulls last) as place, count(*) over () as total
      from permit cross join clock
      where not permit.promised and (permit.free_at is null or permit.free_at > clock.later)
    ), promises as (
      select count(*) as open from permit cross join clock where permit.promised and permit.free_at > clock.now
    ), lack as (
      select (select coalesce(max(total), 0) from held) + ${count} + ${before.now} - ${most}::int as at_once,
        case when ${begun} then 0
          else (select coalesce(max(total), 0) from held_later) + promises.open + ${count + soon} + ${before.all} - ${most}::int
        end as in_all
      from promises
    ), share as (
      select coalesce(sum(b.calls), 0) as spent, min(b.hour) as oldest,
        (select count(*) from tandem.budget_permits p cross join clock
         where p.system = ${system} and p.lane <> 'associations' and p.ended_at is null
           and p.taken_at + ${milliseconds(permitStaleMs)} > clock.now) as unbooked
      from tandem.budget_usage b cross join clock
      where b.system = ${system} and b.hour > clock.now - ${milliseconds(dailyWindowMs + hourMs)}
    ), granted as (
      insert into tandem.budget_permits (system, lane, taken_at, promised)
      select ${system}, ${lane}, clock.now, call.place > ${count}
      from clock cross join lack cross join share cross join generate_series(1, ${count + soon}::int) as call(place)
      where lack.at_once <= 0 and lack.in_all <= 0 and (${allowance}::float8 is null
        or share.spent + ${count + soon} + case when ${begun} then 0 else share.unbooked end <= ${allowance}::float8)
      returning id, promised
    ), redeemed as (
      delete from tandem.budget_permits where id = ${redeems}::bigint and promised and exists (select from granted)
    )
    select (select array_agg(id::text) from granted where not promised) as granted,
      (select array_agg(id::text) from granted where promised) as promised,
      (select extract(epoch from held.free_at - clock.now)::float8 * 1000 from held
        where held.place = lack.at_once) as at_once_ms,
      (select extract(epoch from held_later.free_at - clock.later)::float8 * 1000 from held_later
        where held_later.place = lack.in_all) as all_ms,
      lack.at_once::float8 as lacks_at_once, lack.in_all::float8 as lacks_all, promises.open::float8 as open,
      share.spent::float8 as spent, share.unbooked::float8 as unbooked,
      extract(epoch from clock.now - share.oldest)::float8 * 1000 as oldest_ago_ms
    from share cross join clock cross join lack cross join promises`.execute(tx);
  const [row] = rows;
  if (row === undefined) throw new Error(`the budget lane ${system}/${lane} gave no answer`);
  if (row.granted !== null) return { granted: row.granted, promised: row.promised ?? [], limit: inForce };
  const room = allowance === null ? Number.POSITIVE_INFINITY : allowance - row.spent - count - soon;
  if (room < 0) {
    const untilFree = row.oldest_ago_ms === null ? dailyProbeMs : dailyWindowMs + hourMs - row.oldest_ago_ms;
    return { waitMs: Math.ceil(Math.min(dailyProbeMs, Math.max(1, untilFree))), why: 'daily' };
  }
  if (!begun && row.unbooked > room) return { waitMs: heldRecheckMs, why: 'unbooked' };
  return { waitMs: burstWait(row), why: 'burst' };
};

const burstWait = (row: GrantRow): number => {
  const atOnce = row.lacks_at_once > 0 ? (row.at_once_ms ?? heldRecheckMs) : 0;
  const all = row.lacks_all > 0 ? (row.all_ms ?? heldRecheckMs) : 0;
  return Math.max(1, Math.ceil(Math.max(atOnce, row.open > 0 ? Math.min(all, heldRecheckMs) : all)));
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
