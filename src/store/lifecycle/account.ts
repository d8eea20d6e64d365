import { sql } from 'kysely';
import type { AccountTransitionRow, HandOffEffectRow } from '../../model/journeys.ts';
import { epochMs } from '../batch.ts';
import { type Db, run } from '../transaction.ts';

/** A moment as a condition; without one everything counts. */
const sinceOf = (column: string, since: number | null) =>
  since === null ? sql`true` : sql`${sql.raw(column)} >= to_timestamp(${since} / 1000.0)`;

/** All transitions of people who were ready at least once, each journey's in the order in which they happened; `since`: of this moment or later alone. */
export const accountTransitions = async (
  db: Db,
  since: number | null = null,
): Promise<readonly AccountTransitionRow[]> =>
  run(
    db,
    sql<AccountTransitionRow>`
      select t.journey_id as journey, t.from_stage as "from", t.to_stage as "to", t.move, t.legal, round(${epochMs('t.at')}) as at,
        t.cause, t.evidence, t.by_whom as by, t.turn, t.reason, t.version, t.definition, t.behaviour, t.mode, t.effects
      from tandem.transitions t join tandem.journeys j on j.id = t.journey_id
      where j.turn > 0 and ${sinceOf('t.at', since)} order by t.journey_id, t.id`,
  );

/** Orders to hand people over, as they stand; `salesforceId` is the record that the contact is linked with. */
export const handOffEffects = async (
  db: Db,
  pair: string,
  since: number | null = null,
): Promise<readonly HandOffEffectRow[]> =>
  run(
    db,
    sql<HandOffEffectRow>`
      select e.journey_id as journey, e.turn, e.kind, round(${epochMs('e.at')}) as at, round(${epochMs('e.done_at')}) as "doneAt", e.why,
        e.next_step is not null as refused, coalesce(e.steps -> 'sales' ->> 'state', '') = 'done' as reached, j.contact_id as "contactId", link.salesforce_id as "salesforceId"
      from tandem.effects e join tandem.journeys j on j.id = e.journey_id
      left join tandem.links link on link.pair = ${pair} and link.hubspot_id = j.contact_id and link.ended_at is null
      where e.kind in ('hand-off', 'hand-on', 're-route') and ${sinceOf('e.at', since)} order by e.at`,
  );
