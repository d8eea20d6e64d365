import type { LifecycleDefinition } from '../stage/definition.ts';
import type { Journey, Transition } from '../stage/journey.ts';
import { movesOfPrograms } from '../stage/programs.ts';
import { type Stage, salesStages } from '../stage/stages.ts';
import type { EffectOrder, StoredJourney } from './stored.ts';

/** Kinds of which a turn has one alone, but for the return that a late reason mends; of the others it has one for each cause. */
const oncePerTurn: ReadonlySet<EffectOrder['kind']> = new Set(['hand-off', 'return', 'ask-reason']);

/** Whether a nudge came in this turn. */
export const wasNudged = ({ nudgedAt, turnAt }: Journey): boolean =>
  nudgedAt !== null && nudgedAt >= (turnAt ?? Number.NEGATIVE_INFINITY);

/** Where a task of Tandem's may be open: of the hand-off, or by a nudge. */
const hasTask = (stage: Stage, nudged: boolean): boolean =>
  stage === 'sales-ready' || stage === 'sdr' || (nudged && (stage === 'working' || stage === 'accepted'));

/** The orders that transitions give, by their keys. What is only observed gives none. `nudged`: a nudge came in this turn. */
export const ordersOf = (
  journey: string,
  transitions: readonly Transition[],
  nudged = false,
): readonly EffectOrder[] =>
  transitions.flatMap(({ from, to, mode, effects, turn, at, evidence }): EffectOrder[] => {
    if (mode === 'observe') return [];
    // A touch or a verdict closes the task that asked for it, also that of who has bought; a return does so itself.
    const isEnd = to === 'disqualified' && !effects.includes('return');
    const isAnswered =
      hasTask(from, nudged) &&
      from !== to &&
      (to === 'working' || to === 'accepted' || to === 'opportunity' || to === 'customer' || isEnd);
    const isMended = !salesStages.has(from) && from !== 'opportunity';
    const isOnce = (kind: EffectOrder['kind']): boolean =>
      oncePerTurn.has(kind) && !(kind === 'return' && isMended);
    const kinds = [...effects, ...(isAnswered ? (['close-task'] as const) : [])];
    return kinds.map((kind) => ({
      key: `${journey}/${turn}/${kind}${isOnce(kind) ? '' : `/${at}`}`,
      kind,
      turn,
      at,
      evidence,
    }));
  });

/**
 * The orders to see to somebody's programs. At the first look nobody has put them anywhere yet: who is handed over leaves what a person put them on, who comes anew
 * to a stage with a program is put on it, and where the others stand is no news.
 */
export const programOrders = (
  { id, contact, journey: before }: StoredJourney,
  transitions: readonly Transition[],
  definition: LifecycleDefinition,
): readonly EffectOrder[] => {
  const isNew = (to: Stage): boolean => before.pastAt === null && definition.stages[to].program !== null;
  return movesOfPrograms(before, transitions, definition)
    .filter(({ to, effects }) => contact !== null || effects.includes('hand-off') || isNew(to))
    .map(({ turn, at, evidence }) => ({
      // Not by the moment: Salesforce stamps by the second, and somebody may come and go within one.
      key: `${id}/${turn}/programs/${evidence}`,
      kind: 'programs',
      turn,
      at,
      evidence,
    }));
};
