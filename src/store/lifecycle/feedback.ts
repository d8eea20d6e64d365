import { sql } from 'kysely';
import type { FeedbackRow } from '../../model/journeys.ts';
import { batch, epochMs } from '../batch.ts';
import { type Db, run, type Tx } from '../transaction.ts';

/** LifecycleStore.noteFeedback. The same word told again is no new one. */
export const noteFeedback = async (db: Db | Tx, rows: readonly FeedbackRow[]): Promise<void> => {
  if (rows.length === 0) return;
  await sql`
    insert into tandem.feedback (journey_id, record, kind, value, at, turn, owner)
    select f.journey, f.record, f.kind, f.value, to_timestamp(f.at / 1000.0), f.turn, f.owner
    from ${batch('f', rows, {
      journey: ['uuid', ({ journeyId }) => journeyId],
      record: ['text', ({ record }) => record],
      kind: ['text', ({ kind }) => kind],
      value: ['text', ({ value }) => value],
      at: ['float8', ({ at }) => at],
      turn: ['int', ({ turn }) => turn],
      owner: ['text', ({ owner }) => owner],
    })}
    where f.value is distinct from (
      select l.value from tandem.feedback l
      where l.journey_id = f.journey and l.record = f.record and l.kind = f.kind order by l.id desc limit 1)`.execute(
    db,
  );
};

/** PostgresLifecycleStore.feedbackSince: the last word of each record and kind, of this moment or later; what was taken back is none. */
export const feedbackSince = async (db: Db, since: number): Promise<readonly FeedbackRow[]> =>
  run(
    db,
    sql<FeedbackRow>`
      select journey_id as "journeyId", record, kind, value, round(${epochMs('at')}) as at, turn, owner
      from (
        select distinct on (journey_id, record, kind) * from tandem.feedback f where f.at >= to_timestamp(${since} / 1000.0)
        order by journey_id, record, kind, id desc) last
      where value is not null order by id`,
  );

/** LifecycleStore.feedback. */
export const feedback = async (
  db: Db,
  journeyIds: readonly string[],
): Promise<ReadonlyMap<string, readonly FeedbackRow[]>> => {
  if (journeyIds.length === 0) return new Map();
  const rows = await run(
    db,
    sql<FeedbackRow>`
      select journey_id as "journeyId", record, kind, value, round(${epochMs('at')}) as at, turn, owner
      from (
        select distinct on (journey_id, record, kind) * from tandem.feedback where journey_id = any(${[...journeyIds]}::uuid[])
        order by journey_id, record, kind, id desc) last
      order by id`,
  );
  return Map.groupBy(rows, ({ journeyId }) => journeyId);
};
