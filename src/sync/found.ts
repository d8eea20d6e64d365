import { type Failure, unreachableCode } from '../model/failure.ts';
import type { RecordSnapshot } from '../model/record.ts';
import type { Link } from '../model/state.ts';
import { type RecordRef, type Sides, type System, systemLabel } from '../model/system.ts';
import {
  againAfterMs,
  identityLooksMax,
  looksAfterSignalMax,
  signalBelievedMs,
  signalsBelievedMsMax,
} from './backoff.ts';
import { attemptsOf, type Draft, lookAgain, parkIn } from './draft.ts';
import type { EngineContext } from './engine.ts';
import { nextStepOf } from './next-step.ts';

/** A link and what a read by id found of its records. */
export interface Found {
  readonly draft: Draft;
  readonly link: Link;
  readonly found: Sides<RecordSnapshot | undefined>;
}

const missingFailure = (system: System, code: string, message: string): Failure => ({
  category: 'identity',
  system,
  code,
  message,
  fields: [],
});

/** Why records that are not shown are looked at from time to time: sharing a record anew moves no stamp, and so makes no signal. */
export const shownAgainCause = 'may be shown again';

/** Why records are looked at that a sweep asked for and was not shown (sync/presence-sweep.ts). */
export const notShownCause = 'presence sweep of hubspot';

/** Whether it is parked already, after as many looks as absence takes, that the record is not shown. */
export const isKnownMissing = ({ unit }: Draft, { system, id }: RecordRef): boolean =>
  unit.parked.some(
    ({ ref, failure }) => ref.system === system && ref.id === id && failure.code === unreachableCode,
  );

/** Whether nothing but time has asked for this look: one read of what is known to be missing is enough. */
const isRoutine = ({ unit }: Draft): boolean =>
  unit.dirty.every(({ cause }) => cause === shownAgainCause || cause === notShownCause);

/**
 * Absence is not deletion: a record that was not found is looked at again and then parked as unreachable. It is looked at from time to time
 * from then on (sync/schema-watch.ts).
 */
export const handleMissing = (context: EngineContext, draft: Draft, ref: RecordRef): void => {
  const { system } = ref;
  if (isRoutine(draft) && isKnownMissing(draft, ref)) return;
  const attempts = attemptsOf(draft.unit);
  if (attempts < identityLooksMax) {
    lookAgain(draft, againAfterMs(attempts), { kind: 'missing', system });
    return;
  }
  const message = `${systemLabel[system]} does not return the record, and does not say that it is deleted.`;
  const failure = missingFailure(system, unreachableCode, message);
  parkIn(draft, context.pair.name, { ref, field: null, failure, next: nextStepOf(failure), refused: '' });
};

/**
 * A read below the highest stamp seen, or below the signal's, is stale: it is read again at widening distances. A signal's stamp is
 * not believed for ever: a vendor may give an event another time than the record's own stamp, and a read that has not moved after
 * all of them, nor in two minutes, is what there is. The next look by stamp finds what it should have shown. Ages go by this process's
 * clock: where that is wrong, the looks alone decide, and a time far ahead is none at all.
 */
export const isStale = (draft: Draft, { ref, stamp, readAt }: RecordSnapshot): boolean => {
  if (stamp < (draft.link?.stamps[ref.system] ?? 0)) return true;
  const unseen = draft.unit.dirty.filter(
    (row) => row.ref.system === ref.system && row.stamp !== null && row.stamp > stamp,
  );
  if (unseen.length === 0) return false;
  if (attemptsOf(draft.unit) < looksAfterSignalMax) return true;
  const newest = Math.max(...unseen.map((row) => row.stamp ?? 0));
  const since = Math.min(...unseen.map((row) => row.since));
  return Math.abs(readAt - newest) < signalBelievedMs && readAt - since < signalsBelievedMsMax;
};

/** Asks for another look at a unit whose read was stale. */
export const lookAgainLater = (context: EngineContext, draft: Draft, system: System): void => {
  const againMs = againAfterMs(attemptsOf(draft.unit));
  context.events.emit('stale-read', { pair: context.pair.name, system, unit: draft.key, againMs });
  lookAgain(draft, againMs, { kind: 'stale', system });
};
