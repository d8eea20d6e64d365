import { mergeRoles } from '../mapping/merge-roles.ts';
import type { BaseEntry } from '../model/state.ts';
import { bothSides, systems } from '../model/system.ts';
import { blank, sameCanonical } from '../model/value.ts';
import { type FieldDecision, type FieldFlow, settle } from './flow.ts';
import { changedSides, mayFlowTo, type Sight, viewOf } from './merge-view.ts';

const ruleOf = (sight: Sight, base: BaseEntry | undefined): string => {
  if (!base) return 'first:union';
  const changed = changedSides(sight, base);
  return changed.hubspot && changed.salesforce ? 'conflict:union' : 'changed-there';
};

/**
 * Merges who is tied to both records, person by person, and brings the result to every side that differs from it. No vendor tells who made
 * a tie, so that whoever brings an earlier state back is taken to mean it: neither ranks of sources nor refusals without a word are looked for.
 */
export const mergeTies = (sight: Sight, base: BaseEntry | undefined): FieldDecision => {
  const { field, canonical } = sight;
  const halves = bothSides((system) => (base ? viewOf(field, system, base[system]) : blank));
  const wanted = mergeRoles(halves, canonical, field.tie);
  if (wanted.kind === 'foreign') return { kind: 'hold', rule: 'foreign' };
  const rule = ruleOf(sight, base);
  const flows = systems
    .filter((target) => mayFlowTo(field, target) && !sameCanonical(canonical[target], wanted))
    .map((target): FieldFlow => {
      const sent = field.codecs[target].encode(wanted);
      return { target, sent, rule, clock: null, overwrites: rule === 'conflict:union' };
    });
  return flows.length === 0 ? settle('direction') : { kind: 'flow', flows, needsHistory: [] };
};
