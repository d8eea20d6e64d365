import { hasBought } from './bought.ts';
import { type LifecycleDefinition, moveName, type Place } from './definition.ts';
import { beginsTurn, type Entry, enterStage } from './enter.ts';
import {
  type EventKind,
  type FactRecord,
  isStage,
  type Reason,
  type ScoreFact,
  type StageEvent,
} from './facts.ts';
import { heldSince } from './first-start.ts';
import { closedBy, eventReason, scoreOf } from './guards.ts';
import type { EffectKind, Journey, Refusal, Transition } from './journey.ts';
import { followsObserved, withShown } from './observed.ts';
import { observedReturnOf, returnOwedAfter } from './owed.ts';
import { isInRepair } from './programs.ts';
import { remember } from './remember.ts';
import { moveOf, protectedStages, type Stage, salesStages, stages } from './stages.ts';
import { stageTable, type Way } from './table.ts';

export interface StepContext {
  readonly definition: LifecycleDefinition;
  readonly record: FactRecord;
}

export interface Step {
  readonly journey: Journey;
  readonly transition: Transition | null;
  readonly refusal: Refusal | null;
}

/** What Tandem or a request decides keeps to the allowed moves; what people did in a system is followed and flagged. */
const deciding: ReadonlySet<EventKind> = new Set(['known', 'activity', 'scored', 'cooled', 'stage-set']);

/** Words of a rep that ought to have a reason. */
const asking: ReadonlySet<EventKind> = new Set(['rejected', 'sent-back', 'deal-lost']);

const reasonFor = (event: StageEvent): Reason => {
  if (event.kind === 'untouched') return 'No touch';
  return event.kind === 'stalled' ? 'Stalled' : eventReason(event);
};

/**
 * The stage of a place. Only who is with sales can be given to another rep; from elsewhere the person goes to nurture. Who has bought goes to none of them: no program
 * writes to a customer because a rep had no use for the lead.
 */
const entryOfPlace = (journey: Journey, event: StageEvent, { reasons }: LifecycleDefinition): Entry => {
  const reason = reasonFor(event);
  const named = reasons[reason];
  const isOtherRep = named.place === 're-route' || named.place === 'account-owner';
  if (isOtherRep && salesStages.has(journey.stage)) {
    return { to: 'sales-ready', effects: ['re-route'], back: { reason, place: named } };
  }
  if (hasBought(journey)) return { to: 'customer', effects: [], back: null, letGo: reason };
  const place: Place = isOtherRep ? { ...reasons.Unknown, place: 'nurture' } : named;
  const to = place.place === 'disqualify' ? 'disqualified' : 'returned';
  // The rep is asked once; a reason that comes later sends the person where it belongs.
  const isAsked = reason === 'Unknown' && asking.has(event.kind);
  return { to, effects: isAsked ? ['return', 'ask-reason'] : ['return'], back: { reason, place } };
};

const entryOfRequest = (
  journey: Journey,
  event: StageEvent,
  { definition }: StepContext,
): Entry | Refusal => {
  const wanted = 'stage' in event ? event.stage : undefined;
  if (!isStage(wanted, stages)) return 'not-a-stage';
  if (wanted === journey.stage || !definition.stages[wanted].used) return 'other';
  // Who is on the way to nurture is as good as there.
  const named = wanted === 'returned' ? 'nurture' : wanted;
  const isNamed = definition.requestable.has(wanted) || definition.requestable.has(named);
  if (protectedStages.has(wanted) || !isNamed) return 'not-allowed';
  if (hasBought(journey) && !salesStages.has(wanted)) return 'protected';
  if (wanted === 'nurture' || wanted === 'returned') {
    const entry = entryOfPlace(journey, event, definition);
    if (isInRepair(journey) && (entry.back?.place.program ?? null) !== null) return 'to-mend';
    return entry.to === 'sales-ready' ? 'not-allowed' : entry;
  }
  if (wanted === 'sales-ready' || wanted === 'sdr') {
    if (journey.excluded) return 'excluded';
    if (wanted === 'sdr' && !salesStages.has(journey.stage)) return 'not-allowed';
  }
  const effects = beginsTurn(journey.stage, wanted) ? (['hand-off'] as const) : [];
  return { to: wanted, effects, back: null };
};

/** Where a rep says no for good: the reason is kept, and leads nowhere. */
const theEnd: Place = { place: 'disqualify', program: null, coolDownDays: 0, mended: 'nurture' };

/** What is kept of a rep's no for good: of somebody who has bought, why alone. */
const wordFor = (to: Stage, event: StageEvent): Pick<Entry, 'back' | 'letGo'> => {
  if (event.kind !== 'disqualified') return { back: null };
  const reason = eventReason(event);
  return to === 'customer' ? { back: null, letGo: reason } : { back: { reason, place: theEnd } };
};

const entryOf = (way: Way, journey: Journey, event: StageEvent, context: StepContext): Entry | Refusal => {
  const { definition, record } = context;
  if (way.to === 'requested') {
    const closed = closedBy(way.guards, { journey, event, record, definition, to: journey.stage });
    return closed ?? entryOfRequest(journey, event, context);
  }
  const entry: Entry =
    way.to === 'place'
      ? entryOfPlace(journey, event, definition)
      : way.to === 'owed-return'
        ? { to: journey.stage, effects: observedReturnOf(journey), back: null }
        : {
            to: way.to,
            effects: way.effects,
            ...wordFor(way.to, event),
          };
  if (!definition.stages[entry.to].used) return 'other';
  return closedBy(way.guards, { journey, event, record, definition, to: entry.to }) ?? entry;
};

const isAllowed = (
  from: Stage,
  entry: Entry,
  event: StageEvent,
  definition: LifecycleDefinition,
): boolean => {
  const move = moveOf(from, entry.to, (stage) => definition.stages[stage].used);
  // An SDR's hand-on and another owner lead back to the queue of the reps; that is what both are for.
  if (event.kind === 'asked' || entry.effects.includes('hand-on') || entry.effects.includes('re-route'))
    return true;
  if (from === 'sdr' && entry.to === 'sales-ready') return true;
  if (move !== 'skip' && move !== 'backward') return true;
  const allowed = move === 'skip' ? definition.skips : definition.backward;
  return allowed === 'any' || allowed.has(moveName(from, entry.to));
};

interface Open {
  readonly way: Way;
  readonly entry: Entry;
  readonly legal: boolean;
}

const openWay = (journey: Journey, event: StageEvent, context: StepContext): Open | Refusal | null => {
  const { definition } = context;
  let refusal: Refusal | null = null;
  for (const way of stageTable[journey.stage][event.kind]) {
    const entry = entryOf(way, journey, event, context);
    if (typeof entry === 'string') {
      refusal ??= entry;
      continue;
    }
    if (definition.behaviours[way.behaviour] === 'off') return 'off';
    const legal = isAllowed(journey.stage, entry, event, definition);
    if (legal || !deciding.has(event.kind)) return { way, entry, legal };
    refusal ??= 'not-allowed';
  }
  return refusal;
};

const transitionOf = (
  before: Journey,
  after: Journey,
  event: StageEvent,
  { way, entry, legal }: Open,
  definition: LifecycleDefinition,
): Transition => {
  const isDone = definition.behaviours[way.behaviour] === 'act' && !followsObserved(before, event.kind);
  return {
    from: before.stage,
    to: entry.to,
    move: moveOf(before.stage, entry.to, (stage) => definition.stages[stage].used),
    legal,
    at: Math.max(event.at, before.lastAt),
    cause: event.kind,
    evidence: event.key,
    by: event.by,
    turn: after.turn,
    reason: entry.back?.reason ?? entry.letGo ?? (way.to === 'owed-return' ? before.reason : null),
    version: definition.version,
    definition: entry.effects.includes('hand-off') ? after.definition : null,
    behaviour: way.behaviour,
    mode: isDone ? 'act' : 'observe',
    effects: entry.effects,
  };
};

/** Who is ready while cooling waits for the end of it; who cannot go then, needs something new. */
const waitingAfter = (journey: Journey, event: StageEvent, refusal: Refusal | null): ScoreFact | null => {
  if (event.kind === 'cooled') return null;
  return refusal === 'cooling' && event.kind === 'scored' ? (event.score ?? null) : journey.waiting;
};

/** One event through the table. Pure. */
export const step = (before: Journey, event: StageEvent, context: StepContext): Step => {
  const remembered = remember(before, event);
  // Guards look at what is known with the event: an exclusion counts at once, and a deal that closed is closed.
  const open = openWay({ ...remembered, cooledAt: before.cooledAt }, event, context);
  if (open === null || typeof open === 'string') {
    const journey = {
      ...remembered,
      waiting: waitingAfter(remembered, event, open),
      heldAt: heldSince(before, remembered, event, scoreOf(event) ?? null),
    };
    return { journey, transition: null, refusal: open };
  }
  const at = Math.max(event.at, before.lastAt);
  const entered = enterStage(remembered, open.entry, event, at, context.definition);
  const transition = transitionOf(before, entered, event, open, context.definition);
  const owed = transition.mode === 'observe' ? open.entry.effects : [];
  // What acts now is owed no more.
  const isDone = (kind: EffectKind): boolean =>
    transition.mode === 'act' && open.entry.effects.includes(kind);
  // After a hand-over nothing of before it is: whoever was given to another rep has one, though the hand-off before it was only observed.
  const isAnew =
    transition.mode === 'act' &&
    (open.entry.effects.includes('hand-off') || open.entry.effects.includes('re-route'));
  const kept = transition.move === 'same' && !isAnew ? before.owed.filter((kind) => !isDone(kind)) : [];
  const { back, letGo } = open.entry;
  const isBack = back !== null || letGo !== undefined || open.way.to === 'owed-return';
  const after: Journey = {
    ...withShown(before, entered, transition, isBack),
    owedReturn: returnOwedAfter(before, transition, followsObserved(before, event.kind)),
    lastAt: at,
    owed: [...new Set([...kept, ...owed])],
  };
  return {
    journey: { ...after, heldAt: heldSince(before, after, event, scoreOf(event) ?? null) },
    transition,
    refusal: null,
  };
};
