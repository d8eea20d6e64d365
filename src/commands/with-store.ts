import { type Logger, makeLog } from '../log.ts';
import { type LoadedMappings, loadMappings } from '../mapping/load.ts';
import { loadSettings, type Settings } from '../settings.ts';
import type { Store } from '../store/open-store.ts';
import { type OpenedStore, openStoreOrEmpty, openTandemStore } from './open-store.ts';

/** Options that every command has which works on a configuration and a store. */
export interface StoreOptions {
  readonly config: string;
  readonly data: string;
  readonly json: boolean;
  readonly args: readonly string[];
}

export interface CommandContext {
  readonly settings: Settings;
  readonly mappings: LoadedMappings;
  readonly log: Logger;
  readonly store: Store;
  readonly connectionString: string;
}

type Folders = Pick<StoreOptions, 'config' | 'data'>;
type ContextCommand = (context: CommandContext) => Promise<number>;

/** Loads the configuration, opens the store in the given way, runs the command and closes the store whatever happens. */
const withOpened = async (
  options: Folders,
  open: (settings: Settings, log: Logger) => Promise<OpenedStore>,
  command: ContextCommand,
): Promise<number> => {
  const settings = loadSettings();
  const mappings = loadMappings(options.config);
  const log = makeLog(process.stderr, settings.logLevel === 'info' ? 'warn' : settings.logLevel);
  const opened = await open(settings, log);
  try {
    const { store, connectionString } = opened;
    return await command({ settings, mappings, log, store, connectionString });
  } finally {
    await opened.close();
  }
};

/** Runs a command on the store, which is made where there is none. */
export const withStore = async (options: Folders, command: ContextCommand): Promise<number> =>
  withOpened(options, (settings, log) => openTandemStore(settings, options.data, log), command);

/** As {@link withStore}, in a store that is there already. @throws UsageError where there is none */
export const withExistingStore: typeof withStore = async (options, command) =>
  withOpened(
    options,
    (settings, log) => openTandemStore(settings, options.data, log, { mustExist: true }),
    command,
  );

/** As {@link withStore}; where there is none, in an empty one that is gone afterwards. `meaning`: what a person is told of that. */
export const withStoreOrEmpty = async (
  options: Folders,
  meaning: string,
  command: ContextCommand,
): Promise<number> =>
  withOpened(options, (settings, log) => openStoreOrEmpty(settings, options.data, log, meaning), command);

/** The command's answer on stdout: JSON alone, or words. */
export const answer = (options: Pick<StoreOptions, 'json'>, json: unknown, words: string): void => {
  process.stdout.write(options.json ? `${JSON.stringify(json)}\n` : `${words.trimEnd()}\n`);
};

export const iso = (ms: number): string => new Date(ms).toISOString();
