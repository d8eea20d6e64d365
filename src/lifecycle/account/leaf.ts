import type { EventKind } from '../stage/facts.ts';
import { salesStages } from '../stage/stages.ts';
import type { AccountTransition } from './rows.ts';
import type { TurnStory } from './turns.ts';

/** Where a turn can be: the ends of the account's tree. */
export const leaves = [
  'held',
  'in-flight',
  'in-flight-late',
  'failed',
  'not-yet-due',
  'overdue',
  'moved',
  'accepted',
  'returned',
  'rejected',
  'disqualified',
  'being-worked',
] as const;
export type Leaf = (typeof leaves)[number];

export interface Place {
  readonly leaf: Leaf;
  /** What they are counted by within the leaf; null where the leaf says it all. */
  readonly why: string | null;
}

/** What shows that a person of sales acted: a touch, or a word that nobody gives without one. */
const touching: ReadonlySet<EventKind> = new Set([
  'touched',
  'qualified',
  'accepted',
  'rejected',
  'sent-back',
  'disqualified',
  'opened',
  'won',
  'deal-lost',
]);

/**
 * What a transition says of the turn, where it is a word about it. A deal is an acceptance, and one that is lost stays one: how deals end
 * is told elsewhere. Where sales lets somebody go without a word of its own, it is a return.
 */
const wordOf = ({
  cause,
  to,
}: AccountTransition): Extract<Leaf, 'accepted' | 'returned' | 'rejected' | 'disqualified'> | null => {
  if (cause === 'accepted' || cause === 'opened' || cause === 'won' || cause === 'deal-lost')
    return 'accepted';
  if (to === 'disqualified') return 'disqualified';
  if (cause === 'rejected') return 'rejected';
  if (cause === 'sent-back' || cause === 'stalled' || cause === 'untouched') return 'returned';
  return cause === 'stage-set' && (to === 'returned' || to === 'nurture') ? 'returned' : null;
};

/** Why, in the words that are counted: a reason of the list, and of a deal that was lost that it was that. */
const reasonOf = ({ cause, reason }: AccountTransition): string | null =>
  cause === 'deal-lost' && reason !== null ? `deal lost: ${reason}` : reason;

const isPassedOn = ({ effects }: AccountTransition): boolean =>
  effects.includes('re-route') || effects.includes('hand-on');

/** The part of the turn that belongs to whoever has the person now: from the last time that they were passed on. */
const presentPart = ({
  transitions,
  readyAt,
}: TurnStory): { readonly since: number; readonly story: readonly AccountTransition[] } => {
  const index = transitions.findLastIndex(isPassedOn);
  return { since: transitions[index]?.at ?? readyAt, story: transitions.slice(index + 1) };
};

/** A rep goes on with somebody who had left sales. */
const takesUp = ({ from, to }: AccountTransition): boolean => salesStages.has(to) && !salesStages.has(from);

/** Why a turn is held back of which nothing was done, and nothing is shown anywhere. */
export const observedOnly = 'observed only';

const heldBack = (why: string): Place => ({ leaf: 'held', why });

/** Whether the hand-over has taken longer than it may, by its clock. */
const isLate = ({ handOffClock }: TurnStory, now: number): boolean =>
  handOffClock !== null && handOffClock.dueAt !== null && now >= handOffClock.dueAt;

const beforeReceipt = (turn: TurnStory, now: number): Place | null => {
  const { handOff, transitions } = turn;
  if (handOff === null) {
    const isObserved = transitions.some(
      ({ effects, mode }) => effects.includes('hand-off') && mode === 'observe',
    );
    return heldBack(isObserved ? observedOnly : 'hand-off not begun');
  }
  if (handOff.mode === 'observe') return heldBack(observedOnly);
  if (handOff.state === 'held') return heldBack(handOff.why ?? 'no reason stored');
  const isUnderWay = handOff.state === 'failed' || handOff.state === 'in-flight';
  if (isUnderWay && isLate(turn, now)) return { leaf: 'in-flight-late', why: handOff.why };
  if (handOff.state === 'failed') return { leaf: 'failed', why: handOff.why ?? 'no reason stored' };
  return handOff.state === 'in-flight' ? { leaf: 'in-flight', why: null } : null;
};

/** Why somebody has left sales whom nobody touched; null: they have not. */
const whyLeft = (story: readonly AccountTransition[]): string | null => {
  const left = story.findLast(({ from, to }) => salesStages.has(from) && !salesStages.has(to));
  return left === undefined ? null : (left.reason ?? left.cause);
};

const untouched = (turn: TurnStory, story: readonly AccountTransition[], now: number): Place => {
  const left = whyLeft(story);
  if (left !== null) return { leaf: 'moved', why: left };
  const { followUp } = turn;
  if (followUp === null) return { leaf: 'not-yet-due', why: 'without a clock' };
  if (followUp.dueAt === null) return { leaf: 'not-yet-due', why: 'clock stands still' };
  return { leaf: now >= followUp.dueAt ? 'overdue' : 'not-yet-due', why: null };
};

/**
 * The one place of a turn at a moment. Total and pure: the first question that can be answered decides, so that no turn is in two places or in none.
 *
 * - held, in flight, failed: not with sales yet, by the state of its newest hand-off; in flight (late): for longer than the clock of the hand-off allows,
 *   whether a step waits or was refused
 * - moved: was with a rep and nobody touched it, and it is not there any more: it left sales, or is on its way to another rep
 * - accepted, returned, rejected, disqualified: by the last word of whoever has it now
 * - being worked: touched, and no word yet, or taken up again after it
 * - not yet due, overdue: untouched, by the follow-up clock
 */
export const placeOf = (turn: TurnStory, now: number): Place => {
  const before = beforeReceipt(turn, now);
  if (before !== null) return before;
  const handedAt = turn.handOff?.handedAt ?? null;
  const { since, story } = presentPart(turn);
  if (handedAt === null || handedAt > now) return { leaf: 'in-flight', why: null };
  const isTouched =
    turn.touches.some(({ at }) => at >= since) || story.some(({ cause }) => touching.has(cause));
  if (!isTouched && handedAt < since)
    return { leaf: 'moved', why: whyLeft(story) ?? 'on the way to another rep' };
  if (!isTouched) return untouched(turn, story, now);
  const word = story.findLastIndex((transition) => wordOf(transition) !== null);
  // Who is taken up again after a word, in the same turn, is being worked on as if it had not fallen.
  const isTakenUp = story.findLastIndex(takesUp) > word;
  const said = isTakenUp ? undefined : story[word];
  const leaf = said === undefined ? null : wordOf(said);
  return leaf === null || said === undefined
    ? { leaf: 'being-worked', why: null }
    : { leaf, why: reasonOf(said) };
};
