import { sql } from 'kysely';
import type { LedgerEntry } from '../../model/state.ts';
import { batch } from '../batch.ts';
import { failureToJson, toJson } from '../json.ts';
import type { Tx } from '../transaction.ts';
import type { Accepted } from './check.ts';

/** Closes intents. One that is gone already was closed by the same worker before: nothing is wrong. */
export const closeIntents = async (tx: Tx, accepted: readonly Accepted[]): Promise<void> => {
  const ids = accepted.flatMap(({ settlement }) => settlement.closedIntents);
  if (ids.length === 0) return;
  await sql`delete from tandem.intents where id = any(${ids}::uuid[])`.execute(tx);
};

/**
 * Writes the ledger, in the order of the settlements and their entries. That a record takes no part is said once, not with each look at it: somebody's
 * whole HubSpot may be out of scope, and is edited all day.
 */
export const writeLedger = async (tx: Tx, accepted: readonly Accepted[]): Promise<void> => {
  const entries = accepted.flatMap(({ settlement, linkId }) =>
    settlement.ledger.map((entry): LedgerEntry & { linkId: string | null } => ({ ...entry, linkId })),
  );
  if (entries.length === 0) return;
  const rows = batch('e', [...entries.entries()], {
    n: ['int', ([index]) => index],
    pair: ['text', ([, entry]) => entry.pair],
    event: ['text', ([, entry]) => entry.event],
    link_id: ['uuid', ([, entry]) => entry.linkId],
    system: ['text', ([, entry]) => entry.target.system],
    type: ['text', ([, entry]) => entry.target.type],
    record_id: ['text', ([, entry]) => entry.target.id],
    field: ['text', ([, entry]) => entry.field],
    from_value: ['json', ([, entry]) => toJson(entry.from)],
    to_value: ['json', ([, entry]) => toJson(entry.to)],
    cause: ['text', ([, entry]) => entry.cause],
    rule: ['text', ([, entry]) => entry.rule],
    clock: ['text', ([, entry]) => entry.clock],
    lost: ['json', ([, entry]) => toJson(entry.lost)],
    changed_at: ['float8', ([, entry]) => entry.changedAt],
  });
  await sql`
    insert into tandem.ledger (pair, event, link_id, system, type, record_id, field, from_value, to_value, cause, rule,
      clock, lost, changed_at)
    select e.pair, e.event, e.link_id, e.system, e.type, e.record_id, e.field, e.from_value, e.to_value, e.cause, e.rule,
      e.clock, e.lost, to_timestamp(e.changed_at / 1000)
    from ${rows}
    where e.event <> 'scope' or not coalesce((
      select known.event = 'scope' and known.rule = e.rule from tandem.ledger known
      where known.system = e.system and known.record_id = e.record_id and known.pair = e.pair
      order by known.id desc limit 1), false)
    order by e.n`.execute(tx);
};

/** Takes fields out of parking, then puts in what was refused now; what stays parked keeps its age. */
export const applyParked = async (tx: Tx, accepted: readonly Accepted[]): Promise<void> => {
  const unpark = accepted.flatMap(({ settlement, unit }) =>
    settlement.unpark.map((each) => ({ ...each, pair: settlement.pair, unit })),
  );
  if (unpark.length > 0) {
    const rows = batch('u', unpark, {
      pair: ['text', (each) => each.pair],
      unit: ['text', (each) => each.unit],
      system: ['text', (each) => each.system],
      field: ['text', (each) => each.field ?? ''],
    });
    await sql`
      delete from tandem.parked p using ${rows}
      where p.pair = u.pair and p.unit = u.unit and p.system = u.system and p.field = u.field`.execute(tx);
  }
  // The last word on a field counts, since one statement can touch a row once.
  const park = new Map(
    accepted.flatMap(({ settlement, unit }) =>
      settlement.park.map(
        (each) => [`${unit} ${each.system} ${each.field ?? ''}`, { ...each, unit }] as const,
      ),
    ),
  );
  if (park.size === 0) return;
  const rows = batch('p', [...park.values()], {
    pair: ['text', (each) => each.pair],
    unit: ['text', (each) => each.unit],
    system: ['text', (each) => each.system],
    field: ['text', (each) => each.field ?? ''],
    type: ['text', (each) => each.ref.type],
    record_id: ['text', (each) => each.ref.id],
    failure: ['json', (each) => failureToJson(each.failure)],
    next_step: ['text', (each) => each.next],
    refused: ['text', (each) => each.refused],
  });
  await sql`
    insert into tandem.parked as stood (pair, unit, system, field, type, record_id, failure, next_step, refused)
    select p.pair, p.unit, p.system, p.field, p.type, p.record_id, p.failure, p.next_step, p.refused from ${rows}
    on conflict (pair, unit, system, field) do update set type = excluded.type, record_id = excluded.record_id,
      failure = excluded.failure, next_step = excluded.next_step, refused = excluded.refused,
      discarded_at = case when stood.refused = excluded.refused then stood.discarded_at end`.execute(tx);
};

/** A unit has at most one open question; null takes it away. */
export const applyReviews = async (tx: Tx, accepted: readonly Accepted[]): Promise<void> => {
  const decided = accepted.filter(({ settlement }) => settlement.review === null);
  if (decided.length > 0) {
    const rows = batch('u', decided, {
      pair: ['text', ({ settlement }) => settlement.pair],
      unit: ['text', ({ unit }) => unit],
    });
    await sql`
      delete from tandem.reviews r using ${rows} where r.pair = u.pair and r.unit = u.unit`.execute(tx);
  }
  const asked = accepted.flatMap(({ settlement, unit }) =>
    settlement.review === undefined || settlement.review === null ? [] : [{ ...settlement.review, unit }],
  );
  if (asked.length === 0) return;
  const rows = batch('r', asked, {
    pair: ['text', (each) => each.pair],
    unit: ['text', (each) => each.unit],
    system: ['text', (each) => each.ref.system],
    type: ['text', (each) => each.ref.type],
    record_id: ['text', (each) => each.ref.id],
    cause: ['text', (each) => each.cause],
    candidates: ['json', (each) => toJson(each.candidates)],
  });
  await sql`
    insert into tandem.reviews as stood (pair, unit, system, type, record_id, cause, candidates)
    select r.pair, r.unit, r.system, r.type, r.record_id, r.cause, r.candidates from ${rows}
    on conflict (pair, unit) do update set system = excluded.system, type = excluded.type,
      record_id = excluded.record_id, cause = excluded.cause, candidates = excluded.candidates,
      left_at = case when stood.cause = excluded.cause and stood.candidates::text = excluded.candidates::text
        then stood.left_at end`.execute(tx);
};
