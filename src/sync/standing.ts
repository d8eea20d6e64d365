import type { FieldMapping } from '../model/mapping.ts';
import type { RecordSnapshot } from '../model/record.ts';
import type { Parked } from '../model/state.ts';
import { otherSystem, type Sides, type System } from '../model/system.ts';
import { digestOf } from './digest.ts';
import { rawOf } from './evidence.ts';
import { viewOf } from './merge-view.ts';

/** Codes of parked rows that Tandem itself gives, not a vendor. */
export const ownCodes = {
  /** The vendor took the value and shows the old one again. */
  silentlyRefused: 'NOT_KEPT',
  /** Both systems change the field back and forth by themselves. */
  flapping: 'FLAPPING',
  /** Entered by a lower source where a higher one's value stands. */
  lowerSource: 'LOWER_SOURCE',
  /** A person has said that the lower source's value is to be taken. */
  taken: 'TAKEN',
  /** The two amounts are of different currencies. */
  otherCurrency: 'OTHER_CURRENCY',
  /** Who owns the record has no counterpart in the other system. */
  unknownOwner: 'UNKNOWN_OWNER',
  unreadable: 'UNREADABLE_VALUE',
  /** Another record has the match key that this one would get. */
  keyTaken: 'MATCH_KEY_TAKEN',
} as const;

const own: ReadonlySet<string> = new Set(Object.values(ownCodes));

/** Whether Tandem itself gave the code: no vendor has refused anything. */
export const isOwnCode = (code: string): boolean => own.has(code);

/** Nobody has refused these: Tandem leaves them where they stand. */
const heldCodes: ReadonlySet<string> = new Set([ownCodes.unreadable, ownCodes.otherCurrency]);

/** What has happened to a parked value, before the name of the system that it is parked for. */
export const parkedWords = (code: string): string => (heldCodes.has(code) ? 'held in' : 'refused by');

const settledCodes: ReadonlySet<string> = new Set([ownCodes.silentlyRefused, ownCodes.flapping]);

/** Parked rows of a field whose difference was settled: no change brings them back, so the plan has to think of them. */
export const standing = (parked: readonly Parked[], field: string): readonly Parked[] =>
  parked.filter((row) => row.field === field && settledCodes.has(row.failure.code));

export const isTaken = (row: Parked): boolean => row.failure.code === ownCodes.taken;

/** The side whose present value a person wants to be taken; undefined where nobody said so of this very value. */
export const takenFrom = (
  mappingHash: string,
  field: FieldMapping,
  snapshots: Sides<RecordSnapshot>,
  parked: readonly Parked[],
): System | undefined => {
  const row = parked.find((each) => each.field === field.name && isTaken(each));
  if (!row) return undefined;
  const source = otherSystem(row.system);
  const value = viewOf(field, source, rawOf(snapshots[source], field.fields[source]) ?? null);
  if (value.kind === 'foreign') return undefined;
  const sent = field.codecs[row.system].encode(value);
  return row.refused === digestOf(mappingHash, { [field.fields[row.system]]: sent }) ? source : undefined;
};
