import type { FieldMapping, PairMapping } from '../model/mapping.ts';
import type { FieldHistoryEntry, RecordSnapshot } from '../model/record.ts';
import type { Base, FieldWrite, Link, Parked } from '../model/state.ts';
import { otherSystem, type Sides, type System, systems } from '../model/system.ts';
import type { RawValue } from '../model/value.ts';
import { digestOf } from './digest.ts';
import { type FieldFlow, mayFlowTo, mergeField, viewOf } from './merge.ts';
import type { ChangeTime } from './newest.ts';

/** A pair's mapping and the hash under which refusals were made. */
export interface Mapped {
  readonly pair: PairMapping;
  readonly mappingHash: string;
}

/** Property history of one HubSpot record, by property. */
export type History = Readonly<Record<string, readonly FieldHistoryEntry[]>>;

/** What a look at a link asks for. */
export interface LinkedPlan {
  /** Fields whose base becomes what was read, without a write. */
  readonly settled: Base;
  readonly writes: Sides<readonly FieldWrite[]>;
  /** Values that the codec cannot read, or rules that hold a difference. */
  readonly held: readonly { readonly field: string; readonly rule: string }[];
  /** Parked rows that still stand: the same refused value would be sent again. */
  readonly stillParked: readonly Parked[];
  /** Fields whose conflict the vendor's history could decide: read it and plan again. */
  readonly needsHistory: readonly string[];
}

const timeOf = (
  side: System,
  field: FieldMapping,
  link: Pick<Link, 'base' | 'stamps'>,
  snapshot: RecordSnapshot,
  history: History | undefined,
): ChangeTime => {
  const latest = side === 'hubspot' ? history?.[field.fields.hubspot]?.[0] : undefined;
  if (latest) return { from: latest.at, to: latest.at, clock: 'history' };
  const equalled = link.base[field.name] ? link.stamps[side] : 0;
  const from = Math.min(equalled > 0 ? equalled : snapshot.createdAt, snapshot.stamp);
  return { from, to: snapshot.stamp, clock: 'interval' };
};

const rawOf = (snapshot: Pick<RecordSnapshot, 'fields'>, apiField: string): RawValue | undefined =>
  Object.hasOwn(snapshot.fields, apiField) ? snapshot.fields[apiField] : undefined;

/** Salesforce gives 18 characters and takes 15; the first 15 are the id. */
const sameId = (system: System, value: RawValue | undefined, id: string): boolean =>
  system === 'salesforce' && typeof value === 'string' && value.length >= 15
    ? value.slice(0, 15) === id.slice(0, 15)
    : value === id;

/** The write that puts the other record's id into the identity field, where it is not there yet. */
const identityWrite = (
  pair: PairMapping,
  ids: Sides<string>,
  snapshot: RecordSnapshot,
): FieldWrite | null => {
  const { system } = snapshot.ref;
  const apiField = pair.identity[system];
  const current = rawOf(snapshot, apiField);
  const wanted = ids[otherSystem(system)];
  if (current === undefined || sameId(otherSystem(system), current, wanted)) return null;
  const rule = 'identity';
  const base = { field: 'identity', apiField, sent: wanted, replaced: current, source: wanted };
  return { ...base, rule, clock: null, lost: null };
};

/** What the rows of one side carry, by API name. */
export const rawFieldsOf = (writes: readonly FieldWrite[]): Record<string, RawValue> =>
  Object.fromEntries(writes.map((write) => [write.apiField, write.sent]));

/** Leaves out what was refused before and would be sent again unchanged; the rest is written. */
export const withoutParked = (
  mappingHash: string,
  system: System,
  writes: readonly FieldWrite[],
  parked: readonly Parked[],
): { readonly writes: readonly FieldWrite[]; readonly still: readonly Parked[] } => {
  const still: Parked[] = [];
  const left = writes.filter((write) => {
    const refused = digestOf(mappingHash, { [write.apiField]: write.sent });
    const match = parked.find(
      (row) => row.system === system && row.field === write.field && row.refused === refused,
    );
    if (match) still.push(match);
    return !match;
  });
  const whole = digestOf(mappingHash, rawFieldsOf(left));
  const record = parked.find((row) => row.system === system && row.field === null && row.refused === whole);
  if (!record || left.length === 0) return { writes: left, still };
  return { writes: [], still: [...still, record] };
};

const writeFor = (field: FieldMapping, flow: FieldFlow, values: Sides<RawValue | undefined>): FieldWrite => {
  const replaced = values[flow.target] ?? null;
  return {
    field: field.name,
    apiField: field.fields[flow.target],
    sent: flow.sent,
    replaced,
    source: values[otherSystem(flow.target)] ?? null,
    rule: flow.rule,
    clock: flow.clock,
    lost: flow.overwrites ? replaced : null,
  };
};

/**
 * Plans a link from its base and one look at both sides. Pure: the same inputs give the same plan. A link that is about to begin is
 * planned with an empty base.
 */
export const planLinked = (
  { pair, mappingHash }: Mapped,
  link: Pick<Link, 'ids' | 'base' | 'stamps'>,
  snapshots: Sides<RecordSnapshot>,
  parked: readonly Parked[],
  history?: History,
): LinkedPlan => {
  const settled: Record<string, Sides<RawValue>> = {};
  const writes: { hubspot: FieldWrite[]; salesforce: FieldWrite[] } = { hubspot: [], salesforce: [] };
  const held: { field: string; rule: string }[] = [];
  const needsHistory: string[] = [];
  for (const field of pair.fields) {
    const values = {
      hubspot: rawOf(snapshots.hubspot, field.fields.hubspot),
      salesforce: rawOf(snapshots.salesforce, field.fields.salesforce),
    };
    const times = {
      hubspot: timeOf('hubspot', field, link, snapshots.hubspot, history),
      salesforce: timeOf('salesforce', field, link, snapshots.salesforce, history),
    };
    const decision = mergeField(field, { base: link.base[field.name], values, times });
    if (decision.kind === 'settle') {
      settled[field.name] = { hubspot: values.hubspot ?? null, salesforce: values.salesforce ?? null };
    } else if (decision.kind === 'hold') {
      held.push({ field: field.name, rule: decision.rule });
    } else if (decision.kind === 'flow') {
      if (decision.needsHistory) needsHistory.push(field.name);
      for (const flow of decision.flows) writes[flow.target].push(writeFor(field, flow, values));
    }
  }
  const stillParked: Parked[] = [];
  const left = { hubspot: [] as readonly FieldWrite[], salesforce: [] as readonly FieldWrite[] };
  for (const system of systems) {
    const identity = identityWrite(pair, link.ids, snapshots[system]);
    const all = identity ? [...writes[system], identity] : writes[system];
    const result = withoutParked(mappingHash, system, all, parked);
    left[system] = result.writes;
    stillParked.push(...result.still);
  }
  return { settled, writes: left, held, stillParked, needsHistory };
};

/** What a record without counterpart is created from, or why it is not. */
export type CreatePlan =
  | {
      readonly kind: 'create';
      readonly writes: readonly FieldWrite[];
      readonly stillParked: readonly Parked[];
    }
  | { readonly kind: 'blocked'; readonly stillParked: readonly Parked[] };

/**
 * Plans the counterpart of a record: every filled value that may flow there, and fills where the target requires a value and
 * the source has none, or has one that was refused.
 */
export const planCreate = (
  { pair, mappingHash }: Mapped,
  source: Pick<RecordSnapshot, 'ref' | 'fields'>,
  parked: readonly Parked[],
): CreatePlan => {
  const from = source.ref.system;
  const target = otherSystem(from);
  const writes: FieldWrite[] = [];
  for (const field of pair.fields) {
    const raw = rawOf(source, field.fields[from]);
    if (raw === undefined || !mayFlowTo(field, target)) continue;
    const value = viewOf(field, from, raw);
    const fill = field.fill[target];
    if (value.kind === 'foreign' || (value.kind === 'blank' && fill === undefined)) continue;
    const filled = value.kind === 'blank' && fill !== undefined;
    const sent = filled ? fill : field.codecs[target].encode(value);
    const apiField = field.fields[target];
    const common = { field: field.name, apiField, sent, replaced: null, source: raw };
    writes.push({ ...common, rule: filled ? 'fill' : 'create', clock: null, lost: null });
  }
  const result = withoutParked(mappingHash, target, writes, parked);
  const matchFields = new Set(pair.match.map((rule) => rule.fields[target]));
  const refused = new Set(result.still.map((row) => row.field));
  const fills = writes.flatMap((write): readonly FieldWrite[] => {
    const fill = pair.fields.find((field) => field.name === write.field)?.fill[target];
    return fill === undefined || !refused.has(write.field) ? [] : [{ ...write, sent: fill, rule: 'fill' }];
  });
  const keyParked = result.still.some((row) => {
    const apiField = pair.fields.find((field) => field.name === row.field)?.fields[target];
    return row.field === null || (apiField !== undefined && matchFields.has(apiField));
  });
  if (keyParked || result.writes.length === 0) return { kind: 'blocked', stillParked: result.still };
  return { kind: 'create', writes: [...result.writes, ...fills], stillParked: result.still };
};

/**
 * The base of a link whose counterpart was created: what was sent and what it was computed from; a field that was blank at the source
 * is null at the target. Fields that were not returned or were refused have no base yet.
 */
export const baseOfCreated = (
  pair: PairMapping,
  source: RecordSnapshot,
  writes: readonly FieldWrite[],
): Base => {
  const from = source.ref.system;
  const target = otherSystem(from);
  const base: Record<string, Sides<RawValue>> = {};
  const put = (name: string, own: RawValue, other: RawValue): void => {
    base[name] =
      from === 'hubspot' ? { hubspot: own, salesforce: other } : { hubspot: other, salesforce: own };
  };
  const sent = new Map(writes.map((write) => [write.field, write]));
  for (const field of pair.fields) {
    const write = sent.get(field.name);
    const raw = rawOf(source, field.fields[from]);
    const isBlank = raw !== undefined && viewOf(field, from, raw).kind === 'blank';
    // A fill in place of a refused value settles nothing: the value still waits to be taken.
    if (write && (write.rule !== 'fill' || isBlank)) put(field.name, write.source, write.sent);
    else if (raw !== undefined && isBlank && mayFlowTo(field, target)) {
      put(field.name, raw, null);
    }
  }
  return base;
};

/** The base after writes to one side landed: the written half is what was sent, the other what the plan was computed from. */
export const baseOfWrites = (target: System, writes: readonly FieldWrite[]): Base =>
  Object.fromEntries(
    writes
      .filter((write) => write.field !== 'identity')
      .map((write) => [
        write.field,
        target === 'hubspot'
          ? { hubspot: write.sent, salesforce: write.source }
          : { hubspot: write.source, salesforce: write.sent },
      ]),
  );
