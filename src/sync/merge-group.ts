import type { FieldMapping } from '../model/mapping.ts';
import { bothSides, otherSystem, type Sides, type System, systems } from '../model/system.ts';
import { asking, type higherVoice } from './conflict.ts';
import { type FieldDecision, flowFrom, hold } from './flow.ts';
import { mergeField } from './merge.ts';
import { changedSides, type FieldState, type Sight, saysTheSame, sightOf, type Voice } from './merge-view.ts';
import { type ChangeTime, couldExactTimeDecide, newest } from './newest.ts';

/** A field of a group with what it is decided from. */
export interface GroupField {
  readonly field: FieldMapping;
  readonly state: FieldState;
}

interface Verdict {
  readonly winner: System | null;
  readonly rule: string;
  readonly clock: string | null;
  readonly needsHistory: readonly System[];
}

const later = (a: ChangeTime, b: ChangeTime): ChangeTime => (b.to > a.to ? b : a);

/** Whether a side had a hand in a field. */
type ChangedOn = (sight: Sight, system: System) => boolean;

/** When each side was changed last, in any of these fields. */
const timesOf = (sights: readonly Sight[], changedOn: ChangedOn) => {
  const never: ChangeTime = { from: 0, to: 0, clock: 'interval' };
  const latest = (system: System): ChangeTime =>
    sights
      .filter((sight) => changedOn(sight, system))
      .reduce((time, { state }) => later(time, state.times[system]), never);
  return { hubspot: latest('hubspot'), salesforce: latest('salesforce') };
};

/** The side on which the higher source had a hand in the group, by what was changed there; null where the sources are equals. */
const higherIn = (sights: readonly Sight[], changedOn: ChangedOn): ReturnType<typeof higherVoice> => {
  const voicesOn = (system: System): readonly (Voice | System)[] =>
    sights.flatMap((sight) =>
      sight.state.voices && changedOn(sight, system) ? [sight.state.voices[system]] : [],
    );
  const missing = systems.filter((asked) => systems.some((system) => voicesOn(system).includes(asked)));
  const rankOf = (voice: Voice | System): number => (typeof voice === 'string' ? 0 : voice.rank);
  const ranks = bothSides((system) => Math.max(-1, ...voicesOn(system).map(rankOf)));
  const { hubspot, salesforce } = ranks;
  if (missing.length > 0 || hubspot === salesforce) return { winner: null, needsHistory: missing };
  return { winner: hubspot > salesforce ? 'hubspot' : 'salesforce', needsHistory: [] };
};

const newestIn = (times: Sides<ChangeTime>, tie: System, prefix: string): Verdict => {
  const { winner, clock, decided } = newest(times, tie);
  const needsHistory = decided ? [] : systems.filter((system) => couldExactTimeDecide(times, system, tie));
  return { winner, rule: `${prefix}:newest`, clock, needsHistory };
};

const isBlankOn = (sights: readonly Sight[], system: System): boolean =>
  sights.every(({ canonical }) => canonical[system].kind === 'blank');

/** Whose values a group takes, by the rule of its first field. */
const verdictOf = (
  { field: lead }: Sight,
  sights: readonly Sight[],
  changedOn: ChangedOn,
  prefix: 'conflict' | 'first',
): Verdict => {
  const wanted = prefix === 'first' ? lead.first : lead.conflict;
  const plain = { rule: `${prefix}:${wanted}`, clock: null, needsHistory: [] };
  if (wanted === 'hold') return { ...plain, winner: null };
  const { winner: higher, needsHistory } = higherIn(sights, changedOn);
  const times = timesOf(sights, changedOn);
  if (higher) return { winner: higher, rule: `${prefix}:source`, clock: null, needsHistory: [] };
  const filled = systems.find((system) => isBlankOn(sights, otherSystem(system)));
  const byRule = (): Verdict => {
    switch (wanted) {
      case 'prefer-hubspot':
        return { ...plain, winner: 'hubspot' };
      case 'prefer-salesforce':
        return { ...plain, winner: 'salesforce' };
      case 'prefer-hubspot-unless-blank':
        return { ...plain, winner: filled ?? 'hubspot' };
      case 'prefer-salesforce-unless-blank':
        return { ...plain, winner: filled ?? 'salesforce' };
      case 'non-blank':
        return filled ? { ...plain, winner: filled } : newestIn(times, lead.tie, prefix);
      default:
        return newestIn(times, lead.tie, prefix);
    }
  };
  const verdict = byRule();
  return { ...verdict, needsHistory: [...new Set([...verdict.needsHistory, ...needsHistory])] };
};

const decided = (
  sights: readonly Sight[],
  { winner, rule, clock, needsHistory }: Verdict,
  lost: (sight: Sight, loser: System) => boolean,
): ReadonlyMap<string, FieldDecision> =>
  new Map(
    sights.map((sight): [string, FieldDecision] => {
      if (!winner) return [sight.field.name, hold(rule)];
      const overwrites = lost(sight, otherSystem(winner));
      const reason = { rule: `${rule}:together`, clock, overwrites };
      return [sight.field.name, asking(flowFrom(sight, winner, reason), needsHistory)];
    }),
  );

/** Whether all of a group can come from this side without a blank beating a value. */
const isWhole = (sights: readonly Sight[], system: System): boolean =>
  sights.every(({ canonical }) => canonical[system].kind !== 'blank');

/**
 * The first time two records meet: blanks are filled as long as nothing contradicts. Else one side is taken as a whole: the one that
 * the rule names, or the other where the first would clear a value; where both would, nobody's group is put together from two.
 */
const firstTogether = (sights: readonly Sight[], lead: Sight): ReadonlyMap<string, FieldDecision> | null => {
  const contradicting = sights.filter(
    ({ canonical: { hubspot, salesforce } }) => hubspot.kind === 'value' && salesforce.kind === 'value',
  );
  if (contradicting.length === 0) return null;
  const verdict = verdictOf(lead, contradicting, () => true, 'first');
  const { winner } = verdict;
  if (!winner || isWhole(sights, winner)) return decided(sights, verdict, () => true);
  const other = otherSystem(winner);
  if (isWhole(sights, other))
    return decided(sights, { ...verdict, winner: other, rule: 'first:whole' }, () => true);
  return new Map(sights.map(({ field }) => [field.name, hold('first:neither-whole')]));
};

/** Both sides changed the group: one of them is taken, in all fields that differ. Null: only one side changed it, or none. */
const conflictTogether = (
  sights: readonly Sight[],
  lead: Sight,
): ReadonlyMap<string, FieldDecision> | null => {
  const changedOn: ChangedOn = (sight, system) =>
    sight.state.base !== undefined && changedSides(sight, sight.state.base)[system];
  const both = systems.every((system) => sights.some((sight) => changedOn(sight, system)));
  if (!both) return null;
  const touched = sights.filter((sight) => systems.some((system) => changedOn(sight, system)));
  const verdict = verdictOf(lead, touched, changedOn, 'conflict');
  return decided(touched, verdict, changedOn);
};

/** Where one value of a lower source is kept beside, the others of its group are as well: an address is not filled up from it. */
const besideTogether = (
  decisions: ReadonlyMap<string, FieldDecision>,
): ReadonlyMap<string, FieldDecision> => {
  const beside = [...decisions.values()].find((decision) => decision.kind === 'beside');
  if (beside?.kind !== 'beside') return decisions;
  const { target, rule } = beside;
  return new Map(
    [...decisions].map(([name, decision]): [string, FieldDecision] => {
      const flow =
        decision.kind === 'flow' ? decision.flows.find((each) => each.target === target) : undefined;
      return [name, flow ? { kind: 'beside', target, sent: flow.sent, rule } : decision];
    }),
  );
};

/**
 * Merges the fields of a group: as long as only one side changed, each for itself; else all that differ come from the same side, so
 * that no address has one side's street and the other's city. Fields that were not returned or cannot be read stay out of it.
 */
export const mergeGroup = (fields: readonly GroupField[]): ReadonlyMap<string, FieldDecision> => {
  const alone = new Map(fields.map(({ field, state }) => [field.name, mergeField(field, state)]));
  const differing = fields
    .flatMap(({ field, state }) => sightOf(field, state) ?? [])
    .filter(
      (sight) => !saysTheSame(sight) && systems.every((system) => sight.canonical[system].kind !== 'foreign'),
    );
  const [first] = fields;
  const [lead] = differing;
  if (!first || !lead) return besideTogether(alone);
  const named: Sight = { ...lead, field: { ...lead.field, ...rulesOf(first.field) } };
  const isFirst = differing.some(({ state }) => state.base === undefined);
  const together = isFirst ? firstTogether(differing, named) : conflictTogether(differing, named);
  return together ? new Map([...alone, ...together]) : besideTogether(alone);
};

/** Rules that hold a difference for the sake of the whole group, by field; none for fields that have no group. For `verify`. */
export const heldTogether = (fields: readonly GroupField[]): ReadonlyMap<string, string> => {
  const names = new Set(fields.flatMap(({ field }) => field.group ?? []));
  const decisions = [...names].flatMap((name) => [
    ...mergeGroup(fields.filter(({ field }) => field.group === name)),
  ]);
  return new Map(
    decisions.flatMap(([name, decision]) => (decision.kind === 'hold' ? [[name, decision.rule]] : [])),
  );
};

const rulesOf = ({
  conflict,
  first,
  tie,
}: FieldMapping): Pick<FieldMapping, 'conflict' | 'first' | 'tie'> => ({
  conflict,
  first,
  tie,
});
