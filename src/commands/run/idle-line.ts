import type { PairMapping } from '../../model/mapping.ts';
import { bothSides, type Sides, type systems } from '../../model/system.ts';
import type { Store } from '../../store/open-store.ts';
import type { Runner, RunTotals } from '../../sync/runner.ts';

/** Tandem's calls of the last day, by system. */
export const callsBySystem = async (store: Store): Promise<Sides<number>> => {
  const budgets = await store.status.budget();
  return bothSides((side) => {
    const calls = budgets.find(({ system }) => system === side)?.calls ?? {};
    return Object.values(calls).reduce((sum, count) => sum + count, 0);
  });
};

/** What a run did, measured against its start. */
export interface RunFigures {
  readonly runners: readonly Runner[];
  readonly reads: Readonly<Record<(typeof systems)[number], number>>;
  readonly callsBefore: Sides<number>;
  readonly startedAt: number;
}

/** The idle line of contract.md. */
export const idleLine = async (store: Store, pairs: readonly PairMapping[], figures: RunFigures) => {
  const { parked, failed } = await store.status.parkedTotals(pairs.map(({ name }) => name));
  const backlogs = await Promise.all(pairs.map(async ({ name }) => store.engine.backlog(name)));
  const callsAfter = await callsBySystem(store);
  const sum = (pick: (totals: RunTotals) => number): number =>
    figures.runners.reduce((total, runner) => total + pick(runner.totals), 0);
  return {
    event: 'idle',
    read: figures.reads,
    created: bothSides((system) => sum((totals) => totals.created[system])),
    updated: bothSides((system) => sum((totals) => totals.updated[system])),
    equal: sum((totals) => totals.equal),
    linked: sum((totals) => totals.linked),
    reviews: backlogs.reduce((total, backlog) => total + backlog.reviews, 0),
    parked,
    failed,
    calls: bothSides((system) => callsAfter[system] - figures.callsBefore[system]),
    seconds: Math.round((Date.now() - figures.startedAt) / 100) / 10,
  };
};
