import { type RawBuilder, sql } from 'kysely';

/** The SQL types that rows of a batch can have. */
type ColumnType = 'text' | 'uuid' | 'bigint' | 'smallint' | 'float8' | 'boolean' | 'json' | 'int';
type Param = string | number | boolean | null;

/** Columns of a batch: SQL type, and what of an item goes there. */
export type Columns<T> = Readonly<Record<string, readonly [ColumnType, (item: T) => Param]>>;

/**
 * Items as rows of a `from` clause, sent as one array per column, so that the statement's text does not depend on their
 * number: `unnest($1::text[], $2::bigint[]) as mark(id, stamp)`. Names are ours, never input.
 */
export const batch = <T>(alias: string, items: readonly T[], columns: Columns<T>): RawBuilder<unknown> => {
  const entries = Object.entries(columns);
  const arrays = entries.map(
    ([, [type, get]]) => sql`${items.map((item) => param(type, get(item)))}::${sql.raw(type)}[]`,
  );
  const names = entries.map(([name]) => name).join(', ');
  return sql`unnest(${sql.join(arrays)}) as ${sql.raw(`${alias}(${names})`)}`;
};

const param = (type: ColumnType, value: Param): Param => {
  if (typeof value === 'string' && type === 'text') return cleanText(value);
  if (typeof value === 'number' && type !== 'float8') return Math.trunc(value);
  return value;
};

/**
 * Text that PostgreSQL takes: NUL and lone surrogates become U+FFFD. For names, causes and ids; values of records are kept
 * whole, as JSON (json.ts).
 */
export const cleanText = (text: string): string => text.replaceAll('\0', '\uFFFD').toWellFormed();

/** Milliseconds since 1970 of a timestamptz expression, as a number in JavaScript. */
export const epochMs = (expression: string): RawBuilder<number> =>
  sql.raw(`(extract(epoch from ${expression}) * 1000)::float8`);

/** An interval of so many milliseconds. */
export const milliseconds = (ms: number): RawBuilder<unknown> =>
  sql`(${ms}::float8 * interval '1 millisecond')`;
