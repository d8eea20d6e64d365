import type { PairMapping } from '../model/mapping.ts';
import type { RecordSnapshot } from '../model/record.ts';
import type { DirtyMark } from '../model/state.ts';
import type { RecordRef, System } from '../model/system.ts';
import { againAfterMs } from './backoff.ts';
import { attemptsOf, type Draft, lookAgain } from './draft.ts';
import { type EngineContext, mergedIdsField } from './engine.ts';
import type { Seeker } from './lookup.ts';
import type { Candidates } from './match.ts';

/** A record without link, as it was read, and its unit. */
export interface Seeking extends Seeker {
  readonly draft: Draft;
}

/** How long the survivor of a merge waits for the links of the merged records. */
const mergeLookMs = 1_000;

/** A look at another record that this one became, or was. */
export const nextMark = (pair: PairMapping, ref: RecordRef, cause: string): DirtyMark => ({
  pair: pair.name,
  ref,
  class: 'live',
  stamp: null,
  cause,
});

/** The contacts that HubSpot merged into this one, by the ids that they had. */
export const mergedContactsOf = ({ ref, fields }: RecordSnapshot): readonly string[] => {
  const text = fields[mergedIdsField];
  return typeof text === 'string' ? text.split(';').filter((id) => id !== '' && id !== ref.id) : [];
};

/**
 * Leaves out survivors of a merge whose merged records are still linked: those links are looked at, and go to the survivor; it is looked
 * at as theirs after that.
 */
export const withoutSurvivors = async (
  context: EngineContext,
  system: System,
  seeking: readonly Seeking[],
): Promise<readonly Seeking[]> => {
  const { pair } = context;
  const ids = system === 'hubspot' ? seeking.flatMap(({ record }) => mergedContactsOf(record)) : [];
  if (ids.length === 0) return seeking;
  const links = await context.store.linksOf(pair.name, system, ids);
  return seeking.filter((each) => {
    const linked = mergedContactsOf(each.record).filter((id) => links.get(id)?.ended === null);
    for (const id of linked) each.draft.marks.push(nextMark(pair, { ...each.record.ref, id }, 'merged'));
    if (linked.length > 0) lookAgain(each.draft, mergeLookMs);
    return linked.length === 0;
  });
};

/**
 * Leaves out contacts whose leads are still linked: those links are looked at, and go to the contact. Meanwhile it would be taken for somebody
 * new where its counterpart was deleted at the same time.
 */
export const withoutBecoming = (
  { pair }: EngineContext,
  found: ReadonlyMap<Seeking, Candidates>,
): ReadonlyMap<Seeking, Candidates> =>
  new Map(
    [...found].filter(([{ draft }, { formerly }]) => {
      const linked = formerly.filter(({ isLinked }) => isLinked);
      for (const { ref } of linked) draft.marks.push(nextMark(pair, ref, 'converted in Salesforce'));
      if (linked.length > 0) lookAgain(draft, againAfterMs(attemptsOf(draft.unit)));
      return linked.length === 0;
    }),
  );
