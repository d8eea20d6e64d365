import { Client } from 'pg';

/**
 * Tables whose rows are of a moment or a process, or that no look rests on. The ledger is the past: nothing is decided by it.
 * Intents are left out with care: their outcome is found by the look itself, as after any crash.
 */
const notCopied: ReadonlySet<string> = new Set([
  'migrations',
  'migrations_lock',
  'leases',
  'key_locks',
  'workers',
  'ledger',
  'intents',
  'alerts',
  'problems',
  'budget_lanes',
  'budget_permits',
  'budget_usage',
  'budget_quotas',
  'alignments',
  'cursors',
]);

const rowsPerPage = 2_000;

interface Column {
  readonly name: string;
  readonly generated: boolean;
}

const tablesOf = async (client: Client): Promise<readonly string[]> => {
  // What others refer to comes first.
  const { rows } = await client.query<{ name: string }>(
    `select t.tablename as name from pg_tables t where t.schemaname = 'tandem'
     order by not exists (select from pg_constraint c where c.contype = 'f'
       and c.confrelid = format('%I.%I', t.schemaname, t.tablename)::regclass), t.tablename`,
  );
  return rows.map(({ name }) => name).filter((name) => !notCopied.has(name));
};

const columnsOf = async (client: Client, table: string): Promise<readonly Column[]> => {
  const { rows } = await client.query<Column>(
    `select quote_ident(column_name) as name, is_generated <> 'NEVER' or is_identity = 'YES' as generated
     from information_schema.columns where table_schema = 'tandem' and table_name = $1 order by ordinal_position`,
    [table],
  );
  return rows;
};

/** Every value travels as its own text, so that nothing of it passes through JavaScript's types. */
const copyTable = async (from: Client, to: Client, table: string): Promise<void> => {
  const columns = (await columnsOf(to, table)).filter(({ generated }) => !generated);
  const names = columns.map(({ name }) => name).join(', ');
  const texts = columns.map(({ name }) => `${name}::text`).join(', ');
  const types = await to.query<{ type: string }>(
    `select format_type(a.atttypid, a.atttypmod) as type from pg_attribute a
     where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped and a.attidentity = '' and a.attgenerated = ''
     order by a.attnum`,
    [`tandem.${table}`],
  );
  const casts = types.rows.map(({ type }, index) => `c${index}::${type}`).join(', ');
  const arrays = columns.map((_, index) => `$${index + 1}::text[]`).join(', ');
  const aliases = columns.map((_, index) => `c${index}`).join(', ');
  await from.query(`declare rows_of_${table} no scroll cursor for select ${texts} from tandem.${table}`);
  for (;;) {
    const page = await from.query<(string | null)[]>({
      text: `fetch ${rowsPerPage} from rows_of_${table}`,
      rowMode: 'array',
    });
    if (page.rows.length > 0) {
      await to.query(
        `insert into tandem.${table} (${names}) select ${casts} from unnest(${arrays}) as t(${aliases})`,
        columns.map((_, index) => page.rows.map((row) => row[index] ?? null)),
      );
    }
    if (page.rows.length < rowsPerPage) break;
  }
  await from.query(`close rows_of_${table}`);
};

const open = async (connectionString: string): Promise<Client> => {
  const client = new Client({ connectionString });
  client.on('error', () => undefined);
  await client.connect();
  return client;
};

/**
 * Copies what the engine decides by from one store to another with the same schema, as it was in one moment. A word of a person that
 * pauses something is not copied: what is asked is what would be done without it.
 */
export const copyState = async (source: string, target: string): Promise<void> => {
  const [from, to] = [await open(source), await open(target)];
  try {
    await from.query('begin transaction isolation level repeatable read, read only');
    await to.query('begin');
    for (const table of await tablesOf(to)) await copyTable(from, to, table);
    await to.query("delete from tandem.pauses where by = 'hand'");
    await to.query('update tandem.dirty set held = false');
    await to.query('commit');
    await from.query('commit');
  } finally {
    await from.end();
    await to.end();
  }
  const after = await open(target);
  await after.query('analyze').finally(() => after.end());
};
