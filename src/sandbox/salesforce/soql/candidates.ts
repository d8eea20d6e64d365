import type { StoredValue } from '../schema/field.ts';
import type { Row } from '../store/row.ts';
import type { Table } from '../store/table.ts';
import type { ConditionNode } from './condition-tree.ts';
import type { CompiledTest } from './predicate.ts';

/**
 * The rows that a WHERE clause can match at all, found by an index; every row is still tried against the clause.
 * - rows: those with one of the values of an indexed field
 * - stamps: those whose SystemModstamp lies in a range (seconds, both ends included)
 * - after: those whose id sorts behind this one
 */
export type Candidates =
  | { readonly kind: 'rows'; readonly rows: readonly Row[] }
  | { readonly kind: 'stamps'; readonly from: number; readonly to: number }
  | { readonly kind: 'after'; readonly id: string };

const valuesOf = (test: CompiledTest): readonly StoredValue[] | null => {
  if (test.operator !== '=' && test.operator !== 'IN') return null;
  const values = test.literals.map((literal) => (literal.kind === 'value' ? literal.value : null));
  return values.includes(null) ? null : values;
};

const distinct = (rows: readonly Row[]): readonly Row[] => [...new Set(rows)];

const byValue = (table: Table, test: CompiledTest): Candidates | null => {
  const { column, definition } = test.field;
  const values = valuesOf(test);
  if (values === null || column === undefined) return null;
  if (definition.name === 'Id') {
    const rows = values.flatMap((value) => {
      const row = table.get(String(value));
      return row === undefined ? [] : [row];
    });
    return { kind: 'rows', rows: distinct(rows) };
  }
  const index = table.index(column);
  if (index === undefined) return null;
  return { kind: 'rows', rows: distinct(values.flatMap((value) => index.find(value))) };
};

const everything = { from: 0, to: Number.MAX_SAFE_INTEGER };

const byStamp = (test: CompiledTest): Candidates | null => {
  const { column, definition } = test.field;
  const [literal] = test.literals;
  if (column === undefined || definition.name !== 'SystemModstamp' || literal === undefined) return null;
  const [start, end] =
    literal.kind === 'span'
      ? [literal.span.start, literal.span.end - 1]
      : [Number(literal.value), Number(literal.value)];
  if (literal.kind === 'value' && literal.value === null) return null;
  switch (test.operator) {
    case '=':
      return { kind: 'stamps', from: start, to: end };
    case '>':
      return { kind: 'stamps', from: end + 1, to: everything.to };
    case '>=':
      return { kind: 'stamps', from: start, to: everything.to };
    case '<':
      return { kind: 'stamps', from: 0, to: start - 1 };
    case '<=':
      return { kind: 'stamps', from: 0, to: end };
    default:
      return null;
  }
};

const byId = (test: CompiledTest): Candidates | null => {
  const [literal] = test.literals;
  const ranged = test.operator === '>' || test.operator === '>=';
  if (test.field.column === undefined || test.field.definition.name !== 'Id' || !ranged) return null;
  if (literal?.kind !== 'value' || typeof literal.value !== 'string') return null;
  // The suffix is left out, so that `>=` keeps its own row.
  return { kind: 'after', id: test.operator === '>' ? literal.value : literal.value.slice(0, 14) };
};

/** How many rows would have to be tried. */
const costOf = (table: Table, candidates: Candidates): number => {
  switch (candidates.kind) {
    case 'rows':
      return candidates.rows.length;
    case 'stamps':
      return table.log.estimate(candidates.from, candidates.to);
    case 'after':
      return table.rows.length - table.positionAfter(candidates.id);
  }
};

const cheapest = (table: Table, all: readonly (Candidates | null)[]): Candidates | null =>
  all.reduce<Candidates | null>((best, one) => {
    if (one === null) return best;
    if (best === null) return one;
    // Two ranges of stamps narrow each other.
    if (one.kind === 'stamps' && best.kind === 'stamps') {
      return { kind: 'stamps', from: Math.max(one.from, best.from), to: Math.min(one.to, best.to) };
    }
    return costOf(table, one) < costOf(table, best) ? one : best;
  }, null);

const union = (all: readonly (Candidates | null)[]): Candidates | null => {
  const known = all.filter((one) => one !== null);
  if (known.length < all.length) return null;
  const rows = known.filter((one) => one.kind === 'rows');
  if (rows.length === known.length) return { kind: 'rows', rows: distinct(rows.flatMap((one) => one.rows)) };
  const stamps = known.filter((one) => one.kind === 'stamps');
  if (stamps.length < known.length) return null;
  return {
    kind: 'stamps',
    from: Math.min(...stamps.map((one) => one.from)),
    to: Math.max(...stamps.map((one) => one.to)),
  };
};

/** The narrowest way into the table; null: every row must be tried. */
export const findCandidates = (table: Table, tree: ConditionNode<CompiledTest>): Candidates | null => {
  switch (tree.kind) {
    case 'test':
      return byValue(table, tree.test) ?? byStamp(tree.test) ?? byId(tree.test);
    case 'not':
      return null;
    case 'and':
      return cheapest(
        table,
        tree.children.map((child) => findCandidates(table, child)),
      );
    case 'or':
      return union(tree.children.map((child) => findCandidates(table, child)));
  }
};
