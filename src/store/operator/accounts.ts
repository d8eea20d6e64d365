import { sql } from 'kysely';
import type { System } from '../../model/system.ts';
import { type Db, run } from '../transaction.ts';

/**
 * The account (portal, organization) whose records this store knows. The first one is kept, and stays: only a store that knows nothing of
 * any record yet takes another, so that a wrong token can be corrected. Answers the one that counts.
 */
export const keepAccount = async (db: Db, system: System, account: string): Promise<string> => {
  await run(
    db,
    sql`
      insert into tandem.accounts as kept (system, account) values (${system}, ${account})
      on conflict (system) do update set account = excluded.account, since = now()
      where kept.account <> excluded.account
        and not exists (select from tandem.alignments) and not exists (select from tandem.links)
        and not exists (select from tandem.dirty)`,
  );
  const [kept] = await run(
    db,
    sql<{ account: string }>`select account from tandem.accounts where system = ${system}`,
  );
  return kept?.account ?? account;
};
