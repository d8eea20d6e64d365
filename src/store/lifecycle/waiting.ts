import { sql } from 'kysely';
import type { WaitingRow } from '../../model/journeys.ts';
import { epochMs } from '../batch.ts';
import { type Db, run } from '../transaction.ts';

const of = (name: string) => sql`(j.state #>> ${sql.lit(`{journey,${name}}`)}::text[])`;

/**
 * PostgresLifecycleStore.waiting: people of marketing whom a day brings forward or keeps, those whose day comes first before the others. By the stages and the
 * timer first, so that of a million journeys few are opened.
 */
export const waiting = async (db: Db, pair: string): Promise<readonly WaitingRow[]> =>
  run(
    db,
    sql<WaitingRow>`
      select w.* from (
        select j.contact_id as "contactId", link.salesforce_id as "salesforceId", j.stage, j.turn, j.owner,
          ${of('reason')} as reason, ${of('program')} as program, ${of('recontactAt')}::float8 as "recontactAt",
          ${of('heldUntil')}::float8 as "heldUntil", ${of('cooledAt')}::float8 as "cooledAt", ${of('waiting')} is not null as "isReady",
          round(${epochMs('j.next_at')}) as "nextAt"
        from tandem.journeys j
        left join tandem.links link on link.pair = ${pair} and link.hubspot_id = j.contact_id and link.ended_at is null
        where j.next_at is not null and j.stage in ('nurture', 'returned', 'lost', 'win-back', 'disqualified')) w
      where w."recontactAt" is not null or w."heldUntil" is not null or (w."isReady" and w."cooledAt" is not null)
      order by w."nextAt", w."contactId"`,
  );
