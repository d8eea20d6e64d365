import { compareValues, mergeSets, unionValues } from '../mapping/value-order.ts';
import type { ConflictRule } from '../model/mapping.ts';
import type { BaseEntry } from '../model/state.ts';
import { type System, systems } from '../model/system.ts';
import { type Canonical, sameCanonical } from '../model/value.ts';
import { type FieldDecision, type FieldFlow, flowFrom, hold, settle } from './flow.ts';
import { mayFlowTo, type Sight, viewOf } from './merge-view.ts';
import { couldExactTimeDecide, newest } from './newest.ts';

/** The systems whose history could change which side is newer. */
const historyForNewest = ({ field, state: { times } }: Sight): readonly System[] =>
  systems.filter((system) => couldExactTimeDecide(times, system, field.tie));

/** The newer side wins; where the clocks cannot tell, the named tie. */
const newestWins = (sight: Sight, rule: string): FieldDecision => {
  const verdict = newest(sight.state.times, sight.field.tie);
  const needsHistory = verdict.decided ? [] : historyForNewest(sight);
  return flowFrom(sight, verdict.winner, { rule, clock: verdict.clock, overwrites: true, needsHistory });
};

/**
 * The side whose value a higher source entered; null where the sources are equals. Systems that must be asked first are in
 * `needsHistory`; until then all are taken for equals.
 */
export const higherVoice = ({
  state: { voices },
}: Sight): { readonly winner: System | null; readonly needsHistory: readonly System[] } => {
  if (!voices) return { winner: null, needsHistory: [] };
  const { hubspot, salesforce } = voices;
  if (typeof hubspot === 'string' || typeof salesforce === 'string') {
    return { winner: null, needsHistory: [hubspot, salesforce].filter((voice) => typeof voice === 'string') };
  }
  if (hubspot.rank === salesforce.rank) return { winner: null, needsHistory: [] };
  return { winner: hubspot.rank > salesforce.rank ? 'hubspot' : 'salesforce', needsHistory: [] };
};

/** Adds systems to what a decision wants to be asked. */
export const asking = (decision: FieldDecision, more: readonly System[]): FieldDecision =>
  decision.kind === 'flow' && more.length > 0
    ? { ...decision, needsHistory: [...new Set([...decision.needsHistory, ...more])] }
    : decision;

/** A set that both sides shall hold. */
const flowSet = (sight: Sight, wanted: Canonical, rule: string): FieldDecision => {
  const { field, canonical } = sight;
  if (wanted.kind === 'foreign') return hold('foreign');
  const differing = systems.filter((target) => !sameCanonical(canonical[target], wanted));
  if (wanted.kind === 'blank' && field.blank === 'keeps') return settle('blank-keeps');
  const flows = differing
    .filter((target) => mayFlowTo(field, target))
    .map((target): FieldFlow => {
      const sent = field.codecs[target].encode(wanted);
      return { target, sent, rule, clock: null, overwrites: false };
    });
  return flows.length === 0 ? settle('direction') : { kind: 'flow', flows, needsHistory: [] };
};

/** Sets that both sides changed: members that either added are added, members that either removed are removed. */
const mergeUnion = (sight: Sight, base: BaseEntry): FieldDecision => {
  const { field, canonical } = sight;
  const half = (system: System): Canonical => viewOf(field, system, base[system]);
  const merged = mergeSets(half('hubspot'), half('salesforce'), canonical.hubspot, canonical.salesforce);
  return flowSet(sight, merged, 'conflict:union');
};

/** The first time two records meet: a blank is filled, and the mapping's `first` rule settles what is filled differently. */
export const mergeFirst = (sight: Sight): FieldDecision => {
  const { hubspot, salesforce } = sight.canonical;
  if (hubspot.kind === 'foreign' || salesforce.kind === 'foreign') return hold('foreign');
  const fill = { rule: 'first:fill-blank', overwrites: false };
  if (hubspot.kind === 'blank') return flowFrom(sight, 'salesforce', fill);
  if (salesforce.kind === 'blank') return flowFrom(sight, 'hubspot', fill);
  const { first } = sight.field;
  if (first === 'hold') return hold('first:hold');
  if (first === 'union') return flowSet(sight, unionValues(hubspot, salesforce), 'first:union');
  // Both values are the record's own, and it says which is the primary one: no time tells that better.
  const { knower } = sight.state;
  if (knower && first === 'newest')
    return flowFrom(sight, knower, { rule: 'first:primary', overwrites: true });
  const { winner, needsHistory } = higherVoice(sight);
  if (winner) return flowFrom(sight, winner, { rule: 'first:source', overwrites: true });
  const byRule =
    first === 'newest'
      ? newestWins(sight, 'first:newest')
      : flowFrom(sight, first === 'prefer-hubspot' ? 'hubspot' : 'salesforce', {
          rule: `first:${first}`,
          overwrites: true,
        });
  return asking(byRule, needsHistory);
};

const ordered: Partial<Record<ConflictRule, -1 | 1>> = { highest: 1, lowest: -1, earliest: -1 };

const mergeOrdered = (sight: Sight, filled: System | null, rule: string): FieldDecision => {
  const { field, canonical } = sight;
  const { hubspot, salesforce } = canonical;
  const reason = { rule, overwrites: true };
  if (hubspot.kind !== 'value' || salesforce.kind !== 'value') {
    return flowFrom(sight, filled ?? field.tie, reason);
  }
  const order = compareValues(field.kind, hubspot, salesforce);
  if (order === null) return hold(rule);
  return flowFrom(sight, order * (ordered[field.conflict] ?? 1) > 0 ? 'hubspot' : 'salesforce', reason);
};

const settleByRule = (sight: Sight, filled: System | null, rule: string): FieldDecision => {
  const { field } = sight;
  const reason = { rule, overwrites: true };
  switch (field.conflict) {
    case 'prefer-hubspot':
      return flowFrom(sight, 'hubspot', reason);
    case 'prefer-salesforce':
      return flowFrom(sight, 'salesforce', reason);
    case 'prefer-hubspot-unless-blank':
      return flowFrom(sight, filled ?? 'hubspot', reason);
    case 'prefer-salesforce-unless-blank':
      return flowFrom(sight, filled ?? 'salesforce', reason);
    case 'non-blank':
      return filled ? flowFrom(sight, filled, reason) : newestWins(sight, 'conflict:newest');
    case 'highest':
    case 'lowest':
    case 'earliest':
      return mergeOrdered(sight, filled, rule);
    default:
      return newestWins(sight, rule);
  }
};

/** The one side that holds a value, where the other is blank. */
export const onlyFilled = ({ canonical: { hubspot, salesforce } }: Sight): System | null =>
  hubspot.kind === 'blank' ? 'salesforce' : salesforce.kind === 'blank' ? 'hubspot' : null;

/**
 * Both sides changed, differently. A blank that must not clear anything loses; then the higher source wins, whatever the rule; then
 * the field's rule speaks. Sets lose nothing by being joined, and what is held is not replaced, so no source is asked for there.
 */
export const mergeConflict = (sight: Sight, base: BaseEntry): FieldDecision => {
  const { field, canonical } = sight;
  if (systems.some((system) => canonical[system].kind === 'foreign')) return hold('foreign');
  const rule = `conflict:${field.conflict}`;
  if (field.conflict === 'hold') return hold(rule);
  if (field.conflict === 'union') return mergeUnion(sight, base);
  const filled = onlyFilled(sight);
  if (filled && field.blank === 'keeps') {
    return flowFrom(sight, filled, { rule: `${rule}:blank-keeps`, overwrites: true });
  }
  const { winner, needsHistory } = higherVoice(sight);
  if (winner) return flowFrom(sight, winner, { rule: 'conflict:source', overwrites: true });
  return asking(settleByRule(sight, filled, rule), needsHistory);
};
