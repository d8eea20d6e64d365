import * as z from 'zod';
import { parseInstant } from '../write/values.ts';

const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);

const operation = z.looseObject({
  operationType: z.string().optional(),
  operator: z.string(),
  value: scalar.optional(),
  values: z.array(scalar).optional(),
  includeObjectsWithNoValueSet: z.boolean().default(false),
});
const filter = z.looseObject({
  filterType: z.string(),
  property: z.string().optional(),
  operation: operation.optional(),
  listId: scalar.optional(),
  operator: z.string().optional(),
});
export type ListFilter = z.output<typeof filter>;

/** Alternatives (OR) or conditions (AND), each with filters and branches of its own. */
export interface FilterBranch {
  readonly filterBranchType: string;
  readonly filterBranches: readonly FilterBranch[];
  readonly filters: readonly ListFilter[];
}

/** https://developers.hubspot.com/docs/api-reference/legacy/crm/lists/list-filters */
export const filterBranch: z.ZodType<FilterBranch> = z.lazy(() =>
  z.looseObject({
    filterBranchType: z.enum([
      'OR',
      'AND',
      'NOT_ALL',
      'NOT_ANY',
      'RESTRICTED',
      'UNIFIED_EVENTS',
      'ASSOCIATION',
    ]),
    filterBranches: z.array(filterBranch).default([]),
    filters: z.array(filter).default([]),
  }),
);

/** What filters look into. */
export interface FilterSubject {
  /** A property's value; null when blank, undefined when there is no such property. */
  read(property: string): string | null | undefined;
  isOn(listId: string): boolean;
}

type Operation = z.output<typeof operation>;

const sizeOf = (text: string): number => {
  const number = Number(text);
  return Number.isNaN(number) ? parseInstant(text) : number;
};

const compare: Readonly<Record<string, (actual: string, given: readonly string[]) => boolean>> = {
  IS_EQUAL_TO: (actual, given) => given.includes(actual),
  IS_NOT_EQUAL_TO: (actual, given) => !given.includes(actual),
  IS_ANY_OF: (actual, given) => actual.split(';').some((part) => given.includes(part)),
  IS_NONE_OF: (actual, given) => !actual.split(';').some((part) => given.includes(part)),
  IS_EXACTLY: (actual, given) => given.join(';') === actual,
  CONTAINS: (actual, given) => given.some((one) => actual.includes(one)),
  DOES_NOT_CONTAIN: (actual, given) => !given.some((one) => actual.includes(one)),
  STARTS_WITH: (actual, given) => given.some((one) => actual.startsWith(one)),
  ENDS_WITH: (actual, given) => given.some((one) => actual.endsWith(one)),
  IS_GREATER_THAN: (actual, [least = '']) => sizeOf(actual) > sizeOf(least),
  IS_GREATER_THAN_OR_EQUAL_TO: (actual, [least = '']) => sizeOf(actual) >= sizeOf(least),
  IS_LESS_THAN: (actual, [most = '']) => sizeOf(actual) < sizeOf(most),
  IS_LESS_THAN_OR_EQUAL_TO: (actual, [most = '']) => sizeOf(actual) <= sizeOf(most),
};

/** Texts compare without regard to case. An operator that the simulator does not know passes nobody. */
const passesOperation = (actual: string | null, { operator, value, values, ...rest }: Operation): boolean => {
  if (operator === 'IS_KNOWN') return actual !== null;
  if (operator === 'IS_UNKNOWN') return actual === null;
  if (actual === null) return rest.includeObjectsWithNoValueSet;
  const given = [...(values ?? []), ...(value === undefined ? [] : [value])].map((one) => one.toLowerCase());
  return compare[operator]?.(actual.toLowerCase(), given) ?? false;
};

/** Property and list filters are evaluated; of other kinds (forms, events, associations …) none passes. */
const passesFilter = (subject: FilterSubject, one: ListFilter): boolean => {
  if (one.filterType === 'IN_LIST')
    return subject.isOn(one.listId ?? '') === (one.operator !== 'NOT_IN_LIST');
  if (one.filterType !== 'PROPERTY' || one.operation === undefined) return false;
  const actual = subject.read(one.property ?? '');
  return actual !== undefined && passesOperation(actual, one.operation);
};

/** Whether a record is a member by its filters; a branch without any passes nobody. */
export const passesBranch = (subject: FilterSubject, branch: FilterBranch): boolean => {
  const results = [
    ...branch.filters.map((one) => passesFilter(subject, one)),
    ...branch.filterBranches.map((one) => passesBranch(subject, one)),
  ];
  if (results.length === 0) return false;
  switch (branch.filterBranchType) {
    case 'OR':
      return results.some((passes) => passes);
    case 'AND':
      return results.every((passes) => passes);
    case 'NOT_ANY':
      return !results.some((passes) => passes);
    case 'NOT_ALL':
      return !results.every((passes) => passes);
    default:
      return false;
  }
};
