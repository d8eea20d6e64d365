import type { WorkClass } from '../model/budget.ts';
import type { FieldMapping, PairMapping } from '../model/mapping.ts';
import { nativeKeysOf } from '../model/native-ids.ts';
import { partText, splitParts } from '../model/part-text.ts';
import type { ChangedRecord } from '../model/record.ts';
import type { BaseEntry, DirtyMark, Link, Parked } from '../model/state.ts';
import { formatRef, otherSystem, type Sides } from '../model/system.ts';
import { sameCanonical } from '../model/value.ts';
import { formOfLink, formOfRecord } from './forms.ts';
import { canRevive, followerIn, identityValue, isConverted, isFlagged, isLifted } from './identity.ts';
import { isKnownRefusal, isRefusedCreate } from './known-refusal.ts';
import { bringsConsent, isSet } from './latch.ts';
import { matchKeysOf } from './match.ts';
import type { EngineStore } from './ports.ts';
import { fieldsOutOfScope, mayMoveScope, wasOut } from './scope.ts';

/** What intake needs of the engine. */
export interface IntakeContext {
  readonly pair: PairMapping;
  readonly mappingHash: string;
  readonly store: Pick<EngineStore, 'linksOf' | 'parkedOf' | 'noteKept'>;
}

/** A live signal tells of one of two fields: whether it says something else than this side's half of the base of what they make up. */
const arePartsNews = (
  parts: Sides<readonly [string, string]>,
  { ref: { system }, fields }: ChangedRecord,
  half: BaseEntry | undefined,
): boolean => {
  const known = splitParts(half?.[system] ?? null);
  return parts[system].some(
    (name, at) =>
      Object.hasOwn(fields, name) &&
      (!half || partText(fields[name] ?? null) !== partText(known[at] ?? null)),
  );
};

const saysTheSameAs = (
  { codecs }: FieldMapping,
  { ref: { system }, fields }: ChangedRecord,
  name: string,
  half: BaseEntry,
): boolean => {
  const raw = fields[name] ?? null;
  return (
    raw === half[system] || sameCanonical(codecs[system].decode(raw), codecs[system].decode(half[system]))
  );
};

/** The mapped fields whose value in the signal differs from this side's half of the base, or that have no base yet. */
export const newsIn = (pair: PairMapping, record: ChangedRecord, link: Link): readonly FieldMapping[] => {
  const { system } = record.ref;
  const fields = wasOut(pair, link) ? fieldsOutOfScope(pair) : pair.fields;
  return fields.filter((field) => {
    const name = field.fields[system];
    const half = link.base[field.name];
    if (!Object.hasOwn(record.fields, name))
      return field.parts ? arePartsNews(field.parts, record, half) : false;
    return !half || !saysTheSameAs(field, record, name, half);
  });
};

/** The identity field says something else than the link: emptied, or given to another record. */
export const losesIdentity = (pair: PairMapping, { ref, fields }: ChangedRecord, link: Link): boolean => {
  const identity = fields[pair.identity[ref.system]];
  return identity !== undefined && identity !== identityValue(link, ref);
};

/** HubSpot's search and its other answers may stamp one change some milliseconds apart. */
const stampToleranceMs = 1_000;

/**
 * A state of the record that is older than one already seen: a search index that lags shows it for seconds after our own write. The
 * newer state makes a signal of its own.
 */
export const isOutdated = (record: ChangedRecord, link: Link): boolean =>
  record.stamp + stampToleranceMs < link.stamps[record.ref.system];

const namesOther = (pair: PairMapping, { ref, fields }: ChangedRecord): boolean => {
  const identity = fields[pair.identity[ref.system]];
  return typeof identity === 'string' && identity !== '';
};

/** A record without link is worth a look if it could be matched: a valid match key, the other side's id, or one that HubSpot's own integration left. */
const couldMatch = (pair: PairMapping, record: ChangedRecord): boolean => {
  const { system } = record.ref;
  return (
    namesOther(pair, record) ||
    pair.create[otherSystem(system)] === 'always' ||
    nativeKeysOf(pair, record).length > 0 ||
    matchKeysOf(pair, record).length > 0
  );
};

/** A signal that is news. Without a link every signal of a matchable record is, but for refused creates. */
export interface News {
  readonly record: ChangedRecord;
  /** `link:ID`, or the record's own key. */
  readonly unit: string;
  readonly link: Link | null;
}

/** The pair as it stands for a record that a signal is about: with a link, as it stands for both its records. */
export const formOfSignal = (
  pair: PairMapping,
  record: Pick<ChangedRecord, 'ref'>,
  link: Link | null | undefined,
) => (link ? formOfLink(pair, link) : formOfRecord(pair, record.ref));

const newsOf = (pair: PairMapping, record: ChangedRecord, link: Link | undefined): News | null => {
  const own = { record, unit: formatRef(record.ref), link: null };
  if (!link || isLifted(link)) {
    // A converted lead is no person of its own: its contact is.
    const isOpen = !record.deleted && !isConverted(pair, record);
    return isOpen && couldMatch(formOfRecord(pair, record.ref), record) ? own : null;
  }
  // A tombstone stands until its record comes back.
  if (link.ended) return !record.deleted && canRevive(link, record.ref) ? own : null;
  if (followerIn(link, record.ref)) {
    const isNews = record.deleted || losesIdentity(pair, record, link) || bringsConsent(pair, link, record);
    return isNews ? own : null;
  }
  const unit = `link:${link.id}`;
  if (record.deleted) return { record, unit, link };
  if (isOutdated(record, link)) return null;
  const isNews =
    isConverted(pair, record) ||
    isFlagged(pair, record) ||
    losesIdentity(pair, record, link) ||
    mayMoveScope(formOfLink(pair, link), record, link) ||
    newsIn(formOfLink(pair, link), record, link).length > 0;
  return isNews ? { record, unit, link } : null;
};

/** Whether nothing is new but what was refused already, and stays parked until a value or the mapping changes. */
export const isKnownNews = (
  context: IntakeContext,
  { record, link }: News,
  parked: readonly Parked[],
): boolean => {
  const { mappingHash } = context;
  const pair = formOfSignal(context.pair, record, link);
  if (parked.length === 0 || record.deleted) return false;
  if (!link) return !namesOther(pair, record) && isRefusedCreate({ pair, mappingHash }, record, parked);
  if (losesIdentity(pair, record, link) || isConverted(context.pair, record)) return false;
  if (isFlagged(pair, record)) return false;
  if (mayMoveScope(pair, record, link)) return false;
  return newsIn(pair, record, link).every((field) =>
    isKnownRefusal(mappingHash, field, record, link, parked),
  );
};

/**
 * The highest stamp seen of a record in which nothing is news: a read by id below it is stale. Salesforce's answers to writes bear none, so that no
 * read tells its state before our last write from the one after it. In a record with news, some of what differs may be older than its stamp.
 */
const seenIn = (form: PairMapping, record: ChangedRecord, link: Link): Link['stamps'] => {
  const { system } = record.ref;
  if (newsIn(form, record, link).length > 0) return link.stamps;
  // HubSpot's search may stamp a change later than any read by id will: that would be waited for in vain.
  const stamp = system === 'hubspot' ? record.stamp - stampToleranceMs : record.stamp;
  return { ...link.stamps, [system]: Math.max(link.stamps[system], stamp) };
};

/**
 * A link with what this record shows of Tandem's last writes: those that stand there were kept. Only then can it be told later that a person, and no
 * rule of the system, took one back. Null where nothing is to be noted.
 */
export const keptIn = (pair: PairMapping, record: ChangedRecord, link: Link | undefined): Link | null => {
  const { system } = record.ref;
  if (!link || link.ended || record.deleted || followerIn(link, record.ref) || isOutdated(record, link))
    return null;
  const form = formOfLink(pair, link);
  const kept = form.fields.flatMap((field): [string, BaseEntry][] => {
    const entry = link.base[field.name];
    const name = field.fields[system];
    if (entry?.wrote?.to !== system || entry.wrote.kept || !Object.hasOwn(record.fields, name)) return [];
    if (!saysTheSameAs(field, record, name, entry)) return [];
    return [[field.name, { ...entry, wrote: { ...entry.wrote, kept: true } }]];
  });
  if (kept.length === 0) return null;
  const base = { ...link.base, ...Object.fromEntries(kept) };
  return { ...link, base, stamps: seenIn(form, record, link) };
};

/**
 * What among records that a listing, poll or live source named is news. A signal whose values equal this side's half of the base
 * ends here, without a read or a row; this is where the worker's own writes end. So does one that is older than what was seen, or
 * news of refused values alone.
 */
export const newsAmong = async (
  context: IntakeContext,
  records: readonly ChangedRecord[],
): Promise<readonly News[]> => {
  const [first] = records;
  if (!first) return [];
  const { pair, store } = context;
  const ids = records.map((record) => record.ref.id);
  const links = await store.linksOf(pair.name, first.ref.system, ids);
  await store.noteKept(records.flatMap((record) => keptIn(pair, record, links.get(record.ref.id)) ?? []));
  const news = records.flatMap((record) => newsOf(pair, record, links.get(record.ref.id)) ?? []);
  if (news.length === 0) return [];
  const units = news.map(({ unit }) => unit);
  const parked = await store.parkedOf(pair.name, units);
  return news.filter((each) => !isKnownNews(context, each, parked.get(each.unit) ?? []));
};

/** Whether a signal says that a person has taken their consent back: nothing is done before that. */
export const isConsent = (pair: PairMapping, { record, link }: News): boolean => {
  if (!link || record.deleted) return false;
  const { system } = record.ref;
  const form = formOfSignal(pair, record, link);
  return newsIn(form, record, link).some(
    ({ latch, codecs, fields }) =>
      latch === true && isSet(codecs[system].decode(record.fields[fields[system]] ?? null)),
  );
};

/** News as dirty marks. The values go no further: only reads by id feed a merge. */
export const marksOfNews = (
  pair: PairMapping,
  news: readonly News[],
  workClass: WorkClass,
  cause: string,
): readonly DirtyMark[] =>
  news.map((each) => {
    const { ref, stamp } = each.record;
    return { pair: pair.name, ref, class: isConsent(pair, each) ? 'consent' : workClass, stamp, cause };
  });

/** Turns records that a listing or poll named into dirty marks, where they are news. */
export const marksOf = async (
  context: IntakeContext,
  records: readonly ChangedRecord[],
  workClass: WorkClass,
  cause: string,
): Promise<readonly DirtyMark[]> =>
  marksOfNews(context.pair, await newsAmong(context, records), workClass, cause);
