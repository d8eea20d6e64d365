import type { Canonical, CanonicalValue } from '../model/value.ts';
import { memberSeparator, setOf } from './codecs/multi-enum.ts';
import { codecKinds, type KindName } from './codecs/registry.ts';

/**
 * Which of two values of a kind is the smaller or earlier: negative, zero or positive as `Array.sort` wants it; null where the
 * kind has no order. For the rules `highest`, `lowest` and `earliest`.
 */
export const compareValues = (kind: string, a: CanonicalValue, b: CanonicalValue): number | null => {
  const order = Object.hasOwn(codecKinds, kind) ? codecKinds[kind as KindName].order : null;
  if (order === null) return null;
  if (order === 'size') return Number(a.text) - Number(b.text);
  // Keys of dates and moments are ISO texts of one width, so their order is that of time.
  return a.key === b.key ? 0 : a.key < b.key ? -1 : 1;
};

/** The union of two values of kind `multi-enum`, the members of `a` first. For the rule `union`. */
export const unionValues = (a: CanonicalValue, b: CanonicalValue): Canonical =>
  setOf([...String(a.text).split(memberSeparator), ...String(b.text).split(memberSeparator)]);

const membersIn = (value: Canonical): readonly string[] =>
  value.kind === 'value' ? String(value.text).split(memberSeparator) : [];

/**
 * Three-way merge of two values of kind `multi-enum`, each against its own half of the base: what either side added is there, what
 * either removed is not (unless the other added it). A blank is the empty set; a half that cannot be read counts as one, so that nothing is taken for removed.
 */
export const mergeSets = (
  hubspotBase: Canonical,
  salesforceBase: Canonical,
  hubspot: Canonical,
  salesforce: Canonical,
): Canonical => {
  const [left, right] = [membersIn(hubspot), membersIn(salesforce)];
  const [leftBase, rightBase] = [membersIn(hubspotBase), membersIn(salesforceBase)];
  const added = new Set([
    ...left.filter((member) => !leftBase.includes(member)),
    ...right.filter((member) => !rightBase.includes(member)),
  ]);
  const removed = new Set(
    [
      ...leftBase.filter((member) => !left.includes(member)),
      ...rightBase.filter((member) => !right.includes(member)),
    ].filter((member) => !added.has(member)),
  );
  return setOf([...left, ...right].filter((member) => !removed.has(member)));
};
