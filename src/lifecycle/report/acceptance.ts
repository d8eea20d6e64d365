import type { SlaModel } from '../sla/model.ts';
import { type Quality, qualityOf } from '../sla/quality.ts';
import type { Reason } from '../stage/facts.ts';
import type { LeadRecord } from './records.ts';

/** What sales said of leads that have something in common. */
export interface Judged {
  /** What they have in common; null: that is not known. */
  readonly group: string | null;
  readonly quality: Quality;
  /** Keys of the turns. */
  readonly accepted: readonly string[];
  readonly refused: readonly string[];
  /** Handed over, and no word yet. */
  readonly open: readonly string[];
}

const refusing = ['returned', 'rejected', 'disqualified'] as const;
const isRefused = ({ leaf }: LeadRecord): boolean => refusing.some((each) => each === leaf);
/** Given back by nobody's word: nobody touched it, or it stood still. */
const isByItself = ({ why }: LeadRecord): boolean => why === 'No touch' || why === 'Stalled';
const isAccepted = ({ leaf }: LeadRecord): boolean => leaf === 'accepted';
const isHanded = ({ leaf }: LeadRecord): boolean =>
  leaf !== 'held' && leaf !== 'in-flight' && leaf !== 'in-flight-late' && leaf !== 'failed';

export const judgedOf = (
  group: string | null,
  records: readonly LeadRecord[],
  sla: Pick<SlaModel, 'quality'>,
): Judged => {
  // As the service level counts it: what came back by itself says nothing of the lead, and is waited for no more.
  const refused = records.filter((record) => isRefused(record) && !isByItself(record));
  const accepted = records.filter(isAccepted);
  const keys = (some: readonly LeadRecord[]): readonly string[] => some.map(({ key }) => key);
  return {
    group,
    quality: qualityOf(
      [...accepted, ...refused].map((record) => ({
        accepted: isAccepted(record),
        // A word that is none of the list is no reason that quality asks for.
        reason: record.why as Reason | null,
      })),
      sla,
    ),
    accepted: keys(accepted),
    refused: keys(refused),
    open: keys(records.filter((record) => isHanded(record) && !isAccepted(record) && !isRefused(record))),
  };
};

/** By what they have in common, those with the most words of sales first; where nobody was handed over, none. Pure. */
export const judgedBy = (
  records: readonly LeadRecord[],
  groupOf: (record: LeadRecord) => string | null,
  sla: Pick<SlaModel, 'quality'>,
): readonly Judged[] =>
  [...Map.groupBy(records.filter(isHanded), groupOf)]
    .map(([group, own]) => judgedOf(group, own, sla))
    .sort(
      (a, b) =>
        b.quality.judged - a.quality.judged ||
        b.open.length - a.open.length ||
        ((a.group ?? '') < (b.group ?? '') ? -1 : 1),
    );

/** Why sales gave them back. */
export interface ReasonCount {
  readonly reason: string;
  readonly records: readonly string[];
}

/** Reasons of those that were given back, rejected or disqualified, most first; without a word: `No reason given`. Pure. */
export const reasonsOf = (records: readonly LeadRecord[]): readonly ReasonCount[] =>
  [...Map.groupBy(records.filter(isRefused), ({ why }) => why ?? 'No reason given')]
    .map(([reason, own]) => ({ reason, records: own.map(({ key }) => key) }))
    .sort((a, b) => b.records.length - a.records.length || (a.reason < b.reason ? -1 : 1));
