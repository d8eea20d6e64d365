import { systems } from '../../model/system.ts';
import type { MappedRecord } from './input.ts';
import { foreign } from './plain-text.ts';

const valueMax = 80;

/**
 * The value of a field by its name inside Tandem, as HubSpot has it or, where that is blank, as Salesforce does; null where the
 * mapping has no such field, or no side a value that its codec can read. What Tandem filled in itself reads as blank.
 */
export const rawValueOf = (
  { pair, fields }: MappedRecord,
  name: string,
): string | number | boolean | null => {
  const field = pair.fields.find((each) => each.name === name);
  if (field === undefined) return null;
  for (const system of systems) {
    const apiName = field.fields[system];
    const raw = Object.hasOwn(fields[system], apiName) ? fields[system][apiName] : undefined;
    if (raw === undefined) continue;
    const value = field.codecs[system].decode(raw);
    if (value.kind === 'value') return value.text;
  }
  return null;
};

/** The same as a piece of a line; null where there is nothing to show. */
export const shownValue = (record: MappedRecord | null, name: string, limit = valueMax): string | null => {
  if (record === null) return null;
  const value = rawValueOf(record, name);
  const text = value === null ? '' : foreign(String(value), limit);
  return text === '' ? null : text;
};

/** The first of several that has a value. */
export const firstOf = (...values: readonly (string | null)[]): string | null =>
  values.find((value) => value !== null) ?? null;

/** Digits in groups of three: `1,200,000`. What is no plain number stays. */
export const grouped = (number: string): string =>
  /^\d+(?:\.\d+)?$/.test(number) ? number.replace(/\d(?=(?:\d{3})+(?:\.|$))/g, '$&,') : number;
