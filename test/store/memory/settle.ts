import { recordName } from '../../../src/model/erasure.ts';
import type { Follower, LedgerEntry, Link, UnitSettlement } from '../../../src/model/state.ts';
import { formatRef, systems } from '../../../src/model/system.ts';
import { renewAwaited } from './awaited.ts';
import { erasePerson } from './erase.ts';
import type { MemoryState } from './state.ts';

type Result = { readonly begun: ReadonlyMap<string, Link>; readonly refused: ReadonlySet<string> };

/** EngineStore.settle and settleAndKeep: each settlement whole or not at all. */
export const settleAll = (
  state: MemoryState,
  settlements: readonly UnitSettlement[],
  keep: boolean,
  onDefect: (unit: string, error: unknown) => void,
): Result => {
  const begun = new Map<string, Link>();
  const refused = new Set<string>();
  for (const settlement of settlements) {
    const { key } = settlement.unit;
    const problem = closedIntentProblem(settlement);
    if (problem !== null) onDefect(key, problem);
    const link = problem === null ? settleOne(state, settlement, keep) : 'refused';
    if (link === 'refused') refused.add(key);
    else if (link !== null) begun.set(key, link);
  }
  return { begun, refused };
};

/** Postgres refuses an id that is no UUID; so does this store. */
const closedIntentProblem = ({ closedIntents }: UnitSettlement): Error | null =>
  closedIntents.every((id) => /^[0-9a-f-]{36}$/.test(id)) ? null : new Error('an intent id is no uuid');

const settleOne = (
  state: MemoryState,
  settlement: UnitSettlement,
  keep: boolean,
): Link | null | 'refused' => {
  const { pair, unit, move, end, begin, follow } = settlement;
  if (state.leases.get(unit.key)?.fence !== unit.fence) return 'refused';
  if (isLinkedMeanwhile(state, settlement)) return 'refused';
  const moving = move === undefined ? undefined : state.links.get(move.linkId);
  if (move !== undefined && (moving?.ended !== null || moving.version !== move.version)) return 'refused';
  const ending = end === undefined ? undefined : state.links.get(end.linkId);
  if (end !== undefined && ending?.ended !== null) return 'refused';
  const owners =
    begin === undefined ? [] : systems.map((system) => state.liveLinkOf(pair, system, begin.ids[system]));
  if (owners.some((owner) => owner !== undefined && owner.id !== end?.linkId)) return 'refused';

  const begins =
    begin === undefined
      ? []
      : systems.map((system) =>
          recordName({ system, type: begin.types?.[system] ?? '', id: begin.ids[system] }),
        );
  if (begins.some((name) => state.erased.has(name))) return 'refused';

  const followed = follow === undefined ? undefined : state.links.get(follow.linkId);
  if (follow !== undefined && (followed?.ended !== null || followed.version !== follow.version))
    return 'refused';
  const wanted = [
    move?.to?.ref.id,
    ...[...(begin?.followers ?? []), ...(follow?.followers ?? [])].map(({ id }) => id),
  ];
  for (const id of wanted) {
    const owner = id === undefined ? undefined : ownerOf(state, pair, id);
    if (owner !== undefined && owner.id !== move?.linkId && owner.id !== end?.linkId) return 'refused';
  }

  moveLink(state, settlement);
  const moved = move?.to === undefined ? undefined : state.links.get(move.linkId);
  if (moved !== undefined) renewAwaited(state, moved);
  if (move?.to !== undefined) forgetAlone(state, pair, 'salesforce:', move.to.ref.id);
  applyFollowers(state, settlement);
  if (end !== undefined) endLink(state, end);
  const begun = begin === undefined ? null : beginLink(state, settlement);
  const key = begun === null ? unit.key : `link:${begun.id}`;
  for (const id of settlement.closedIntents) state.intents.delete(id);
  const linkId = move?.linkId ?? begun?.id ?? end?.linkId ?? null;
  for (const entry of settlement.ledger) {
    if (!isKnownScope(state, entry)) state.ledger.push({ ...entry, linkId, at: state.now() });
  }
  applyParked(state, settlement, key);
  if (settlement.erase) erasePerson(state, pair, settlement.erase, key, endLease);
  applyReview(state, settlement, key);
  applyDirty(state, settlement);
  for (const mark of settlement.mark ?? []) state.mark(mark);
  if (!keep) releaseUnit(state, key, settlement);
  return begun;
};

/** Whether the newest line of its record says of its scope the same. */
const isKnownScope = (state: MemoryState, { event, pair, target, rule }: LedgerEntry): boolean => {
  if (event !== 'scope') return false;
  const known = state.ledger.findLast(
    (line) => line.pair === pair && line.target.system === target.system && line.target.id === target.id,
  );
  return known?.event === 'scope' && known.rule === rule;
};

/** Whether a unit without link says something lasting of a record that is in a live link by now. */
const isLinkedMeanwhile = (
  state: MemoryState,
  { pair, unit, begin, clean, park, review }: UnitSettlement,
): boolean => {
  const system = systems.find((each) => unit.key.startsWith(`${each}:`));
  const isFinal = clean.length + park.length > 0 || (review ?? null) !== null;
  if (system === undefined || begin !== undefined || !isFinal) return false;
  return state.liveLinkOf(pair, system, unit.key.slice(unit.key.indexOf('/') + 1)) !== undefined;
};

/** The live link that a Salesforce record is in, as the primary one or as a follower. */
const ownerOf = (state: MemoryState, pair: string, id: string): Link | undefined =>
  [...state.links.values()].find(
    (link) =>
      link.pair === pair &&
      link.ended === null &&
      (link.ids.salesforce === id || (link.followers ?? []).some((follower) => follower.id === id)),
  );

const applyFollowers = (state: MemoryState, { move, follow, unfollow, begin }: UnitSettlement): void => {
  const gone = new Set([unfollow?.id, move?.to?.ref.id, begin?.ids.salesforce]);
  for (const { id } of [...(begin?.followers ?? []), ...(follow?.followers ?? [])]) gone.add(id);
  for (const [id, link] of state.links) {
    const { followers = [] } = link;
    const left = followers.filter((follower) => !gone.has(follower.id));
    if (left.length < followers.length) state.links.set(id, { ...link, followers: left });
  }
  const link = follow === undefined ? undefined : state.links.get(follow.linkId);
  if (follow === undefined || link === undefined) return;
  const joining = follow.followers.map((each) => ({ ...each, unweighed: true }));
  const followers = [...(link.followers ?? []), ...joining];
  state.links.set(link.id, { ...link, followers, version: link.version + 1 });
};

const weighedOf = ({ unweighed: _unweighed, ...follower }: Follower): Follower => follower;

const moveLink = (state: MemoryState, { move }: UnitSettlement): void => {
  const link = move === undefined ? undefined : state.links.get(move.linkId);
  if (move === undefined || link === undefined) return;
  const { to } = move;
  const salesforce = Math.max(link.stamps.salesforce, move.stamps.salesforce ?? 0);
  const left =
    to === undefined || to.follows === null
      ? []
      : [{ type: link.types?.salesforce ?? '', id: link.ids.salesforce, number: to.follows }];
  state.links.set(link.id, {
    ...link,
    ...(to ? { ids: { ...link.ids, salesforce: to.ref.id } } : {}),
    ...(to && link.types ? { types: { ...link.types, salesforce: to.ref.type } } : {}),
    followers: [...(link.followers ?? []).map((each) => (move.weighed ? weighedOf(each) : each)), ...left],
    version: link.version + 1,
    base: to?.fresh ? move.base : { ...link.base, ...move.base },
    stamps: {
      hubspot: Math.max(link.stamps.hubspot, move.stamps.hubspot ?? 0),
      salesforce: to ? to.stamp : salesforce,
    },
  });
};

const endLink = (state: MemoryState, { linkId, cause }: NonNullable<UnitSettlement['end']>): void => {
  const link = state.links.get(linkId);
  if (link === undefined) return;
  state.links.set(linkId, { ...link, version: link.version + 1, ended: { cause, at: state.now() } });
  for (const [key, row] of state.parked) if (row.unit === `link:${linkId}`) state.parked.delete(key);
  for (const [key, row] of state.reviews) if (row.unit === `link:${linkId}`) state.reviews.delete(key);
};

/** What was asked or parked about a record while it was in no link is over. */
const forgetAlone = (state: MemoryState, pair: string, prefix: string, id: string): void => {
  for (const table of [state.parked, state.reviews]) {
    for (const [name, row] of [...table]) {
      if (row.pair === pair && row.unit.startsWith(prefix) && row.unit.endsWith(`/${id}`)) table.delete(name);
    }
  }
};

/** A begun link takes over lease, match keys and parked rows; what is asked or parked about its records elsewhere is over. */
const beginLink = (state: MemoryState, { pair, unit, begin }: UnitSettlement): Link => {
  if (begin === undefined) throw new Error('nothing begins');
  const link: Link = { id: state.nextId(), pair, version: 1, ended: null, ...begin };
  state.links.set(link.id, link);
  state.begunAt.set(link.id, state.now());
  const key = `link:${link.id}`;
  const lease = state.leases.get(unit.key);
  state.leases.delete(unit.key);
  if (lease !== undefined) state.leases.set(key, lease);
  for (const [name, row] of [...state.parked]) {
    if (row.pair !== pair || row.unit !== unit.key) continue;
    state.parked.delete(name);
    state.parked.set(parkedKey({ ...row, unit: key }), { ...row, unit: key });
  }
  for (const system of systems) forgetAlone(state, pair, `${system}:`, begin.ids[system]);
  return link;
};

const parkedKey = (row: { pair: string; unit: string; system: string; field: string | null }): string =>
  `${row.pair} ${row.unit} ${row.system} ${row.field ?? ''}`;

const applyParked = (state: MemoryState, settlement: UnitSettlement, unit: string): void => {
  const { pair, park, unpark } = settlement;
  for (const each of unpark) state.parked.delete(parkedKey({ ...each, pair, unit }));
  for (const each of park) {
    const key = parkedKey({ ...each, unit });
    state.parked.set(key, { ...each, unit, since: state.parked.get(key)?.since ?? state.now() });
  }
};

const applyReview = (state: MemoryState, { pair, review }: UnitSettlement, unit: string): void => {
  const key = `${pair} ${unit}`;
  if (review === null) state.reviews.delete(key);
  else if (review !== undefined) {
    state.reviews.set(key, { ...review, unit, since: state.reviews.get(key)?.since ?? state.now() });
  }
};

const applyDirty = (state: MemoryState, { pair, clean, again }: UnitSettlement): void => {
  for (const { ref, version } of clean) {
    const key = `${pair} ${formatRef(ref)}`;
    if (state.dirty.get(key)?.version === version) state.dirty.delete(key);
  }
  for (const { ref, dueMs, held = false } of again) {
    const key = `${pair} ${formatRef(ref)}`;
    const row = state.dirty.get(key);
    if (row === undefined) continue;
    const isDue = row.due <= state.now();
    const due = isDue ? row.due : state.now() + dueMs;
    state.dirty.set(key, { ...row, attempts: row.attempts + 1, held: held && !isDue, due });
  }
};

/** Rows that are neither answered nor put off are due at once. */
const releaseUnit = (state: MemoryState, unit: string, { pair, clean, again }: UnitSettlement): void => {
  const answered = new Set([...clean, ...again].map(({ ref }) => `${pair} ${ref.system} ${ref.id}`));
  endLease(state, unit);
  for (const [key, row] of state.rowsOf(unit)) {
    if (answered.has(`${pair} ${row.ref.system} ${row.ref.id}`) || row.due <= state.now()) continue;
    state.dirty.set(key, { ...row, due: state.now() });
  }
};

/** Ends a lease and frees the match keys under its fence. */
export const endLease = (state: MemoryState, unit: string): void => {
  const lease = state.leases.get(unit);
  state.leases.delete(unit);
  for (const [key, fence] of state.keyLocks) if (fence === lease?.fence) state.keyLocks.delete(key);
};
