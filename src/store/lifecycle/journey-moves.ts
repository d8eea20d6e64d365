import { sql } from 'kysely';
import { batch } from '../batch.ts';
import { type Db, inTransaction, run } from '../transaction.ts';

/** LifecycleStore.adopt. Activities of the others go along; what was under way for them is not carried out any more. */
export const adopt = (db: Db, contactId: string, merged: readonly string[]): Promise<void> =>
  inTransaction(db, async (tx) => {
    const { rows } = await sql<{ id: string }>`
      select j.id from tandem.journeys j
      where j.contact_id = any(${[...merged]}::text[])
        and not exists (select from tandem.journeys own where own.contact_id = ${contactId})
      order by j.turn desc,
        (select max(t.at) from tandem.transitions t where t.journey_id = j.id) desc nulls last, j.began_at, j.id
      for update`.execute(tx);
    const [heir, ...others] = rows.map(({ id }) => id);
    if (heir === undefined) return;
    await sql`
      update tandem.journeys set contact_id = ${contactId}, version = version + 1, next_at = now() where id = ${heir}::uuid`.execute(
      tx,
    );
    if (others.length === 0) return;
    await sql`
      insert into tandem.activities (journey_id, key, at, activity)
      select ${heir}::uuid, key, at, activity from tandem.activities where journey_id = any(${others}::uuid[])
      on conflict (journey_id, key) do nothing`.execute(tx);
    await sql`
      insert into tandem.told_activities (journey_id, key, at, activity)
      select distinct on (key) ${heir}::uuid, key, at, activity from tandem.told_activities
      where journey_id = any(${others}::uuid[]) order by key
      on conflict (journey_id, key) do nothing`.execute(tx);
    await sql`
      update tandem.feedback set journey_id = ${heir}::uuid where journey_id = any(${others}::uuid[])`.execute(
      tx,
    );
    await sql`
      insert into tandem.recommended (journey_id, record, turn, piece, stage, deal_stage, mode, version, at, until)
      select distinct on (record, turn, piece) ${heir}::uuid, record, turn, piece, stage, deal_stage, mode, version, at, until
      from tandem.recommended where journey_id = any(${others}::uuid[]) order by record, turn, piece, at
      on conflict (journey_id, record, turn, piece) do nothing`.execute(tx);
    // The next look counts anew: the tally knows nothing of the others' activities.
    await sql`
      update tandem.journeys set state = jsonb_set(state::jsonb, '{rules}', 'null')::json where id = ${heir}::uuid`.execute(
      tx,
    );
    await sql`delete from tandem.first_start where journey_id = any(${others}::uuid[]) and let_go_at is null`.execute(
      tx,
    );
    await sql`
      update tandem.effects set state = 'done', done_at = now(), why = 'the contact was merged into another'
      where journey_id = any(${others}::uuid[]) and state = 'open'`.execute(tx);
    await sql`
      update tandem.journeys set next_at = null, version = version + 1 where id = any(${others}::uuid[])`.execute(
      tx,
    );
  });

/** LifecycleStore.tell. */
export const tell = async (
  db: Db,
  facts: readonly { readonly contactId: string; readonly key: string; readonly fact: string }[],
): Promise<void> => {
  if (facts.length === 0) return;
  await run(
    db,
    sql`
      with told as (
        insert into tandem.told_facts (journey_id, key, fact)
        select j.id, t.key, t.fact from ${batch('t', facts, {
          contact_id: ['text', ({ contactId }) => contactId],
          key: ['text', ({ key }) => key],
          fact: ['json', ({ fact }) => fact],
        })} join tandem.journeys j on j.contact_id = t.contact_id
        on conflict (journey_id, key) do nothing returning journey_id
      )
      update tandem.journeys set next_at = now() where id in (select journey_id from told)`,
  );
};

/** LifecycleStore.anybodyIn. */
export const anybodyIn = async (db: Db, stages: readonly string[]): Promise<boolean> => {
  const [row] = await run(
    db,
    sql<{ any: boolean }>`
      select exists (select from tandem.journeys where owner is not null and stage = any(${[...stages]}::text[])) as any`,
  );
  return row?.any === true;
};

/** LifecycleStore.wakeOf. */
export const wakeOf = async (db: Db, owners: readonly string[], stages: readonly string[]): Promise<void> => {
  await run(
    db,
    sql`
      update tandem.journeys set next_at = now()
      where owner = any(${[...owners]}::text[]) and stage = any(${[...stages]}::text[])`,
  );
};
