import { type Logger, makeLog } from '../log.ts';
import { type LoadedMappings, loadMappings } from '../mapping/load.ts';
import { loadSettings, type Settings } from '../settings.ts';
import type { Store } from '../store/open-store.ts';
import { type OpenOptions, openTandemStore } from './open-store.ts';

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

/** Loads the configuration, opens the store (making it where there is none), runs the command and closes the store whatever happens. */
export const withStore = async (
  options: Pick<StoreOptions, 'config' | 'data'>,
  command: (context: CommandContext) => Promise<number>,
  { mustExist = false }: Pick<OpenOptions, 'mustExist'> = {},
): Promise<number> => {
  const settings = loadSettings();
  const mappings = loadMappings(options.config);
  const log = makeLog(process.stderr, settings.logLevel === 'info' ? 'warn' : settings.logLevel);
  const opened = await openTandemStore(settings, options.data, log, { mustExist });
  try {
    const { store, connectionString } = opened;
    return await command({ settings, mappings, log, store, connectionString });
  } finally {
    await opened.close();
  }
};

/** As {@link withStore}, in a store that is there already. @throws UsageError where there is none */
export const withExistingStore: typeof withStore = async (options, command) =>
  withStore(options, command, { mustExist: true });

/** The command's answer on stdout: JSON alone, or words. */
export const answer = (options: Pick<StoreOptions, 'json'>, json: unknown, words: string): void => {
  process.stdout.write(options.json ? `${JSON.stringify(json)}\n` : `${words.trimEnd()}\n`);
};

export const iso = (ms: number): string => new Date(ms).toISOString();
