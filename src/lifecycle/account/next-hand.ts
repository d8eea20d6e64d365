import type { StageRule } from '../stage/definition.ts';
import type { Stage } from '../stage/stages.ts';
import type { Leaf } from './leaf.ts';

/** Who has the next step with those in a place: a side, and whom lifecycle.yaml names for it; null: it names nobody. */
export interface NextHand {
  readonly side: 'marketing' | 'sales';
  readonly who: string | null;
}
export type NextHands = Readonly<Record<Leaf, NextHand>>;

/** By which stage of lifecycle.yaml it is told who answers for a place, and on which side. */
const answering: Readonly<Record<Leaf, readonly [NextHand['side'], ...Stage[]]>> = {
  held: ['marketing', 'sales-ready'],
  'in-flight': ['marketing', 'sales-ready'],
  'in-flight-late': ['marketing', 'sales-ready'],
  failed: ['marketing', 'sales-ready'],
  'not-yet-due': ['sales', 'sales-ready'],
  overdue: ['sales', 'sales-ready'],
  'being-worked': ['sales', 'working'],
  // A company may do without the stage.
  accepted: ['sales', 'accepted', 'working'],
  moved: ['marketing', 'returned'],
  returned: ['marketing', 'nurture'],
  rejected: ['marketing', 'nurture'],
  disqualified: ['marketing', 'disqualified'],
};

/** Who has the next step in each place of the account, as lifecycle.yaml says it for the stage that people have there. Pure. */
export const nextHands = (
  stages: Readonly<Record<Stage, Pick<StageRule, 'used' | 'accountable'>>>,
): NextHands =>
  Object.fromEntries(
    Object.entries(answering).map(([leaf, [side, ...all]]): [string, NextHand] => {
      const stage = all.find((each) => stages[each].used);
      const who = stage === undefined ? '' : stages[stage].accountable[side];
      return [leaf, { side, who: who === '' ? null : who }];
    }),
  ) as unknown as NextHands;

/** `marketing: Demand generation` */
export const handWords = ({ side, who }: NextHand): string => (who === null ? side : `${side}: ${who}`);
