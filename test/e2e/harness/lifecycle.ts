import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { repositoryRoot } from '../../../src/settings.ts';
import type { Stage } from './stage.ts';

/** A colleague in Salesforce by this short name; answers the user's id. */
export const addRep = async (
  stage: Stage,
  alias: string,
  firstName: string,
  lastName: string,
  more: Readonly<Record<string, string | boolean>> = {},
): Promise<string> => {
  const ids = z.record(z.string(), z.string()).parse(
    await stage.sandbox.control('salesforce', 'directory', {
      users: [{ alias, firstName, lastName, ...more }],
    }),
  );
  const id = ids[alias];
  if (id === undefined) throw new Error(`the directory has nobody called ${alias}`);
  return id;
};

type Edit = (text: string) => string;

/** Changes a file of a configuration. @throws Error when nothing changed */
export const changeConfig = async (folder: string, file: string, edit: Edit): Promise<void> => {
  const path = join(folder, file);
  const text = await readFile(path, 'utf8');
  const changed = edit(text);
  if (changed === text) throw new Error(`${file} has nothing of what was to be changed`);
  await writeFile(path, changed);
};

/**
 * The shipped configuration; these reps are the one pool, without any the org's own assignment rule chooses. Answers the folder, which is made.
 */
export const actingConfig = async (folder: string, reps: readonly string[]): Promise<string> => {
  await cp(join(repositoryRoot, 'config'), folder, { recursive: true });
  if (reps.length > 0) {
    const members = reps.map((owner) => `{ owner: ${owner} }`).join(', ');
    const pools = `pools: { reps: { hours: any, members: [${members}] } }\notherwise: reps`;
    await changeConfig(folder, 'routing.yaml', (text) =>
      text
        .replace('by: salesforce-assignment-rules', 'by: tandem')
        .replace('\nfallback:', `\n${pools}\nfallback:`),
    );
  }
  return folder;
};

/** A calendar's hours in sla.yaml, replaced by all hours of all days, so that no clock waits for a Monday. */
export const aroundTheClock = (text: string): string => {
  const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((day) => `${day}: '00:00-24:00'`);
  return text.replace(/hours: \{ mon: .+\}/, `hours: { ${days.join(', ')} }`);
};
