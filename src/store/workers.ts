import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { type RawBuilder, sql } from 'kysely';
import { Client } from 'pg';
import { UsageError } from '../model/failure.ts';
import { epochMs } from './batch.ts';
import { explainStoreError } from './errors.ts';
import type { Db, Tx } from './transaction.ts';

/**
 * A worker is alive as long as a session of its own holds the advisory lock (workerSpace, its number): the server frees it when the
 * process dies, however that happens, and pg_locks shows it to everyone. A second lock stands for what may have one worker only.
 */
const workerSpace = 0x7a6d;
const exclusiveKey = (exclusive: string): string => `tandem:run:${exclusive}`;

const reconnectDelayMs = 250;
const reconnectDelayMsMax = 5_000;
const connectTimeoutMs = 5_000;
const heartbeatMs = 15_000;

/** What workers are called that `status` misses: a command that does one thing and ends is not missed, and takes nobody's place. */
const lasting = 'run';

export interface WorkerRequest {
  /** What it is called in lists: the role. */
  readonly name: string;
  /** What only one worker may have, the data folder's path; null for a worker beside others. */
  readonly exclusive: string | null;
  /** What it does, by name (commands/run/roles.ts). */
  readonly roles?: readonly string[];
  /** Meant to stay: where it is stopped, that is remembered until the next one comes, so that nobody takes its silence for peace. */
  readonly stays?: boolean;
  /**
   * Told when the session was lost (`taken` false: its leases may be broken by others until it is back, which the
   * fences make harmless) and when somebody else took the exclusive place meanwhile (`taken` true: this worker must stop).
   */
  readonly onLost: (loss: { readonly taken: boolean; readonly error: Error }) => void;
}

/** A registered worker; `id` is the holder of its leases. */
export interface RegisteredWorker {
  readonly id: string;
  leave(): Promise<void>;
}

/** A worker that lives; `since` in epoch milliseconds. */
export interface WorkerRow {
  readonly id: string;
  readonly name: string;
  readonly host: string;
  readonly pid: number;
  readonly exclusive: string | null;
  readonly since: number;
  readonly roles: readonly string[];
}

/** A worker that lives no more and was not to end. */
export interface GoneWorker {
  readonly host: string;
  readonly pid: number;
  /** The last that was heard of it, epoch milliseconds. */
  readonly seenAt: number;
  /** It was stopped in order; else it vanished. */
  readonly isStopped: boolean;
}

/** Workers whose session lives. */
export const livingWorkers = async (db: Db | Tx): Promise<readonly WorkerRow[]> => {
  const { rows } = await livingQuery.execute(db);
  return rows;
};

const isLiving = `exists (
  select from pg_locks l
  where l.locktype = 'advisory' and l.granted and l.objsubid = 2 and l.classid = ${workerSpace} and l.objid = w.number::oid
    and l.database = (select oid from pg_database where datname = current_database()))`;

const livingQuery: RawBuilder<WorkerRow> = sql`
  select w.id, w.name, w.host, w.pid, w.exclusive, ${epochMs('w.since')} as since, w.roles
  from tandem.workers w where ${sql.raw(isLiving)} order by w.number`;

/** The newest worker that lives no more; null where each one ended as it was to, or another came after it. */
export const goneWorker = async (db: Db): Promise<GoneWorker | null> => {
  const { rows } = await sql<GoneWorker>`
    select w.host, w.pid, ${epochMs('w.seen_at')} as "seenAt", w.left_at is not null as "isStopped"
    from tandem.workers w where w.name = ${lasting} and not ${sql.raw(isLiving)}
    order by w.seen_at desc limit 1`.execute(db);
  return rows[0] ?? null;
};

/**
 * Registers this process as a worker and holds its locks until `leave`.
 *
 * @throws UsageError when `exclusive` already has a worker; it names that one.
 * @throws UnreachableError when the database cannot be reached.
 */
export const registerWorker = async (
  connectionString: string,
  request: WorkerRequest,
): Promise<RegisteredWorker> => {
  const session = new WorkerSession(connectionString, request);
  try {
    await session.open();
  } catch (error) {
    throw explainStoreError(error);
  }
  return { id: session.id, leave: () => session.leave() };
};

/** States: new → open → (lost → open)* → left. `client` is the open session; null while lost and after leaving. */
class WorkerSession {
  #client: Client | null = null;
  #number: number | null = null;
  #phase: 'working' | 'left' = 'working';
  #heartbeat: NodeJS.Timeout | null = null;
  readonly #connectionString: string;
  readonly #request: WorkerRequest;

  constructor(connectionString: string, request: WorkerRequest) {
    this.#connectionString = connectionString;
    this.#request = request;
  }

  get id(): string {
    return `${this.#request.name}:${this.#number ?? 0}`;
  }

  /** Connects, takes the locks, writes the row. The lock comes first: a row without lock may be swept away. */
  async open(): Promise<void> {
    const client = new Client({
      connectionString: this.#connectionString,
      application_name: `tandem worker ${process.pid}`,
      connectionTimeoutMillis: connectTimeoutMs,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
    });
    // 'end' follows an error; without a listener the error would end the process.
    client.on('error', () => undefined);
    try {
      await client.connect();
      await this.#takeExclusive(client);
      this.#number ??= await nextNumber(client);
      await client.query('select pg_advisory_lock($1::int, $2::int)', [workerSpace, this.#number]);
      await this.#writeRow(client);
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
    if (this.#phase === 'left') return client.end();
    this.#client = client;
    client.once('end', () => this.#onEnd());
    this.#heartbeat ??= setInterval(() => void this.#beat(), heartbeatMs).unref();
  }

  /** A session that broke says so by itself. */
  async #beat(): Promise<void> {
    await this.#client
      ?.query('update tandem.workers set seen_at = now() where number = $1', [this.#number])
      .catch(() => undefined);
  }

  async leave(): Promise<void> {
    if (this.#phase === 'left') return;
    this.#phase = 'left';
    const client = this.#client;
    this.#client = null;
    if (this.#heartbeat !== null) clearInterval(this.#heartbeat);
    if (client === null) return;
    const leaving = this.#request.stays
      ? 'update tandem.workers set left_at = now(), seen_at = now() where number = $1'
      : 'delete from tandem.workers where number = $1';
    await client.query(leaving, [this.#number]).catch(() => undefined);
    await client.end().catch(() => undefined);
  }

  async #takeExclusive(client: Client): Promise<void> {
    const { exclusive } = this.#request;
    if (exclusive === null) return;
    const { rows } = await client.query<{ taken: boolean }>(
      'select pg_try_advisory_lock(hashtextextended($1, 0)) as taken',
      [exclusiveKey(exclusive)],
    );
    if (rows[0]?.taken === true) return;
    throw new UsageError(
      `Another worker already runs on ${exclusive}${await describeOwner(client, exclusive)}.`,
      'Stop it first, give this one its own --data, or start it with --join to work beside the other.',
    );
  }

  async #writeRow(client: Client): Promise<void> {
    const { name, exclusive, roles = [] } = this.#request;
    await client.query(
      `delete from tandem.workers w where w.number <> $1 and ($2 or w.name <> $3) and not ${isLiving}`,
      [this.#number, name === lasting, lasting],
    );
    await client.query(
      `insert into tandem.workers (number, id, name, host, pid, exclusive, roles) values ($1, $2, $3, $4, $5, $6, $7)
       on conflict (number) do update set seen_at = now()`,
      [this.#number, this.id, name, hostname(), process.pid, exclusive, roles],
    );
  }

  #onEnd(): void {
    this.#client = null;
    if (this.#phase === 'left') return;
    const error = new Error('The session that shows this worker to be alive was lost; taking it up again.');
    this.#request.onLost({ taken: false, error });
    void this.#reopen();
  }

  async #reopen(): Promise<void> {
    for (let tries = 1; this.#phase === 'working'; tries += 1) {
      try {
        return await this.open();
      } catch (error) {
        if (error instanceof UsageError) return this.#request.onLost({ taken: true, error });
        await delay(Math.min(reconnectDelayMsMax, reconnectDelayMs * tries), undefined, { ref: false });
      }
    }
  }
}

const nextNumber = async (client: Client): Promise<number> => {
  const { rows } = await client.query<{ number: number }>(
    "select nextval('tandem.worker_numbers')::int as number",
  );
  const [row] = rows;
  if (row === undefined) throw new Error('no worker number');
  return row.number;
};

const describeOwner = async (client: Client, exclusive: string): Promise<string> => {
  const { rows } = await client.query<{ host: string; pid: number; since: string }>(
    `select w.host, w.pid, to_char(w.since at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as since
     from tandem.workers w where w.exclusive = $1 and ${isLiving} order by w.number desc limit 1`,
    [exclusive],
  );
  const [owner] = rows;
  return owner === undefined ? '' : `: process ${owner.pid} on ${owner.host}, since ${owner.since}`;
};
