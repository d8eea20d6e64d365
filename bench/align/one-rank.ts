import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mirror } from '../kit/worker.ts';

/** The mirror preset with all sources of one rank, in a folder that is made. @throws Error where the preset has no ranks any more */
export const oneRankConfig = async (folder: string): Promise<string> => {
  await cp(mirror, folder, { recursive: true });
  const file = join(folder, 'mappings/people.yaml');
  const text = await readFile(file, 'utf8');
  const flat = text.replace(/ranks: \[.*\]$/m, 'ranks: [[person, app, form, enrichment, import]]');
  if (flat === text) throw new Error(`${file} has no ranks to level`);
  await writeFile(file, flat);
  return folder;
};
