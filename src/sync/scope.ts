import type { PairMapping } from '../model/mapping.ts';
import type { ChangedRecord, RecordSnapshot } from '../model/record.ts';
import type { Base, LedgerEntry, Link } from '../model/state.ts';
import { bothSides, type RecordRef, type Sides, systemLabel, systems } from '../model/system.ts';
import { latchesOf, saysYes } from './latch.ts';

/**
 * Where the base keeps whether each record of a link took part when it was looked at last: by it entering and leaving are seen, also
 * where the field that decides is mapped by nobody. No API name can be this.
 */
export const scopeKey = '#scope';

/** Whether a record takes part, by its own system's rule. */
export const takesPart = (
  pair: Pick<PairMapping, 'scope'>,
  { ref, fields }: Pick<RecordSnapshot, 'ref' | 'fields'>,
): boolean => pair.scope?.[ref.system]?.admits(fields) ?? true;

/** Whether each record of a link takes part; null where everyone does. A link takes part when both do. */
export const scopeOf = (
  pair: Pick<PairMapping, 'scope'>,
  snapshots: Sides<RecordSnapshot>,
): Sides<boolean> | null => (pair.scope ? bothSides((system) => takesPart(pair, snapshots[system])) : null);

/** Whether nothing but consent flows through a link, as it stood when it was looked at last. */
export const wasOut = (pair: Pick<PairMapping, 'scope'>, { base }: Pick<Link, 'base'>): boolean => {
  const known = base[scopeKey];
  return pair.scope !== undefined && known !== undefined && systems.some((system) => known[system] === false);
};

/** Whether a signal may say that a linked record entered or left; a signal of some of the fields that decide is worth a look. */
export const mayMoveScope = (pair: PairMapping, { ref, fields }: ChangedRecord, link: Link): boolean => {
  const rule = pair.scope?.[ref.system];
  if (!rule) return false;
  const told = rule.fields.filter((name) => Object.hasOwn(fields, name));
  if (told.length === 0) return false;
  return told.length < rule.fields.length || rule.admits(fields) !== link.base[scopeKey]?.[ref.system];
};

/** The fields that flow between records of which one takes no part: consent. */
export const fieldsOutOfScope = latchesOf;

/** Whether a record says yes to a latch: it is looked for on the other side although it takes no part. */
export const hasLatchSet = (pair: PairMapping, record: RecordSnapshot): boolean =>
  saysYes(pair, record).size > 0;

const entryOf = (
  pair: PairMapping,
  target: RecordRef,
  cause: string,
  from: boolean | null,
  to: boolean,
): LedgerEntry => {
  const text = pair.scope?.[target.system]?.text ?? 'everyone';
  const words = to ? 'takes part' : 'takes no part, nothing but consent flows';
  return {
    pair: pair.name,
    event: 'scope',
    target,
    field: null,
    from,
    to,
    cause,
    rule: `scope: ${systemLabel[target.system]} ${words}: ${text}`,
    clock: null,
    lost: null,
    changedAt: null,
  };
};

/** A record without counterpart that takes no part, for the ledger. */
export const outOfScope = (pair: PairMapping, ref: RecordRef, cause: string): LedgerEntry =>
  entryOf(pair, ref, cause, null, false);

/** Records of a link that entered or left with this look, for the ledger. A link that begins in scope is nothing to tell. */
export const scopeMoves = (
  pair: PairMapping,
  snapshots: Sides<RecordSnapshot>,
  before: Base,
  after: Base,
  cause: string,
): readonly LedgerEntry[] => {
  const now = after[scopeKey];
  if (!now) return [];
  return systems.flatMap((system) => {
    const was = before[scopeKey]?.[system] ?? null;
    const is = now[system] === true;
    if (was === is || (was === null && is)) return [];
    return entryOf(pair, snapshots[system].ref, cause, was === null ? null : was === true, is);
  });
};
