import { compareWithout, type Finding } from './measure.ts';
import type { SignalRules } from './rules.ts';
import { dimensions, type Sample } from './samples.ts';

/** A finding that is told, and what is told with it. */
export interface Head {
  readonly finding: Finding;
  readonly also: readonly Finding[];
  /** Key of the same comparison for everybody: once that was told, its groups are not told as well. Null: it is that one. */
  readonly whole: string | null;
}

const least = (findings: readonly Finding[]): number => Math.min(...findings.map(({ byLuck }) => byLuck));

/** The groups of one dimension without which nothing changed for everybody; those of the dimension that says it clearest; none: it is everybody. */
const explaining = (
  whole: Finding,
  groups: readonly Finding[],
  samples: readonly Sample[],
  rules: SignalRules,
): readonly Finding[] => {
  const sets = dimensions
    .map((dimension) => groups.filter((group) => group.dimension === dimension))
    .filter((set) => set.length > 0)
    .filter((set) => {
      const rest = compareWithout(whole, set, samples, rules);
      return rest !== null && (!rest.isLarge || rest.byLuck > rules.overAt);
    });
  return sets.reduce<readonly Finding[]>(
    (best, set) => (best.length === 0 || least(set) < least(best) ? set : best),
    [],
  );
};

/**
 * Which of the findings of a look are told. A group that fell takes everybody's figure down with it: where the others stayed as they were, the group is
 * told, and else everybody, with the groups named. Chooses among what counts already, so that nothing is told that was not proved. Pure.
 */
export const headsOf = (
  firing: readonly Finding[],
  samples: readonly Sample[],
  rules: SignalRules,
): readonly Head[] =>
  [...Map.groupBy(firing, ({ measure, stage }) => `${measure}/${stage}`)].flatMap(([key, own]): Head[] => {
    const whole = own.find(({ dimension }) => dimension === 'all');
    const groups = own.filter(({ dimension }) => dimension !== 'all');
    const told = whole === undefined ? groups : explaining(whole, groups, samples, rules);
    if (whole !== undefined && told.length === 0) return [{ finding: whole, also: groups, whole: null }];
    return told.map((finding) => ({ finding, also: [], whole: `${key}/all` }));
  });
