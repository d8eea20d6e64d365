import { compareValues, unionValues } from '../mapping/value-order.ts';
import type { ConflictRule, FieldMapping } from '../model/mapping.ts';
import { otherSystem, type Sides, type System, systems } from '../model/system.ts';
import { blank, type Canonical, type RawValue, sameCanonical } from '../model/value.ts';
import { type ChangeTime, couldExactTimeDecide, newest } from './newest.ts';

/** One field of a link as it stands: both raw values (undefined: not returned), their base and when each was entered. */
export interface FieldState {
  readonly base: Sides<RawValue> | undefined;
  readonly values: Sides<RawValue | undefined>;
  readonly times: Sides<ChangeTime>;
}

/** What a merge asks to be sent to one side. */
export interface FieldFlow {
  readonly target: System;
  readonly sent: RawValue;
  readonly rule: string;
  readonly clock: string | null;
  /** True where the value that is replaced had been entered since the last settle, or there was no base: it lost. */
  readonly overwrites: boolean;
}

/**
 * What a merge says of one field.
 * - skip: a side was not returned; missing is never a value and the base stays
 * - settle: nothing to send; the base becomes what both sides hold (`rule` says why a difference may stay)
 * - same: nothing changed since the last settle
 * - flow: one or both sides are to be written
 * - hold: both differ and the rule, or a value that the codec cannot read, leaves it so; the base stays
 */
export type FieldDecision =
  | { readonly kind: 'skip' }
  | { readonly kind: 'same' }
  | { readonly kind: 'settle'; readonly rule: string }
  | { readonly kind: 'flow'; readonly flows: readonly FieldFlow[]; readonly needsHistory: boolean }
  | { readonly kind: 'hold'; readonly rule: string };

/** Decodes a side's value; the fill of a required target decodes to blank, so that it never flows back. */
export const viewOf = (field: FieldMapping, system: System, raw: RawValue): Canonical => {
  const value = field.codecs[system].decode(raw);
  const fill = field.fill[system];
  return fill !== undefined && sameCanonical(value, field.codecs[system].decode(fill)) ? blank : value;
};

/** Whether the mapping lets this field flow to that side. */
export const mayFlowTo = (field: FieldMapping, target: System): boolean =>
  field.direction === 'both' || field.direction === `to-${target}`;

const sameRaw = (field: FieldMapping, system: System, a: RawValue, b: RawValue): boolean =>
  a === b || sameCanonical(field.codecs[system].decode(a), field.codecs[system].decode(b));

interface Sight {
  readonly field: FieldMapping;
  readonly raw: Sides<RawValue>;
  readonly canonical: Sides<Canonical>;
  readonly times: Sides<ChangeTime>;
}

const never: ChangeTime = { from: 0, to: 0, clock: 'interval' };
const noTimes: Sides<ChangeTime> = { hubspot: never, salesforce: never };

/** Both values decoded; null where a side was not returned. */
const sightOf = (field: FieldMapping, state: FieldState): Sight | null => {
  const { hubspot, salesforce } = state.values;
  if (hubspot === undefined || salesforce === undefined) return null;
  const canonical = {
    hubspot: viewOf(field, 'hubspot', hubspot),
    salesforce: viewOf(field, 'salesforce', salesforce),
  };
  return { field, raw: { hubspot, salesforce }, canonical, times: state.times };
};

/** Whether sending this value would change nothing: a checkbox has no blank, a number is kept rounded, two options are one there. */
const isAlreadyThere = (field: FieldMapping, value: Canonical, target: System, there: Canonical): boolean =>
  value.kind !== 'foreign' &&
  there.kind === 'value' &&
  sameCanonical(field.codecs[target].decode(field.codecs[target].encode(value)), there);

/** Equal as they stand, or one a fill and the other blank. A real value that happens to be the other side's fill is equal to itself. */
const saysTheSame = ({ field, raw, canonical }: Sight): boolean =>
  raw.hubspot === raw.salesforce ||
  sameCanonical(canonical.hubspot, canonical.salesforce) ||
  systems.some((system) =>
    isAlreadyThere(field, canonical[otherSystem(system)], system, canonical[system]),
  ) ||
  sameCanonical(field.codecs.hubspot.decode(raw.hubspot), field.codecs.salesforce.decode(raw.salesforce));

/** Whether both sides say the same; null where a side was not returned. */
export const fieldsEqual = (field: FieldMapping, values: FieldState['values']): boolean | null => {
  const sight = sightOf(field, { base: undefined, values, times: noTimes });
  return sight && saysTheSame(sight);
};

/** Lets `winner`'s value flow to the other side if direction, blank and fill rules allow; else the difference is settled as it is. */
const flowFrom = (
  sight: Sight,
  winner: System,
  rule: string,
  clock: string | null,
  overwrites: boolean,
  needsHistory = false,
): FieldDecision => {
  const { field } = sight;
  const target = otherSystem(winner);
  const value = sight.canonical[winner];
  if (value.kind === 'foreign') return { kind: 'hold', rule: 'foreign' };
  if (!mayFlowTo(field, target)) return { kind: 'settle', rule: 'direction' };
  if (value.kind === 'blank') {
    if (field.blank === 'keeps') return { kind: 'settle', rule: 'blank-keeps' };
    if (field.fill[target] !== undefined) return { kind: 'settle', rule: 'required-there' };
  }
  const sent = field.codecs[target].encode(value);
  return { kind: 'flow', flows: [{ target, sent, rule, clock, overwrites }], needsHistory };
};

/** Newest with what is known so far; says whether HubSpot's history could still change the verdict. */
const flowOfNewest = (sight: Sight, prefix: string): FieldDecision => {
  const verdict = newest(sight.times, sight.field.tie);
  const needsHistory = !verdict.decided && couldExactTimeDecide(sight.times, 'hubspot', sight.field.tie);
  return flowFrom(sight, verdict.winner, `${prefix}:newest`, verdict.clock, true, needsHistory);
};

/** The first time two records meet: a blank is filled, and the mapping's `first` rule settles what is filled differently. */
const mergeFirst = (sight: Sight): FieldDecision => {
  const { hubspot, salesforce } = sight.canonical;
  if (hubspot.kind === 'foreign' || salesforce.kind === 'foreign') return { kind: 'hold', rule: 'foreign' };
  if (hubspot.kind === 'blank') return flowFrom(sight, 'salesforce', 'first:fill-blank', null, false);
  if (salesforce.kind === 'blank') return flowFrom(sight, 'hubspot', 'first:fill-blank', null, false);
  switch (sight.field.first) {
    case 'newest':
      return flowOfNewest(sight, 'first');
    case 'prefer-hubspot':
      return flowFrom(sight, 'hubspot', 'first:prefer-hubspot', null, true);
    case 'prefer-salesforce':
      return flowFrom(sight, 'salesforce', 'first:prefer-salesforce', null, true);
    case 'hold':
      return { kind: 'hold', rule: 'first:hold' };
  }
};

const mergeUnion = (sight: Sight): FieldDecision => {
  const { field, canonical } = sight;
  if (canonical.hubspot.kind !== 'value' || canonical.salesforce.kind !== 'value') {
    return flowFrom(
      sight,
      canonical.hubspot.kind === 'value' ? 'hubspot' : 'salesforce',
      'conflict:union',
      null,
      false,
    );
  }
  const union = unionValues(canonical.hubspot, canonical.salesforce);
  if (union.kind !== 'value') return { kind: 'hold', rule: 'conflict:union' };
  const flows = systems
    .filter((target) => mayFlowTo(field, target) && !sameCanonical(canonical[target], union))
    .map((target): FieldFlow => {
      const sent = field.codecs[target].encode(union);
      return { target, sent, rule: 'conflict:union', clock: null, overwrites: false };
    });
  return flows.length === 0
    ? { kind: 'settle', rule: 'direction' }
    : { kind: 'flow', flows, needsHistory: false };
};

const ordered: Partial<Record<ConflictRule, -1 | 1>> = { highest: 1, lowest: -1, earliest: -1 };

/** Both sides changed, differently. A blank that must not clear anything loses; then the field's rule speaks. */
const mergeConflict = (sight: Sight): FieldDecision => {
  const { field, canonical } = sight;
  const { hubspot, salesforce } = canonical;
  if (hubspot.kind === 'foreign' || salesforce.kind === 'foreign') return { kind: 'hold', rule: 'foreign' };
  const rule = `conflict:${field.conflict}`;
  const filled: System | null =
    hubspot.kind === 'blank' ? 'salesforce' : salesforce.kind === 'blank' ? 'hubspot' : null;
  if (filled && field.blank === 'keeps') return flowFrom(sight, filled, `${rule}:blank-keeps`, null, true);
  switch (field.conflict) {
    case 'newest':
      return flowOfNewest(sight, 'conflict');
    case 'prefer-hubspot':
      return flowFrom(sight, 'hubspot', rule, null, true);
    case 'prefer-salesforce':
      return flowFrom(sight, 'salesforce', rule, null, true);
    case 'prefer-hubspot-unless-blank':
      return flowFrom(sight, hubspot.kind === 'blank' ? 'salesforce' : 'hubspot', rule, null, true);
    case 'prefer-salesforce-unless-blank':
      return flowFrom(sight, salesforce.kind === 'blank' ? 'hubspot' : 'salesforce', rule, null, true);
    case 'non-blank':
      return filled ? flowFrom(sight, filled, rule, null, true) : flowOfNewest(sight, 'conflict');
    case 'highest':
    case 'lowest':
    case 'earliest': {
      if (hubspot.kind !== 'value' || salesforce.kind !== 'value') {
        return flowFrom(sight, filled ?? field.tie, rule, null, true);
      }
      const order = compareValues(field.kind, hubspot, salesforce);
      if (order === null) return { kind: 'hold', rule };
      return flowFrom(
        sight,
        order * (ordered[field.conflict] ?? 1) > 0 ? 'hubspot' : 'salesforce',
        rule,
        null,
        true,
      );
    }
    case 'union':
      return mergeUnion(sight);
    case 'hold':
      return { kind: 'hold', rule };
  }
};

/**
 * Three-way merge of one field: each side is compared with its own half of the base. Pure: the same state always
 * gives the same decision.
 */
export const mergeField = (field: FieldMapping, state: FieldState): FieldDecision => {
  const sight = sightOf(field, state);
  if (!sight) return { kind: 'skip' };
  const { raw } = sight;
  const { base } = state;
  if (saysTheSame(sight)) {
    const known = base && base.hubspot === raw.hubspot && base.salesforce === raw.salesforce;
    return known ? { kind: 'same' } : { kind: 'settle', rule: 'equal' };
  }
  if (!base) return mergeFirst(sight);
  const hubspotChanged = !sameRaw(field, 'hubspot', base.hubspot, raw.hubspot);
  const salesforceChanged = !sameRaw(field, 'salesforce', base.salesforce, raw.salesforce);
  if (hubspotChanged && salesforceChanged) return mergeConflict(sight);
  if (hubspotChanged) return flowFrom(sight, 'hubspot', 'changed-there', null, false);
  if (salesforceChanged) return flowFrom(sight, 'salesforce', 'changed-there', null, false);
  return { kind: 'same' };
};

/**
 * Why two values may differ although nothing is pending: the rule that leaves them so, or null when no rule does. `verify`
 * counts the latter as unexplained.
 */
export const ruleForDifference = (field: FieldMapping, state: FieldState): string | null => {
  const decision = mergeField(field, state);
  if (decision.kind === 'skip') return 'not-returned';
  if (decision.kind === 'hold' || decision.kind === 'settle') return decision.rule;
  if (decision.kind === 'flow') return null;
  // Nothing changed since the last settle: would a rule have left the difference, had either side just changed?
  const sight = sightOf(field, state);
  if (!sight) return 'not-returned';
  for (const winner of systems) {
    const left = flowFrom(sight, winner, 'changed-there', null, false);
    if (left.kind === 'settle' || left.kind === 'hold') return left.rule;
  }
  return null;
};
