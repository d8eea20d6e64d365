import type { LifecycleDefinition, Place } from './definition.ts';
import type { Reason, StageEvent } from './facts.ts';
import { scoreOf } from './guards.ts';
import type { EffectKind, Journey } from './journey.ts';
import { stageProgram } from './programs.ts';
import { owningStages, type Stage, salesStages } from './stages.ts';
import { dayMs } from './timers.ts';

/** Where an event leads, once its way is known to be open. */
export interface Entry {
  readonly to: Stage;
  readonly effects: readonly EffectKind[];
  /** Set where sales gives the person back. */
  readonly back: { readonly reason: Reason; readonly place: Place } | null;
  /** Set where sales lets go somebody who has bought, and who is a customer by that: why. */
  readonly letGo?: Reason;
}

export const beginsTurn = (from: Stage, to: Stage): boolean => to === 'sales-ready' && !salesStages.has(from);

const nextTurn = (journey: Journey, event: StageEvent, at: number): Journey => ({
  ...journey,
  turn: journey.turn + 1,
  turnAt: at,
  definition: (scoreOf(event)?.ready ?? journey.waiting?.ready ?? null)?.definition ?? null,
  handedAt: null,
  touchedAt: null,
  reroutes: 0,
  boughtAt: journey.boughtAt ?? (owningStages.has(journey.stage) ? at : null),
});

/** Nothing of the wait outlives it. */
const awake = {
  cooledAt: null,
  heldUntil: null,
  recontactAt: null,
  waiting: null,
  place: null,
  program: null,
} as const;

/** The day on which a rep wants somebody back, where it is still to come. */
const dateNamed = (event: StageEvent, at: number): number | null => {
  const named = 'recontactAt' in event ? event.recontactAt : undefined;
  return named !== undefined && named > at ? named : null;
};

const givenBack = (
  journey: Journey,
  event: StageEvent,
  at: number,
  { reason, place }: NonNullable<Entry['back']>,
) => {
  const held = 'heldUntil' in event ? event.heldUntil : undefined;
  const heldUntil = held !== undefined && held > at ? held : null;
  const coolsUntil = place.coolDownDays > 0 ? at + place.coolDownDays * dayMs : null;
  return {
    ...journey,
    returnedAt: at,
    placedAt: null,
    reason,
    place: place.place,
    program: place.program,
    cooledAt: heldUntil ?? coolsUntil,
    heldUntil,
    recontactAt: dateNamed(event, at),
    waiting: null,
  };
};

const rerouted = (journey: Journey, at: number, { reason, place }: NonNullable<Entry['back']>) => ({
  ...journey,
  reason,
  place: place.place,
  handedAt: null,
  touchedAt: null,
  reroutes: journey.reroutes + 1,
  movedAt: at,
});

/** The journey in its new stage. Pure. */
export const enterStage = (
  journey: Journey,
  entry: Entry,
  event: StageEvent,
  at: number,
  definition: LifecycleDefinition,
): Journey => {
  const { to, back } = entry;
  const program = stageProgram(journey, to, event, definition);
  const inStage = (changed: Journey): Journey => ({ ...changed, stage: to, since: at });
  if (beginsTurn(journey.stage, to))
    return inStage({ ...nextTurn(journey, event, at), ...awake, movedAt: at });
  // A hand-off that was only observed is one from now on, in the turn that it began.
  if (to === journey.stage && entry.effects.includes('hand-off'))
    return inStage({ ...journey, turnAt: at, movedAt: at, handedAt: null, touchedAt: null });
  // So is the way to another rep, whom the lead waits for from now on.
  if (to === journey.stage && back === null && entry.effects.includes('re-route'))
    return inStage({ ...journey, movedAt: at, handedAt: null, touchedAt: null });
  if (to === journey.stage && back === null) return journey;
  if (back !== null && to === 'sales-ready') return inStage(rerouted(journey, at, back));
  if (back !== null) return inStage(givenBack(journey, event, at, back));
  if (entry.letGo !== undefined) {
    const kept = { reason: entry.letGo, recontactAt: dateNamed(event, at) };
    return inStage({ ...journey, ...awake, program, ...kept });
  }
  if (to === 'lost') {
    return inStage({ ...journey, ...awake, program, cooledAt: at + definition.pull.winBackDays * dayMs });
  }
  // The program, the reason and the wait go along from `returned` to `nurture`.
  if (to === 'nurture') return inStage({ ...journey, program: journey.program ?? program });
  if (to === 'sales-ready') {
    // Who was just handed from an SDR to a rep has come there.
    const handedAt = event.kind === 'handed' ? event.at : null;
    return inStage({ ...journey, handedAt, touchedAt: null, movedAt: at });
  }
  return inStage({ ...journey, ...awake, program });
};
