import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { z } from 'zod';

/** Moves when the layout of what the simulators save does. */
const format = 2;

const saved = z.object({
  format: z.literal(format),
  seed: z.int(),
  hubspot: z.unknown(),
  salesforce: z.unknown(),
});

/** Both simulators' state at one moment: what the worker's store was told must be in it. */
export interface SavedSandbox {
  readonly seed: number;
  readonly hubspot: unknown;
  readonly salesforce: unknown;
}

/** Writes both states as one file, whole or not at all. */
export const writeSavedSandbox = async (file: string, sandbox: SavedSandbox): Promise<void> => {
  const draft = `${file}.new`;
  const handle = await open(draft, 'w', 0o600);
  try {
    await handle.writeFile(serialize({ format, ...sandbox }));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, file);
  const folder = await open(dirname(file), 'r');
  await folder.sync().finally(async () => folder.close());
};

/** What was saved; null where nothing is, or what is there cannot be read by this version. */
export const readSavedSandbox = async (file: string): Promise<SavedSandbox | null> => {
  try {
    return saved.parse(deserialize(await readFile(file)));
  } catch {
    return null;
  }
};
