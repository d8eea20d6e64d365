import { leaverOf } from '../look/left-orders.ts';
import { salesFactsSeen } from '../look/look.ts';
import { type Clock, stepKey } from '../sla/clock.ts';
import { type ClockKind, type ClockStep, clockSteps } from '../sla/model.ts';
import type { LifecycleDefinition } from '../stage/definition.ts';
import type { FactKind } from '../stage/facts.ts';
import type { Effect } from './effect.ts';
import { hasLeftSales } from './left-sales.ts';
import type { Standing } from './standing.ts';

export const isClockStep = (kind: Effect['kind']): kind is ClockStep =>
  clockSteps.some((step) => step === kind);

/** The clock whose step an effect is; null where it was begun anew since, for another owner, or is of no clock. */
export const clockOf = ({ effect, clocks }: Standing): Clock | null => {
  const { kind, key } = effect;
  return isClockStep(kind) ? (clocks.find((clock) => stepKey(clock, kind) === key) ?? null) : null;
};

/** What shows that nobody has to be told any more: a rep's word, or that it went on without one. */
const verdicts: ReadonlySet<FactKind> = new Set([
  'qualified',
  'accepted',
  'rejected',
  'sent-back',
  'disqualified',
  'opened',
  'won',
]);

/** Whether what would stop a clock was told, or stands on the record, and no look has come to it yet. */
const hasAnswer = (
  { stored, person: { sales } }: Standing,
  lifecycle: LifecycleDefinition,
  kind: ClockKind,
): boolean => {
  // What the rep says of somebody who is on the way back brings them nowhere; that the return is done does.
  if (kind === 'return') return stored.facts.some((fact) => fact.kind === 'placed');
  if (kind === 'hand-off') return stored.facts.some((fact) => fact.kind === 'handed');
  const seen = sales === null ? [] : salesFactsSeen(stored, sales, lifecycle);
  return [...stored.facts, ...seen].some(
    (fact) => verdicts.has(fact.kind) || (kind === 'follow-up' && fact.kind === 'touched'),
  );
};

/** Whether the lead has its owner by this very order: the one whom it chose, or whom it waits for another router to choose. */
const isRoutedTo = ({ steps, route }: Effect, owner: unknown): boolean =>
  steps.route?.state === 'sent' || (route?.decision.kind === 'owner' && route.decision.id === owner);

/**
 * Why an effect is not to be carried out any more, seen at the moment before it is. A hand-over: the person has left sales, and no rep had them yet. A step of a clock: the clock stopped, or what would stop it was told or stands on the record
 * and no look has come to it yet. Null: it is to be taken. Whoever has answered must not be reminded.
 */
export const mootReason = (standing: Standing, lifecycle: LifecycleDefinition): string | null => {
  const { effect, stored, person } = standing;
  if (effect.steps.sales?.state === 'done') return null;
  if (hasLeftSales(standing)) return 'they had left sales';
  if (!isClockStep(effect.kind)) return null;
  const leaver = leaverOf(effect.evidence);
  if (leaver !== null) {
    const owner = person.sales?.fields.OwnerId;
    if (owner !== leaver && !isRoutedTo(effect, owner)) return 'somebody else has the lead';
    return hasAnswer(standing, lifecycle, 'follow-up') ? 'a rep had acted' : null;
  }
  const clock = clockOf(standing);
  if (clock === null) return 'the clock began anew for another owner';
  if (clock.doneAt !== null || clock.turn !== stored.journey.turn) return 'the clock had stopped';
  if (!hasAnswer(standing, lifecycle, clock.kind)) return null;
  if (clock.kind === 'hand-off') return 'they were handed over';
  return clock.kind === 'return' ? 'they were back' : 'the rep had acted';
};
