import { type Erasure, lockName, namesOfErasure } from '../../../src/model/erasure.ts';
import type { LedgerEntry } from '../../../src/model/state.ts';
import { bothSides, formatRef, type RecordRef } from '../../../src/model/system.ts';
import { rolesField, withoutTied } from '../../../src/model/tie-text.ts';
import type { MemoryState } from './state.ts';

/** What it does in store/erasure/roles.ts. */
const eraseRoles = (state: MemoryState, pairs: readonly string[], ids: ReadonlySet<string>): void => {
  for (const [id, link] of state.links) {
    const entry = link.base[rolesField];
    if (!entry || !pairs.includes(link.pair)) continue;
    const less = { ...entry, ...bothSides((side) => withoutTied(entry[side], ids)) };
    const isSame = bothSides((side) => less[side] === entry[side]);
    if (isSame.hubspot && isSame.salesforce) continue;
    state.links.set(id, {
      ...link,
      base: { ...link.base, [rolesField]: less },
      version: link.version + 1,
    });
  }
  const value = (to: LedgerEntry['to']) =>
    typeof to === 'object' && to !== null ? to : withoutTied(to, ids);
  for (const [at, entry] of state.ledger.entries()) {
    if (entry.field !== rolesField || !pairs.includes(entry.pair)) continue;
    const { from, to, lost } = entry;
    state.ledger[at] = {
      ...entry,
      from: withoutTied(from, ids),
      to: value(to),
      lost: withoutTied(lost, ids),
    };
  }
};

/** What the store in Postgres does in store/erasure/erase.ts, without the words of messages, which this one does not keep. */
export const erasePerson = (
  state: MemoryState,
  pair: string,
  { refs, keys, cause, rolesIn = [] }: Erasure,
  own: string,
  endLease: (state: MemoryState, unit: string) => void,
): void => {
  const isOf = ({ system, type, id }: RecordRef): boolean =>
    refs.some(
      (ref) => ref.system === system && ref.id === id && (system === 'salesforce' || ref.type === type),
    );
  const links = [...state.links.values()].filter(
    (link) =>
      link.pair === pair &&
      link.ended !== null &&
      refs.some(
        (ref) =>
          link.ids[ref.system] === ref.id &&
          (ref.system === 'salesforce' || (link.types?.hubspot ?? ref.type) === ref.type),
      ),
  );
  const ids = new Set(links.map(({ id }) => id));
  const units = new Set([...links.map(({ id }) => `link:${id}`), ...refs.map(formatRef)]);
  const locks = keys.map((key) => lockName(pair, key));
  const fences = new Set(locks.flatMap((lock) => state.keyLocks.get(lock) ?? []));
  for (const [unit, { fence }] of [...state.leases]) {
    if (unit === own || !(units.has(unit) || fences.has(fence))) continue;
    const rows = state.rowsOf(unit);
    endLease(state, unit);
    for (const [key, row] of rows) state.dirty.set(key, { ...row, due: Math.min(row.due, state.now()) });
  }
  for (const lock of locks) state.keyLocks.delete(lock);
  for (const link of links) {
    state.links.set(link.id, { ...link, base: {}, ended: { cause, at: link.ended?.at ?? state.now() } });
  }
  for (const [at, entry] of state.ledger.entries()) {
    if (!(entry.linkId !== null && ids.has(entry.linkId)) && !isOf(entry.target)) continue;
    state.ledger[at] = { ...entry, from: null, to: null, lost: null };
  }
  const isOurs = (row: { unit: string; pair: string; ref: RecordRef }): boolean =>
    units.has(row.unit) || (row.pair === pair && isOf(row.ref));
  for (const [key, row] of state.parked) if (isOurs(row)) state.parked.delete(key);
  for (const [key, row] of state.reviews) {
    if (isOurs(row)) state.reviews.delete(key);
    else if (row.pair === pair && row.candidates.some(isOf)) {
      state.reviews.delete(key);
      state.mark({ pair, ref: row.ref, class: 'live', stamp: null, cause: 'a candidate was erased' });
    }
  }
  for (const [key, { changed: _, ...row }] of state.dirty) {
    if (row.pair === pair && isOf(row.ref)) state.dirty.set(key, row);
  }
  for (const [id, intent] of state.intents) {
    const isOwn = units.has(intent.unit) || (intent.linkId !== null && ids.has(intent.linkId));
    if (isOwn || (intent.pair === pair && (isOf(intent.source) || isOf(intent.target))))
      state.intents.delete(id);
  }
  eraseRoles(state, rolesIn, new Set(refs.map(({ id }) => id)));
  for (const name of namesOfErasure({ refs, keys })) state.erased.add(name);
};
