import { createHash } from 'node:crypto';
import type { ScoringModel } from './model.ts';

/**
 * Names the rules by which activities are counted: tallies of two models with the same name are the same. Caps, levels and rules about who
 * somebody is do not matter to a tally.
 */
export const rulesHash = ({ engagement, lists }: ScoringModel): string => {
  const rules = engagement.rules.map(({ name, on, when, points, halfLifeMs }) => [
    name,
    [...on].sort(),
    when?.text ?? null,
    points,
    halfLifeMs,
  ]);
  return createHash('sha256')
    .update(JSON.stringify([rules, lists]))
    .digest('hex')
    .slice(0, 16);
};
