import { isOfValueAlone } from '../model/failure.ts';
import type { FieldMapping, PairMapping } from '../model/mapping.ts';
import type { ChangedRecord } from '../model/record.ts';
import type { ClaimedUnit, Link, NewIntent, Parked } from '../model/state.ts';
import { otherSystem } from '../model/system.ts';
import { digestOf } from './digest.ts';
import { viewOf } from './merge.ts';
import { type Mapped, planCreate } from './plan.ts';
import { isOwnCode } from './standing.ts';

/**
 * Whether a field of a linked record differs from its base only because the other side has refused its value, or this side the
 * other's: what would be sent is what was refused. Then a signal of it is no news; another value, or a corrected mapping, is.
 */
export const isKnownRefusal = (
  mappingHash: string,
  field: FieldMapping,
  record: ChangedRecord,
  link: Link,
  parked: readonly Parked[],
): boolean => {
  const { system } = record.ref;
  const other = otherSystem(system);
  const value = viewOf(field, system, record.fields[field.fields[system]] ?? null);
  const own = parked.filter((row) => row.field === field.name);
  if (value.kind === 'foreign') return false;
  // The other's value was refused here when the record was created: here it is blank, and there is no base.
  if (value.kind === 'blank' && link.base[field.name] === undefined) {
    return own.some((row) => row.system === system && row.refused !== '');
  }
  const sent = field.codecs[other].encode(value);
  const refused = digestOf(mappingHash, { [field.fields[other]]: sent });
  return own.some((row) => row.system === other && row.refused === refused);
};

/** Whether the other side has refused to create this very record: its counterpart would be refused again. */
export const isRefusedCreate = (
  mapped: Mapped,
  record: ChangedRecord,
  parked: readonly Parked[],
): boolean => {
  if (parked.length === 0) return false;
  const plan = planCreate(mapped, record, parked);
  return plan.kind === 'blocked' && plan.stillParked.length > 0;
};

/**
 * What a vendor refused is sent once more when the record that it refused has changed: another of its fields may have been the reason
 * (a validation rule, a lock that is gone). Once a signal: a second look at it finds the refusal as it stands. Our own writes are no signal.
 * A value that is too long stays so: it would cost a call with every change of its record.
 */
export const stillRefused = (unit: Pick<ClaimedUnit, 'dirty' | 'parked'>): readonly Parked[] =>
  unit.parked.filter(
    (row) =>
      isOwnCode(row.failure.code) ||
      (row.field !== null && isOfValueAlone(row.failure)) ||
      !unit.dirty.some(({ ref, attempts }) => ref.system === row.system && attempts === 0),
  );

/**
 * Refusals that a landed write may have cured: of another field of its group. A state is refused while its country is, and nobody would
 * touch it again once the country is corrected.
 */
export const curedByGroup = (
  { fields }: PairMapping,
  { target, writes }: Pick<NewIntent, 'target' | 'writes'>,
  parked: readonly Parked[],
): readonly Parked[] => {
  const groupOf = new Map(fields.map(({ name, group }) => [name, group]));
  const landed = new Set(writes.map(({ field }) => groupOf.get(field)));
  return parked.filter((row) => {
    const group = groupOf.get(row.field ?? '');
    if (row.system !== target.system || group === undefined || !landed.has(group)) return false;
    const { category, code } = row.failure;
    return category === 'value' && !isOwnCode(code) && !isOfValueAlone(row.failure);
  });
};
