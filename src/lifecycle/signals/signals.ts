import { dayMs } from '../stage/timers.ts';
import { countAtOnce } from './exact-test.ts';
import { headsOf } from './heads.ts';
import { compareWithPast, type Finding } from './measure.ts';
import { type SignalRules, signalRules } from './rules.ts';
import type { Sample } from './samples.ts';

export interface OpenSignal {
  readonly since: number;
  readonly toldAt: number;
  readonly value: number;
}

/** What a store keeps between two looks. Plain data, times in milliseconds. */
export interface SignalState {
  readonly lookedAt: number | null;
  /** By key: since when a signal is open, and when and with which figure it was told last. */
  readonly open: Readonly<Record<string, OpenSignal>>;
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

/** Whether a look is due: in between nothing is computed, and nobody has to be counted. Pure. */
export const isLookDue = (
  { lookedAt }: SignalState,
  now: number,
  { lookEveryDays }: SignalRules = signalRules,
): boolean => lookedAt === null || now >= lookedAt + lookEveryDays * dayMs;

/**
 * Whether a signal that is open got worse since it was told, by as much as would be told by itself: of people who all came since, for a change that goes on
 * coming into the window grows without anything new.
 */
const isWorse = (
  { measure, recent }: Finding,
  { toldAt, value }: OpenSignal,
  now: number,
  rules: SignalRules,
): boolean => {
  if (now < toldAt + rules.recentDays * dayMs) return false;
  return measure === 'conversion'
    ? recent.value <= value * (1 - rules.fallMin) && recent.value < value
    : recent.value >= value * (1 + rules.growthMin);
};

/**
 * Looks whether conversion fell or stage times grew, for everybody and by source, segment and rep, each against its own past. Pure: what was told goes in as
 * `state` and comes out; a look that is not due yet changes nothing, so that it may be asked every hour. Proportions are compared by Fisher's exact
 * test, times by Mood's median test, all of one look together by Holm's procedure: where nothing changed, at most `falseAlarmRate` of the looks tell
 * of anything. Groups with too few people are not looked at. A signal is told once, and again only after it was over, or when it got clearly worse.
 */
export const lookForSignals = (
  samples: readonly Sample[],
  state: SignalState,
  now: number,
  rules: SignalRules = signalRules,
): Look => {
  if (!isLookDue(state, now, rules)) return { signals: [], over: [], state };
  const findings = compareWithPast(samples, rules);
  const counting = countAtOnce(
    findings.map(({ byLuck }) => byLuck),
    rules.falseAlarmRate,
  );
  const firing = findings.filter(({ isLarge }, index) => isLarge && counting[index] === true);
  const over = findings
    .filter(({ key, byLuck }) => Object.hasOwn(state.open, key) && byLuck > rules.overAt)
    .map(({ key }) => key);
  const isTold = (finding: Finding): boolean => {
    const told = state.open[finding.key];
    return told !== undefined && !isWorse(finding, told, now, rules);
  };
  const fresh = firing.filter((finding) => !isTold(finding));
  const told = headsOf(firing, samples, rules).filter(
    ({ finding, whole }) => !isTold(finding) && (whole === null || !Object.hasOwn(state.open, whole)),
  );
  // A group that nobody belongs to any more is forgotten once its people are out of both windows.
  const forgottenAt = now - (rules.recentDays + rules.pastDays) * dayMs;
  const compared = new Set(findings.map(({ key }) => key));
  const still = Object.entries(state.open).filter(
    ([key, { since }]) => !over.includes(key) && (compared.has(key) || since > forgottenAt),
  );
  return {
    signals: told
      .map(({ finding, also }) => ({ ...finding, comparisons: findings.length, also }))
      .sort((a, b) => a.byLuck - b.byLuck),
    over,
    state: {
      lookedAt: now,
      open: Object.fromEntries([
        ...still,
        ...fresh.map(({ key, recent }) => [
          key,
          { since: state.open[key]?.since ?? now, toldAt: now, value: recent.value },
        ]),
      ]),
    },
  };
};
