import { limits } from '../../compose.ts';
import { limitInForce, lowReasons } from '../../model/lane-limit.ts';
import { type System, systemLabel, systems } from '../../model/system.ts';
import type { Store } from '../../store/open-store.ts';

const iso = (ms: number): string => new Date(ms).toISOString();

/** Lanes on which fewer calls are made at present than the shipped limit would allow, and why. */
const loweredOf = (system: System, budget: Awaited<ReturnType<Store['status']['budget']>>[number]) =>
  budget.learned.flatMap(({ lane, learned, now }) => {
    const full = limits[system][lane] ?? limits[system].standard;
    const { calls, windowMs } = limitInForce(full, learned, now);
    if (calls >= full.calls) return [];
    return [{ lane, calls, of: full.calls, seconds: windowMs / 1_000, why: lowReasons(full, learned, now) }];
  });

/** The budget as `status --json` shows it. */
export const shownBudget = async (store: Store) => {
  const budgets = await store.status.budget();
  const eventUse = await store.events.read();
  return Object.fromEntries(
    systems.map((system) => {
      const budget = budgets.find((each) => each.system === system);
      const { daily = null, calls = {}, paused = [] } = budget ?? {};
      const events = eventUse.find((each) => each.system === system);
      const quota = events?.quota ? { ...events.quota, at: iso(events.quota.at) } : null;
      return [
        system,
        {
          daily: daily ? { limit: daily.limit, used: daily.used, at: iso(daily.at) } : null,
          calls,
          paused: paused.map((each) => ({ ...each, until: iso(each.until) })),
          lowered: budget ? loweredOf(system, budget) : [],
          ...(events ? { events: { told: events.told, quota } } : {}),
        },
      ];
    }),
  );
};

type ShownBudget = Awaited<ReturnType<typeof shownBudget>>;

const loweredWords = (
  system: System,
  { lane, calls, of, seconds, why }: NonNullable<ShownBudget[string]>['lowered'][number],
): string => {
  const reasons = {
    told: `${systemLabel[system]} tells that it takes no more`,
    others: 'other apps use a part of it',
    refused: 'calls were refused',
  };
  const per = seconds > 0 ? ` in ${seconds} s` : ' at a time';
  return `    ${lane}: ${calls} calls${per} instead of ${of}: ${why.map((each) => reasons[each]).join(', ')}`;
};

/** The budget for people. */
export const budgetWords = (budget: ShownBudget): readonly string[] =>
  systems.flatMap((system) => {
    const { daily = null, calls = {}, events, lowered = [] } = budget[system] ?? {};
    const own = Object.values(calls).reduce((sum, count) => sum + count, 0);
    const calls24 = `  ${system}: ${own} calls of ours in 24 h${daily ? `, ${daily.used} of ${daily.limit} used by all at ${daily.at.slice(11, 16)}Z` : ''}`;
    const told = events
      ? `; ${events.told} change events${events.quota ? ` (${events.quota.used} of ${events.quota.limit} delivered to all)` : ''}`
      : '';
    return [`${calls24}${told}`, ...lowered.map((each) => loweredWords(system, each))];
  });
