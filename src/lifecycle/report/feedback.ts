import type { ReasonCount } from './acceptance.ts';
import { reasonsOf } from './acceptance.ts';
import type { DealRecord } from './money.ts';
import type { LeadRecord } from './records.ts';

/** What a rep said of somebody in a turn, in one field; texts are foreign. */
export interface ReportWord {
  readonly journey: string;
  readonly turn: number;
  /** See lifecycle/feedback/feedback.ts. */
  readonly kind: string;
  readonly value: string;
}

/** A word, and of whom it was said: leads as `journey/turn`, or ids of deals. */
export interface SaidOf {
  readonly word: string;
  readonly records: readonly string[];
}

/** What sales said of the leads of one source. */
export interface SourceFeedback {
  /** Null: not known. */
  readonly source: string | null;
  readonly goodBecause: readonly SaidOf[];
  /** Why they came back. */
  readonly reasons: readonly ReasonCount[];
  readonly competitors: readonly SaidOf[];
  /** Why deals were lost; ids of deals. */
  readonly lost: readonly SaidOf[];
}

export interface FeedbackReport {
  readonly all: SourceFeedback;
  /** The source of whom most was said first; of whom nothing was said, none. */
  readonly bySource: readonly SourceFeedback[];
}

/** Of the last weeks: words of leads that became ready in them, and deals that were lost in them. */
interface Said {
  readonly leads: readonly LeadRecord[];
  readonly words: readonly ReportWord[];
  readonly lost: readonly DealRecord[];
}

/** Words and of whom, most first; the same word in several records of one lead counts once, and upper and lower case are one. */
const counted = (said: readonly { readonly word: string; readonly record: string }[]): readonly SaidOf[] =>
  [...Map.groupBy(said, ({ word }) => word.trim().toLowerCase())]
    .map(([, own]) => ({
      word: own[0]?.word.trim() ?? '',
      records: [...new Set(own.map(({ record }) => record))],
    }))
    .sort((a, b) => b.records.length - a.records.length || (a.word < b.word ? -1 : 1));

const feedbackOf = (source: string | null, { leads, words, lost }: Said): SourceFeedback => {
  const keys = new Set(leads.map(({ key }) => key));
  const ofKind = (wanted: string): readonly SaidOf[] =>
    counted(
      words.flatMap(({ journey, turn, kind, value }) => {
        const record = `${journey}/${turn}`;
        return kind === wanted && keys.has(record) ? [{ word: value, record }] : [];
      }),
    );
  return {
    source,
    goodBecause: ofKind('good-because'),
    reasons: reasonsOf(leads),
    competitors: ofKind('competitor'),
    lost: counted(
      lost.flatMap(({ id, lossReason }) => (lossReason === null ? [] : [{ word: lossReason, record: id }])),
    ),
  };
};

const sizeOf = ({ goodBecause, reasons, competitors, lost }: SourceFeedback): number =>
  [...goodBecause, ...reasons, ...competitors, ...lost].reduce((sum, { records }) => sum + records.length, 0);

/** What sales said of leads, all together and by source. Pure. */
export const feedbackReport = (said: Said): FeedbackReport => {
  const sources = new Set([
    ...said.leads.map(({ source }) => source),
    ...said.lost.map(({ lead }) => lead.source),
  ]);
  const of = (source: string | null): SourceFeedback =>
    feedbackOf(source, {
      leads: said.leads.filter((lead) => lead.source === source),
      words: said.words,
      lost: said.lost.filter(({ lead }) => lead.source === source),
    });
  return {
    all: feedbackOf(null, said),
    bySource: [...sources]
      .map(of)
      .filter((each) => sizeOf(each) > 0)
      .sort((a, b) => sizeOf(b) - sizeOf(a) || ((a.source ?? '') < (b.source ?? '') ? -1 : 1)),
  };
};
