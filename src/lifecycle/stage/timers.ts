import type { LifecycleDefinition } from './definition.ts';
import type { StageEvent, TimerKind } from './facts.ts';
import { isStandingOfPast } from './first-start.ts';
import type { Journey } from './journey.ts';
import { isWaitingForAct } from './owed.ts';
import type { Stage } from './stages.ts';

export const dayMs = 86_400_000;

export interface Timer {
  readonly kind: TimerKind;
  readonly at: number;
}

const cooling: ReadonlySet<Stage> = new Set(['nurture', 'returned', 'lost', 'win-back']);
const recallable: ReadonlySet<Stage> = new Set([...cooling, 'disqualified', 'customer']);
const untouchable: ReadonlySet<Stage> = new Set(['sales-ready', 'sdr']);
const stalling: ReadonlySet<Stage> = new Set(['sales-ready', 'sdr', 'working', 'accepted']);

const timersOf = (journey: Journey, { pull, behaviours }: LifecycleDefinition): readonly Timer[] => {
  const { stage, handedAt, touchedAt, since, movedAt, nudgedAt, cooledAt, recontactAt } = journey;
  const timers: Timer[] = [];
  if (isWaitingForAct(journey)) {
    // Nobody has them, and nobody gives them back: they wait for what hand-offs or returns owe them. Who is not ready any more when these act stands still from then on.
    const { owedAt = null, heldAt } = journey;
    if (behaviours.return !== 'off' && owedAt !== null && heldAt === null)
      timers.push({ kind: 'stalled', at: owedAt + pull.stalledDays * dayMs });
  } else if (behaviours.return !== 'off') {
    const isOfPast = isStandingOfPast(journey);
    // Asked once; who is held back waits for a word, and goes at that moment.
    const maySpeak = !isOfPast || journey.heldAt === null;
    if (untouchable.has(stage) && touchedAt === null) {
      // Whom nobody has yet, nobody left untouched: it is the hand-over that stands still.
      const at = (days: number): number => Math.max(handedAt ?? since, since) + days * dayMs;
      if (handedAt !== null) timers.push({ kind: 'untouched', at: at(pull.noTouchDays) });
      else if (maySpeak)
        timers.push({ kind: 'stalled', at: Math.max(at(pull.stalledDays), journey.letGoAt ?? 0) });
    }
    // What waits in a queue stalls only once somebody began; before that it is untouched.
    if (stalling.has(stage) && (!untouchable.has(stage) || touchedAt !== null)) {
      const still = Math.max(movedAt, since);
      if (maySpeak) {
        timers.push({
          kind: 'stalled',
          at: Math.max(still + pull.stalledDays * dayMs, journey.letGoAt ?? still),
        });
      }
      if (pull.nudge !== null && !isOfPast && (nudgedAt === null || nudgedAt < still)) {
        timers.push({ kind: 'nudge', at: still + pull.nudge.afterDays * dayMs });
      }
    }
  }
  if (cooling.has(stage) && cooledAt !== null) timers.push({ kind: 'cooled', at: cooledAt });
  if (recallable.has(stage) && recontactAt !== null) timers.push({ kind: 'recontact', at: recontactAt });
  return timers;
};

/**
 * The next moment at which something happens by itself; null where nothing will. What a store indexes, so that a tick looks at the
 * due ones alone.
 */
export const nextTimer = (journey: Journey, definition: LifecycleDefinition): Timer | null =>
  timersOf(journey, definition).reduce<Timer | null>(
    (next, timer) => (next === null || timer.at < next.at ? timer : next),
    null,
  );

export const timerEvent = ({ kind, at }: Timer, { turn }: Journey): StageEvent => ({
  kind,
  key: `${kind}/${turn}/${at}`,
  at,
  by: 'tandem',
});
