import { sql } from 'kysely';
import type { StayCount, StaysAsked } from '../../model/journeys.ts';
import { batch } from '../batch.ts';
import { type Db, inTransaction } from '../transaction.ts';

const at = (ms: string) => sql.raw(`to_timestamp(${ms} / 1000.0)`);

/**
 * Once a week over the moves of a year: millions of them take longer than any other statement may, and are sorted by person in memory. For this
 * transaction alone.
 */
const settings = `set local statement_timeout = '10min'; set local work_mem = '128MB'`;

/**
 * LifecycleStore.stays. One pass over the moves since the first window began, whatever the number of people before; another owner in the same stage is
 * no move. Whose lead it was is what the clock of the turn says.
 */
export const stays = async (db: Db, asked: StaysAsked): Promise<readonly StayCount[]> => {
  const { windows, places, bounds, peopleMin } = asked;
  const first = Math.min(...windows.map(({ pastFrom }) => pastFrom));
  if (!Number.isFinite(first)) return [];
  return inTransaction(db, async (tx) => {
    await sql.raw(settings).execute(tx);
    const { rows } = await sql<StayCount>`
      with moved as (
        select journey_id, turn, to_stage as stage, source, segment, at,
          lead(at) over journey as left_at, lead(to_stage) over journey as left_to
        from tandem.transitions
        where from_stage <> to_stage and at >= to_timestamp(${first}::float8 / 1000.0)
        window journey as (partition by journey_id order by id)
      ),
      stays as (
        select m.stage, m.source, m.segment, c.owner as rep, m.at >= ${at('w.recent_from')} as recent,
          coalesce(s.ms <= w.horizon_ms and target.place > own.place, false) as went_on,
          width_bucket(least(coalesce(s.ms, w.horizon_ms), w.horizon_ms), ${[...bounds]}::float8[]) as step
        from moved m
        join ${batch('w', windows, {
          stage: ['text', ({ stage }) => stage],
          horizon_ms: ['float8', ({ horizonMs }) => horizonMs],
          past_from: ['float8', ({ pastFrom }) => pastFrom],
          recent_from: ['float8', ({ recentFrom }) => recentFrom],
          until: ['float8', ({ until }) => until],
        })} on w.stage = m.stage and m.at >= ${at('w.past_from')} and m.at < ${at('w.until')}
        cross join lateral (select (extract(epoch from m.left_at - m.at) * 1000)::float8 as ms) s
        left join ${placeBatch('own', places)} on own.stage = m.stage
        left join ${placeBatch('target', places)} on target.stage = m.left_to
        left join tandem.clocks c
          on m.turn > 0 and c.journey_id = m.journey_id and c.turn = m.turn and c.kind = 'follow-up'
      ),
      counted as (
        select stage,
          case when grouping(source) = 0 then 'source' when grouping(segment) = 0 then 'segment'
            when grouping(rep) = 0 then 'rep' else 'all' end as dimension,
          coalesce(source, segment, rep) as "group", recent, step, count(*)::float8 as people,
          (count(*) filter (where went_on))::float8 as went_on
        from stays
        group by grouping sets (
          (stage, recent, step), (stage, recent, step, source), (stage, recent, step, segment), (stage, recent, step, rep))
      )
      select stage, dimension, "group", recent, step, people, went_on as "wentOn"
      from (
        select *, sum(people) over (partition by stage, dimension, "group") as everybody from counted
        where dimension = 'all' or "group" is not null
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
