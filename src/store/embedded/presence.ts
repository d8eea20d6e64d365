import { Client } from 'pg';

/**
 * The advisory lock that says who uses the server: every process that joined holds it shared, on a connection of its
 * own. Whoever gets it exclusively is alone and stops the server; whoever comes meanwhile waits for it, is ended with
 * the server and starts it again. A killed process loses its connection, and so never counts.
 */
const presenceLock = "hashtextextended('tandem:presence', 0)";

/** Shown in pg_stat_activity. */
const applicationName = `tandem presence ${process.pid}`;

/** Connects and takes the shared lock. Rejects with the server's or the socket's error. */
export const announcePresence = async (connectionString: string, timeoutMs: number): Promise<Client> => {
  const client = new Client({
    connectionString,
    application_name: applicationName,
    connectionTimeoutMillis: timeoutMs,
    keepAlive: true,
  });
  // A connection that breaks also emits 'error', which ends the process if nobody listens; 'end' follows.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(`select pg_advisory_lock_shared(${presenceLock})`);
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
};

/** Gives up the shared lock and says whether nobody else holds it: then nobody new is let in until the connection ends. */
export const withdrawPresence = async (client: Client): Promise<boolean> => {
  await client.query(`select pg_advisory_unlock_shared(${presenceLock})`);
  const { rows } = await client.query<{ alone: boolean }>(
    `select pg_try_advisory_lock(${presenceLock}) as alone`,
  );
  return rows[0]?.alone === true;
};
