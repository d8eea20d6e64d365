import { currencyFieldOf, currencyOf } from '../model/currency.ts';
import type { FieldMapping, PairMapping } from '../model/mapping.ts';
import type { RecordSnapshot } from '../model/record.ts';
import type { Base, BaseEntry, FieldWrite, Link, Parked } from '../model/state.ts';
import { otherSystem, type Sides, type System, systems } from '../model/system.ts';
import type { Canonical, RawValue } from '../model/value.ts';
import { digestOf } from './digest.ts';
import { type Evidence, type Histories, rawOf, stateOf } from './evidence.ts';
import type { FieldDecision } from './flow.ts';
import { isSet, isTextLatch, mergeLatch } from './latch.ts';
import { type FieldState, fieldsEqual, mayFlowTo, mergeField, viewOf } from './merge.ts';
import { mergeGroup } from './merge-group.ts';
import { type LinkedPlan, Planning } from './planning.ts';
import { fieldsOutOfScope, scopeKey, scopeOf } from './scope.ts';
import { isTaken, takenFrom } from './standing.ts';

export type { Histories, History } from './evidence.ts';
export type { LinkedPlan, Withheld } from './planning.ts';

/** A pair's mapping and the hash under which refusals were made. */
export interface Mapped {
  readonly pair: PairMapping;
  readonly mappingHash: string;
}

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
      (row) => row.system === system && row.field === write.field && row.refused === refused && !isTaken(row),
    );
    if (match) still.push(match);
    return !match;
  });
  const whole = digestOf(mappingHash, rawFieldsOf(left));
  const record = parked.find((row) => row.system === system && row.field === null && row.refused === whole);
  if (!record || left.length === 0) return { writes: left, still };
  return { writes: [], still: [...still, record] };
};

/** Amounts in two currencies are two things: neither is the other's new value. One that moves together with its currency is whole. */
const inTwoCurrencies = (
  field: FieldMapping,
  all: readonly FieldMapping[],
  snapshots: Sides<RecordSnapshot>,
): boolean => {
  const { currencyCodes } = field;
  if (!currencyCodes) return false;
  const [left, right] = systems.map((system) => currencyOf(currencyCodes[system], snapshots[system].fields));
  if (left === '' || right === '' || left === right) return false;
  const currency = currencyFieldOf(field, all);
  return currency === undefined || field.group === undefined || currency.group !== field.group;
};

/** Whether a new record would say this amount in another currency than its source: it follows once the record says which it has. */
const isOfOtherCurrency = (
  field: FieldMapping,
  all: readonly FieldMapping[],
  source: Pick<RecordSnapshot, 'ref' | 'fields'>,
): boolean => {
  const { currencyCodes } = field;
  if (!currencyCodes) return false;
  const from = source.ref.system;
  const target = otherSystem(from);
  const currency = currencyFieldOf(field, all);
  if (currency !== undefined && mayFlowTo(currency, target)) return false;
  const own = currencyOf(currencyCodes[from], source.fields);
  return own !== '' && own !== currencyOf(currencyCodes[target], {});
};

/** A person's word that a value be taken holds until its write has landed. */
const takenBy = (
  writes: readonly FieldWrite[],
  system: System,
  parked: readonly Parked[],
): readonly Parked[] =>
  parked.filter(
    (row) =>
      isTaken(row) &&
      row.system === system &&
      writes.some(({ field, rule }) => field === row.field && rule === 'taken'),
  );

/** Every field's decision: fields of a group together, the others each for itself. */
const decide = (
  fields: readonly { readonly field: FieldMapping; readonly state: FieldState }[],
  snapshots: Sides<RecordSnapshot>,
  said: ReadonlyMap<string, Canonical>,
): ReadonlyMap<string, FieldDecision> => {
  const all = fields.map(({ field }) => field);
  const decisions = new Map<string, FieldDecision>();
  const groups = new Map<string, { field: FieldMapping; state: FieldState }[]>();
  for (const { field, state } of fields) {
    if (field.latch) {
      decisions.set(field.name, mergeLatch(field, state, said.get(field.name)));
    } else if (inTwoCurrencies(field, all, snapshots) && fieldsEqual(field, state.values) !== null) {
      decisions.set(field.name, { kind: 'hold', rule: 'other-currency' });
    } else if (field.group === undefined) {
      decisions.set(field.name, mergeField(field, state));
    } else {
      groups.set(field.group, [...(groups.get(field.group) ?? []), { field, state }]);
    }
  }
  for (const group of groups.values()) {
    for (const [name, decision] of mergeGroup(group)) decisions.set(name, decision);
  }
  return decisions;
};

/**
 * Plans a link from its base and one look at both sides. Pure: the same inputs give the same plan. A link that is about to begin is
 * planned with an empty base. `said`: what another record of the person says to latches. `again`: an earlier look
 * at these rows came to no end. `told`: fields whose value is the one that a signal told of last.
 */
export const planLinked = (
  { pair, mappingHash }: Mapped,
  link: Pick<Link, 'ids' | 'base' | 'stamps'>,
  snapshots: Sides<RecordSnapshot>,
  parked: readonly Parked[],
  histories: Histories = {},
  changed: NonNullable<Evidence['changed']> = {},
  said: ReadonlyMap<string, Canonical> = new Map(),
  again = false,
  told: NonNullable<Evidence['told']> = {},
): LinkedPlan => {
  // What stands refused, and whatever a look did not bring to its end, was seen to differ before: when it still equalled its base nobody knows.
  const isApart = (name: string): boolean =>
    again || parked.some(({ field }) => field === null || field === name);
  const evidence: Evidence = { pair, link, snapshots, histories, changed, told, isApart };
  const scope = scopeOf(pair, snapshots);
  const isIn = !scope || systems.every((system) => scope[system]);
  const fields = (isIn ? pair.fields : fieldsOutOfScope(pair)).map((field) => ({
    field,
    state: stateOf(evidence, field, takenFrom(mappingHash, field, snapshots, parked)),
  }));
  const decisions = decide(fields, snapshots, said);
  const planning = new Planning(mappingHash, parked);
  for (const { field, state } of fields) {
    planning.take(field, state, decisions.get(field.name) ?? { kind: 'skip' });
  }
  const { settled, held, beside, stopped, needsHistory } = planning;
  const known = link.base[scopeKey];
  if (scope && systems.some((system) => known?.[system] !== scope[system])) settled[scopeKey] = scope;
  const stillParked = [...planning.stillParked];
  const writes = { hubspot: [] as readonly FieldWrite[], salesforce: [] as readonly FieldWrite[] };
  for (const system of systems) {
    const identity = identityWrite(pair, link.ids, snapshots[system]);
    const all = identity ? [...planning.writes[system], identity] : planning.writes[system];
    const result = withoutParked(mappingHash, system, all, parked);
    writes[system] = result.writes;
    stillParked.push(...result.still, ...takenBy(result.writes, system, parked));
  }
  return { settled, writes, held, beside, stopped, stillParked, needsHistory };
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
  // Ties lead to a record that is there: they follow with the next look.
  for (const field of pair.fields.filter(({ ties }) => ties === undefined)) {
    const raw = rawOf(source, field.fields[from]);
    if (raw === undefined || !mayFlowTo(field, target)) continue;
    if (isOfOtherCurrency(field, pair.fields, source)) continue;
    const value = viewOf(field, from, raw);
    const fill = field.fill[target];
    // A new record says no by itself: Tandem never does.
    if (field.latch && (!isSet(value) || isTextLatch(field))) continue;
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
    if (
      field.latch &&
      !isTextLatch(field) &&
      !write &&
      raw !== undefined &&
      !isSet(viewOf(field, from, raw))
    ) {
      put(field.name, raw, target === 'salesforce' ? false : null);
      continue;
    }
    // A fill in place of a refused value settles nothing: the value still waits to be taken.
    if (write && (write.rule !== 'fill' || isBlank)) put(field.name, write.source, write.sent);
    else if (raw !== undefined && isBlank && mayFlowTo(field, target)) {
      put(field.name, raw, null);
    }
  }
  return base;
};

/**
 * The base after writes to one side landed: the written half is what was sent, the other what the plan was computed from. What was
 * replaced is remembered, so that a target that does not keep the value is recognised.
 */
export const baseOfWrites = (target: System, writes: readonly FieldWrite[]): Base =>
  Object.fromEntries(
    writes
      .filter((write) => write.field !== 'identity' && (!write.restores || write.leaves))
      .map(({ field, sent, source, replaced, flips, read, leaves }): [string, BaseEntry] => {
        if (leaves) return [field, leaves];
        const flipped = { flips: flips?.count ?? 0, since: flips?.since ?? 0 };
        const wrote = { to: target, over: replaced, ...flipped, ...(read ? { read } : {}) };
        return [
          field,
          target === 'hubspot'
            ? { hubspot: sent, salesforce: source, wrote }
            : { hubspot: source, salesforce: sent, wrote },
        ];
      }),
  );
