import type { Migration } from 'kysely/migration';
import { first } from './0001-first.ts';
import { liveSignals } from './0007-live-signals.ts';

/** All migrations in the order of their names, which is the order in which they run. */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001-first': first,
  '0007-live-signals': liveSignals,
};
