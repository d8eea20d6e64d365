import type { AccountEntry } from '../account/account.ts';
import { turnKey } from '../account/rows.ts';
import type { Calendar } from '../calendar/calendar.ts';
import { isReason } from '../stage/facts.ts';
import { dayMs } from '../stage/timers.ts';
import { type Clock, countedClocks, readClock } from './clock.ts';
import { type ClockKind, clockKinds, type SlaModel, type SlaPilot } from './model.ts';
import { type Quality, qualityOf, type Verdict } from './quality.ts';

/** How one kind of clock was kept. */
export interface ClockCompliance {
  /** Over in time, over too late, still running and late, still running in time. */
  readonly met: number;
  readonly missed: number;
  readonly late: number;
  readonly running: number;
  /** Of those that are over or late; null: there are none. */
  readonly inTimePercent: number | null;
  /** Working time that half of those that are over took at most, in hours; null: none is over. */
  readonly medianHours: number | null;
}

/** The service level as it was kept by some: marketing's side by quality, sales' side by the clocks. */
export interface Compliance {
  readonly quality: Quality;
  readonly clocks: Readonly<Record<ClockKind, ClockCompliance>>;
}

/** The level as everybody kept it; in a pilot since its start, those who take part beside the others. */
export interface ComplianceReport {
  /** Milliseconds; null: from the beginning, until now. */
  readonly from: number | null;
  readonly to: number | null;
  readonly everybody: Compliance;
  readonly pilot: {
    readonly participants: Compliance;
    readonly others: Compliance;
    readonly owners: number;
    /** From when on steps are taken; before that they are only noted. */
    readonly actsFrom: number;
    /** What was expected of it, in the words of sla.yaml. */
    readonly expected: string | null;
  } | null;
}

/** What compliance is made of. */
export interface ComplianceRows {
  readonly clocks: readonly Clock[];
  /** Turns with the place that the hand-off account has for each. */
  readonly entries: readonly AccountEntry[];
}

const hourMs = 3_600_000;

/** The lower middle of some numbers; null of none. */
const median = (values: readonly number[]): number | null =>
  values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? null;

const clocksKept = (
  clocks: readonly Clock[],
  sla: SlaModel,
  calendarOf: (owner: string | null) => Calendar,
  now: number,
): ClockCompliance => {
  const readings = clocks.map((clock) => ({
    ...readClock(clock, sla, calendarOf(clock.owner), now),
    isOver: clock.doneAt !== null,
  }));
  const count = (state: string): number => readings.filter((each) => each.state === state).length;
  const [met, missed, late] = [count('met'), count('missed'), count('late')];
  const known = met + missed + late;
  const spent = median(readings.filter(({ isOver }) => isOver).map(({ spentMs }) => spentMs));
  return {
    met,
    missed,
    late,
    running: readings.length - known,
    inTimePercent: known === 0 ? null : (met / known) * 100,
    medianHours: spent === null ? null : spent / hourMs,
  };
};

/** A person of sales said so: what came back by itself, since nobody touched it or it stood still, says nothing of the lead. */
export const verdictOf = ({ leaf, why }: AccountEntry): Verdict | null => {
  if (leaf === 'accepted') return { accepted: true, reason: null };
  const isSaid = leaf === 'rejected' || leaf === 'returned' || leaf === 'disqualified';
  const reason = why !== null && isReason(why) ? why : null;
  if (!isSaid || reason === 'No touch' || reason === 'Stalled') return null;
  return { accepted: false, reason };
};

const complianceOf = (
  { clocks, entries }: ComplianceRows,
  sla: SlaModel,
  calendarOf: (owner: string | null) => Calendar,
  now: number,
): Compliance => ({
  quality: qualityOf(
    entries.flatMap((entry) => verdictOf(entry) ?? []),
    sla,
  ),
  clocks: Object.fromEntries(
    clockKinds.map((kind) => [
      kind,
      clocksKept(
        clocks.filter((clock) => clock.kind === kind),
        sla,
        calendarOf,
        now,
      ),
    ]),
  ) as Record<ClockKind, ClockCompliance>,
});

const within =
  ({ start, end }: SlaPilot) =>
  (at: number): boolean =>
    at >= start && at < end;

/**
 * How the service level was kept, up to `now`; in a pilot of what began in its time, by those who take part and by the others. A turn is that of whoever
 * its follow-up clock belongs to; a clock is that of whoever it ran for, also where the person was given to somebody else since. Pure.
 */
export const complianceReport = (
  { clocks: kept, entries: turns }: ComplianceRows,
  sla: SlaModel,
  calendarOf: (owner: string | null) => Calendar,
  now: number,
): ComplianceReport => {
  const rows: ComplianceRows = {
    clocks: kept.flatMap((clock) => countedClocks(clock, sla, calendarOf)),
    entries: turns,
  };
  const { pilot } = sla;
  const of = (some: ComplianceRows): Compliance => complianceOf(some, sla, calendarOf, now);
  if (pilot === null) return { from: null, to: null, everybody: of(rows), pilot: null };
  const isInTime = within(pilot);
  const clocks = rows.clocks.filter(({ startedAt }) => isInTime(startedAt));
  const entries = rows.entries.filter(({ readyAt }) => isInTime(readyAt));
  const owners = new Map(
    rows.clocks.filter(({ kind }) => kind === 'follow-up').map((clock) => [turnKey(clock), clock.owner]),
  );
  const takesPart = (owner: string | null | undefined): boolean =>
    typeof owner === 'string' && pilot.owners.has(owner);
  // A hand-over has no owner of its own: it is measured with whoever got the lead.
  const ownerOf = (clock: Clock): string | null | undefined =>
    clock.kind === 'hand-off' ? owners.get(turnKey(clock)) : clock.owner;
  const those = (part: boolean): ComplianceRows => ({
    clocks: clocks.filter((clock) => takesPart(ownerOf(clock)) === part),
    entries: entries.filter((entry) => takesPart(owners.get(turnKey(entry))) === part),
  });
  return {
    from: pilot.start,
    to: pilot.end,
    everybody: of({ clocks, entries }),
    pilot: {
      participants: of(those(true)),
      others: of(those(false)),
      owners: pilot.owners.size,
      actsFrom: pilot.start + pilot.measureOnlyDays * dayMs,
      expected: pilot.expected,
    },
  };
};

const rounded = (value: number | null): number | null =>
  value === null ? null : Math.round(value * 100) / 100;
const time = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

const json = ({ quality, clocks }: Compliance) => ({
  quality: {
    ...quality,
    acceptedPercent: rounded(quality.acceptedPercent),
    badDataPercent: rounded(quality.badDataPercent),
  },
  clocks: Object.fromEntries(
    Object.entries(clocks).map(([kind, kept]) => [
      kind,
      { ...kept, inTimePercent: rounded(kept.inTimePercent), medianHours: rounded(kept.medianHours) },
    ]),
  ),
});

/** The report as plain data for JSON: percents of a hundred, hours of working time, unknown figures null. */
export const complianceJson = ({ from, to, everybody, pilot }: ComplianceReport) => ({
  from: time(from),
  to: time(to),
  everybody: json(everybody),
  pilot:
    pilot === null
      ? null
      : {
          owners: pilot.owners,
          actsFrom: time(pilot.actsFrom),
          expected: pilot.expected,
          participants: json(pilot.participants),
          others: json(pilot.others),
        },
});

const percent = (value: number | null): string => (value === null ? '-' : `${Math.round(value)}%`);
const hours = (value: number | null): string => (value === null ? '-' : `${rounded(value)} h`);

const lines = (name: string, { quality, clocks }: Compliance): readonly string[] => {
  const { judged, acceptedPercent, badDataPercent, met } = quality;
  const level = met === null ? '' : met ? ', met' : ', not met';
  return [
    `  ${name}:`,
    `    quality: ${percent(acceptedPercent)} accepted, ${percent(badDataPercent)} bad data, of ${judged} judged${level}`,
    ...clockKinds.map((kind) => {
      const { met: kept, missed, late, running, inTimePercent, medianHours } = clocks[kind];
      const counts = `${kept} in time, ${missed} too late, ${late} late now, ${running} running`;
      return `    ${kind}: ${percent(inTimePercent)} in time (${counts}); half took at most ${hours(medianHours)}`;
    }),
  ];
};

const day = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** The report as text for a terminal. */
export const complianceText = ({ from, to, everybody, pilot }: ComplianceReport): string =>
  pilot === null || from === null || to === null
    ? ['Service level:', ...lines('everybody', everybody)].join('\n')
    : [
        `Service level, pilot of ${pilot.owners} ${pilot.owners === 1 ? 'rep' : 'reps'} from ${day(from)} to ${day(to)}, only measured before ${day(pilot.actsFrom)}:`,
        ...(pilot.expected === null ? [] : [`  expected: ${pilot.expected}`]),
        ...lines('those who take part', pilot.participants),
        ...lines('the others', pilot.others),
      ].join('\n');
