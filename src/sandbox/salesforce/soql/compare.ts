import type { StoredValue } from '../schema/field.ts';
import type { Comparison } from './literal.ts';

/** Text compares without regard to case; `caseSensitive` external ids and ids do not. */
export const comparable = (
  comparison: Comparison,
  caseSensitive: boolean,
  value: StoredValue,
): StoredValue =>
  comparison === 'text' && !caseSensitive && typeof value === 'string' ? value.toLowerCase() : value;

/** Below, equal or above zero; both values are of one kind and not null. */
export const compareValues = (a: StoredValue, b: StoredValue): number => {
  if (a === b) return 0;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a) < String(b) ? -1 : 1;
};

/** Orders nulls first, as SOQL does unless told otherwise. */
export const compareNullsFirst = (a: StoredValue, b: StoredValue): number => {
  if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1;
  return compareValues(a, b);
};
