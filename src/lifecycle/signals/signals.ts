import { dayMs } from '../stage/timers.ts';
import { countAtOnce } from './exact-test.ts';
import { headsOf } from './heads.ts';
import { compareWithPast, type Finding } from './measure.ts';
import type { Passage } from './passages.ts';
import { type SignalRules, signalRules } from './rules.ts';

/** What a store keeps between two looks. Plain data, times in milliseconds. */
export interface SignalState {
  readonly lookedAt: number | null;
  /** By key: since when a signal that was told is open. */
  readonly open: Readonly<Record<string, number>>;
}

export const noSignals: SignalState = { lookedAt: null, open: {} };

/** A change for the worse that is told once. */
export interface Signal extends Finding {
  /** How many comparisons this look made: what the probability is to be held against. */
  readonly comparisons: number;
  /** Where everybody's figure changed: the groups in which it did, which are not told apart. */
  readonly also: readonly Finding[];
}

export interface Look {
  /** New ones alone, the least likely by luck first. */
  readonly signals: readonly Signal[];
  /** Keys of those that are over. */
  readonly over: readonly string[];
  readonly state: SignalState;
}

/**
 * Looks whether conversion fell or stage times grew, for everybody and by source, segment and rep, each against its own past. Pure: what was told goes in as
 * `state` and comes out; a look that is not due yet changes nothing, so that it may be asked every hour. Proportions are compared by Fisher's exact
 * test, times by Mood's median test, all of one look together by Holm's procedure: where nothing changed, at most `falseAlarmRate` of the looks tell
 * of anything. Groups with too few people are not looked at. A signal is told once, and again only after it was over.
 */
export const lookForSignals = (
  passages: readonly Passage[],
  state: SignalState,
  now: number,
  rules: SignalRules = signalRules,
): Look => {
  if (state.lookedAt !== null && now < state.lookedAt + rules.lookEveryDays * dayMs)
    return { signals: [], over: [], state };
  const findings = compareWithPast(passages, rules, now);
  const counting = countAtOnce(
    findings.map(({ byLuck }) => byLuck),
    rules.falseAlarmRate,
  );
  const firing = findings.filter(({ isLarge }, index) => isLarge && counting[index] === true);
  const over = findings
    .filter(({ key, byLuck }) => Object.hasOwn(state.open, key) && byLuck > rules.overAt)
    .map(({ key }) => key);
  const fresh = firing.filter(({ key }) => !Object.hasOwn(state.open, key));
  const told = headsOf(firing, passages, rules, now).filter(
    ({ finding: { key }, whole }) =>
      !Object.hasOwn(state.open, key) && (whole === null || !Object.hasOwn(state.open, whole)),
  );
  // A group that nobody belongs to any more is forgotten once its people are out of both windows.
  const forgottenAt = now - (rules.recentDays + rules.pastDays) * dayMs;
  const compared = new Set(findings.map(({ key }) => key));
  const still = Object.entries(state.open).filter(
    ([key, since]) => !over.includes(key) && (compared.has(key) || since > forgottenAt),
  );
  return {
    signals: told
      .map(({ finding, also }) => ({ ...finding, comparisons: findings.length, also }))
      .sort((a, b) => a.byLuck - b.byLuck),
    over,
    state: {
      lookedAt: now,
      open: Object.fromEntries([...still, ...fresh.map(({ key }) => [key, now] as const)]),
    },
  };
};
