import { type Stage, stages } from '../../model/stages.ts';

export { type Stage, stages };

const beside: ReadonlySet<Stage> = new Set(['returned', 'nurture', 'disqualified']);

/** The place of a stage in the order, from 0; null for those that stand beside it. */
export const orderOf = (stage: Stage): number | null => (beside.has(stage) ? null : stages.indexOf(stage));

/** Stages that a company may leave out; the others carry the hand-off and its return. */
export const optionalStages = [
  'lead',
  'engaged',
  'sdr',
  'accepted',
  'growing',
  'at-risk',
  'win-back',
] as const satisfies readonly Stage[];

/** Where a rep or an SDR has the next step. */
export const salesStages: ReadonlySet<Stage> = new Set(['sales-ready', 'sdr', 'working', 'accepted']);

/** Who buys. */
export const owningStages: ReadonlySet<Stage> = new Set(['customer', 'growing', 'at-risk']);

/** Open deals and customers: nothing that recycles leads may touch them. */
export const protectedStages: ReadonlySet<Stage> = new Set(['opportunity', ...owningStages]);

/**
 * - forward: to the next stage that the company uses
 * - skip: past at least one of them
 * - backward: to an earlier one
 * - aside: to `returned`, `nurture` or `disqualified`
 * - again: from beside the order back into it
 * - same: the stage stays, but something begins anew (another owner)
 */
export const moveKinds = ['forward', 'skip', 'backward', 'aside', 'again', 'same'] as const;
export type MoveKind = (typeof moveKinds)[number];

/** What kind of move it is, given the stages that are in use. */
export const moveOf = (from: Stage, to: Stage, uses: (stage: Stage) => boolean): MoveKind => {
  if (from === to) return 'same';
  const [start, end] = [orderOf(from), orderOf(to)];
  if (end === null) return 'aside';
  if (start === null) return 'again';
  if (end < start) return 'backward';
  return stages.slice(start + 1, end).some(uses) ? 'skip' : 'forward';
};
