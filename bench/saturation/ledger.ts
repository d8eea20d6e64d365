import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { longestRunMs } from '../kit/worker.ts';

const askEveryMs = 250;

const withClient = async <T>(
  connectionString: string,
  work: (ask: (text: string, ...values: number[]) => Promise<number>) => Promise<T>,
): Promise<T> => {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    return await work(async (text, ...values) => {
      const { rows } = await client.query<{ n: number }>(text, values);
      return rows[0]?.n ?? 0;
    });
  } finally {
    await client.end();
  }
};

/** The number of the newest line of the ledger; 0 of an empty one. */
export const newestEntry = async (connectionString: string): Promise<number> =>
  withClient(connectionString, async (ask) =>
    ask('select coalesce(max(id), 0)::float8 as n from tandem.ledger'),
  );

/** Waits until so many leads have been written since that line, whichever worker did it. */
export const untilWritten = async (connectionString: string, since: number, records: number): Promise<void> =>
  withClient(connectionString, async (ask) => {
    const deadline = performance.now() + longestRunMs;
    const written = async (): Promise<number> =>
      ask(
        `select count(distinct record_id)::float8 as n from tandem.ledger
         where id > $1 and event = 'write' and system = 'salesforce'`,
        since,
      );
    while ((await written()) < records) {
      if (performance.now() > deadline) throw new Error(`the backlog of ${records} was not drained`);
      await sleep(askEveryMs);
    }
  });
