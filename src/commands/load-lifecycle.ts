import {
  type LifecycleTexts,
  type LoadedLifecycle,
  lifecycleFileNames,
  loadLifecycle,
} from '../lifecycle/config/load.ts';
import type { Finding } from '../mapping/finding.ts';
import { readConfigFile, type TextFile } from '../mapping/read-files.ts';

/** The lifecycle of a configuration folder, with everything that is to be said about its files. Reads the disk; never throws. */
export const readLifecycle = (configDir: string): LoadedLifecycle => {
  const read = lifecycleFileNames.map((name) => [name, readConfigFile(configDir, name)] as const);
  const unread = read.flatMap(([, file]): Finding[] => (file !== null && 'what' in file ? [file] : []));
  const texts: LifecycleTexts = Object.fromEntries(
    read.filter(
      (entry): entry is readonly [(typeof entry)[0], TextFile] => entry[1] !== null && 'text' in entry[1],
    ),
  );
  const { findings, ...loaded } = loadLifecycle(texts, Date.now());
  return { ...loaded, findings: [...unread, ...findings] };
};
