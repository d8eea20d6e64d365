import type { Expression } from '../../mapping/expression.ts';

/** Values that a name, or a field of a named map, can have. */
export type Domain = readonly unknown[];

/** What names that are no maps can be: `fit` is one of four. A name that is not here is a map of fields. */
export type Domains = Readonly<Record<string, Domain>>;

export type Firing = 'always' | 'never' | 'sometimes' | 'unknown';

/** All combinations are tried up to so many; beyond, nothing is claimed. */
const combinationsMax = 20_000;

const around = (literals: Expression['literals']): readonly unknown[] =>
  literals.flatMap((literal): unknown[] => {
    if (typeof literal !== 'number') return [literal];
    const near = [literal - 1, literal, literal + 1];
    return [...near, ...near.map(String)];
  });

/**
 * Whether a rule holds for everybody, for nobody, or for some: tried on every combination of the values that it names itself, their
 * neighbours, nothing at all and something else. Patterns (`matches`) and computed texts give no examples, so that nothing is claimed
 * of them. Pure.
 */
export const firingOf = (
  expression: Expression,
  domains: Domains,
  extra: readonly unknown[] = [],
): Firing => {
  if (expression.calls.has('matches')) return 'unknown';
  const candidates: Domain = [null, 'something else', true, ...around(expression.literals), ...extra];
  const slots = expression.names.flatMap((name): { name: string; field: string | null; domain: Domain }[] => {
    const known = domains[name];
    if (known !== undefined) return [{ name, field: null, domain: known }];
    const fields = expression.fieldsOf(name);
    return fields.map((field) => ({ name, field, domain: candidates }));
  });
  const mapsWithoutFields = expression.names.filter(
    (name) => domains[name] === undefined && expression.fieldsOf(name).length === 0,
  );
  const combinations = slots.reduce((product, { domain }) => product * domain.length, 1);
  if (combinations > combinationsMax || mapsWithoutFields.length > 0) return 'unknown';
  let [held, failed] = [false, false];
  for (let number = 0; number < combinations && !(held && failed); number += 1) {
    let rest = number;
    const values: Record<string, unknown> = {};
    for (const { name, field, domain } of slots) {
      const value = domain[rest % domain.length];
      rest = Math.floor(rest / domain.length);
      if (field === null) values[name] = value;
      else values[name] = { ...(values[name] as object | undefined), [field]: value };
    }
    if (expression.holds(values)) held = true;
    else failed = true;
  }
  if (held && failed) return 'sometimes';
  return held ? 'always' : 'never';
};
