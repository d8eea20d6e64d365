import { type Activity, activityFields } from './activity.ts';
import type { EngagementRule, ScoringModel } from './model.ts';

/** What one rule has given so far: `value` points as of `asOf`, fading since. */
export interface RuleTally {
  readonly value: number;
  readonly asOf: number;
  readonly count: number;
  readonly newestAt: number;
}

/** All that is kept of what somebody did: some numbers for each rule that ever fired, by its name. */
export type EngagementTally = Readonly<Record<string, RuleTally>>;

/** How much is left of a point after so many milliseconds. A clock that went back leaves it whole. */
export const leftOf = (elapsedMs: number, halfLifeMs: number): number =>
  2 ** (-Math.max(elapsedMs, 0) / halfLifeMs);

const eventOf = (activity: Activity): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    activityFields.map((name) => [name, activity[name] ?? (name === 'machine' ? false : null)]),
  );

/** Whether a rule about activities is about this one. What a machine opened or clicked is nobody's doing. */
export const isAbout = (
  rule: Pick<EngagementRule, 'on' | 'when'>,
  activity: Activity,
  lists: ScoringModel['lists'],
): boolean =>
  activity.machine !== true &&
  rule.on.has(activity.type) &&
  (rule.when?.holds({ event: eventOf(activity), lists }) ?? true);

const add = (tally: RuleTally | undefined, rule: EngagementRule, at: number): RuleTally => {
  if (tally === undefined) return { value: rule.points, asOf: at, count: 1, newestAt: at };
  const asOf = Math.max(tally.asOf, at);
  return {
    value:
      tally.value * leftOf(asOf - tally.asOf, rule.halfLifeMs) +
      rule.points * leftOf(asOf - at, rule.halfLifeMs),
    asOf,
    count: tally.count + 1,
    newestAt: Math.max(tally.newestAt, at),
  };
};

/**
 * Adds activities that were not counted yet, in any order; a late one counts as if it had come in time. The tally is that of a
 * recomputation from all of them (property test). The caller sees to it that a key comes once, and keeps what lies in the future.
 */
export const addActivities = (
  tally: EngagementTally,
  activities: readonly Activity[],
  { engagement, lists }: ScoringModel,
): EngagementTally => {
  const next: Record<string, RuleTally> = { ...tally };
  for (const activity of activities) {
    for (const rule of engagement.rules) {
      if (isAbout(rule, activity, lists)) next[rule.name] = add(next[rule.name], rule, activity.at);
    }
  }
  return next;
};

/** The tally of a whole history, repeats left out. */
export const recompute = (history: readonly Activity[], model: ScoringModel): EngagementTally => {
  const byKey = new Map(history.map((activity) => [activity.key, activity]));
  return addActivities({}, [...byKey.values()], model);
};

/** What somebody asks for by an activity, by the name of the rule; null where they ask for nothing. */
export const asksFor = (activity: Activity, { asks, lists }: ScoringModel): string | null =>
  asks.find((rule) => isAbout(rule, activity, lists))?.name ?? null;
