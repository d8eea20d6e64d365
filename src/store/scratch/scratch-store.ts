import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, DatabaseError } from 'pg';
import { joinEmbedded } from '../embedded/join.ts';
import { explainStoreError } from '../errors.ts';
import { openStore, type Store } from '../open-store.ts';
import { copyState } from './copy-state.ts';

/** A store of one process alone, with a copy of another's state; nothing that happens in it is seen elsewhere. */
export interface ScratchStore {
  readonly store: Store;
  /** Lets everything that waits for a time be due now: in a rehearsal nobody waits. */
  skipWaits(): Promise<void>;
  /** Closes it and removes every trace. */
  discard(): Promise<void>;
}

const prefix = 'tandem_scratch_';

const onDatabase = (connectionString: string, database: string): string => {
  const url = new URL(connectionString);
  url.pathname = `/${database}`;
  return url.href;
};

const connect = async (connectionString: string): Promise<Client> => {
  const client = new Client({ connectionString });
  client.on('error', () => undefined);
  await client.connect();
  return client;
};

interface Place {
  readonly connectionString: string;
  remove(): Promise<void>;
}

/** Scratch databases of processes that were killed: nobody is connected to them. */
const dropLeftOver = async (client: Client): Promise<void> => {
  const { rows } = await client.query<{ name: string }>(
    `select quote_ident(datname) as name from pg_database d
     where starts_with(datname, $1) and not exists (select from pg_stat_activity a where a.datname = d.datname)`,
    [prefix],
  );
  for (const { name } of rows) await client.query(`drop database if exists ${name}`).catch(() => undefined);
};

const insufficientPrivilege = '42501';

/** A database beside the store's own; null where its user may not make one. */
const besideStore = async (connectionString: string): Promise<Place | null> => {
  const client = await connect(connectionString);
  const name = `${prefix}${randomUUID().replaceAll('-', '')}`;
  try {
    await dropLeftOver(client);
    await client.query(`create database ${name}`);
  } catch (error) {
    if (error instanceof DatabaseError && error.code === insufficientPrivilege) return null;
    throw error;
  } finally {
    await client.end();
  }
  return {
    connectionString: onDatabase(connectionString, name),
    remove: async () => {
      const admin = await connect(connectionString);
      await admin.query(`drop database if exists ${name} with (force)`).finally(() => admin.end());
    },
  };
};

/** A server of its own in a temporary folder. */
const ofItsOwn = async (): Promise<Place> => {
  const folder = await mkdtemp(join(tmpdir(), 'tandem-scratch-'));
  const embedded = await joinEmbedded(folder);
  return {
    connectionString: embedded.connectionString,
    remove: async () => {
      await embedded.leave();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

/**
 * Opens a scratch store with a copy of the state of the store at `connectionString`: links with their base, what is parked, asked
 * and dirty. The original is read, in one snapshot, and not locked.
 * @throws UnreachableError when either cannot be reached.
 */
export const openScratchStore = async (
  connectionString: string,
  onTrouble: (trouble: { readonly what: string; readonly error: unknown }) => void,
): Promise<ScratchStore> => {
  let place: Place;
  try {
    place = (await besideStore(connectionString)) ?? (await ofItsOwn());
  } catch (error) {
    throw explainStoreError(error);
  }
  const store = await openStore({ connectionString: place.connectionString, onTrouble }).catch(
    async (error: unknown) => {
      await place.remove();
      throw error;
    },
  );
  const discard = async (): Promise<void> => {
    await store.close();
    await place.remove();
  };
  try {
    await copyState(connectionString, place.connectionString);
  } catch (error) {
    await discard();
    throw explainStoreError(error);
  }
  return {
    store,
    discard,
    skipWaits: async () => {
      const client = await connect(place.connectionString);
      await client.query('update tandem.dirty set due = now() where due > now()').finally(() => client.end());
    },
  };
};
