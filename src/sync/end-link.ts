import type { DirtyMark, LedgerEntry } from '../model/state.ts';
import type { RecordRef } from '../model/system.ts';
import type { Draft } from './draft.ts';
import type { EngineContext } from './engine.ts';
import type { Found } from './found.ts';

/** A mark that asks for a look at a record because of what became of another. */
export const markOf = (context: EngineContext, ref: RecordRef, cause: string): DirtyMark => ({
  pair: context.pair.name,
  ref,
  class: 'live',
  stamp: null,
  cause,
});

/** A line of the ledger that says what happened to a record, without values. */
export const entryOf = (
  context: EngineContext,
  event: LedgerEntry['event'],
  target: RecordRef,
  cause: string,
  rule: string,
  to: LedgerEntry['to'] = null,
): LedgerEntry => ({
  pair: context.pair.name,
  event,
  target,
  field: null,
  from: null,
  to,
  cause,
  rule,
  clock: null,
  lost: null,
  changedAt: null,
});

/** Nothing of the unit is under way or parked any more: its records are not what they were. */
export const forget = (draft: Draft): void => {
  draft.closedIntents.push(...draft.unit.intents.map(({ id }) => id));
  draft.stillParked = [];
};

/** Ends the link in the draft: its records are a tombstone from now on. */
export const endLink = (
  context: EngineContext,
  { draft, link }: Found,
  ref: RecordRef,
  cause: string,
  rule: string,
): void => {
  forget(draft);
  draft.end = { linkId: link.id, cause };
  draft.ledger.push(entryOf(context, 'end', ref, cause, rule));
};

/** Puts a question to a person. */
export const ask = (
  context: EngineContext,
  { draft }: Found,
  ref: RecordRef,
  cause: string,
  candidates: readonly RecordRef[],
): void => {
  draft.review = { pair: context.pair.name, unit: draft.key, ref, cause, candidates };
};
