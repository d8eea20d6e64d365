import type { TieOutcome } from '../model/tie.ts';
import type { WriteOutcome } from '../model/write.ts';

/** What a row came to whose properties ended so and one of whose ties so: a row has landed when all of it has. */
export const outcomeWithTie = (own: WriteOutcome, tie: TieOutcome, field: string): WriteOutcome => {
  if (tie.kind === 'landed' || own.kind === 'unknown') return own;
  if (tie.kind === 'unknown') return tie;
  return { kind: 'refused', failure: { ...tie.failure, fields: [field] } };
};
