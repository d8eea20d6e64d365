import type { FieldMapping } from '../model/mapping.ts';
import type { BaseEntry } from '../model/state.ts';
import { otherSystem, type System, systems } from '../model/system.ts';
import { asking, mergeConflict, mergeFirst } from './conflict.ts';
import { type FieldDecision, flowFrom, settle } from './flow.ts';
import { mergeTies } from './merge-ties.ts';
import {
  changedSides,
  type FieldState,
  isTakenBack,
  type Sight,
  saysTheSame,
  sightOf,
} from './merge-view.ts';

export type { FieldDecision, FieldFlow, StopReason } from './flow.ts';
export { type FieldState, fieldsEqual, mayFlowTo, type Voice, viewOf } from './merge-view.ts';

/** How often in a row the field has been flipped, were this side's value to flow now. */
const flipsOf = (sight: Sight, base: BaseEntry, source: System): { count: number; since: number } | null => {
  const { times, flapping } = sight.state;
  if (!base.wrote || !flapping || !isTakenBack(sight, source)) return null;
  const now = times[source].to;
  const { flips, since } = base.wrote;
  return flips > 0 && now - since <= flapping.windowMs
    ? { count: flips + 1, since }
    : { count: 1, since: now };
};

/** What one changed side says: it flows, unless a lower source entered it, or the field only ever flips. */
const mergeChange = (sight: Sight, base: BaseEntry, source: System): FieldDecision => {
  const { canonical, state } = sight;
  const target = otherSystem(source);
  const rule = state.taken === source ? 'taken' : 'changed-there';
  const decision = flowFrom(sight, source, { rule, overwrites: false });
  const [flow] = decision.kind === 'flow' ? decision.flows : [];
  if (!flow) return decision;
  const wanted: System[] = [];
  if (state.voices && state.taken !== source && canonical[target].kind === 'value') {
    const { [source]: own, [target]: there } = state.voices;
    if (typeof own === 'string') wanted.push(own);
    else if (typeof there === 'string') {
      if (!own.highest) wanted.push(there);
    } else if (own.rank < there.rank) {
      return { kind: 'beside', target, sent: flow.sent, rule: `source: ${own.source} below ${there.source}` };
    }
  }
  if (isTakenBack(sight, source) && state.untouched?.[source] === null) wanted.push(source);
  const flips = flipsOf(sight, base, source);
  if (!flips) return asking(decision, wanted);
  if (state.flapping && flips.count > state.flapping.flips) {
    if (state.flapping.person === null) wanted.push('hubspot');
    else if (!state.flapping.person) return { kind: 'stop', target, sent: flow.sent, why: 'flapping' };
  }
  return asking({ kind: 'flow', flows: [{ ...flow, flips }], needsHistory: [] }, wanted);
};

/** Neither side was changed by anybody: as settled, or one of them did not keep what was written. */
const mergeUnchanged = (sight: Sight, base: BaseEntry): FieldDecision => {
  const { field, canonical } = sight;
  const refusing = systems.find((system) => isTakenBack(sight, system));
  if (!refusing || !base) return { kind: 'same' };
  const value = canonical[otherSystem(refusing)];
  if (value.kind === 'foreign') return { kind: 'same' };
  const sent = field.codecs[refusing].encode(value);
  return { kind: 'stop', target: refusing, sent, why: 'silently-refused' };
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
    return known ? { kind: 'same' } : settle('equal');
  }
  if (field.ties) return mergeTies(sight, base);
  if (!base) return mergeFirst(sight);
  const changed = changedSides(sight, base);
  if (changed.hubspot && changed.salesforce) return mergeConflict(sight, base);
  if (changed.hubspot) return mergeChange(sight, base, 'hubspot');
  if (changed.salesforce) return mergeChange(sight, base, 'salesforce');
  return mergeUnchanged(sight, base);
};

/**
 * Why two values may differ although nothing is pending: the rule that leaves them so, or null when no rule does. `verify`
 * counts the latter as unexplained.
 */
export const ruleForDifference = (field: FieldMapping, state: FieldState): string | null => {
  const decision = mergeField(field, state);
  if (decision.kind === 'skip') return 'not-returned';
  if (decision.kind === 'hold' || decision.kind === 'settle') return decision.rule;
  if (decision.kind !== 'same') return null;
  // Nothing changed since the last settle: would a rule have left the difference, had either side just changed?
  const sight = sightOf(field, state);
  if (!sight) return 'not-returned';
  for (const winner of systems) {
    const left = flowFrom(sight, winner, { rule: 'changed-there', overwrites: false });
    if (left.kind === 'settle' || left.kind === 'hold') return left.rule;
  }
  return null;
};
