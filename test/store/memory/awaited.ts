import type { AwaitedLink, Link } from '../../../src/model/state.ts';
import { formatRef, type RecordRef, systems } from '../../../src/model/system.ts';
import type { MemoryState } from './state.ts';

/** How far back a look goes that does not go back to the beginning. */
const recentMs = 600_000;

const keyOf = ({ pair, ref, of, id, toType }: AwaitedLink): string =>
  `${of} ${id} ${toType ?? ''} ${pair} ${formatRef(ref)}`;

/** EngineStore.awaitLinks. */
export const awaitLinks = (
  state: MemoryState,
  awaited: readonly AwaitedLink[],
  whole: readonly RecordRef[],
): void => {
  const records = new Set(whole.map(formatRef));
  const kept = new Set(awaited.map(keyOf));
  for (const [key, row] of state.awaited) {
    const isOver = row.toType !== undefined && records.has(formatRef(row.ref)) && !kept.has(key);
    if (isOver) state.awaited.delete(key);
  }
  for (const each of awaited) state.awaited.set(keyOf(each), { ...each, since: state.now() });
};

/** Who waits for this link waits as if from now on: it leads to another record than before. */
export const renewAwaited = (state: MemoryState, link: Link): void => {
  for (const [key, row] of state.awaited) {
    const isOf = row.of === link.pair && systems.some((system) => link.ids[system] === row.id);
    if (isOf && row.toType !== undefined) state.awaited.set(key, { ...row, since: state.now() });
  }
};

/** EngineStore.wakeAwaited. */
export const wakeAwaited = (state: MemoryState, all: boolean): number => {
  const since = state.now() - recentMs;
  let woken = 0;
  for (const [key, row] of state.awaited) {
    const link = state.liveLinkOf(row.of, row.ref.system, row.id);
    if (link === undefined) continue;
    if (row.toType !== undefined && row.toType !== link.types?.salesforce) continue;
    if (!all && row.since <= since && (state.begunAt.get(link.id) ?? 0) <= since) continue;
    state.awaited.delete(key);
    const cause = 'what it refers to is linked now';
    state.mark({ pair: row.pair, ref: row.ref, class: 'sweep', stamp: null, cause });
    woken += 1;
  }
  return woken;
};
