import type { PairMapping } from '../../model/mapping.ts';
import type { Store } from '../../store/open-store.ts';
import type { Verified } from '../../store/operator/verified.ts';
import { iso } from '../with-store.ts';

/** What the newest `verify` found; null before the first. */
export interface ShownDrift {
  /** When it ended; of several mappings the oldest. */
  readonly at: string;
  readonly records: number;
  readonly fields: number;
  readonly drift: number;
  readonly unexplained: number;
}

export const shownDrift = async (store: Store, pairs: readonly PairMapping[]): Promise<ShownDrift | null> => {
  const found = await store.operator.lastVerified(pairs.map(({ name }) => name));
  if (found.length === 0) return null;
  const sum = (pick: (each: Verified) => number): number =>
    found.reduce((total, each) => total + pick(each), 0);
  return {
    at: iso(Math.min(...found.map(({ at }) => at))),
    records: sum(({ records }) => records),
    fields: sum(({ fields }) => fields),
    drift: sum(({ drift }) => drift),
    unexplained: sum(({ unexplained }) => unexplained),
  };
};

export const driftWords = (drift: ShownDrift | null): readonly string[] =>
  drift === null
    ? []
    : [
        `Drift at ${drift.at}: ${drift.drift} differences in ${drift.records} records, ${drift.unexplained} unexplained.`,
      ];
