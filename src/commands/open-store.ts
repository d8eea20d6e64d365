import { causeOf, type Logger } from '../log.ts';
import type { Settings } from '../settings.ts';
import { joinEmbedded } from '../store/embedded/join.ts';
import { openStore, type Store } from '../store/open-store.ts';

export interface OpenedStore {
  readonly store: Store;
  readonly connectionString: string;
  close(): Promise<void>;
}

/**
 * Opens the store that `DATABASE_URL` names, or joins the embedded one of the data folder (starting it when nobody has).
 * @throws UnreachableError when it cannot be reached or started.
 */
export const openTandemStore = async (
  settings: Settings,
  dataDir: string,
  log: Logger,
): Promise<OpenedStore> => {
  const trouble = (what: string, error: unknown): void => {
    const cause = causeOf(error);
    log.warn({ event: 'store-trouble', what, cause, next: 'Nothing to do: it reconnects by itself.' });
  };
  const embedded =
    settings.databaseUrl === null
      ? await joinEmbedded(dataDir, { onTrouble: (error) => trouble('embedded store', error) })
      : null;
  const connectionString = embedded?.connectionString ?? settings.databaseUrl ?? '';
  try {
    const store = await openStore({
      connectionString,
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
