import type { ConditionWithValueQuery, WhereClause } from '@jetstreamapp/soql-parser-js';
import { soqlError } from './soql-error.ts';

/** A WHERE clause as the tree that its parentheses say. */
export type ConditionNode<T> =
  | { readonly kind: 'and' | 'or'; readonly children: readonly ConditionNode<T>[] }
  | { readonly kind: 'not'; readonly child: ConditionNode<T> }
  | { readonly kind: 'test'; readonly test: T };

/** What the parser's conditions are, apart from the bare parenthesis of a negation. */
export type Condition = Exclude<ConditionWithValueQuery, { openParen: number; field?: undefined }>;

type Token = '(' | ')' | 'AND' | 'OR' | 'NOT' | { readonly condition: Condition };

/** The parser gives a chain in which every link carries its parentheses as counts; here it becomes tokens again. */
const tokensOf = (where: WhereClause): Token[] => {
  const tokens: Token[] = [];
  let link: WhereClause | undefined = where;
  while (link !== undefined) {
    const { left } = link;
    const opened = left !== null && 'openParen' in left ? (left.openParen ?? 0) : 0;
    for (let count = 0; count < opened; count += 1) tokens.push('(');
    if (left !== null && ('field' in left || 'fn' in left)) {
      tokens.push({ condition: left as Condition });
      for (let count = 0; count < (left.closeParen ?? 0); count += 1) tokens.push(')');
    }
    if (!('operator' in link)) return tokens;
    tokens.push(link.operator);
    link = link.right;
  }
  return tokens;
};

/**
 * Builds the tree. As with the vendor, AND and OR may not be mixed without parentheses (MALFORMED_QUERY), and NOT
 * binds to the one condition or parenthesis behind it.
 */
export const buildConditionTree = (where: WhereClause, statement: string): ConditionNode<Condition> => {
  const tokens = tokensOf(where);
  let at = 0;
  const unexpected = (token: Token | undefined) =>
    soqlError(
      'MALFORMED_QUERY',
      statement,
      -1,
      `unexpected token: '${typeof token === 'string' ? token : '<EOF>'}'`,
    );
  const term = (): ConditionNode<Condition> => {
    const token = tokens[at];
    at += 1;
    if (token === 'NOT') return { kind: 'not', child: term() };
    if (token === '(') {
      const inner = expression();
      if (tokens[at] !== ')') throw unexpected(tokens[at]);
      at += 1;
      return inner;
    }
    if (token === undefined || typeof token === 'string') throw unexpected(token);
    return { kind: 'test', test: token.condition };
  };
  const expression = (): ConditionNode<Condition> => {
    const children = [term()];
    const operator = tokens[at];
    while (tokens[at] === 'AND' || tokens[at] === 'OR') {
      if (tokens[at] !== operator) throw unexpected(tokens[at]);
      at += 1;
      children.push(term());
    }
    const [only] = children;
    if (children.length === 1 && only !== undefined) return only;
    return { kind: operator === 'OR' ? 'or' : 'and', children };
  };
  const tree = expression();
  if (at < tokens.length) throw unexpected(tokens[at]);
  return tree;
};
