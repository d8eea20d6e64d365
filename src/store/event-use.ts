import { sql } from 'kysely';
import { type DailyQuota, dailyWindowMs } from '../model/budget.ts';
import type { System } from '../model/system.ts';
import { epochMs, milliseconds } from './batch.ts';
import { type Db, run } from './transaction.ts';

/** Change events of the last day; what the vendor said is null where it does not say. */
export interface EventUse {
  readonly system: System;
  /** That came to Tandem in the last 24 hours (whole hours). */
  readonly told: number;
  /** What all subscribers of the company may get in 24 hours, and had got at that moment. */
  readonly quota: (DailyQuota & { readonly at: number }) | null;
}

/** Counts change events: they are no calls, and have an allocation of their own. */
export class EventUseStore {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  async count(system: System, events: number): Promise<void> {
    if (events === 0) return;
    await run(
      this.#db,
      sql`
        insert into tandem.event_usage as row (system, hour, events)
        values (${system}, date_trunc('hour', now()), ${events})
        on conflict (system, hour) do update set events = row.events + excluded.events`,
    );
  }

  async observe(system: System, { limit, used }: DailyQuota): Promise<void> {
    await run(
      this.#db,
      sql`
        insert into tandem.event_quotas (system, daily_limit, daily_used)
        values (${system}, ${limit}, ${used})
        on conflict (system) do update set
          daily_limit = excluded.daily_limit, daily_used = excluded.daily_used, observed_at = now()`,
    );
  }

  /** Of each system that ever told anything. */
  async read(): Promise<readonly EventUse[]> {
    const rows = await run(
      this.#db,
      sql<{ system: System; told: number; limit: number | null; used: number | null; at: number | null }>`
        select coalesce(u.system, q.system) as system, coalesce(u.told, 0)::float8 as told,
          q.daily_limit::float8 as "limit", q.daily_used::float8 as used, ${epochMs('q.observed_at')} as at
        from (
          select system, sum(events) as told from tandem.event_usage
          where hour > now() - ${milliseconds(dailyWindowMs)} group by system
        ) u full join tandem.event_quotas q on q.system = u.system
        order by 1`,
    );
    return rows.map(({ system, told, limit, used, at }) => ({
      system,
      told,
      quota: limit === null || used === null || at === null ? null : { limit, used, at },
    }));
  }
}
