import type { WorkClass } from '../model/budget.ts';
import { journeySignals } from '../model/journeys.ts';
import type { LiveSignal } from '../model/live.ts';
import { type PairMapping, typesOn } from '../model/mapping.ts';
import type { ChangedRecord } from '../model/record.ts';
import type { DirtyMark } from '../model/state.ts';
import { fieldsThatMatter } from './signal-sources.ts';

/** Records of a pair that the lifecycle looks at, as marks for it: whatever changed, it looks itself. Of another pair: none. */
export const journeyMarks = (
  pair: PairMapping,
  records: readonly Pick<ChangedRecord, 'ref' | 'stamp'>[],
  workClass: WorkClass,
  cause: string,
): readonly DirtyMark[] =>
  pair.watched === undefined || pair.watchedAlone === true
    ? []
    : records.map(({ ref, stamp }) => ({ pair: journeySignals, ref, class: workClass, stamp, cause }));

/** Whether a live signal may concern a journey: a field that is aligned or watched changed, or the record itself came or went. */
const concerns = (pair: PairMapping, { ref, event, fields, unvalued = [] }: LiveSignal): boolean => {
  if (pair.watched === undefined || !typesOn(pair, ref.system).includes(ref.type)) return false;
  if (event !== 'changed') return pair.watchedAlone !== true;
  const aligned = pair.watchedAlone === true ? [] : fieldsThatMatter(pair, ref.system);
  const watched = new Set([...aligned, ...pair.watched[ref.system]]);
  return [...Object.keys(fields), ...unvalued].some((name) => watched.has(name));
};

/**
 * Whether a signal tells of Tandem's own work: that says nothing that a journey did not decide, or that its own signal did not tell before. A record that Tandem made
 * in Salesforce is of somebody who has a journey; of a contact that it made, this may be the first word.
 */
const isOwnWork = ({ ref, event, byUs }: LiveSignal): boolean =>
  byUs === true && (event === 'changed' || (event === 'created' && ref.system === 'salesforce'));

/** The same of what a live source told; Tandem's own work is looked at once nobody waits for a look. */
export const liveJourneyMarks = (
  pair: PairMapping,
  signals: readonly LiveSignal[],
  source: string,
): readonly DirtyMark[] =>
  signals
    .filter((signal) => concerns(pair, signal))
    .map((signal) => ({
      pair: journeySignals,
      ref: signal.ref,
      class: isOwnWork(signal) ? 'sweep' : 'live',
      stamp: signal.event === 'deleted' || signal.event === 'erased' ? null : signal.stamp,
      cause: `${signal.event} in ${signal.ref.system}, told by ${source}`,
    }));
