import { sql } from 'kysely';
import type { DealRow, ReportDealRow, ReportPersonRow } from '../../model/journeys.ts';
import { batch, epochMs } from '../batch.ts';
import { type Db, inTransaction, run } from '../transaction.ts';

/** LifecycleStore.saveDeals. */
export const saveDeals = (
  db: Db,
  deals: readonly DealRow[],
  people: ReadonlyMap<string, readonly string[]>,
): Promise<void> =>
  inTransaction(db, async (tx) => {
    if (deals.length > 0) {
      await sql`
        insert into tandem.deals as d (id, state, stage, amount, currency, loss_reason, competitor, created_at, closes_on, stamp)
        select r.id, r.state, r.stage, r.amount, r.currency, r.loss_reason, r.competitor, to_timestamp(r.created_at / 1000.0),
          r.closes_on::date, to_timestamp(r.stamp / 1000.0)
        from ${batch('r', deals, {
          id: ['text', ({ id }) => id],
          state: ['text', ({ state }) => state],
          stage: ['text', ({ stage }) => stage],
          amount: ['float8', ({ amount }) => amount],
          currency: ['text', ({ currency }) => currency],
          loss_reason: ['text', ({ lossReason }) => lossReason],
          competitor: ['text', ({ competitor }) => competitor],
          created_at: ['float8', ({ createdAt }) => createdAt],
          closes_on: ['text', ({ closesOn }) => closesOn],
          stamp: ['float8', ({ stamp }) => stamp],
        })} order by r.id
        on conflict (id) do update set state = excluded.state, stage = excluded.stage, amount = excluded.amount, currency = excluded.currency,
          loss_reason = excluded.loss_reason, competitor = excluded.competitor, closes_on = excluded.closes_on, stamp = excluded.stamp
          where d.stamp <= excluded.stamp`.execute(tx);
    }
    if (people.size === 0) return;
    const theirs = [...people].flatMap(([contactId, ids]) => ids.map((id) => ({ contactId, id })));
    const { rows } = await sql<{ deal_id: string }>`
      with people as (select id from tandem.journeys where contact_id = any(${[...people.keys()]}::text[])),
      now as (
        select distinct j.id as journey_id, t.id as deal_id
        from ${batch('t', theirs, {
          contact_id: ['text', ({ contactId }) => contactId],
          id: ['text', ({ id }) => id],
        })} join tandem.journeys j on j.contact_id = t.contact_id join tandem.deals d on d.id = t.id
      ),
      kept as (insert into tandem.deal_people (journey_id, deal_id) select journey_id, deal_id from now on conflict do nothing)
      delete from tandem.deal_people p using people
      where p.journey_id = people.id and not exists (
        select from now where now.journey_id = p.journey_id and now.deal_id = p.deal_id)
      returning p.deal_id`.execute(tx);
    if (rows.length === 0) return;
    await sql`
      delete from tandem.deals d where id = any(${rows.map(({ deal_id }) => deal_id)}::text[])
        and not exists (select from tandem.deal_people p where p.deal_id = d.id)`.execute(tx);
  });

/** LifecycleStore.dealsUnread. */
export const dealsUnread = async (
  db: Db,
  pair: string,
  stages: readonly string[],
  limit: number,
): Promise<readonly { readonly contactId: string; readonly salesforceId: string }[]> =>
  run(
    db,
    sql<{ contactId: string; salesforceId: string }>`
      select j.contact_id as "contactId", link.salesforce_id as "salesforceId"
      from tandem.journeys j join tandem.links link
        on link.pair = ${pair} and link.hubspot_id = j.contact_id and link.ended_at is null and link.salesforce_type = 'Contact'
      where j.stage = any(${[...stages]}::text[]) and j.deals_turn is distinct from j.turn
      order by j.id limit ${limit}`,
  );

/** LifecycleStore.dealsRead. */
export const dealsRead = async (
  db: Db,
  turns: readonly { readonly contactId: string; readonly turn: number }[],
): Promise<void> => {
  if (turns.length === 0) return;
  await run(
    db,
    sql`
      update tandem.journeys j set deals_turn = t.turn
      from ${batch('t', turns, {
        contact_id: ['text', ({ contactId }) => contactId],
        turn: ['int', ({ turn }) => turn],
      })} where j.contact_id = t.contact_id`,
  );
};

/** Deals of people who were ready at least once, oldest first. */
export const reportDeals = async (db: Db): Promise<readonly ReportDealRow[]> =>
  run(
    db,
    sql<ReportDealRow>`
      select d.id, d.state, d.stage, d.amount, d.currency, d.loss_reason as "lossReason", d.competitor,
        round(${epochMs('d.created_at')}) as "createdAt", d.closes_on::text as "closesOn", round(${epochMs('d.stamp')}) as stamp,
        array_agg(j.id::text order by j.id) as journeys
      from tandem.deals d join tandem.deal_people p on p.deal_id = d.id join tandem.journeys j on j.id = p.journey_id
      where j.turn > 0 group by d.id order by d.created_at, d.id`,
  );

/** Everybody who was ready at least once, or is held back by the first start, with the fields of their records as they were last looked at. */
export const reportPeople = async (db: Db, pair: string): Promise<readonly ReportPersonRow[]> =>
  run(
    db,
    sql<ReportPersonRow>`
      select j.id::text as journey, j.contact_id as "contactId", link.salesforce_id as "salesforceId",
        (j.state #> '{contact,fields}')::text as contact, (j.state #> '{sales,fields}')::text as sales
      from tandem.journeys j
      left join tandem.links link on link.pair = ${pair} and link.hubspot_id = j.contact_id and link.ended_at is null
      where j.turn > 0 or exists (
        select from tandem.first_start f where f.journey_id = j.id and f.what = 'hand-off' and f.let_go_at is null)
      order by j.id`,
  );
