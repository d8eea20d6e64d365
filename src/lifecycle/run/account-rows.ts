import type {
  AccountTransitionRow,
  ClockRow,
  HandOffEffectRow,
  HeldHandOffRow,
} from '../../model/journeys.ts';
import type { AccountRows, AccountTransition, HandOffRow } from '../account/rows.ts';
import type { Calendar } from '../calendar/calendar.ts';
import { readClock } from '../sla/clock.ts';
import type { SlaModel } from '../sla/model.ts';
import { toClock } from './rows.ts';

/** What is stored of hand-offs. */
export interface StoredHandOffs {
  readonly transitions: readonly AccountTransitionRow[];
  readonly effects: readonly HandOffEffectRow[];
  readonly clocks: readonly ClockRow[];
  /** Who is ready, and held back by the first start. */
  readonly held: readonly HeldHandOffRow[];
}

/** Reasons are counted by their words: what names a record or a field comes behind the colon, and is left out. */
const inFewWords = (why: string | null): string | null => why?.split(':')[0] ?? null;

const handOffRow = (effect: HandOffEffectRow): readonly HandOffRow[] => {
  const { journey, turn, kind, at, doneAt, refused, reached, why, contactId, salesforceId } = effect;
  const records = { hubspot: contactId, salesforce: salesforceId };
  const order = { journey, turn, readyAt: at, mode: 'act' } as const;
  if (doneAt !== null && !reached) {
    // Another rep was to have them and never had: what counts is the rep before.
    if (kind !== 'hand-off') return [];
    return [
      { ...order, ...records, state: 'held', why: 'left sales before it was handed over', handedAt: null },
    ];
  }
  const state = doneAt !== null ? 'handed' : refused ? 'failed' : 'in-flight';
  return [
    { ...order, ...records, state, why: state === 'handed' ? null : inFewWords(why), handedAt: doneAt },
  ];
};

/** The turn that would have begun: in no transition, and counted as ready all the same. */
const heldRow = ({ journey, turn, since, contactId, salesforceId }: HeldHandOffRow): HandOffRow => ({
  ...{ journey, turn, readyAt: since, mode: 'act', state: 'held', why: 'first start', handedAt: null },
  hubspot: contactId,
  salesforce: salesforceId,
});

/** The rows of the hand-off account, from what is stored. Pure. */
export const accountRows = (
  { transitions, effects, clocks, held }: StoredHandOffs,
  sla: SlaModel,
  calendarOf: (owner: string | null) => Calendar,
  now: number,
): AccountRows => ({
  // The words of stored transitions are those of the stage machine that wrote them.
  transitions: transitions as readonly AccountTransitionRow[] as readonly AccountTransition[],
  handOffs: [...effects.flatMap(handOffRow), ...held.map(heldRow)],
  touches: transitions
    .filter(({ cause }) => cause === 'touched')
    .map(({ journey, turn, at }) => ({ journey, turn, at })),
  clocks: clocks.map((row) => {
    const clock = toClock(row);
    const { dueAt } = readClock(clock, sla, calendarOf(clock.owner), now);
    return { journey: row.journeyId, turn: row.turn, kind: clock.kind, dueAt };
  }),
});
