import { listedIn } from '../model/additional-keys.ts';
import {
  apiFieldsOf,
  breakerDefaults,
  type FieldMapping,
  isPrimaryAssociation,
  type PairMapping,
  type SourceRanks,
} from '../model/mapping.ts';
import type { FieldHistoryEntry, RecordSnapshot, ValueSource } from '../model/record.ts';
import type { BaseEntry, Link, ToldChange, ToldChanges } from '../model/state.ts';
import { bothSides, otherSystem, type Sides, type System, systems } from '../model/system.ts';
import { type RawValue, sameCanonical } from '../model/value.ts';
import { type FieldState, sameRaw, type Voice } from './merge-view.ts';
import type { ChangeTime } from './newest.ts';
import { canBeLow, classOf, ranksMatter, unknownVoice, voiceOf } from './source-rank.ts';

/** Property or field history of one record, by API name, newest first. */
export type History = Readonly<Record<string, readonly FieldHistoryEntry[]>>;

/** The histories of a link's records; a side that is not there was not asked. One that was asked and tells nothing is empty. */
export type Histories = Partial<Sides<History>>;

/** What is known of one link when its fields are merged. */
export interface Evidence {
  readonly pair: Pick<PairMapping, 'sources' | 'breakers'> & Partial<Pick<PairMapping, 'match'>>;
  readonly link: Pick<Link, 'base' | 'stamps'>;
  /** Fields, by the mapping's names, that may have differed from their base at the last look already: it left them as they were. */
  readonly isApart?: (field: string) => boolean;
  readonly snapshots: Sides<RecordSnapshot>;
  readonly histories: Histories;
  /** What live signals said of changes. */
  readonly changed?: Partial<Sides<ToldChanges>>;
  /** Fields, by the mapping's names, whose value is the one that was told of last, although the record was changed since. */
  readonly told?: Partial<Sides<ReadonlySet<string>>>;
}

/** A record's value of a field; undefined where it was not returned. */
export const rawOf = (snapshot: Pick<RecordSnapshot, 'fields'>, apiField: string): RawValue | undefined =>
  Object.hasOwn(snapshot.fields, apiField) ? snapshot.fields[apiField] : undefined;

const entriesOf = (
  { histories }: Evidence,
  field: FieldMapping,
  system: System,
): readonly FieldHistoryEntry[] => histories[system]?.[field.fields[system]] ?? [];

/** Commit times and stamps are whole seconds. */
const stampResolutionMs = 1_000;

/** The change of a field that signals told of last. */
export const toldOf = (
  own: ToldChanges | undefined,
  field: FieldMapping,
  system: System,
): ToldChange | undefined => {
  if (!own) return undefined;
  const told = apiFieldsOf(field, system).flatMap((name) =>
    Object.hasOwn(own, name) ? (own[name] ?? []) : [],
  );
  return told.reduce<ToldChange | undefined>(
    (last, each) => (last && last.at >= each.at ? last : each),
    undefined,
  );
};

/** The newest change of the record is the one that was told of, so the value that was read is its value. */
const isOfTheRead = (
  { snapshots, told: known }: Evidence,
  field: FieldMapping,
  system: System,
  told: ToldChange,
): boolean =>
  snapshots[system].stamp - told.at <= stampResolutionMs || known?.[system]?.has(field.name) === true;

/** The entry that gave a field its present value. What we put back after a late write of ours is as old as when somebody entered it. */
const entryOfValue = (
  evidence: Evidence,
  field: FieldMapping,
  system: System,
): FieldHistoryEntry | undefined => {
  const entries = entriesOf(evidence, field, system);
  const [latest] = entries;
  if (!latest?.byUs || evidence.link.base[field.name]?.late?.to !== system) return latest;
  const value = rawOf(evidence.snapshots[system], field.fields[system]) ?? null;
  return entries.find((entry) => !entry.byUs && holds(field, system, entry, value)) ?? latest;
};

const timeOf = (evidence: Evidence, field: FieldMapping, system: System): ChangeTime => {
  const { link, snapshots } = evidence;
  const snapshot = snapshots[system];
  const told = toldOf(evidence.changed?.[system], field, system);
  const toldAt = told?.at;
  if (told && isOfTheRead(evidence, field, system, told))
    return { from: told.at, to: told.at, clock: 'event' };
  const latest = entryOfValue(evidence, field, system);
  if (latest) return { from: latest.at, to: latest.at, clock: 'history' };
  const equalled = link.base[field.name] && !evidence.isApart?.(field.name) ? link.stamps[system] : 0;
  const from = Math.min(equalled > 0 ? equalled : snapshot.createdAt, snapshot.stamp);
  return { from: Math.max(from, toldAt ?? from), to: snapshot.stamp, clock: 'interval' };
};

const holds = (field: FieldMapping, system: System, entry: FieldHistoryEntry, raw: RawValue): boolean =>
  entry.value !== undefined && sameRaw(field, system, entry.value, raw);

/** Who entered the value that was read, as the signal of its change said. A vendor's own history needs no call where it did. */
const toldSource = (evidence: Evidence, field: FieldMapping, system: System): ValueSource | null => {
  const told = toldOf(evidence.changed?.[system], field, system);
  if (told?.source === undefined || !isOfTheRead(evidence, field, system, told)) return null;
  const { source, sourceId } = told;
  return sourceId === undefined ? { source } : { source, sourceId };
};

/**
 * Whose word the present value of a side is. A value that Tandem wrote is the other side's: there the history tells who entered what
 * was settled. A system: its history, which was not asked, could tell.
 */
const voiceIn = (
  evidence: Evidence,
  field: FieldMapping,
  values: FieldState['values'],
  system: System,
  sources: SourceRanks,
): Voice | System => {
  const { histories, link } = evidence;
  const base = link.base[field.name];
  const isSettled = base !== undefined && sameRaw(field, system, base[system], values[system] ?? null);
  const by = isSettled ? null : toldSource(evidence, field, system);
  if (by) return voiceOf(sources, system, by);
  if (histories[system] === undefined && canBeLow(sources, system)) return system;
  const [latest] = entriesOf(evidence, field, system);
  if (latest && !latest.byUs) return voiceOf(sources, system, latest);
  if (!isSettled) return unknownVoice(sources);
  const other = otherSystem(system);
  if (histories[other] === undefined) return canBeLow(sources, other) ? other : unknownVoice(sources);
  const origin = entriesOf(evidence, field, other).find((entry) => holds(field, other, entry, base[other]));
  return origin && !origin.byUs ? voiceOf(sources, other, origin) : unknownVoice(sources);
};

/**
 * Whether nobody but Tandem touched a side since Tandem's last write of this field. Salesforce names the last modifier, HubSpot's
 * history would show the value that it took; null: HubSpot was not asked.
 */
const isUntouched = (
  evidence: Evidence,
  field: FieldMapping,
  base: BaseEntry,
  system: System,
): boolean | null => {
  // Nobody tells who made or ended a tie: whoever brings the one before back has changed it.
  if (base.wrote?.to !== system || field.ties) return false;
  // Salesforce's last modifier may be Tandem for another field's sake, written after a person took this one back.
  if (base.wrote.kept) return false;
  // An association that HubSpot takes is there, and the history of the property that shows it does not tell who made it: whoever brings
  // the one before back has changed it.
  if (system === 'hubspot' && isPrimaryAssociation(evidence.snapshots.hubspot.ref.type, field)) return false;
  const { lastModifiedByUs } = evidence.snapshots[system];
  if (lastModifiedByUs !== null) return lastModifiedByUs;
  if (evidence.histories[system] === undefined) return null;
  const entries = entriesOf(evidence, field, system);
  const [latest] = entries;
  if (!latest || !holds(field, system, latest, base.wrote.over)) return false;
  return !entries.some((entry) => entry.byUs && holds(field, system, entry, base[system]));
};

/** Whether a person entered one of the values between which a field flips. Only HubSpot's history tells a person from an app. */
const isPersonInvolved = (evidence: Evidence, field: FieldMapping, sinceMs: number): boolean | null => {
  if (evidence.histories.hubspot === undefined) return null;
  const ranks = evidence.pair.sources ?? {
    rank: { person: 0, app: 0, form: 0, enrichment: 0, import: 0 },
    known: {},
  };
  return entriesOf(evidence, field, 'hubspot').some(
    (entry) => !entry.byUs && entry.at >= sinceMs && classOf(ranks, 'hubspot', entry) === 'person',
  );
};

/** The side whose record has the other's value of a match key too, among its further ones. */
const knowerOf = (
  { pair, snapshots }: Evidence,
  field: FieldMapping,
  values: FieldState['values'],
): System | undefined => {
  const rule = pair.match?.find(({ fields }) =>
    systems.every((system) => fields[system] === field.fields[system]),
  );
  return systems.find((system) => {
    const other = field.codecs[otherSystem(system)].decode(values[otherSystem(system)] ?? null);
    const listed = rule?.more?.[system] ? listedIn(snapshots[system].fields[rule.more[system]]) : [];
    return (
      other.kind === 'value' && listed.some((text) => sameCanonical(field.codecs[system].decode(text), other))
    );
  });
};

/** What a field's merge is decided from. Pure. */
export const stateOf = (evidence: Evidence, field: FieldMapping, taken: System | undefined): FieldState => {
  const { pair, link, snapshots } = evidence;
  const { sources } = pair;
  const base = link.base[field.name];
  const values = bothSides((system) => rawOf(snapshots[system], field.fields[system]));
  const { flap } = pair.breakers ?? breakerDefaults;
  const knower = base ? undefined : knowerOf(evidence, field, values);
  return {
    base,
    values,
    times: bothSides((system) => timeOf(evidence, field, system)),
    ...(ranksMatter(sources)
      ? { voices: bothSides((system) => voiceIn(evidence, field, values, system, sources)) }
      : {}),
    ...(base?.wrote
      ? {
          untouched: bothSides((system) => isUntouched(evidence, field, base, system)),
          flapping: {
            flips: flap.flips,
            windowMs: flap.minutes * 60_000,
            person: isPersonInvolved(evidence, field, base.wrote.since),
          },
        }
      : {}),
    ...(taken ? { taken } : {}),
    ...(knower ? { knower } : {}),
  };
};
