import { sql } from 'kysely';
import { z } from 'zod';
import { batch, milliseconds } from '../batch.ts';
import { toJson } from '../json.ts';
import { type Db, inTransaction, run } from '../transaction.ts';

const problemShape = z.object({
  what: z.string(),
  since: z.string(),
  cause: z.string(),
  fault: z.string(),
  next: z.string(),
});

/** What an alert says of a problem. Holds no values of records. */
export type AlertProblem = z.infer<typeof problemShape>;

export interface Alert {
  readonly key: string;
  readonly kind: 'begin' | 'end';
  readonly problem: AlertProblem;
}

/** When a change of state is one: a problem that comes and goes within seconds is none. */
export interface AlertTiming {
  readonly beginAfterMs: number;
  readonly endAfterMs: number;
  /** How long one process may try to tell it before another does. */
  readonly leaseMs: number;
}

/** Notes which problems there are now. What is gone and was never told is forgotten once it has been gone for long enough. */
export const noteProblems = async (
  db: Db,
  problems: readonly (AlertProblem & { readonly key: string })[],
  { endAfterMs }: AlertTiming,
): Promise<void> => {
  const unique = [...new Map(problems.map((problem) => [problem.key, problem])).values()].sort((a, b) =>
    a.key < b.key ? -1 : 1,
  );
  const rows = batch('p', unique, {
    key: ['text', ({ key }) => key],
    problem: ['json', ({ key: _key, ...problem }) => toJson(problemShape.parse(problem))],
  });
  await inTransaction(db, async (tx) => {
    await sql`
      insert into tandem.alerts (key, problem) select p.key, p.problem from ${rows}
      on conflict (key) do update set problem = excluded.problem, gone_at = null`.execute(tx);
    const keys = unique.map(({ key }) => key);
    await sql`
      update tandem.alerts set gone_at = now() where gone_at is null and key <> all(${keys}::text[])`.execute(
      tx,
    );
    await sql`
      delete from tandem.alerts
      where told = 'nothing' and gone_at <= now() - ${milliseconds(endAfterMs)}`.execute(tx);
  });
};

/** The next change of state to tell, taken by this process for so long; null where there is none. */
export const takeAlert = async (
  db: Db,
  { beginAfterMs, endAfterMs, leaseMs }: AlertTiming,
): Promise<Alert | null> => {
  const [row] = await run(
    db,
    sql<{ key: string; told: string; problem: string }>`
      update tandem.alerts set trying_until = now() + ${milliseconds(leaseMs)}
      where key = (
        select key from tandem.alerts
        where (trying_until is null or trying_until <= now()) and (
          (told = 'nothing' and gone_at is null and begun_at <= now() - ${milliseconds(beginAfterMs)})
          or (told = 'begin' and gone_at <= now() - ${milliseconds(endAfterMs)}))
        order by begun_at limit 1 for update skip locked)
      returning key, told, problem::text as problem`,
  );
  if (row === undefined) return null;
  const problem = problemShape.parse(JSON.parse(row.problem));
  return { key: row.key, kind: row.told === 'nothing' ? 'begin' : 'end', problem };
};

/** The webhook has taken it. */
export const alertTold = async (db: Db, { key, kind }: Alert): Promise<void> => {
  await run(
    db,
    kind === 'begin'
      ? sql`update tandem.alerts set told = 'begin', trying_until = null where key = ${key}`
      : sql`delete from tandem.alerts where key = ${key} and gone_at is not null`,
  );
};
