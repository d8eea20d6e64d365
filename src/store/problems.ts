import { sql } from 'kysely';
import type { ClearedBelow, Problem } from '../model/state.ts';
import { cleanText, epochMs, milliseconds } from './batch.ts';
import { type Db, run } from './transaction.ts';

/** EngineStore.raiseProblem: one row per key; its age stays when the words change. */
export const raiseProblem = async (db: Db, problem: Omit<Problem, 'since'>): Promise<void> => {
  const { key, what, cause, fault, next } = problem;
  await run(
    db,
    sql`
      insert into tandem.problems (key, what, cause, fault, next_step)
      values (${cleanText(key)}, ${cleanText(what)}, ${cleanText(cause)}, ${fault}, ${cleanText(next)})
      on conflict (key) do update set what = excluded.what, cause = excluded.cause, fault = excluded.fault,
        next_step = excluded.next_step, told_at = now()`,
  );
};

/** EngineStore.clearProblem. */
export const clearProblem = async (db: Db, key: string, below?: ClearedBelow): Promise<void> => {
  const own = cleanText(key);
  const parts =
    below === undefined
      ? sql``
      : sql`or (starts_with(key, ${`${own}:`}) and told_at <= now() - ${milliseconds(below.untoldForMs)})`;
  await run(db, sql`delete from tandem.problems where key = ${own} ${parts}`);
};

/** All problems, the oldest first. */
export const problems = async (db: Db): Promise<readonly Problem[]> =>
  run(
    db,
    sql<Problem>`
      select key, what, cause, fault, next_step as next, ${epochMs('since')} as since
      from tandem.problems order by tandem.problems.since`,
  );
