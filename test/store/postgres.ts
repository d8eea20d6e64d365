import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, vi } from 'vitest';
import { type EmbeddedPostgres, joinEmbedded } from '../../src/store/embedded/join.ts';
import { openStore, type Store } from '../../src/store/open-store.ts';

const templateName = 'tandem_template';

/** A database of this test file's own, with an open store. */
export interface StoreFixture {
  readonly store: Store;
  readonly connectionString: string;
  /** One query from outside, as an administrator would. */
  query<Row>(text: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  /** Empties all tables. */
  reset(): Promise<void>;
  /** Ends every session of this database but the administrator's; answers how many. */
  terminateSessions(): Promise<number>;
  /** What the store said of broken connections and refused settlements; a test that expects some takes them out. */
  readonly trouble: { readonly what: string; readonly error: unknown }[];
}

/**
 * Call at the top of a test file: before its tests it copies a migrated database on the run's embedded Postgres and opens a
 * store on it, after them it closes and drops both, and fails if a session leaked or trouble was not expected.
 */
export const withStore = (): StoreFixture => {
  let open: OpenFixture | null = null;
  const fixture = (): OpenFixture => {
    if (open === null) throw new Error('the store opens in beforeAll: use it inside tests and hooks');
    return open;
  };
  const trouble: StoreFixture['trouble'][number][] = [];
  beforeAll(async () => {
    open = await openFixture((each) => trouble.push(each));
  });
  afterAll(async () => {
    if (open !== null) await closeFixture(open, trouble);
  });
  return {
    get store() {
      return fixture().store;
    },
    get connectionString() {
      return fixture().connectionString;
    },
    query: (text, values) => queryRows(fixture().admin, text, values),
    reset: async () => {
      await fixture().admin.query(await emptyAll(fixture().admin));
    },
    terminateSessions: async () => {
      const rows = await queryRows(
        fixture().admin,
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'`,
      );
      return rows.length;
    },
    trouble,
  };
};

interface OpenFixture {
  readonly embedded: EmbeddedPostgres;
  readonly database: string;
  readonly connectionString: string;
  readonly admin: Client;
  readonly store: Store;
}

const queryRows = async <Row>(
  client: Client,
  text: string,
  values: readonly unknown[] = [],
): Promise<readonly Row[]> => (await client.query(text, [...values])).rows as Row[];

const connect = async (connectionString: string): Promise<Client> => {
  const client = new Client({ connectionString });
  client.on('error', () => undefined);
  await client.connect();
  return client;
};

/** The folder of this run; see test/global-setup.ts. */
export const runFolder = (): string => {
  const folder = process.env.TANDEM_TEST_STORE;
  if (folder === undefined) throw new Error('TANDEM_TEST_STORE is not set: run the tests with vitest');
  return folder;
};

const onDatabase = (connectionString: string, database: string): string => {
  const url = new URL(connectionString);
  url.pathname = `/${database}`;
  return url.href;
};

/** A migrated database that all others are copied from, made once per run. Also the way to an empty one in one step. */
export const copyTemplate = async (connectionString: string): Promise<string> => {
  const server = await connect(connectionString);
  const database = `test_${randomUUID().replaceAll('-', '')}`;
  try {
    await server.query("select pg_advisory_lock(hashtextextended('tandem:test-template', 0))");
    const { rowCount } = await server.query('select from pg_database where datname = $1', [templateName]);
    if (rowCount === 0) await makeTemplate(server, connectionString);
    await server.query(`create database ${database} template ${templateName}`);
  } finally {
    await server.end();
  }
  return database;
};

const makeTemplate = async (server: Client, connectionString: string): Promise<void> => {
  const draft = `${templateName}_${process.pid}`;
  await server.query(`create database ${draft}`);
  const store = await openStore({
    connectionString: onDatabase(connectionString, draft),
    onTrouble: ({ error }) => {
      throw error;
    },
  });
  await store.close();
  await server.query(`alter database ${draft} rename to ${templateName}`);
};

const openFixture = async (
  onTrouble: (each: StoreFixture['trouble'][number]) => void,
): Promise<OpenFixture> => {
  const embedded = await joinEmbedded(runFolder());
  const database = await copyTemplate(embedded.connectionString);
  const connectionString = onDatabase(embedded.connectionString, database);
  const [admin, store] = await Promise.all([
    connect(connectionString),
    openStore({ connectionString, onTrouble }),
  ]);
  return { embedded, database, connectionString, admin, store };
};

const otherSessions = (admin: Client): Promise<readonly { readonly name: string }[]> =>
  queryRows(
    admin,
    `select application_name as name from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'`,
  );

const closeFixture = async (
  open: OpenFixture,
  trouble: readonly StoreFixture['trouble'][number][],
): Promise<void> => {
  await open.store.close();
  // A backend needs a moment to notice that its client has gone.
  const leaked = await vi
    .waitUntil(async () => ((await otherSessions(open.admin)).length === 0 ? 'none' : null), {
      timeout: 2_000,
    })
    .catch(() => otherSessions(open.admin));
  await open.admin.end();
  const server = await connect(open.embedded.connectionString);
  await server.query(`drop database ${open.database} with (force)`);
  await server.end();
  await open.embedded.leave();
  expect(leaked, 'sessions that a test left open').toBe('none');
  expect(trouble, 'trouble that no test expected').toEqual([]);
};

/**
 * Rows of small tables are deleted: truncating writes a new file for each table and index, and there are some fifty tables and hundreds of
 * tests. Whatever has grown is truncated.
 */
const emptyAll = async (admin: Client): Promise<string> => {
  const tables = await queryRows<{ name: string; large: boolean }>(
    admin,
    `select quote_ident(tablename) as name, pg_relation_size('tandem.' || quote_ident(tablename)) > 131072 as large
     from pg_tables where schemaname = 'tandem' and tablename not like 'migrations%'`,
  );
  const large = tables.filter((table) => table.large).map(({ name }) => `tandem.${name}`);
  return [
    'begin',
    'set local session_replication_role = replica',
    ...(large.length === 0 ? [] : [`truncate ${large.join(', ')} cascade`]),
    ...tables.filter((table) => !table.large).map(({ name }) => `delete from tandem.${name}`),
    'commit',
  ].join(';');
};
