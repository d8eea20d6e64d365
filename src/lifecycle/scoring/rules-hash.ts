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

/** Names everything that a judgement goes by: judgements of two models with the same name are the same. */
export const modelHash = (model: ScoringModel): string => {
  const plain = (_: string, value: unknown): unknown =>
    value instanceof Set ? [...value].sort() : typeof value === 'function' ? undefined : value;
  const places = (key: string, value: unknown): unknown =>
    // Where a rule stands in the file says nothing of what it does.
    key === 'line' ? undefined : plain(key, value);
  return createHash('sha256').update(JSON.stringify(model, places)).digest('hex').slice(0, 16);
};
