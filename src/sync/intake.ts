import type { WorkClass } from '../model/budget.ts';
import type { PairMapping } from '../model/mapping.ts';
import type { ChangedRecord } from '../model/record.ts';
import type { DirtyMark, Link } from '../model/state.ts';
import { otherSystem } from '../model/system.ts';
import { sameCanonical } from '../model/value.ts';
import type { EngineContext } from './engine.ts';

/** Whether every value that the signal carries equals this side's half of the base: then nothing happened that is not settled. */
const equalsBase = (pair: PairMapping, record: ChangedRecord, link: Link): boolean => {
  const { system } = record.ref;
  const identity = record.fields[pair.identity[system]];
  const other = link.ids[otherSystem(system)];
  if (identity !== undefined && identity !== other) return false;
  return pair.fields.every((field) => {
    const name = field.fields[system];
    if (!Object.hasOwn(record.fields, name)) return true;
    const half = link.base[field.name];
    if (!half) return false;
    const raw = record.fields[name] ?? null;
    const codec = field.codecs[system];
    return raw === half[system] || sameCanonical(codec.decode(raw), codec.decode(half[system]));
  });
};

/** A record without link is worth a look if it could be matched: a valid match key, or the other side's id. */
const couldMatch = (pair: PairMapping, record: ChangedRecord): boolean => {
  const { system } = record.ref;
  const identity = record.fields[pair.identity[system]];
  if (typeof identity === 'string' && identity !== '') return true;
  return pair.match.some(
    (rule) => rule.codecs[system].decode(record.fields[rule.fields[system]] ?? null).kind === 'value',
  );
};

/**
 * Turns records that a listing or poll named into dirty marks. A signal whose values equal this side's half of the base ends here,
 * without a read or a row; this is where the worker's own writes end. The values go no further: only reads by id feed a merge.
 */
export const marksOf = async (
  context: EngineContext,
  records: readonly ChangedRecord[],
  workClass: WorkClass,
  cause: string,
): Promise<readonly DirtyMark[]> => {
  const [first] = records;
  if (!first) return [];
  const { pair } = context;
  const links = await context.store.linksOf(
    pair.name,
    first.ref.system,
    records.map((record) => record.ref.id),
  );
  return records.flatMap((record) => {
    const link = links.get(record.ref.id);
    if (link?.ended) return [];
    const ends = link
      ? !record.deleted && equalsBase(pair, record, link)
      : record.deleted || !couldMatch(pair, record);
    return ends ? [] : { pair: pair.name, ref: record.ref, class: workClass, stamp: record.stamp, cause };
  });
};
