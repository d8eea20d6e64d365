import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { batch } from '../batch.ts';
import type { Db, Tx } from '../transaction.ts';

const secretName = 'erasure';
const secretBytes = 32;

const hashOf = (secret: string, name: string): string =>
  createHmac('sha256', Buffer.from(secret, 'base64')).update(name).digest('base64');

/** The key, where anybody was erased yet: before that nobody has to be asked about. */
const secretInUse = async (tx: Db | Tx): Promise<string | null> => {
  const { rows } = await sql<{ value: string }>`
    select value from tandem.secrets where name = ${secretName} and exists (select from tandem.erased)`.execute(
    tx,
  );
  return rows[0]?.value ?? null;
};

const makeSecret = async (tx: Tx): Promise<string> => {
  const made = randomBytes(secretBytes).toString('base64');
  await sql`
    insert into tandem.secrets (name, value) values (${secretName}, ${made}) on conflict do nothing`.execute(
    tx,
  );
  const { rows } = await sql<{ value: string }>`
    select value from tandem.secrets where name = ${secretName}`.execute(tx);
  return rows[0]?.value ?? made;
};

/** Which of these names (model/erasure.ts) have a tombstone. */
export const erasedAmong = async (tx: Db | Tx, names: readonly string[]): Promise<ReadonlySet<string>> => {
  if (names.length === 0) return new Set();
  const secret = await secretInUse(tx);
  if (secret === null) return new Set();
  const byHash = new Map(names.map((name) => [hashOf(secret, name), name]));
  const { rows } = await sql<{ hash: string }>`
    select hash from tandem.erased where hash = any(${[...byHash.keys()]}::text[])`.execute(tx);
  return new Set(rows.flatMap(({ hash }) => byHash.get(hash) ?? []));
};

/** Puts up a tombstone for each name; one that stands already joins the newer ones, so that lifting lifts all. */
export const putTombstones = async (tx: Tx, names: readonly string[], cause: string): Promise<void> => {
  if (names.length === 0) return;
  const secret = await makeSecret(tx);
  const erasure = randomUUID();
  const rows = batch('e', [...new Set(names)].sort(), { hash: ['text', (name) => hashOf(secret, name)] });
  await sql`
    update tandem.erased set erasure = ${erasure} where erasure in (
      select stood.erasure from ${rows} join tandem.erased stood on stood.hash = e.hash)`.execute(tx);
  await sql`
    insert into tandem.erased (hash, erasure, cause) select e.hash, ${erasure}, ${cause} from ${rows}
    on conflict (hash) do nothing`.execute(tx);
};

/** Takes down the tombstones of these names and all that came with them; answers how many. */
export const liftTombstones = async (tx: Tx, names: readonly string[]): Promise<number> => {
  const secret = await secretInUse(tx);
  if (secret === null || names.length === 0) return 0;
  const hashes = names.map((name) => hashOf(secret, name));
  const { numAffectedRows } = await sql`
    delete from tandem.erased where erasure in (
      select erasure from tandem.erased where hash = any(${hashes}::text[]))`.execute(tx);
  return Number(numAffectedRows ?? 0);
};
