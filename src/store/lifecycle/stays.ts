import { sql } from 'kysely';
import type { StayCount, StaysAsked } from '../../model/journeys.ts';
import { batch } from '../batch.ts';
import { type Db, inTransaction } from '../transaction.ts';

const at = (ms: string) => sql.raw(`to_timestamp(${ms} / 1000.0)`);

/**
 * Once a week over the moves of a year: millions of them take longer than any other statement may, and are sorted by person in memory. Compiling the statement
 * is not worth its time. For this transaction alone.
 */
const settings = `set local statement_timeout = '10min'; set local work_mem = '128MB'; set local jit = off`;

/** More steps than there are bounds: what a stay is counted by, and whether it is a recent one, fits one number beside its stage's. */
const stepsMax = 1024;

/**
 * LifecycleStore.stays. One pass over the moves since the first window began, whatever the number of people before; another owner in the same stage is
 * no move, and whom sales lets go, with a reason, has not gone on, also who is a customer then. Whose lead it was is what the clock of the turn says. No index helps: most moves of the year are read. What is hashed four times for each stay, by everybody,
 * source, segment and rep, is one number and a name.
 */
export const stays = async (db: Db, asked: StaysAsked): Promise<readonly StayCount[]> => {
  const { windows, places, bounds, peopleMin } = asked;
  const first = Math.min(...windows.map(({ pastFrom }) => pastFrom));
  if (!Number.isFinite(first)) return [];
  return inTransaction(db, async (tx) => {
    await sql.raw(settings).execute(tx);
    const { rows } = await sql<StayCount>`
      with watched as materialized (
        select (row_number() over ())::int as n, w.stage, w.horizon_ms, ${at('w.past_from')} as past_from, ${at('w.recent_from')} as recent_from, ${at('w.until')} as until, own.place
        from ${batch('w', windows, {
          stage: ['text', ({ stage }) => stage],
          horizon_ms: ['float8', ({ horizonMs }) => horizonMs],
          past_from: ['float8', ({ pastFrom }) => pastFrom],
          recent_from: ['float8', ({ recentFrom }) => recentFrom],
          until: ['float8', ({ until }) => until],
        })}
        left join ${placeBatch('own', places)} on own.stage = w.stage
      ),
      moved as (
        select journey_id, turn, to_stage as stage, source, segment, at,
          lead(at) over journey as left_at, lead(to_stage) over journey as left_to,
          lead(reason) over journey is not null as let_go
        from tandem.transitions
        where from_stage <> to_stage and at >= to_timestamp(${first}::float8 / 1000.0)
        window journey as (partition by journey_id order by id)
      ),
      stays as (
        select m.source, m.segment, c.owner as rep,
          (s.ms <= w.horizon_ms and target.place > w.place and not m.let_go) as went_on,
          ((w.n * 2 + (m.at >= w.recent_from)::int) * ${sql.lit(stepsMax)}
            + width_bucket(least(coalesce(s.ms, w.horizon_ms), w.horizon_ms), ${[...bounds]}::float8[])) as cell
        from moved m
        join watched w on w.stage = m.stage and m.at >= w.past_from and m.at < w.until
        cross join lateral (select date_part('epoch', m.left_at - m.at) * 1000 as ms) s
        left join ${placeBatch('target', places)} on target.stage = m.left_to
        left join tandem.clocks c
          on m.turn > 0 and c.journey_id = m.journey_id and c.turn = m.turn and c.kind = 'follow-up'
      ),
      counted as (
        select cell,
          case when grouping(source) = 0 then 'source' when grouping(segment) = 0 then 'segment'
            when grouping(rep) = 0 then 'rep' else 'all' end as dimension,
          coalesce(source, segment, rep) as "group", count(*)::float8 as people,
          (count(*) filter (where went_on))::float8 as went_on
        from stays
        group by grouping sets ((cell), (cell, source), (cell, segment), (cell, rep))
      )
      select stage, dimension, "group", recent, step, people, went_on as "wentOn"
      from (
        select w.stage, c.dimension, c."group", c.cell / ${sql.lit(stepsMax)} % 2 = 1 as recent, c.cell % ${sql.lit(stepsMax)} as step, c.people, c.went_on,
          sum(c.people) over (partition by w.n, c.dimension, c."group") as everybody
        from counted c join watched w on w.n = c.cell / ${sql.lit(2 * stepsMax)} where c.dimension = 'all' or c."group" is not null
      ) known
      where everybody >= ${peopleMin}`.execute(tx);
    return rows;
  });
};

const placeBatch = (alias: string, places: StaysAsked['places']) =>
  batch(alias, places, {
    stage: ['text', ({ stage }) => stage],
    place: ['float8', ({ place }) => place],
  });
