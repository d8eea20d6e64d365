import type { Problem } from '../../model/state.ts';
import { type System, systems } from '../../model/system.ts';
import { problemKeyOf } from '../../sync/problems.ts';

const routeOf = (system: System, { key }: Problem): string | null =>
  key === problemKeyOf(system) ? null : key.slice(problemKeyOf(system).length + 1);

/** What keeps calls from succeeding, each cause once, with the routes that it was met on where others go through. */
const causesOf = (system: System, parts: readonly Problem[]): string => {
  const causes = Map.groupBy(parts, ({ cause }) => cause);
  return [...causes]
    .map(([cause, of]) => {
      const routes = of.flatMap((part) => routeOf(system, part) ?? []);
      return routes.length === 0 || routes.length < of.length ? cause : `${cause} (${routes.join(', ')})`;
    })
    .join('; ');
};

/**
 * One problem for each system whose calls fail, whichever of its routes they are: it begins with the first and is over with the last, so that an outage
 * is told once. What concerns all calls speaks first, then the newest. Other problems pass. Pure.
 */
export const withCallsAsOne = (standing: readonly Problem[]): readonly Problem[] => {
  const isOf = (system: System) => (problem: Problem) =>
    problem.key === problemKeyOf(system) || problem.key.startsWith(`${problemKeyOf(system)}:`);
  const merged = systems.flatMap((system): Problem[] => {
    const parts = standing.filter(isOf(system));
    const speaker = parts.find(({ key }) => key === problemKeyOf(system)) ?? parts.at(-1);
    if (speaker === undefined) return [];
    const since = Math.min(...parts.map((part) => part.since));
    return [{ ...speaker, key: problemKeyOf(system), cause: causesOf(system, parts), since }];
  });
  const others = standing.filter((problem) => !systems.some((system) => isOf(system)(problem)));
  return [...merged, ...others].toSorted((a, b) => a.since - b.since);
};
