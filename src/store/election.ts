import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { Client } from 'pg';
import { type Db, run } from './transaction.ts';

/** How often a process that was not elected asks again, and how soon one that lost its session does. */
const askEveryMs = 1_000;
const connectTimeoutMs = 5_000;

/** The class of the advisory locks of elections; workers have their own (`workers.ts`). */
const electionSpace = 0x7a6e;

export interface ElectionOptions {
  readonly connectionString: string;
  /** What is done by one process of a fleet only: `schedule`, `stream salesforce`. */
  readonly office: string;
  /**
   * The work of the elected one. `signal` aborts when the office is lost (its session broke) or laid down; the work then ends soon.
   * What it rejects with goes to `onTrouble`, and the office is laid down and stood for again.
   */
  readonly serve: (signal: AbortSignal) => Promise<void>;
  readonly onTrouble: (trouble: { readonly what: string; readonly error: unknown }) => void;
}

/** A candidacy that goes on until it is ended. */
export interface Candidacy {
  /** Whether this process holds the office now. */
  readonly isElected: boolean;
  /** Lays the office down, waits for its work to end and closes the session. */
  end(): Promise<void>;
}

/**
 * Stands for an office that one process on this database holds at a time. It is an advisory lock of a session of its own: the
 * server frees it when the process dies, however that happens. A broken network can leave a former holder at work for the moment
 * until it notices; the work of an office must bear that (cursors move in transactions, and a dirty row said twice is one).
 */
export const standFor = (options: ElectionOptions): Candidacy => new OfficeCandidacy(options);

/** Whether some process of the fleet holds an office now. */
export const isOfficeHeld = async (db: Db, office: string): Promise<boolean> => {
  const [row] = await run(
    db,
    sql<{ held: boolean }>`
      select exists (select from pg_locks l
        where l.locktype = 'advisory' and l.granted and l.objsubid = 2 and l.classid = ${sql.raw(String(electionSpace))}
          and l.objid = (hashtext(${office})::bigint & 4294967295)::oid
          and l.database = (select oid from pg_database where datname = current_database())) as held`,
  );
  return row?.held === true;
};

/** States: asking → (elected → asking)* → ended. */
class OfficeCandidacy implements Candidacy {
  readonly #options: ElectionOptions;
  readonly #ending = new AbortController();
  readonly #ended: Promise<void>;
  #isElected = false;

  constructor(options: ElectionOptions) {
    this.#options = options;
    this.#ended = this.#stand();
  }

  get isElected(): boolean {
    return this.#isElected;
  }

  async end(): Promise<void> {
    this.#ending.abort();
    await this.#ended;
  }

  async #stand(): Promise<void> {
    while (!this.#ending.signal.aborted) {
      try {
        await this.#term();
      } catch (error) {
        if (!this.#ending.signal.aborted) {
          this.#options.onTrouble({ what: `office '${this.#options.office}'`, error });
        }
      }
      await delay(askEveryMs, undefined, { signal: this.#ending.signal }).catch(() => undefined);
    }
  }

  /** One session: asks until it is elected, serves until it is not any more. */
  async #term(): Promise<void> {
    const session = new Client({
      connectionString: this.#options.connectionString,
      application_name: `tandem office ${process.pid}`,
      connectionTimeoutMillis: connectTimeoutMs,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
    });
    const lost = new AbortController();
    // 'end' follows an error; without a listener the error would end the process.
    session.on('error', () => undefined);
    session.once('end', () => lost.abort());
    try {
      await session.connect();
      const stop = AbortSignal.any([this.#ending.signal, lost.signal]);
      while (!stop.aborted && !(await this.#ask(session))) {
        await delay(askEveryMs, undefined, { signal: stop }).catch(() => undefined);
      }
      if (stop.aborted) return;
      this.#isElected = true;
      await this.#options.serve(stop);
    } finally {
      this.#isElected = false;
      await session.end().catch(() => undefined);
    }
  }

  async #ask(session: Client): Promise<boolean> {
    const { rows } = await session.query<{ taken: boolean }>(
      'select pg_try_advisory_lock($1::int, hashtext($2)) as taken',
      [electionSpace, this.#options.office],
    );
    return rows[0]?.taken === true;
  }
}
