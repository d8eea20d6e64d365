import { type Kysely, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import { UsageError } from '../model/failure.ts';
import { migrations } from './migrations/index.ts';
import { schemaName, type Tables } from './schema.ts';

const migrationTable = 'migrations';

/**
 * Brings the schema up to date. Several processes may do so at once: Kysely's migrator holds an advisory lock, and all
 * migrations run in one transaction.
 *
 * @throws UsageError when the schema was made by a newer version of Tandem, and when there is none and it must exist.
 */
export const migrate = async (db: Kysely<Tables>, mustExist = false): Promise<void> => {
  const applied = await appliedMigrations(db);
  if (mustExist && applied.length === 0) {
    throw new UsageError(
      'The database holds no store of Tandem.',
      'Check --data or DATABASE_URL; the first tandem run makes the store.',
    );
  }
  const unknown = applied.filter((name) => !(name in migrations));
  if (unknown.length > 0) {
    throw new UsageError(
      `The store was made by a newer version of Tandem: it has the migrations ${unknown.join(', ')}, which this one does not know.`,
      'Run the newer version (git pull && npm ci), or give --data or DATABASE_URL another place.',
    );
  }
  if (applied.length === Object.keys(migrations).length) return;
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => ({ ...migrations }) },
    migrationTableSchema: schemaName,
    migrationTableName: migrationTable,
    migrationLockTableName: `${migrationTable}_lock`,
    // Migrations are written side by side: one with a lower number may come after a store has those above it. Each stands alone.
    allowUnorderedMigrations: true,
  });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
};

const appliedMigrations = async (db: Kysely<Tables>): Promise<readonly string[]> => {
  const table = `${schemaName}.${migrationTable}`;
  const { rows: found } = await sql<{ is_there: boolean }>`
    select to_regclass(${table}) is not null as is_there`.execute(db);
  if (found[0]?.is_there !== true) return [];
  const { rows } = await sql<{ name: string }>`
    select name from ${sql.table(table)} order by name`.execute(db);
  return rows.map((row) => row.name);
};
