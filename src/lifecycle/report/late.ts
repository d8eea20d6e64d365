import { turnKey } from '../account/rows.ts';
import type { ClockKind } from '../sla/model.ts';
import { clockKinds } from '../sla/model.ts';
import type { ReportClock } from './input.ts';
import type { Week } from './weeks.ts';

/** A clock that is over, and still runs. */
export interface LateLead {
  /** `journey/turn`. */
  readonly key: string;
  readonly kind: ClockKind;
  readonly dueAt: number;
}

/** How one rep keeps the times. */
export interface RepTimes {
  /** Salesforce id; null: nobody. */
  readonly owner: string | null;
  readonly name: string | null;
  /** Leads of whom a clock runs. */
  readonly open: readonly string[];
  readonly late: readonly LateLead[];
  /** Of what was due in the week: done in time, and not. */
  readonly inTime: readonly string[];
  readonly missed: readonly string[];
}

export interface LateReport {
  /** Who has the most that is late first; reps of whom no clock runs or was due in the week are left out. */
  readonly reps: readonly RepTimes[];
  readonly late: readonly LateLead[];
  /** Per cent of what was due in the week that was done in time; null: nothing was due. */
  readonly inTimePercent: number | null;
}

const unique = (keys: readonly string[]): readonly string[] => [...new Set(keys)];

const timesOf = (
  owner: string | null,
  name: string | null,
  clocks: readonly ReportClock[],
  week: Week,
  now: number,
): RepTimes => {
  const running = clocks.filter(({ doneAt }) => doneAt === null);
  const due = clocks.flatMap((clock) => (clock.dueAt === null ? [] : [{ ...clock, dueAt: clock.dueAt }]));
  const ofWeek = due.filter(({ dueAt }) => dueAt >= week.from && dueAt < Math.min(week.to, now));
  const isInTime = ({ dueAt, doneAt }: (typeof due)[number]): boolean => doneAt !== null && doneAt <= dueAt;
  return {
    owner,
    name,
    open: unique(running.map(turnKey)),
    late: due
      .filter(({ dueAt, doneAt }) => doneAt === null && dueAt <= now)
      .map((clock) => ({ key: turnKey(clock), kind: clock.kind, dueAt: clock.dueAt }))
      .sort((a, b) => a.dueAt - b.dueAt || clockKinds.indexOf(a.kind) - clockKinds.indexOf(b.kind)),
    inTime: unique(ofWeek.filter(isInTime).map(turnKey)),
    missed: unique(ofWeek.filter((clock) => !isInTime(clock)).map(turnKey)),
  };
};

/**
 * Who is late now, and how what was due in the week was kept, rep by rep. Pure. A lead of which two clocks are late is late twice, and counts once in
 * `open`, `inTime` and `missed`.
 */
export const lateReport = (
  clocks: readonly ReportClock[],
  owners: ReadonlyMap<string, string>,
  week: Week,
  now: number,
): LateReport => {
  const reps = [...Map.groupBy(clocks, ({ owner }) => owner)]
    .map(([owner, own]) =>
      timesOf(owner, owner === null ? null : (owners.get(owner) ?? null), own, week, now),
    )
    .filter(({ open, inTime, missed }) => open.length + inTime.length + missed.length > 0)
    .sort(
      (a, b) =>
        b.late.length - a.late.length ||
        b.open.length - a.open.length ||
        ((a.name ?? '') < (b.name ?? '') ? -1 : 1),
    );
  const kept = reps.reduce((sum, { inTime }) => sum + inTime.length, 0);
  const missed = reps.reduce((sum, each) => sum + each.missed.length, 0);
  return {
    reps,
    late: reps.flatMap(({ late }) => late).sort((a, b) => a.dueAt - b.dueAt),
    inTimePercent: kept + missed === 0 ? null : (kept / (kept + missed)) * 100,
  };
};
