import type { LifecycleDefinition } from '../stage/definition.ts';
import type { Looked } from './look.ts';
import type { SeenPerson } from './person.ts';
import type { EffectOrder } from './stored.ts';

/** The order to show in both systems where somebody stands now; given with every move and every other score. What is only observed is not shown. */
export const shownOrders = (
  { stored, transitions, judgement }: Looked,
  person: SeenPerson,
  { behaviours }: LifecycleDefinition,
  now: number,
): readonly EffectOrder[] => {
  const isMoved = behaviours.stages === 'act' && transitions.length > 0;
  const shown = stored.shown.hubspot;
  const score = judgement?.score;
  const isScored =
    behaviours.score === 'act' &&
    score !== undefined &&
    (shown.tandem_score !== score.score || shown.tandem_fit !== score.fit) &&
    (score.engagementPoints !== 0 || person.sales !== null);
  if (!isMoved && !isScored) return [];
  return [{ key: `${stored.id}/show`, kind: 'show', turn: stored.journey.turn, at: now, evidence: 'show' }];
};
