import type { LiveBatch, LiveEvent, LiveSignal, LiveSource } from '../model/live.ts';
import { type PairMapping, showsAssociation, typesOn } from '../model/mapping.ts';
import type { ChangedRecord } from '../model/record.ts';
import type { DirtyMark, Link, ToldChange } from '../model/state.ts';
import { formatRef, type System } from '../model/system.ts';
import { formOfLink, formOfRecord } from './forms.ts';
import { canRevive, followerIn, isConverted, isErased, isFlagged, isLifted } from './identity.ts';
import {
  type IntakeContext,
  isConsent,
  isKnownNews,
  isOutdated,
  losesIdentity,
  type News,
  newsIn,
} from './intake.ts';
import { liveJourneyMarks } from './journey-signals.ts';
import { echoesAmong } from './live-echo.ts';
import type { Wake } from './ports.ts';
import { mayMoveScope } from './scope.ts';
import { associationsHeard, fieldsThatMatter, type LiveStore } from './signal-sources.ts';

/** What a live source came with at once: one delivery, page or frame. */
export interface LiveDelivery {
  readonly system: System;
  readonly source: LiveSource;
  readonly signals: readonly LiveSignal[];
  /** Where the reader stands behind it; stored with the dirty rows. */
  readonly position?: NonNullable<LiveBatch['position']>;
}

/** What became of the signals of a delivery; a signal that concerns two pairs counts by the better. */
export interface LiveTaken {
  /** Became dirty rows. */
  readonly dirty: number;
  /** Told nothing new: the worker's own writes, repetitions, states older than what was seen. */
  readonly known: number;
  /** Of a type, or of fields, that no pair maps. */
  readonly ignored: number;
}

/** What takes live signals: the pairs of this worker, what is known of the sources, and whom to wake. */
export interface LiveIntake {
  readonly pairs: readonly IntakeContext[];
  readonly live: Pick<LiveStore, 'commitLive' | 'writesUnderWay'>;
  readonly wake: Wake;
}

/** Events that are news by themselves, whatever values they carry. */
const speaksForItself: Record<LiveEvent, boolean> = {
  changed: false,
  created: false,
  deleted: true,
  restored: true,
  merged: true,
  erased: true,
  associated: true,
  untold: true,
};

const isGone = (event: LiveEvent): boolean => event === 'deleted' || event === 'erased';

/** The signal in the form of a record of which some fields are known. One without a stamp is never older than what was seen. */
const asRecord = ({ ref, event, stamp, fields }: LiveSignal): ChangedRecord => ({
  ref,
  stamp: stamp ?? Number.MAX_SAFE_INTEGER,
  deleted: isGone(event),
  fields,
});

const newsOf = (pair: PairMapping, signal: LiveSignal, link: Link | undefined): News | null => {
  const record = asRecord(signal);
  const { event } = signal;
  const own = { record, unit: formatRef(signal.ref), link: null };
  // What is kept of a record that is erased goes, whether it is linked or not.
  if (event === 'erased' && (!link || link.ended)) return isErased(link) ? null : own;
  if (!link) return isGone(event) ? null : own;
  // A tombstone stands until its record comes back: then the engine looks what its policy says.
  if (link.ended) {
    const isBack =
      event === 'restored' || event === 'merged' || (!isGone(event) && canRevive(link, signal.ref));
    return isBack || isLifted(link) ? own : null;
  }
  if (followerIn(link, signal.ref)) return own;
  const news = { record, unit: `link:${link.id}`, link };
  if (speaksForItself[event]) return news;
  const form = formOfLink(pair, link);
  // Our own write makes the record newer than an edit of another field that came between our read and it. No other signal tells of that edit:
  // what it says is news by its value alone, and at worst one read finds nothing.
  if (isOutdated(record, link))
    return event === 'changed' && newsIn(form, record, link).length > 0 ? news : null;
  const isNews =
    (signal.unvalued ?? []).length > 0 ||
    isConverted(pair, record) ||
    isFlagged(pair, record) ||
    losesIdentity(pair, record, link) ||
    mayMoveScope(form, record, link) ||
    newsIn(form, record, link).length > 0;
  return isNews ? news : null;
};

/** The part of a signal that concerns this pair: other fields are left out, and a change of none is no signal. */
const partFor = (pair: PairMapping, signal: LiveSignal): LiveSignal | null => {
  const { system } = signal.ref;
  if (!typesOn(pair, system).includes(signal.ref.type)) return null;
  const matter = fieldsThatMatter(formOfRecord(pair, signal.ref), system);
  const fields = Object.fromEntries(Object.entries(signal.fields).filter(([name]) => matter.has(name)));
  const unvalued = (signal.unvalued ?? []).filter((name) => matter.has(name));
  const isAbout = Object.keys(fields).length > 0 || unvalued.length > 0 || signal.event !== 'changed';
  return isAbout ? { ...signal, fields, unvalued } : null;
};

/**
 * Whether what a change event says has to be kept until its record is looked at: a write of ours may have come over it, and Salesforce's history, where there is
 * any, does not tell of every field (sync/crossed.ts). HubSpot's does, and no value of it is kept.
 */
const keepsValues = ({ ref, byUs }: LiveSignal, { link }: News): boolean =>
  ref.system === 'salesforce' && byUs !== true && link !== null;

/** When the fields of a change were changed, by whom, and to what where that could not be asked later. */
const changesToldBy = (signal: LiveSignal, found: News): Pick<DirtyMark, 'changed'> => {
  const { event, fields, unvalued = [], changedAt, by } = signal;
  if (event !== 'changed' || changedAt === undefined) return {};
  const told: ToldChange = { at: changedAt, ...by };
  const isKept = keepsValues(signal, found);
  const names = [...Object.keys(fields), ...unvalued];
  return {
    changed: Object.fromEntries(
      names.map((name) => [
        name,
        isKept && Object.hasOwn(fields, name) ? { ...told, value: fields[name] ?? null } : told,
      ]),
    ),
  };
};

interface PairNews {
  readonly marks: readonly DirtyMark[];
  readonly dirty: ReadonlySet<LiveSignal>;
}

const newsOfPair = async (
  context: IntakeContext,
  live: LiveIntake['live'],
  parts: ReadonlyMap<LiveSignal, LiveSignal>,
  source: LiveSource,
): Promise<PairNews> => {
  const { pair, store } = context;
  const [first] = parts.values();
  if (!first) return { marks: [], dirty: new Set() };
  const { system } = first.ref;
  // Before the links are read: a write that is settled in between shows in their base, one that is not yet shows here.
  const echoes = await echoesAmong(live, pair, [...parts.values()]);
  const ids = [...new Set([...parts.values()].map(({ ref }) => ref.id))];
  const links = await store.linksOf(pair.name, system, ids);
  const news = [...parts].flatMap(([signal, part]) => {
    const found = echoes.has(part) ? null : newsOf(pair, part, links.get(part.ref.id));
    return found ? [{ signal, part, found }] : [];
  });
  const parked = await store.parkedOf(
    pair.name,
    news.map(({ found }) => found.unit),
  );
  const fresh = news.filter(
    ({ part, found }) =>
      part.event !== 'changed' ||
      found.link === null ||
      (part.unvalued ?? []).length > 0 ||
      !isKnownNews(context, found, parked.get(found.unit) ?? []),
  );
  return {
    marks: fresh.map(({ part, found }) => ({
      pair: pair.name,
      ref: part.ref,
      class: isConsent(pair, found) ? 'consent' : 'live',
      stamp: isGone(part.event) ? null : part.stamp,
      cause: `${part.event} in ${system}, told by ${source}`,
      ...changesToldBy(part, found),
      ...(part.event === 'erased' ? { erased: true } : {}),
    })),
    dirty: new Set(fresh.map(({ signal }) => signal)),
  };
};

const heardIn = (parts: readonly LiveSignal[]): LiveBatch['heard'] => {
  const heard = new Map<string, Set<string>>();
  for (const { ref, event, fields, unvalued = [] } of parts) {
    const names = heard.get(ref.type) ?? new Set();
    const isTold =
      event === 'associated' || Object.keys(fields).some((name) => showsAssociation(ref.type, name));
    if (isTold) names.add(associationsHeard);
    for (const name of [...Object.keys(fields), ...unvalued]) names.add(name);
    heard.set(ref.type, names);
  }
  return [...heard].map(([type, names]) => ({ type, fields: [...names] }));
};

/**
 * Takes what a live source told. What is news to a pair becomes dirty rows, committed in one transaction with the reader's position;
 * only then are the pairs woken. Values end here: only reads by id feed a merge. Any order, any number of repetitions and any
 * grouping of the same signals come to the same.
 * @throws UnreachableError while the store is away: nothing was taken then.
 */
export const takeLive = async (intake: LiveIntake, delivery: LiveDelivery): Promise<LiveTaken> => {
  const { system, source, signals, position } = delivery;
  const marks: DirtyMark[] = [];
  const concerned = new Set<LiveSignal>();
  const dirty = new Set<LiveSignal>();
  const heard: LiveSignal[] = [];
  for (const context of intake.pairs) {
    const parts = new Map(
      signals.flatMap((signal): [LiveSignal, LiveSignal][] => {
        const part = partFor(context.pair, signal);
        return part ? [[signal, part]] : [];
      }),
    );
    for (const [signal, part] of parts) {
      concerned.add(signal);
      heard.push(part);
    }
    const news = await newsOfPair(context, intake.live, parts, source);
    marks.push(...news.marks, ...liveJourneyMarks(context.pair, signals, source));
    for (const signal of news.dirty) dirty.add(signal);
  }
  if (heard.length > 0 || marks.length > 0 || position) {
    await intake.live.commitLive({
      system,
      source,
      marks,
      heard: heardIn(heard),
      ...(position ? { position } : {}),
    });
  }
  for (const name of new Set(marks.map(({ pair }) => pair))) intake.wake.wake(name);
  return {
    dirty: dirty.size,
    known: concerned.size - dirty.size,
    ignored: signals.length - concerned.size,
  };
};
