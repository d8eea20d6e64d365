import type { WorkClass } from '../model/budget.ts';
import { journeySignals } from '../model/journeys.ts';
import type { LiveSignal } from '../model/live.ts';
import { type PairMapping, typesOn } from '../model/mapping.ts';
import type { ChangedRecord } from '../model/record.ts';
import type { DirtyMark } from '../model/state.ts';
import type { System } from '../model/system.ts';
import { fieldsThatMatter } from './signal-sources.ts';

/** So long after they asked a change of somebody is news of that. */
const pressingForMs = 10 * 60_000;

/** The properties of a system that say when somebody asked for something by themselves. */
export const pressingOn = (pair: PairMapping, system: System): readonly string[] =>
  system === 'hubspot' && pair.watchedAlone !== true ? (pair.pressing ?? []) : [];

/** Whether somebody asked for something a moment before the record changed: they wait for nobody, not for a thousand records that a list view changed. */
const isPressing = (
  pair: PairMapping,
  { ref, stamp, fields }: Pick<ChangedRecord, 'ref' | 'stamp' | 'fields'>,
): boolean =>
  pressingOn(pair, ref.system).some((name) => {
    const raw = fields[name];
    const at = typeof raw === 'string' && raw !== '' ? Date.parse(raw) : Number.NaN;
    return Math.abs(stamp - at) <= pressingForMs;
  });

/** Records of a pair that the lifecycle looks at, as marks for it: whatever changed, it looks itself. Of another pair: none. */
export const journeyMarks = (
  pair: PairMapping,
  records: readonly Pick<ChangedRecord, 'ref' | 'stamp' | 'fields'>[],
  workClass: WorkClass,
  cause: string,
): readonly DirtyMark[] =>
  pair.watched === undefined || pair.watchedAlone === true
    ? []
    : records.map((record) => ({
        pair: journeySignals,
        ref: record.ref,
        class: workClass === 'live' && isPressing(pair, record) ? 'consent' : workClass,
        stamp: record.stamp,
        cause,
      }));

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

/** Tandem's own work is looked at once nobody waits for a look; who asks for something, before all others. */
const classOf = (pair: PairMapping, signal: LiveSignal): WorkClass => {
  if (isOwnWork(signal)) return 'sweep';
  const pressing = pressingOn(pair, signal.ref.system);
  const names = [...Object.keys(signal.fields), ...(signal.unvalued ?? [])];
  return names.some((name) => pressing.includes(name)) ? 'consent' : 'live';
};

/** The same of what a live source told. */
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
      class: classOf(pair, signal),
      stamp: signal.event === 'deleted' || signal.event === 'erased' ? null : signal.stamp,
      cause: `${signal.event} in ${signal.ref.system}, told by ${source}`,
    }));
