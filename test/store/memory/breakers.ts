import type { BreakerLimits } from '../../../src/model/mapping.ts';
import type { Held, MassChange } from '../../../src/sync/breakers/mass-change.ts';
import type { MemoryState } from './state.ts';

/** After a release, records that were counted before it are not counted again for so long. */
const releasedForMs = 86_400_000;
/** Overwrites with one value are a mass change only where they are at least this part of the field's. */
const alikeShare = 0.5;

/** A change that was counted, by pair, scope and unit. */
export interface CountedChange extends MassChange {
  readonly pair: string;
  readonly at: number;
}

export interface StoredHold extends Held {
  readonly releasedAt: number | null;
}

const holdsOf = (state: MemoryState, pair: string, scope: string): readonly StoredHold[] =>
  state.holds.filter((hold) => hold.pair === pair && hold.scope === scope);

/** Whether a change is one that a hold has, or that was let go with one a while ago: it is not counted anew. */
const isOfHold = (state: MemoryState, { pair, scope, at }: CountedChange): boolean =>
  holdsOf(state, pair, scope).some(
    ({ releasedAt }) => releasedAt === null || (releasedAt > state.now() - releasedForMs && at <= releasedAt),
  );

const note = (state: MemoryState, pair: string, change: MassChange, windowMs: number): void => {
  const key = `${pair} ${change.scope} ${change.unit}`;
  const known = state.massChanges.get(key);
  const isOver = known !== undefined && known.at < state.now() - windowMs && !isOfHold(state, known);
  if (known === undefined || isOver) state.massChanges.set(key, { ...change, pair, at: state.now() });
};

/** BreakerStore.noteChanges, as store/breakers.ts has it. */
export const noteChanges = (
  state: MemoryState,
  pair: string,
  changes: readonly MassChange[],
  { minutes, records: recordsMax, percent, creations }: BreakerLimits['mass'],
): { readonly open: readonly Held[]; readonly begun: readonly Held[] } => {
  const windowMs = minutes * 60_000;
  const byScope = new Map(changes.map((each) => [each.scope, each]));
  for (const change of changes) note(state, pair, change, windowMs);
  const counted = [...state.massChanges.values()].filter(
    (each) => each.pair === pair && each.at > state.now() - windowMs,
  );
  const links = [...state.links.values()].filter((link) => link.pair === pair && link.ended === null).length;
  const begun: StoredHold[] = [];
  for (const [scope, change] of byScope) {
    const holds = holdsOf(state, pair, scope);
    const released = Math.max(0, ...holds.map(({ releasedAt }) => releasedAt ?? 0));
    const records = counted.filter((each) => each.scope === scope && each.at >= released).length;
    const isOverwrite = scope.startsWith('overwrite:');
    const ofField = counted.filter(
      (each) => each.field === change.field && each.scope.startsWith('overwrite:'),
    ).length;
    const isFew = scope.startsWith('create:')
      ? records <= creations
      : records <= recordsMax || records <= (links * percent) / 100;
    if (isFew) continue;
    if (isOverwrite && records < ofField * alikeShare) continue;
    if (holds.some(({ releasedAt }) => releasedAt === null)) continue;
    const id = state.nextId().slice(-8);
    const field = isOverwrite ? change.field : null;
    const held = { id, pair, kind: change.kind, scope, field, records, links, since: state.now() };
    begun.push({ ...held, releasedAt: null });
  }
  state.holds.push(...begun);
  const open = state.holds.filter(
    (hold) => hold.pair === pair && byScope.has(hold.scope) && hold.releasedAt === null,
  );
  return { open: open.map(asHeld), begun: begun.map(asHeld) };
};

export const asHeld = ({ releasedAt: _releasedAt, ...held }: StoredHold): Held => held;

/** What a person lets go by its id; null: there is none that is held. */
export const releaseHeld = (state: MemoryState, id: string): Held | null => {
  const at = state.holds.findIndex((hold) => hold.id === id && hold.releasedAt === null);
  const hold = state.holds[at];
  if (hold === undefined) return null;
  state.holds[at] = { ...hold, releasedAt: state.now() };
  return asHeld(hold);
};
