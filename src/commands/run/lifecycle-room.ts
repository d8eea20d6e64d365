import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Everything of the lifecycle, loaded where a configuration has one: its tables of holidays and time zones are more memory than a worker that only
 * aligns has to spare. Null without lifecycle.yaml.
 */
export const loadLifecycleRoom = async (
  configDir: string,
): Promise<typeof import('./lifecycle.ts') | null> =>
  existsSync(join(configDir, 'lifecycle.yaml')) ? import('./lifecycle.ts') : null;
