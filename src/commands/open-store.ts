import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { causeOf, type Logger } from '../log.ts';
import type { Settings } from '../settings.ts';
import { hasStore } from '../store/embedded/data-folder.ts';
import { joinEmbedded } from '../store/embedded/join.ts';
import { openStore, type Store } from '../store/open-store.ts';

export interface OpenedStore {
  readonly store: Store;
  readonly connectionString: string;
  close(): Promise<void>;
}

export interface OpenOptions {
  /** A command that only reads asks for a store that is there: a mistyped folder must not look like one in which all is well. */
  readonly mustExist?: boolean;
  /** Gives the opening up. */
  readonly signal?: AbortSignal;
}

/**
 * Opens the store that `DATABASE_URL` names, or joins the embedded one of the data folder (starting it when nobody has).
 * @throws UnreachableError when it cannot be reached or started; UsageError when it must exist and does not; the signal's reason.
 */
export const openTandemStore = async (
  settings: Settings,
  dataDir: string,
  log: Logger,
  options: OpenOptions = {},
): Promise<OpenedStore> => {
  const { mustExist = false, signal } = options;
  const trouble = (what: string, error: unknown): void => {
    const cause = causeOf(error);
    log.warn({ event: 'store-trouble', what, cause, next: 'Nothing to do: it reconnects by itself.' });
  };
  const embedded =
    settings.databaseUrl === null
      ? await joinEmbedded(dataDir, {
          mustExist,
          ...(signal && { signal }),
          onTrouble: (error) => trouble('embedded store', error),
        })
      : null;
  const connectionString = embedded?.connectionString ?? settings.databaseUrl ?? '';
  try {
    signal?.throwIfAborted();
    const store = await openStore({
      connectionString,
      mustExist,
      onTrouble: ({ what, error }) => trouble(what, error),
    });
    return {
      store,
      connectionString,
      close: async () => {
        await store.close();
        await embedded?.leave();
      },
    };
  } catch (error) {
    await embedded?.leave();
    throw error;
  }
};

/**
 * The store as it is, or, where the data folder has none, an empty one for the time of this command: what is asked of both systems can
 * be answered without memory, and a folder, mistyped or not begun yet, stays as it is. Says so on stderr with what it means for this
 * command; null: nothing that a person has to know.
 */
export const openStoreOrEmpty = async (
  settings: Settings,
  dataDir: string,
  log: Logger,
  meaning: string | null,
): Promise<OpenedStore> => {
  if (settings.databaseUrl !== null || (await hasStore(dataDir))) {
    return openTandemStore(settings, dataDir, log);
  }
  if (meaning !== null) process.stderr.write(`tandem: There is no store in ${dataDir}: ${meaning}\n`);
  const folder = await mkdtemp(join(tmpdir(), 'tandem-no-store-'));
  const remove = async (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const opened = await openTandemStore(settings, folder, log);
    return {
      ...opened,
      close: async () => {
        await opened.close();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
};
