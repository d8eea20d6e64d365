import type { Calendar } from '../calendar/calendar.ts';
import { type Clock, type DueStep, dueSteps, earlierClocks, nextStepAt, pauseBy } from '../sla/clock.ts';
import type { SlaModel } from '../sla/model.ts';
import type { Journey, Mode, Transition } from '../stage/journey.ts';
import { protectedStages, salesStages } from '../stage/stages.ts';
import type { EffectOrder } from './stored.ts';

/** A clock with the keys of its steps that were taken, or observed. */
export interface KeptClock {
  readonly clock: Clock;
  readonly stepsDone: readonly string[];
}

/**
 * The clock of a return, for somebody whom sales gives back at this look: from the rep's no, or from when Tandem gave them back, to the place where the
 * reason leads. What is only observed brings nobody anywhere, and is not measured. A late reason leads elsewhere: a clock that was over begins
 * anew by it, one that runs goes on. Pure.
 */
export const withReturnClock = (
  kept: readonly KeptClock[],
  journey: Journey,
  transitions: readonly Transition[],
  version?: string,
): readonly KeptClock[] => {
  const given = transitions.findLast(({ mode, effects }) => mode === 'act' && effects.includes('return'));
  if (given === undefined) return kept;
  const { turn, at: startedAt } = given;
  const isOurs = ({ clock }: KeptClock): boolean => clock.kind === 'return' && clock.turn === turn;
  const before = kept.find(isOurs)?.clock;
  if (before?.doneAt === null) return kept;
  const clock: Clock = {
    journey: journey.id,
    turn,
    kind: 'return',
    startedAt,
    asked: false,
    owner: journey.owner,
    pauses: [],
    doneAt: null,
    ...(version === undefined ? {} : { version }),
    ...(before === undefined
      ? {}
      : { moves: (before.moves ?? 0) + 1, earlier: earlierClocks(before, startedAt) }),
  };
  return [...kept.filter((each) => !isOurs(each)), { clock, stepsDone: [] }];
};

/** Orders of a move that a rep is to have somebody; a reassignment is no move, and has its clock by `withReassignClock`. */
const bringing: readonly EffectOrder['kind'][] = ['hand-off', 'hand-on', 're-route'];

/**
 * The clock of a hand-over, for somebody who is ordered to a rep at this look: from the moment of the order to all its steps done. It waits for Tandem and the
 * systems, not for a person, so that it is nobody's; another rep in the same turn has one of their own. Pure.
 */
export const withHandOffClock = (
  kept: readonly KeptClock[],
  journey: Journey,
  orders: readonly EffectOrder[],
  version?: string,
): readonly KeptClock[] => {
  const order = orders.findLast(({ kind }) => bringing.includes(kind));
  if (order === undefined) return kept;
  const { turn, at: startedAt } = order;
  const isOurs = ({ clock }: KeptClock): boolean => clock.kind === 'hand-off' && clock.turn === turn;
  const before = kept.find(isOurs)?.clock;
  const clock: Clock = {
    ...{ journey: journey.id, turn, kind: 'hand-off', startedAt },
    ...{ asked: false, owner: null, pauses: [], doneAt: null },
    ...(version === undefined ? {} : { version }),
    ...(before === undefined
      ? {}
      : { moves: (before.moves ?? 0) + 1, earlier: earlierClocks(before, startedAt) }),
  };
  return [...kept.filter((each) => !isOurs(each)), { clock, stepsDone: [] }];
};

/** An order to give somebody else the lead, and from whom. */
export interface Reassigning {
  readonly at: number;
  readonly from: string | null;
}

/**
 * The clock of an order to give somebody else the lead whom nobody touched, by the follow-up clock or for its owner left: it measures the way to the next rep as that of
 * any hand-over. An order that stands has begun its own already. Pure.
 */
export const withReassignClock = (
  kept: readonly KeptClock[],
  { id, turn }: Pick<Journey, 'id' | 'turn'>,
  order: Reassigning | null,
  version?: string,
): readonly KeptClock[] => {
  const isOurs = ({ clock }: KeptClock): boolean => clock.kind === 'hand-off' && clock.turn === turn;
  const before = kept.find(isOurs)?.clock;
  if (order === null || (before?.from !== undefined && before.from === order.from)) return kept;
  const clock: Clock = {
    ...{ journey: id, turn, kind: 'hand-off', startedAt: order.at, from: order.from },
    ...{ asked: false, owner: null, pauses: [], doneAt: null },
    ...(version === undefined ? {} : { version }),
    ...(before === undefined
      ? {}
      : { moves: (before.moves ?? 0) + 1, earlier: earlierClocks(before, order.at) }),
  };
  return [...kept.filter((each) => !isOurs(each)), { clock, stepsDone: [] }];
};

/**
 * When somebody else had the lead. Its order is not carried out any more once a rep acted, or a person gave the lead to somebody: then nobody tells that it is done. By
 * its own write the owner is another one, too; from then on the follow-up clock of the next rep runs.
 */
const reassignDoneAt = (
  { startedAt, from }: Clock,
  { handedAt, touchedAt }: Journey,
  owner: string | null,
  followUpAt: number,
  now: number,
): number | null => {
  if (handedAt !== null && handedAt >= startedAt) return handedAt;
  if (touchedAt !== null) return Math.max(touchedAt, startedAt);
  return owner !== null && owner !== from && followUpAt < startedAt ? now : null;
};

/** When a hand-over was over: they are with whoever was to have them, or nobody is to any more. `doneAt`: of one that gives somebody else the lead. */
const handOffDoneAt = (clock: Clock, journey: Journey, doneAt: number | null): number | null => {
  const { turn, startedAt, from } = clock;
  const { handedAt, turnAt, stage, since } = journey;
  if (turn !== journey.turn) return Math.max(turnAt ?? since, startedAt);
  if (from !== undefined && doneAt !== null) return doneAt;
  if (from === undefined && handedAt !== null) return Math.max(handedAt, startedAt);
  return salesStages.has(stage) ? null : Math.max(since, startedAt);
};

/** When a return was over: they are where the reason leads, or with sales, a deal or a customer again, which nobody waits for any more. */
const returnDoneAt = ({ turn, startedAt }: Clock, journey: Journey): number | null => {
  const { placedAt = null, turnAt, stage, since } = journey;
  if (turn !== journey.turn) return Math.max(turnAt ?? since, startedAt);
  if (placedAt !== null && placedAt >= startedAt) return placedAt;
  return salesStages.has(stage) || protectedStages.has(stage) ? Math.max(since, startedAt) : null;
};

/** When a clock's wait was over, by what the journey has seen; null: it runs. */
const doneAt = (clock: Clock, journey: Journey, reassignedAt: number | null): number | null => {
  const { turn, kind, startedAt } = clock;
  const { touchedAt, verdictAt, stage, since } = journey;
  if (kind === 'return') return returnDoneAt(clock, journey);
  if (kind === 'hand-off') return handOffDoneAt(clock, journey, reassignedAt);
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
  const followUpAt = Math.max(
    ...kept.flatMap(({ clock: { kind, turn, startedAt } }) =>
      kind === 'follow-up' && turn === journey.turn ? [startedAt] : [],
    ),
  );
  const clocks = kept.map(({ clock: before, stepsDone }): KeptClock => {
    if (before.doneAt !== null) return { clock: before, stepsDone };
    // A return stays that of whoever had the person, and a hand-over nobody's: what somebody does with the record since is no part of it.
    const isOfNobody = before.kind === 'return' || before.kind === 'hand-off';
    const isKept = owner === null || before.turn !== journey.turn || isOfNobody;
    const owned = isKept ? before : { ...before, owner };
    // Pauses tell what a rep waits for; the way to a rep, or back into a program, waits for none of it.
    const timed = isOfNobody ? owned : pauseBy(owned, sla, names, now);
    const reassignedAt = reassignDoneAt(before, journey, owner, followUpAt, now);
    const clock = { ...timed, doneAt: doneAt(before, journey, reassignedAt) };
    const calendar = calendarOf(clock.owner);
    const steps = dueSteps(clock, sla, calendar, mode, new Set(stepsDone), now);
    due.push(...steps.map((step) => ({ clock, step })));
    const taken = [...stepsDone, ...steps.map(({ key }) => key)];
    const next = nextStepAt(clock, sla, calendar, new Set(taken));
    // Where clocks do nothing, a step whose time is over stays untaken: it must not bring the next look again and again.
    if (next !== null && (mode !== 'off' || next > now)) times.push(next);
    return { clock, stepsDone: taken };
  });
  return { clocks, due, nextAt: times.length === 0 ? null : Math.min(...times) };
};
