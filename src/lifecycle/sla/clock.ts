import { addOpen, type Calendar, openBetween, type Span, usualDayMs } from '../calendar/calendar.ts';
import type { Mode } from '../stage/journey.ts';
import { dayMs } from '../stage/timers.ts';
import { type ClockKind, type ClockStep, clockSteps, type SlaModel } from './model.ts';

const hourMs = 3_600_000;

/** A clock of one turn. Plain data, milliseconds since 1970. */
export interface Clock {
  readonly journey: string;
  readonly turn: number;
  readonly kind: ClockKind;
  readonly startedAt: number;
  /** Whether they asked for contact, which is due sooner. */
  readonly asked: boolean;
  readonly owner: string | null;
  /** In order, apart from one another; the last one may still be open. */
  readonly pauses: readonly { readonly from: number; readonly to: number | null; readonly rule: string }[];
  readonly doneAt: number | null;
  /** How often the person was given to somebody else in this turn before the clock began, or given back once more; absent: never. */
  readonly moves?: number;
  /** Of a hand-over that gives somebody else the lead whom nobody touched: from whom, where that is known; absent: it is of another one. */
  readonly from?: string | null;
  /** Of sla.yaml, by which it began; absent in clocks that began before it was kept. */
  readonly version?: string;
  /** How it was with those who had the person before in this turn, oldest first; absent: with nobody, or it is of before it was kept. */
  readonly earlier?: readonly Clock[];
  /** Of an earlier one that nobody had stopped when the person was given to somebody else. */
  readonly isTaken?: true;
}

/** Kept of one clock: somebody who is passed on more often than this is in the fallback queue long since. */
const earlierMax = 10;

/** What is kept of a clock that begins anew at a moment for somebody else. Pure. */
export const earlierClocks = ({ earlier = [], ...before }: Clock, at: number): readonly Clock[] =>
  [...earlier, before.doneAt === null ? { ...before, doneAt: at, isTaken: true as const } : before].slice(
    -earlierMax,
  );

/** A clock and those of whoever had the person before, as they count for each: what was taken from somebody in time says nothing of them. Pure. */
export const countedClocks = (
  clock: Clock,
  sla: SlaModel,
  calendarOf: (owner: string | null) => Calendar,
): readonly Clock[] => [
  ...(clock.earlier ?? []).filter(
    (each) =>
      each.isTaken !== true ||
      readClock(each, sla, calendarOf(each.owner), each.doneAt ?? each.startedAt).state === 'missed',
  ),
  clock,
];

export const clockKey = ({ journey, turn, kind }: Clock): string => `${journey}/${turn}/${kind}`;

/** Business time that a clock allows; null where nobody ever works by this calendar. */
export const budgetOf = (
  clock: Pick<Clock, 'kind' | 'asked'>,
  sla: SlaModel,
  calendar: Calendar,
): number | null => {
  if (clock.kind === 'verdict') {
    const day = usualDayMs(calendar);
    return day === null ? null : sla.followUp.verdictDays * day;
  }
  if (clock.kind === 'return') return sla.returnHours * hourMs;
  if (clock.kind === 'hand-off') return sla.handOffHours * hourMs;
  return (clock.asked ? sla.followUp.askedHours : sla.followUp.scoredHours) * hourMs;
};

/**
 * - waiting, reminded, late: it runs, before and after the reminder and the due time
 * - paused: by a rule
 * - met, missed: it is over
 * - never: the calendar has no hours left, so that nothing is ever due; shown, since nobody would notice
 */
export type ClockState = 'waiting' | 'reminded' | 'late' | 'paused' | 'met' | 'missed' | 'never';

export interface ClockReading {
  readonly state: ClockState;
  readonly budgetMs: number;
  /** Business time used until now, or until it was done. */
  readonly spentMs: number;
  readonly remindAt: number | null;
  /** Null while a pause is open, or never. */
  readonly dueAt: number | null;
}

const spansOf = ({ pauses }: Clock): readonly Span[] =>
  pauses.map(({ from, to }) => ({ from, to: to ?? Number.POSITIVE_INFINITY }));

/** What a clock shows at a moment. Pure. */
export const readClock = (clock: Clock, sla: SlaModel, calendar: Calendar, now: number): ClockReading => {
  const budget = budgetOf(clock, sla, calendar);
  const spans = spansOf(clock);
  const budgetMs = budget ?? 0;
  const after = (ms: number): number | null =>
    budget === null ? null : addOpen(calendar, clock.startedAt, ms, spans);
  const [dueAt, remindAt] = [after(budgetMs), after((budgetMs * sla.remindPercent) / 100)];
  const spentMs = openBetween(calendar, clock.startedAt, clock.doneAt ?? now, spans);
  const isPaused = clock.pauses.some(({ from, to }) => from <= now && (to === null || now < to));
  const stateOf = (): ClockState => {
    if (clock.doneAt !== null) return dueAt === null || clock.doneAt <= dueAt ? 'met' : 'missed';
    if (dueAt !== null && now >= dueAt) return 'late';
    if (isPaused) return 'paused';
    if (dueAt === null) return 'never';
    return remindAt !== null && now >= remindAt ? 'reminded' : 'waiting';
  };
  return { state: stateOf(), budgetMs, spentMs, remindAt, dueAt };
};

/** A step of a clock that is due; its key makes it happen once. */
export interface DueStep {
  readonly step: ClockStep;
  readonly key: string;
  readonly at: number;
  readonly mode: 'observe' | 'act';
}

const stepTimes = (
  clock: Clock,
  sla: SlaModel,
  calendar: Calendar,
): Readonly<Record<ClockStep, number | null>> => {
  // Whether it is late already or not does not change when: any moment will do.
  const { remindAt, dueAt, budgetMs } = readClock(clock, sla, calendar, clock.startedAt);
  const hours = sla.breach.reassignHours;
  return {
    // A hand-over takes seconds: nobody is reminded of one, and who is on call is told when it is late.
    remind: clock.kind === 'hand-off' ? null : remindAt,
    escalate: dueAt,
    reassign:
      hours === null || dueAt === null || clock.kind !== 'follow-up'
        ? null
        : addOpen(calendar, clock.startedAt, budgetMs + hours * hourMs, spansOf(clock)),
  };
};

/** `JOURNEY/TURN/KIND/STEP`; where it began anew for another owner, with the number of the move before the step. */
export const stepKey = (clock: Clock, step: ClockStep): string =>
  clock.moves === undefined ? `${clockKey(clock)}/${step}` : `${clockKey(clock)}/${clock.moves}/${step}`;

/** Whether a step is done or only noted: by the behaviour, and in a pilot by who takes part and when. */
export const modeOf = (
  clock: Clock,
  { pilot }: SlaModel,
  behaviour: Mode,
  at: number,
): 'off' | 'observe' | 'act' => {
  // No rep is waited for while a hand-over stands still: a pilot, which is about reps, has no say in it.
  if (behaviour !== 'act' || pilot === null || clock.kind === 'hand-off') return behaviour;
  const isIn = clock.owner !== null && pilot.owners.has(clock.owner);
  return isIn && at >= pilot.start + pilot.measureOnlyDays * dayMs && at < pilot.end ? 'act' : 'observe';
};

/**
 * The steps that are due and not yet done, oldest first. Pure: `done` has the keys of those that were. A clock that stopped has none, one whose
 * pause is open only those from before it; a worker that was down for a week finds all of them, each once.
 */
export const dueSteps = (
  clock: Clock,
  sla: SlaModel,
  calendar: Calendar,
  behaviour: Mode,
  done: ReadonlySet<string>,
  now: number,
): readonly DueStep[] => {
  if (clock.doneAt !== null || behaviour === 'off') return [];
  const times = stepTimes(clock, sla, calendar);
  return clockSteps.flatMap((step): DueStep[] => {
    const at = times[step];
    const key = stepKey(clock, step);
    if (at === null || at > now || done.has(key)) return [];
    const mode = modeOf(clock, sla, behaviour, at);
    return mode === 'off' ? [] : [{ step, key, at, mode }];
  });
};

/** When the next step will be due; null: none. What a store indexes. */
export const nextStepAt = (
  clock: Clock,
  sla: SlaModel,
  calendar: Calendar,
  done: ReadonlySet<string>,
): number | null => {
  if (clock.doneAt !== null) return null;
  const times = stepTimes(clock, sla, calendar);
  const left = clockSteps.flatMap((step) => (done.has(stepKey(clock, step)) ? [] : (times[step] ?? [])));
  return left.length === 0 ? null : Math.min(...left);
};

/** Opens or ends a pause by what the rules say of the record now. Pure; told again, it changes nothing. */
export const pauseBy = (
  clock: Clock,
  { pauses }: SlaModel,
  names: Readonly<Record<string, unknown>>,
  now: number,
): Clock => {
  if (clock.doneAt !== null) return clock;
  const rule = pauses.find(({ when }) => when.holds(names))?.name ?? null;
  const last = clock.pauses.at(-1);
  const isOpen = last !== undefined && last.to === null;
  if ((rule !== null) === isOpen) return clock;
  // A clock change must not make a pause that ends before it began.
  const at = Math.max(now, clock.startedAt, last?.to ?? last?.from ?? 0);
  if (rule !== null) return { ...clock, pauses: [...clock.pauses, { from: at, to: null, rule }] };
  return { ...clock, pauses: clock.pauses.map((pause) => (pause === last ? { ...pause, to: at } : pause)) };
};
