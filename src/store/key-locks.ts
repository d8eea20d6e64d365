import { sql } from 'kysely';
import { batch } from './batch.ts';
import { toJson } from './json.ts';
import { type Db, inTransaction } from './transaction.ts';

/** A match key that a leased unit wants for itself. */
export interface KeyRequest {
  readonly unit: string;
  readonly fence: number;
  readonly key: string;
}

/** How a granted request is named in the answer of lockKeys: two units can ask for the same key in one call. */
export const grantedKey = (request: Pick<KeyRequest, 'unit' | 'key'>): string =>
  `${request.unit} ${request.key}`;

/**
 * EngineStore.lockKeys: a key belongs to the fence that holds it, as long as that lease lives. Keys are kept as JSON strings,
 * since they come from people's data and can hold what `text` refuses.
 */
export const lockKeys = async (
  db: Db,
  holder: string,
  requests: readonly KeyRequest[],
): Promise<ReadonlySet<string>> => {
  if (requests.length === 0) return new Set();
  const wanted = batch('e', [...requests.entries()], {
    n: ['int', ([index]) => index],
    unit: ['text', ([, request]) => request.unit],
    fence: ['bigint', ([, request]) => request.fence],
    key: ['text', ([, request]) => toJson(request.key)],
  });
  const rows = await inTransaction(db, async (tx) => {
    const locked = await sql<{ key: string; fence: number }>`
      insert into tandem.key_locks as held (key, fence)
      select distinct on (e.key) e.key, e.fence
      from ${wanted}
      join tandem.leases lease on lease.unit = e.unit and lease.fence = e.fence
      where lease.holder = ${holder} and lease.expires > now()
      order by e.key, e.n
      on conflict (key) do update set fence = excluded.fence
        where held.fence = excluded.fence or not exists (
          select from tandem.leases owner where owner.fence = held.fence and owner.expires > now())
      returning held.key, held.fence::float8 as fence`.execute(tx);
    return locked.rows;
  });
  const owner = new Map(rows.map((row) => [row.key, row.fence]));
  return new Set(
    requests.filter((request) => owner.get(toJson(request.key)) === request.fence).map(grantedKey),
  );
};
