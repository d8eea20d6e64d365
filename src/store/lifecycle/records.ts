import { sql } from 'kysely';
import { batch } from '../batch.ts';
import { markDirty } from '../signals.ts';
import { type Db, inTransaction, run } from '../transaction.ts';
import { recordUnit } from '../unit-key.ts';

/** LifecycleStore.askRecords. */
export const askRecords = (
  db: Db,
  pair: string,
  type: string,
  contactIds: readonly string[],
): Promise<void> =>
  inTransaction(db, (tx) =>
    markDirty(
      tx,
      contactIds.map((id) => ({
        pair,
        ref: { system: 'hubspot', type, id },
        class: 'consent',
        stamp: null,
        cause: 'hand-off',
      })),
    ),
  );

/** LifecycleStore.obstacles. */
export const obstacles = async (
  db: Db,
  pair: string,
  type: string,
  contactIds: readonly string[],
): Promise<ReadonlyMap<string, string>> => {
  const units = batch('u', contactIds, {
    id: ['text', (id) => id],
    unit: ['text', (id) => recordUnit({ system: 'hubspot', type, id })],
  });
  const rows = await run(
    db,
    sql<{ id: string; why: string }>`
      select u.id, coalesce(
        (select 'a question waits for a person: ' || v.cause from tandem.reviews v where v.pair = ${pair} and v.unit = u.unit limit 1),
        (select 'Salesforce refuses the record: ' || (p.failure ->> 'code') from tandem.parked p
          where p.pair = ${pair} and p.unit = u.unit and p.field = '' limit 1),
        (select 'a value is refused: ' || p.field || ': ' || (p.failure ->> 'code') from tandem.parked p
          where p.pair = ${pair} and p.unit = u.unit limit 1)) as why
      from ${units}`,
  );
  return new Map(rows.flatMap(({ id, why }) => (why === null ? [] : [[id, why]])));
};

/** Which of these contacts are to have a record in Salesforce: a hand-off of theirs is ordered, or has been carried out; one that ended before makes none. */
export const handedAmong = async (db: Db, contactIds: readonly string[]): Promise<ReadonlySet<string>> => {
  if (contactIds.length === 0) return new Set();
  const rows = await run(
    db,
    sql<{ contact_id: string }>`
      select j.contact_id from tandem.journeys j
      where j.contact_id = any(${[...contactIds]}::text[])
        and exists (select from tandem.effects e where e.journey_id = j.id and e.kind = 'hand-off'
          and (e.state = 'open' or e.steps -> 'sales' ->> 'state' = 'done'))`,
  );
  return new Set(rows.map(({ contact_id }) => contact_id));
};
