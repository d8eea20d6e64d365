import type { ClockKind } from '../sla/model.ts';
import type { Transition } from '../stage/journey.ts';

/** A transition, and whose. Those of a journey stand in the order in which they happened. */
export interface AccountTransition extends Transition {
  readonly journey: string;
}

export const handOffStates = ['handed', 'in-flight', 'failed', 'held'] as const;
export type HandOffState = (typeof handOffStates)[number];

/**
 * How far a hand-off is. Another rep in the same turn, or an SDR's hand-on, is a row of its own (the newest of a turn counts), or moves
 * `handedAt` of the turn's row. Times are milliseconds.
 */
export interface HandOffRow {
  readonly journey: string;
  readonly turn: number;
  readonly readyAt: number;
  readonly mode: 'observe' | 'act';
  readonly state: HandOffState;
  /** `held`, `failed`, and what an `in-flight` one waits for where that is known: the reason, in few and always the same words, since it is what they are counted by. */
  readonly why: string | null;
  /** When all its steps were done; null before. */
  readonly handedAt: number | null;
  /** Ids of the records, for the comparison with what the systems count themselves. */
  readonly hubspot?: string | null;
  readonly salesforce?: string | null;
}

/** Evidence that a person of sales acted, in the words of sla/touch.ts. */
export interface TouchRow {
  readonly journey: string;
  readonly turn: number;
  readonly at: number;
}

export interface ClockRow {
  readonly journey: string;
  readonly turn: number;
  readonly kind: ClockKind;
  /** Null while a pause is open, or where nobody ever works. */
  readonly dueAt: number | null;
}

/** All that the hand-off account is made of. */
export interface AccountRows {
  readonly transitions: readonly AccountTransition[];
  readonly handOffs: readonly HandOffRow[];
  readonly touches: readonly TouchRow[];
  readonly clocks: readonly ClockRow[];
}

/** Names a turn of a journey: what is counted. */
export const turnKey = ({ journey, turn }: { readonly journey: string; readonly turn: number }): string =>
  `${journey}/${turn}`;
