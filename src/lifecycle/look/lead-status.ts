import type { LifecycleDefinition } from '../stage/definition.ts';
import { type Stage, stages } from '../stage/stages.ts';
import { untouchedStages } from './left-orders.ts';

/**
 * The company's own Lead.Status values by what they say, as lifecycle.yaml names them (`salesforceStatus`), beside those that Salesforce ships: 'Open - Not
 * Contacted', 'Working - Contacted', 'Closed - Converted', 'Closed - Not Converted' (LeadStatus, Object Reference).
 */
export interface StatusWords {
  readonly work: ReadonlySet<string>;
  /** A rep's no: where the person goes is said by the reason. */
  readonly no: ReadonlySet<string>;
  /** A no that is the end, whatever the reason. */
  readonly disqualified: ReadonlySet<string>;
  /** Those by which a hand-over opens a lead that was closed. */
  readonly opening: ReadonlySet<string>;
}

const isShippedNo = (status: string): boolean => /^closed\b.*\bnot converted\b/i.test(status);

/** Pure. A status that a stage of sales has, too, is no no; one that shows `returned` or `nurture` beside `disqualified` leaves it to the reason. */
export const statusWords = ({ stages: rules }: Pick<LifecycleDefinition, 'stages'>): StatusWords => {
  const of = (...own: readonly Stage[]): readonly string[] =>
    own.flatMap((stage) => rules[stage].salesforceStatus ?? []);
  const elsewhere = new Set(
    of(...stages.filter((each) => each !== 'returned' && each !== 'nurture' && each !== 'disqualified')),
  );
  const no = new Set(of('returned', 'nurture').filter((status) => !elsewhere.has(status)));
  const isEnd = (status: string): boolean =>
    !elsewhere.has(status) && !no.has(status) && !isShippedNo(status);
  return {
    work: new Set(of('working', 'accepted')),
    no,
    disqualified: new Set(of('disqualified').filter(isEnd)),
    opening: new Set(of(...untouchedStages)),
  };
};

export const meansWork = (status: string, { work }: StatusWords): boolean =>
  work.has(status) || /^working\b/i.test(status);

/** Whether a lead's status is a rep's no, for good or not. */
export const meansNo = (status: string, { no, disqualified }: StatusWords): boolean =>
  isShippedNo(status) || no.has(status) || disqualified.has(status);
