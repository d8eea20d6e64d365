import { refuseRequest } from '../http/errors.ts';
import type { Slot } from '../schema/object-schema.ts';
import { parseInstant } from '../write/values.ts';

export const operators = [
  'EQ',
  'NEQ',
  'LT',
  'LTE',
  'GT',
  'GTE',
  'BETWEEN',
  'IN',
  'NOT_IN',
  'HAS_PROPERTY',
  'NOT_HAS_PROPERTY',
  'CONTAINS_TOKEN',
  'NOT_CONTAINS_TOKEN',
] as const;
export type Operator = (typeof operators)[number];

export interface Filter {
  readonly propertyName: string;
  readonly operator: Operator;
  readonly value?: string | undefined;
  readonly highValue?: string | undefined;
  readonly values?: readonly string[] | undefined;
}

/** Whether a property's value passes; null is blank. */
export type Predicate = (value: string | null) => boolean;

type Comparable = string | number;

/** Texts compare in lower case, options as they are written, numbers and times by size. */
const makeReader = (slot: Slot): ((text: string) => Comparable) => {
  const { type } = slot.property;
  if (type === 'number') return Number;
  if (type === 'date' || type === 'datetime') return parseInstant;
  if (type === 'enumeration' || type === 'bool') return (text) => text;
  return (text) => text.toLowerCase();
};

const tokens = (text: string): string[] =>
  text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((token) => token !== '');

/** `*` stands for any text; without it every word must be there as a word. */
export const makeTokenTest = (pattern: string): ((value: string) => boolean) => {
  if (!pattern.includes('*')) {
    const wanted = tokens(pattern);
    return (value) => {
      const present = new Set(tokens(value));
      return wanted.every((token) => present.has(token));
    };
  }
  const source = pattern
    .toLowerCase()
    .split('*')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  const expression = new RegExp(`^${source}$`, 'su');
  return (value) => {
    const text = value.toLowerCase();
    return expression.test(text) || text.split(/\s+/).some((word) => expression.test(word));
  };
};

const makeComparison = (slot: Slot, filter: Filter): Predicate => {
  const read = makeReader(slot);
  const operand = (text: string | undefined, what: string): Comparable => {
    if (text === undefined) throw refuseRequest(`${filter.operator} on ${filter.propertyName} needs ${what}`);
    const value = read(text);
    if (Number.isNaN(value))
      throw refuseRequest(`${what} of the filter on ${filter.propertyName} is not a valid value`);
    return value;
  };
  const value = operand(filter.value, 'value');
  const compare: Partial<Record<Operator, (actual: Comparable) => boolean>> = {
    EQ: (actual) => actual === value,
    NEQ: (actual) => actual !== value,
    LT: (actual) => actual < value,
    LTE: (actual) => actual <= value,
    GT: (actual) => actual > value,
    GTE: (actual) => actual >= value,
  };
  if (filter.operator === 'BETWEEN') {
    const high = operand(filter.highValue, 'highValue');
    compare.BETWEEN = (actual) => actual >= value && actual <= high;
  }
  const passes = compare[filter.operator];
  if (passes === undefined) throw new Error(`${filter.operator} is not a comparison`);
  return (actual) => actual !== null && passes(read(actual));
};

/** IN and NOT_IN compare texts with the values as they were given, which must be in lower case to match at all. */
const makeMembership = (slot: Slot, filter: Filter): Predicate => {
  const values = filter.values ?? [];
  if (values.length === 0) throw refuseRequest(`${filter.operator} on ${filter.propertyName} needs values`);
  const read = makeReader(slot);
  const isText = slot.property.type === 'string' || slot.property.type === 'phone_number';
  const wanted = new Set(values.map((value) => (isText ? value : read(value))));
  return (actual) => actual !== null && wanted.has(read(actual)) === (filter.operator === 'IN');
};

/** Compiles one filter; throws a Refusal when an operand is missing. Negations do not match blank values. */
export const compileFilter = (slot: Slot, filter: Filter): Predicate => {
  switch (filter.operator) {
    case 'HAS_PROPERTY':
      return (actual) => actual !== null;
    case 'NOT_HAS_PROPERTY':
      return (actual) => actual === null;
    case 'IN':
    case 'NOT_IN':
      return makeMembership(slot, filter);
    case 'CONTAINS_TOKEN':
    case 'NOT_CONTAINS_TOKEN': {
      if (filter.value === undefined)
        throw refuseRequest(`${filter.operator} on ${filter.propertyName} needs value`);
      const test = makeTokenTest(filter.value);
      return (actual) => actual !== null && test(actual) === (filter.operator === 'CONTAINS_TOKEN');
    }
    default:
      return makeComparison(slot, filter);
  }
};
