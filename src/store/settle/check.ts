import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { recordName } from '../../model/erasure.ts';
import type { Base, Follower, Link, UnitSettlement } from '../../model/state.ts';
import { systems } from '../../model/system.ts';
import { batch } from '../batch.ts';
import { erasedAmong } from '../erasure/tombstones.ts';
import { lockFences } from '../leases.ts';
import { type LinkRow, linkColumns, toLink } from '../links.ts';
import type { Tx } from '../transaction.ts';
import { linkUnit, parseUnit } from '../unit-key.ts';

/** A settlement whose preconditions hold, with what was computed from the locked rows. */
export interface Accepted {
  readonly settlement: UnitSettlement;
  readonly begun: Link | null;
  /** The link after its base moved. */
  readonly moved: Link | null;
  /** The record that the link left and that follows it from now on. */
  readonly left: Follower | null;
  /** The unit's key from now on: a link that begins takes over its unit. */
  readonly unit: string;
  /** What the ledger ties the entries to. */
  readonly linkId: string | null;
}

/**
 * Locks what the settlements rest on (leases, then links, each in order of key) and sorts out those whose preconditions
 * fail: the fence is old, the link moved or ended, a record is in another live link, or of somebody who was erased meanwhile. What a
 * unit without link says of a record that was linked meanwhile is refused as well: it was looked at as one that stands alone.
 */
export const checkSettlements = async (
  tx: Tx,
  settlements: readonly UnitSettlement[],
): Promise<readonly Accepted[]> => {
  const fenced = await lockFences(
    tx,
    settlements.map((settlement) => settlement.unit),
  );
  const links = await lockLinks(tx, settlements);
  const taken = await liveLinksOfBegins(tx, settlements);
  const linked = await linkedMeanwhile(tx, settlements);
  const erased = await erasedAmong(tx, settlements.flatMap(namesOfBegin));
  const touched = new Set<string>();
  const accepted: Accepted[] = [];
  for (const settlement of settlements) {
    const claims = claimsOf(settlement);
    const isFree = claims.every((claim) => !touched.has(claim));
    const { key } = settlement.unit;
    if (!isFree || !fenced.has(key) || linked.has(key)) continue;
    if (namesOfBegin(settlement).some((name) => erased.has(name))) continue;
    const outcome = accept(settlement, links, taken);
    if (outcome === null) continue;
    for (const claim of claims) touched.add(claim);
    accepted.push(outcome);
  }
  return accepted;
};

const namesOfBegin = ({ begin }: UnitSettlement): readonly string[] =>
  begin === undefined
    ? []
    : systems.map((system) =>
        recordName({ system, type: begin.types?.[system] ?? '', id: begin.ids[system] }),
      );

/** What only one settlement of a batch may touch. */
const claimsOf = (settlement: UnitSettlement): readonly string[] => {
  const { unit, pair, move, end, begin, follow } = settlement;
  return [
    `unit ${unit.key}`,
    ...new Set([move?.linkId, end?.linkId, follow?.linkId].filter((id) => id !== undefined)),
    ...salesforceIds(settlement).map((id) => recordKey(pair, 'salesforce', id)),
    ...(begin === undefined ? [] : systems.map((system) => recordKey(pair, system, begin.ids[system]))),
  ];
};

/** Salesforce records that a link moves to or is followed by from now on. */
const salesforceIds = ({ move, begin, follow }: UnitSettlement): readonly string[] => [
  ...(move?.to === undefined ? [] : [move.to.ref.id]),
  ...[...(begin?.followers ?? []), ...(follow?.followers ?? [])].map(({ id }) => id),
];

const recordKey = (pair: string, system: string, id: string): string => `${pair} ${system} ${id}`;

const accept = (
  settlement: UnitSettlement,
  links: ReadonlyMap<string, Link>,
  taken: ReadonlyMap<string, string>,
): Accepted | null => {
  const { pair, unit, move, end, begin, follow } = settlement;
  const moving = move === undefined ? null : links.get(move.linkId);
  if (moving === undefined || (moving !== null && moving.version !== move?.version)) return null;
  if (end !== undefined && !links.has(end.linkId)) return null;
  if (follow !== undefined && links.get(follow.linkId)?.version !== follow.version) return null;
  const wanted = salesforceIds(settlement);
  const isTaken = (id: string): boolean => {
    const owner = taken.get(recordKey(pair, 'salesforce', id));
    return owner !== undefined && owner !== move?.linkId && owner !== end?.linkId;
  };
  if (wanted.some(isTaken)) return null;
  if (begin !== undefined) {
    const owners = systems.map((system) => taken.get(recordKey(pair, system, begin.ids[system])));
    if (owners.some((owner) => owner !== undefined && owner !== end?.linkId)) return null;
  }
  const begun = begin === undefined ? null : newLink(pair, begin);
  const linkId = move?.linkId ?? begun?.id ?? end?.linkId ?? null;
  return {
    settlement,
    begun,
    moved: moving === null || move === undefined ? null : moveLink(moving, move),
    left: moving === null || move === undefined ? null : leftBy(moving, move),
    unit: begun === null ? unit.key : linkUnit(begun.id),
    linkId,
  };
};

const newLink = (pair: string, begin: NonNullable<UnitSettlement['begin']>): Link => ({
  id: randomUUID(),
  pair,
  ids: begin.ids,
  ...(begin.types ? { types: begin.types } : {}),
  ...(begin.followers ? { followers: begin.followers } : {}),
  version: 1,
  base: begin.base,
  stamps: begin.stamps,
  ended: null,
});

/** Merged here and not in SQL: the base lies in a `json` column, which SQL cannot take apart without losing NULs. */
const moveLink = (link: Link, move: NonNullable<UnitSettlement['move']>): Link => {
  const { to } = move;
  const base: Base = to?.fresh ? move.base : { ...link.base, ...move.base };
  const hubspot = Math.max(link.stamps.hubspot, move.stamps.hubspot ?? 0);
  const salesforce = to ? to.stamp : Math.max(link.stamps.salesforce, move.stamps.salesforce ?? 0);
  return {
    ...link,
    ...(to
      ? {
          ids: { ...link.ids, salesforce: to.ref.id },
          ...(link.types ? { types: { ...link.types, salesforce: to.ref.type } } : {}),
        }
      : {}),
    version: link.version + 1,
    base,
    stamps: { hubspot, salesforce },
  };
};

const leftBy = (link: Link, { to }: NonNullable<UnitSettlement['move']>): Follower | null =>
  to === undefined || to.follows === null
    ? null
    : { type: link.types?.salesforce ?? '', id: link.ids.salesforce, number: to.follows };

const lockLinks = async (
  tx: Tx,
  settlements: readonly UnitSettlement[],
): Promise<ReadonlyMap<string, Link>> => {
  const ids = settlements.flatMap(({ move, end, follow }) =>
    [move?.linkId, end?.linkId, follow?.linkId].filter((id) => id !== undefined),
  );
  if (ids.length === 0) return new Map();
  const { rows } = await sql<LinkRow>`
    select ${linkColumns} from tandem.links link
    where link.id = any(${ids}::uuid[]) and link.ended_at is null
    order by link.id for update`.execute(tx);
  return new Map(rows.map((row) => [row.id, toLink(row)]));
};

/** Live links that hold a record that a link wants to begin with, move to or be followed by, by record. */
const liveLinksOfBegins = async (
  tx: Tx,
  settlements: readonly UnitSettlement[],
): Promise<ReadonlyMap<string, string>> => {
  const begins = settlements.flatMap(({ pair, begin, move, follow }) => [
    ...(begin === undefined ? [] : [{ pair, ...begin.ids }, ...followersOf(pair, begin.followers)]),
    ...(move?.to === undefined ? [] : [{ pair, hubspot: '', salesforce: move.to.ref.id }]),
    ...followersOf(pair, follow?.followers),
  ]);
  if (begins.length === 0) return new Map();
  const rows = batch('b', begins, {
    pair: ['text', (each) => each.pair],
    hubspot: ['text', (each) => each.hubspot],
    salesforce: ['text', (each) => each.salesforce],
  });
  const found = await sql<{ pair: string; system: string; record_id: string; id: string }>`
    select l.pair, 'hubspot' as system, l.hubspot_id as record_id, l.id from ${rows}
    join tandem.links l on l.pair = b.pair and l.hubspot_id = b.hubspot and l.ended_at is null
    union all
    select l.pair, 'salesforce', l.salesforce_id, l.id from ${rows}
    join tandem.links l on l.pair = b.pair and l.salesforce_id = b.salesforce and l.ended_at is null
    union all
    select l.pair, 'salesforce', f.salesforce_id, l.id from ${rows}
    join tandem.followers f on f.pair = b.pair and f.salesforce_id = b.salesforce
    join tandem.links l on l.id = f.link_id and l.ended_at is null`.execute(tx);
  return new Map(found.rows.map((row) => [recordKey(row.pair, row.system, row.record_id), row.id]));
};

/** Units of records, which say that nothing is left to do, or what is asked or refused, and whose record is in a live link by now. */
const linkedMeanwhile = async (
  tx: Tx,
  settlements: readonly UnitSettlement[],
): Promise<ReadonlySet<string>> => {
  const alone = settlements.flatMap(({ pair, unit, begin, clean, park, review }) => {
    const subject = parseUnit(unit.key);
    const isFinal = clean.length + park.length > 0 || (review ?? null) !== null;
    if (!('ref' in subject) || begin !== undefined || !isFinal) return [];
    const { system, id } = subject.ref;
    const [hubspot, salesforce] = system === 'hubspot' ? [id, ''] : ['', id];
    return [{ pair, unit: unit.key, hubspot, salesforce }];
  });
  if (alone.length === 0) return new Set();
  const rows = batch('a', alone, {
    pair: ['text', (each) => each.pair],
    unit: ['text', (each) => each.unit],
    hubspot: ['text', (each) => each.hubspot],
    salesforce: ['text', (each) => each.salesforce],
  });
  const found = await sql<{ unit: string }>`
    select a.unit from ${rows}
    join tandem.links l on l.pair = a.pair and l.hubspot_id = a.hubspot and l.ended_at is null
    union all
    select a.unit from ${rows}
    join tandem.links l on l.pair = a.pair and l.salesforce_id = a.salesforce and l.ended_at is null`.execute(
    tx,
  );
  return new Set(found.rows.map(({ unit }) => unit));
};

const followersOf = (pair: string, followers: readonly Follower[] = []) =>
  followers.map(({ id }) => ({ pair, hubspot: '', salesforce: id }));
