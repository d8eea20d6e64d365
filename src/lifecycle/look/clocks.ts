import type { Calendar } from '../calendar/calendar.ts';
import { type Clock, type DueStep, dueSteps, nextStepAt, pauseBy } from '../sla/clock.ts';
import type { SlaModel } from '../sla/model.ts';
import type { Journey, Mode } from '../stage/journey.ts';
import { salesStages } from '../stage/stages.ts';

/** A clock with the keys of its steps that were taken, or observed. */
export interface KeptClock {
  readonly clock: Clock;
  readonly stepsDone: readonly string[];
}

/** When a clock's wait was over, by what the journey has seen; null: it runs. */
const doneAt = ({ turn, kind, startedAt }: Clock, journey: Journey): number | null => {
  const { touchedAt, verdictAt, stage, since } = journey;
  if (turn !== journey.turn) return journey.returnedAt ?? since;
  // The verdict that gave them to another rep is of the moment at which that rep's clock begins.
  const verdict = verdictAt !== null && verdictAt > startedAt ? verdictAt : null;
  if (kind === 'follow-up' && touchedAt !== null) return Math.max(touchedAt, startedAt);
  if (verdict !== null) return verdict;
  // Moved on without a word (a deal, a customer) or taken back: nobody waits any more.
  return salesStages.has(stage) ? null : Math.max(since, startedAt);
};

export interface ClocksLooked {
  readonly clocks: readonly KeptClock[];
  readonly due: readonly { readonly clock: Clock; readonly step: DueStep }[];
  readonly nextAt: number | null;
}

/** What the clocks of a journey come to at a moment: those that are over are stopped, pauses opened and ended, due steps told once. Pure. */
export const lookAtClocks = (
  kept: readonly KeptClock[],
  journey: Journey,
  {
    sla,
    mode,
    calendarOf,
    names,
    owner,
  }: {
    readonly sla: SlaModel;
    readonly mode: Mode;
    readonly calendarOf: (owner: string | null) => Calendar;
    readonly names: Readonly<Record<string, unknown>>;
    /** Who has the lead now; null: nobody of sales, so that it stays whose it was. */
    readonly owner: string | null;
  },
  now: number,
): ClocksLooked => {
  const due: { clock: Clock; step: DueStep }[] = [];
  const times: number[] = [];
  const clocks = kept.map(({ clock: before, stepsDone }): KeptClock => {
    if (before.doneAt !== null) return { clock: before, stepsDone };
    const owned = owner === null || before.turn !== journey.turn ? before : { ...before, owner };
    const clock = { ...pauseBy(owned, sla, names, now), doneAt: doneAt(before, journey) };
    const calendar = calendarOf(clock.owner);
    const steps = dueSteps(clock, sla, calendar, mode, new Set(stepsDone), now);
    due.push(...steps.map((step) => ({ clock, step })));
    const taken = [...stepsDone, ...steps.map(({ key }) => key)];
    const next = nextStepAt(clock, sla, calendar, new Set(taken));
    if (next !== null) times.push(next);
    return { clock, stepsDone: taken };
  });
  return { clocks, due, nextAt: times.length === 0 ? null : Math.min(...times) };
};
