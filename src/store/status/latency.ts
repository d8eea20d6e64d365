import { sql } from 'kysely';
import type { System } from '../../model/system.ts';
import { type Db, run } from '../transaction.ts';

/** How long changes took, milliseconds, from the source's own stamp to the ledger. */
export interface RouteLatency {
  /** The system that was written to. */
  readonly to: System;
  readonly changes: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/**
 * Latency of the last hour. Salesforce's stamps are whole seconds and each vendor's clock is its own, so that a change can seem
 * to arrive before it was made: that counts as 0.
 */
export const latencies = async (db: Db, pairs: readonly string[]): Promise<readonly RouteLatency[]> =>
  run(
    db,
    sql<RouteLatency>`
      with change as (
        select system, greatest(0, extract(epoch from at - changed_at) * 1000)::float8 as ms
        from tandem.ledger
        where pair = any(${[...pairs]}::text[]) and at > now() - interval '1 hour' and changed_at is not null
          and event in ('write', 'create')
      )
      select system as "to", count(*)::float8 as changes,
        percentile_cont(0.5) within group (order by ms) as "p50Ms",
        percentile_cont(0.99) within group (order by ms) as "p99Ms"
      from change group by system order by system`,
  );
