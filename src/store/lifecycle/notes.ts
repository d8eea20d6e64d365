import { sql } from 'kysely';
import { journeySignals } from '../../model/journeys.ts';
import { epochMs } from '../batch.ts';
import { type Db, run } from '../transaction.ts';
import { isAnybodyToGo } from './first-start.ts';

const sinceName = 'since';
const turnsName = 'turns';
const staffName = 'staff';
const signalsName = 'signals';
const pausesName = 'pauses';

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

/** LifecycleStore.notePauses. */
export const notePauses = async (db: Db, scopes: readonly string[]): Promise<void> => {
  await run(
    db,
    sql`
      insert into tandem.lifecycle (name, value) values (${pausesName}, ${JSON.stringify(scopes)}::json)
      on conflict (name) do update set value = excluded.value, version = tandem.lifecycle.version + 1, at = now()`,
  );
};

/** PostgresLifecycleStore.notedPauses. */
export const notedPauses = async (db: Db): Promise<readonly string[] | null> => {
  const [row] = await run(
    db,
    sql<{ scopes: readonly string[] }>`
      select array(select json_array_elements_text(value)) as scopes from tandem.lifecycle where name = ${pausesName}`,
  );
  return row?.scopes ?? null;
};

/** What of the work waits for a word. */
export interface Waits {
  readonly looks: boolean;
  readonly kinds: readonly string[];
  readonly letGo: boolean;
}

/** LifecycleStore.isBusy. What was refused, or is paused, waits for a person, and keeps nobody waiting. */
export const isBusy = async (
  db: Db,
  { looks, kinds, letGo }: Waits = { looks: false, kinds: [], letGo: false },
): Promise<boolean> => {
  const [row] = await run(
    db,
    sql<{ busy: boolean }>`
      select (not ${looks} and exists (select from tandem.dirty where pair = ${journeySignals}))
        or (not ${looks} and exists (select from tandem.journeys where next_at <= now()))
        or (not ${looks} and exists (select from tandem.details where due <= now()))
        or exists (select from tandem.effects where state = 'open' and next_step is null and kind <> all(${[...kinds]}::text[]))
        or (not ${letGo} and ${isAnybodyToGo}) as busy`,
  );
  return row?.busy === true;
};
