import type { CallContext } from '../model/budget.ts';
import type { Fate } from '../model/fate.ts';
import { type RecordRef, systemLabel } from '../model/system.ts';
import type { RecordSystem } from './ports.ts';

type GoneFate = Exclude<Fate['kind'], 'alive' | 'unknown'>;

/** A linked record that its system says is gone. */
export interface Gone {
  readonly ref: RecordRef;
  readonly fate: GoneFate;
}

/** Has such records looked at: what is taken is a pending look from then on. */
export type LookAt = (gone: readonly Gone[]) => Promise<void>;

const words: Readonly<Record<GoneFate, string>> = {
  deleted: 'deleted',
  archived: 'archived',
  mergedInto: 'merged',
  convertedTo: 'converted',
  erased: 'erased',
};

/**
 * Asks by id about records of live links that a list did not show: where nothing tells of changes, HubSpot's search and lists hide an
 * archived record, and nobody notices. Hands on those that are gone and answers, by id, what accounts for their counterpart.
 * @throws CallFailed when the system cannot be asked.
 */
export const askGone = async (
  system: RecordSystem,
  refs: readonly RecordRef[],
  call: CallContext,
  lookAt: LookAt | undefined,
): Promise<ReadonlyMap<string, string>> => {
  const [first] = refs;
  if (first === undefined || lookAt === undefined) return new Map();
  const ids = refs.map(({ id }) => id);
  const fates = await system.fates(first.type, ids, call);
  const gone = refs.flatMap((ref): readonly Gone[] => {
    const fate = fates.get(ref.id)?.kind ?? 'unknown';
    return fate === 'alive' || fate === 'unknown' ? [] : [{ ref, fate }];
  });
  if (gone.length > 0) await lookAt(gone);
  return new Map(
    gone.map(({ ref, fate }) => [
      ref.id,
      `pending: ${words[fate]} in ${systemLabel[ref.system]}, not looked at yet`,
    ]),
  );
};
