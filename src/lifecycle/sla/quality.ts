import type { Reason } from '../stage/facts.ts';
import type { SlaModel } from './model.ts';

/** How a handed lead ended, as far as it did. */
export interface Verdict {
  readonly accepted: boolean;
  readonly reason: Reason | null;
}

export interface Quality {
  readonly judged: number;
  readonly acceptedPercent: number | null;
  readonly badDataPercent: number | null;
  /** Null where nobody was judged: no verdicts are no failure. */
  readonly met: boolean | null;
}

/** Marketing's side of the level: how many of those that sales judged were accepted, and how many had bad data. */
export const qualityOf = (verdicts: readonly Verdict[], { quality }: Pick<SlaModel, 'quality'>): Quality => {
  const judged = verdicts.length;
  if (judged === 0) return { judged, acceptedPercent: null, badDataPercent: null, met: null };
  const percent = (holds: (verdict: Verdict) => boolean): number =>
    (verdicts.filter(holds).length / judged) * 100;
  const acceptedPercent = percent(({ accepted }) => accepted);
  const badDataPercent = percent(({ reason }) => reason === 'Bad data' || reason === 'Duplicate');
  const met = acceptedPercent >= quality.acceptedPercentMin && badDataPercent <= quality.badDataPercentMax;
  return { judged, acceptedPercent, badDataPercent, met };
};
