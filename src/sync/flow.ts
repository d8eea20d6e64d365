import { otherSystem, type System } from '../model/system.ts';
import { type Canonical, type RawValue, sameCanonical } from '../model/value.ts';
import { mayFlowTo, type Sight } from './merge-view.ts';

/** What a merge asks to be sent to one side. */
export interface FieldFlow {
  readonly target: System;
  readonly sent: RawValue;
  readonly rule: string;
  readonly clock: string | null;
  /** True where the value that is replaced had been entered since the last settle, or there was no base: it lost. */
  readonly overwrites: boolean;
  /** How often in a row the field was flipped, this flow included; absent where it is no flip. */
  readonly flips?: { readonly count: number; readonly since: number };
}

/**
 * What a merge says of one field.
 * - skip: a side was not returned; missing is never a value and the base stays
 * - settle: nothing to send; the base becomes what both sides hold (`rule` says why a difference may stay)
 * - same: nothing changed since the last settle
 * - flow: one or both sides are to be written
 * - hold: both differ and the rule, or a value that the codec cannot read, leaves it so; the base stays
 * - beside: a lower source entered a value where a higher one's stands: it stays where it is, kept beside; the base stays
 * - stop: this side does not keep the value (refused without a word, or flipped again and again): settled as both stand, and parked
 *
 * `needsHistory`: the vendors whose history could change the verdict.
 */
export type FieldDecision =
  | { readonly kind: 'skip' }
  | { readonly kind: 'same' }
  | { readonly kind: 'settle'; readonly rule: string }
  | { readonly kind: 'flow'; readonly flows: readonly FieldFlow[]; readonly needsHistory: readonly System[] }
  | { readonly kind: 'hold'; readonly rule: string }
  | { readonly kind: 'beside'; readonly target: System; readonly sent: RawValue; readonly rule: string }
  | { readonly kind: 'stop'; readonly target: System; readonly sent: RawValue; readonly why: StopReason };

export type StopReason = 'silently-refused' | 'flapping';

export const settle = (rule: string): FieldDecision => ({ kind: 'settle', rule });
export const hold = (rule: string): FieldDecision => ({ kind: 'hold', rule });

/** Why a winner's value is sent. */
export interface Reason {
  readonly rule: string;
  readonly clock?: string | null;
  readonly overwrites: boolean;
  readonly needsHistory?: readonly System[];
}

/** Sends a value to one side if direction, blank and fill rules allow; else the difference is settled as it is. */
export const flowOf = (sight: Sight, target: System, value: Canonical, reason: Reason): FieldDecision => {
  const { field, canonical } = sight;
  if (value.kind === 'foreign') return hold('foreign');
  if (!mayFlowTo(field, target)) return settle('direction');
  if (value.kind === 'blank') {
    if (field.blank === 'keeps') return settle('blank-keeps');
    if (field.fill[target] !== undefined) return settle('required-there');
  }
  const { rule, clock = null, overwrites, needsHistory = [] } = reason;
  const sent = field.codecs[target].encode(value);
  if (sameCanonical(value, canonical[target])) return settle('equal');
  return { kind: 'flow', flows: [{ target, sent, rule, clock, overwrites }], needsHistory };
};

/** Lets `winner`'s value flow to the other side. */
export const flowFrom = (sight: Sight, winner: System, reason: Reason): FieldDecision =>
  flowOf(sight, otherSystem(winner), sight.canonical[winner], reason);
