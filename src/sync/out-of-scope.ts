import type { RecordSnapshot } from '../model/record.ts';
import type { Draft } from './draft.ts';
import type { EngineContext } from './engine.ts';
import { isTold } from './follower-consent.ts';
import { formOfRecord } from './forms.ts';
import { hasLatchSet, outOfScope, takesPart } from './scope.ts';

/** A record without link, as it was read. */
interface Alone {
  readonly draft: Draft;
  readonly record: RecordSnapshot;
}

/**
 * A record that takes no part is looked for on the other side only for the sake of consent, of a create whose outcome is unknown, or of
 * the record that it names. Nothing is created for it.
 */
export const isSought = (context: EngineContext, { draft, record }: Alone): boolean => {
  const form = formOfRecord(context.pair, record.ref);
  const named = record.fields[context.pair.identity[record.ref.system]];
  return (
    takesPart(form, record) ||
    draft.unit.intents.length > 0 ||
    (typeof named === 'string' && named !== '') ||
    hasLatchSet(form, record) ||
    isTold(draft)
  );
};

/** Says in the ledger why nothing is done for a record. */
export const noteOut = ({ pair }: EngineContext, { draft, record }: Alone): void => {
  draft.stillParked = [];
  draft.review = null;
  const cause = draft.unit.dirty.map((row) => row.cause).join(', ') || 'look';
  draft.ledger.push(outOfScope(formOfRecord(pair, record.ref), record.ref, cause));
};
