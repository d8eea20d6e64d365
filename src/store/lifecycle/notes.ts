import { sql } from 'kysely';
import { journeySignals } from '../../model/journeys.ts';
import { epochMs } from '../batch.ts';
import { type Db, run } from '../transaction.ts';
import { isAnybodyToGo } from './first-start.ts';

const sinceName = 'since';
const turnsName = 'turns';
const staffName = 'staff';
const signalsName = 'signals';

/** LifecycleStore.now. */
export const storeNow = async (db: Db): Promise<number> => {
  const [row] = await run(db, sql<{ now: number }>`select ${epochMs('clock_timestamp()')} as now`);
  if (row === undefined) throw new Error('the store does not tell the time');
  return Math.round(row.now);
};

/** LifecycleStore.sinceAt. */
export const sinceAt = async (db: Db): Promise<number> => {
  await run(
    db,
    sql`insert into tandem.lifecycle (name, value) values (${sinceName}, 'null') on conflict (name) do nothing`,
  );
  const [row] = await run(
    db,
    sql<{ at: number }>`select ${epochMs('at')} as at from tandem.lifecycle where name = ${sinceName}`,
  );
  if (row === undefined) throw new Error('the store does not tell since when the lifecycle is on');
  return Math.round(row.at);
};

/** JSON that is written over the version that was read alone; version 0 is before the first. */
export interface VersionedNote {
  readonly version: number;
  readonly state: string;
}

const note = async (db: Db, name: string): Promise<VersionedNote> => {
  const [row] = await run(
    db,
    sql<VersionedNote>`
      select version::float8 as version, value::text as state from tandem.lifecycle where name = ${name}`,
  );
  return row ?? { version: 0, state: '{}' };
};

/** False: somebody else wrote it meanwhile. */
const saveNote = async (db: Db, name: string, { version, state }: VersionedNote): Promise<boolean> => {
  const rows = await run(
    db,
    version === 0
      ? sql<{ name: string }>`
          insert into tandem.lifecycle (name, value) values (${name}, ${state}::json)
          on conflict (name) do nothing returning name`
      : sql<{ name: string }>`
          update tandem.lifecycle set value = ${state}::json, version = version + 1, at = now()
          where name = ${name} and version = ${version} returning name`,
  );
  return rows.length === 1;
};

/** LifecycleStore.turns. */
export const turns = (db: Db): Promise<VersionedNote> => note(db, turnsName);

/** LifecycleStore.saveTurns. */
export const saveTurns = (db: Db, version: number, state: string): Promise<boolean> =>
  saveNote(db, turnsName, { version, state });

/** LifecycleStore.keptSignals. */
export const keptSignals = (db: Db): Promise<VersionedNote> => note(db, signalsName);

/** LifecycleStore.saveSignals. */
export const saveSignals = (db: Db, version: number, state: string): Promise<boolean> =>
  saveNote(db, signalsName, { version, state });

/** PostgresLifecycleStore.saveStaff. */
export const saveStaff = async (db: Db, owners: string): Promise<void> => {
  await run(
    db,
    sql`
      insert into tandem.lifecycle (name, value) values (${staffName}, ${owners}::json)
      on conflict (name) do update set value = excluded.value, version = tandem.lifecycle.version + 1, at = now()`,
  );
};

/** PostgresLifecycleStore.staff. */
export const staff = async (db: Db): Promise<string> => {
  const [row] = await run(
    db,
    sql<{ owners: string }>`select value::text as owners from tandem.lifecycle where name = ${staffName}`,
  );
  return row?.owners ?? '[]';
};

/** LifecycleStore.isBusy. What was refused waits for a person, and keeps nobody waiting. */
export const isBusy = async (db: Db): Promise<boolean> => {
  const [row] = await run(
    db,
    sql<{ busy: boolean }>`
      select exists (select from tandem.dirty where pair = ${journeySignals})
        or exists (select from tandem.journeys where next_at <= now())
        or exists (select from tandem.details where due <= now())
        or exists (select from tandem.effects where state = 'open' and next_step is null)
        or ${isAnybodyToGo} as busy`,
  );
  return row?.busy === true;
};
