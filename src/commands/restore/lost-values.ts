import type { FieldMapping } from '../../model/mapping.ts';
import type { System } from '../../model/system.ts';
import { type RawValue, sameCanonical } from '../../model/value.ts';
import type { DatedLink, LedgerLine } from '../../store/operator/life.ts';

/** A value that Tandem replaced in a system, as the ledger keeps it. */
export interface LostValue {
  /** The line of the ledger. */
  readonly id: string;
  /** When it was replaced, milliseconds. */
  readonly at: number;
  /** Where it stood, and where it is put back. */
  readonly system: System;
  readonly value: RawValue;
  readonly rule: string;
  /** Whether a rule let it lose against a value that somebody else had entered; else somebody changed it on the other side. */
  readonly byRule: boolean;
}

/**
 * The values of a field that were replaced on either side of a link, the newest first; each value once, and none that stands there still, as
 * far as is known. Pure. What was erased is null in the ledger, and is none.
 */
export const lostValues = (
  field: FieldMapping,
  link: Pick<DatedLink, 'pair' | 'base'>,
  ledger: readonly LedgerLine[],
): readonly LostValue[] => {
  const found: LostValue[] = [];
  const lines = ledger.filter(
    (line) => line.event === 'write' && line.pair === link.pair && line.field === field.name,
  );
  for (const { id, at, target, from, lost, rule } of lines.toReversed()) {
    const { system } = target;
    const value = lost ?? from;
    const codec = field.codecs[system];
    const isSame = (other: RawValue): boolean =>
      other === value || sameCanonical(codec.decode(other), codec.decode(value));
    const stands = link.base[field.name]?.[system];
    if (value === null || (stands !== undefined && isSame(stands))) continue;
    if (found.some((each) => each.system === system && isSame(each.value))) continue;
    found.push({ id, at, system, value, rule, byRule: lost !== null });
  }
  return found;
};
