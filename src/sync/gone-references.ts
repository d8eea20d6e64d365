import type { WorkClass } from '../model/budget.ts';
import { type FieldMapping, ownerReference } from '../model/mapping.ts';
import type { RecordSnapshot } from '../model/record.ts';
import type { DirtyMark, Link } from '../model/state.ts';
import { type Sides, type System, systems } from '../model/system.ts';
import type { RawValue } from '../model/value.ts';
import { contextFor, type EngineContext } from './engine.ts';
import { rawOf } from './evidence.ts';
import { deletedIn } from './identity.ts';
import type { EngineStore } from './ports.ts';

/** A reference that a side shows empty because the record that it led to is gone: that is nobody's word. `value` is its half of the base. */
export interface GoneReference {
  readonly field: FieldMapping;
  readonly system: System;
  readonly value: RawValue;
}

/** What both sides of a link hold, as far as references need it. */
export interface Referring {
  readonly link: Pick<Link, 'base'>;
  readonly snapshots: Sides<Pick<RecordSnapshot, 'fields'>>;
}

interface Emptied<T> extends GoneReference {
  readonly item: T;
  /** The pair referred to, and the record's id there. */
  readonly of: string;
  readonly id: string;
}

const isBlank = (value: RawValue | undefined): boolean => value === null || value === '';

/** The references of a link to records of other pairs that are empty on a side, and were not when they were settled. */
const emptiedOf = <T extends Referring>(fields: readonly FieldMapping[], item: T): readonly Emptied<T>[] =>
  fields.flatMap((field) => {
    const of = field.reference?.of;
    const base = item.link.base[field.name];
    if (of === undefined || of === ownerReference || base === undefined) return [];
    return systems.flatMap((system): Emptied<T>[] => {
      const value = base[system];
      const now = rawOf(item.snapshots[system], field.fields[system]);
      if (!isBlank(now) || isBlank(value)) return [];
      return [{ item, field, system, value, of, id: String(value) }];
    });
  });

/**
 * The references of a link that HubSpot shows to another record than when they were settled. Merging two companies gives what is left of them an id
 * of its own, and takes what refers to either along.
 */
const redirectedOf = <T extends Referring>(fields: readonly FieldMapping[], item: T): readonly Emptied<T>[] =>
  fields.flatMap((field): Emptied<T>[] => {
    const of = field.reference?.of;
    const value = item.link.base[field.name]?.hubspot;
    const now = rawOf(item.snapshots.hubspot, field.fields.hubspot);
    if (of === undefined || of === ownerReference || value === undefined || now === undefined) return [];
    if (isBlank(now) || isBlank(value) || String(now) === String(value)) return [];
    return [{ item, field, system: 'hubspot', value: now, of, id: String(value) }];
  });

/** Links of the records that these references led to, by pair, system and id. */
const linksOfAll = async <T>(
  store: Pick<EngineStore, 'linksOf'>,
  emptied: readonly Emptied<T>[],
): Promise<(each: Emptied<T>) => Link | undefined> => {
  const found = new Map<string, ReadonlyMap<string, Link>>();
  for (const { of, system } of emptied) {
    const key = `${of} ${system}`;
    if (found.has(key)) continue;
    const own = emptied.filter((each) => each.of === of && each.system === system);
    found.set(key, await store.linksOf(of, system, [...new Set(own.map(({ id }) => id))]));
  }
  return ({ of, system, id }) => found.get(`${of} ${system}`)?.get(id);
};

const isTombstone = (link: Link | undefined, system: System): boolean =>
  link?.ended?.cause === deletedIn(system);

/** As far as the store knows: references to records whose link ended with their deletion. Makes no call. */
export const knownGone = async <T extends Referring>(
  { pair, store }: { readonly pair: EngineContext['pair']; readonly store: Pick<EngineStore, 'linksOf'> },
  items: readonly T[],
): Promise<ReadonlyMap<T, readonly GoneReference[]>> => {
  const emptied = items.flatMap((item) => emptiedOf(pair.fields, item));
  const linkOf = await linksOfAll(store, emptied);
  const gone = emptied.filter((each) => isTombstone(linkOf(each), each.system));
  return Map.groupBy(gone, ({ item }) => item);
};

/** References that say something else since what they led to is gone, and records that are to be looked at because of it. */
export interface Gone<T> {
  readonly references: ReadonlyMap<T, readonly GoneReference[]>;
  /** References that lead to the survivor of a merge, `value`, since that: nobody has put anybody elsewhere. */
  readonly merged: ReadonlyMap<T, readonly GoneReference[]>;
  readonly marks: ReadonlyMap<T, readonly DirtyMark[]>;
}

/**
 * A system shows the reference to a record that was archived or deleted as empty, at once and on all records that had it. Taken for somebody's
 * word it would empty the other side's: the contacts of an archived company would lose their account. Whether the record is there still is asked
 * by id, since its own signal may come later than theirs; of one that is not there the base stays. A merge in HubSpot is as little a word on who
 * belongs where: until both accounts are known to be one company, its people would be moved from one to the other.
 * @throws CallFailed
 */
export const goneReferences = async <T extends Referring>(
  context: EngineContext,
  items: readonly T[],
  workClass: WorkClass,
): Promise<Gone<T>> => {
  const { pair, store, systems: connected } = context;
  const emptied = items.flatMap((item) => emptiedOf(pair.fields, item));
  const redirected = new Set(items.flatMap((item) => redirectedOf(pair.fields, item)));
  const all = [...emptied, ...redirected];
  const linkOf = await linksOfAll(store, all);
  const isGone = new Set(emptied.filter((each) => isTombstone(linkOf(each), each.system)));
  const merged: Emptied<T>[] = [];
  const open = Map.groupBy(
    all.filter((each) => !isGone.has(each) && linkOf(each)?.types !== undefined),
    (each) => `${each.system} ${linkOf(each)?.types?.[each.system]}`,
  );
  const marks: { readonly item: T; readonly mark: DirtyMark }[] = [];
  for (const own of open.values()) {
    const [first] = own;
    const type = first && linkOf(first)?.types?.[first.system];
    if (!first || type === undefined) continue;
    const { system } = first;
    const ids = [...new Set(own.map(({ id }) => id))];
    const fates = await connected[system].fates(type, ids, contextFor(context, workClass, 'read'));
    for (const each of own) {
      const fate = fates.get(each.id) ?? { kind: 'unknown' };
      if (redirected.has(each)) {
        if (fate.kind === 'mergedInto' && fate.id === String(each.value)) merged.push(each);
        continue;
      }
      if (fate.kind === 'alive') continue;
      isGone.add(each);
      const ref = { system, type, id: each.id };
      const mark = {
        pair: each.of,
        ref,
        class: workClass,
        stamp: null,
        cause: 'what refers to it shows nobody',
      };
      marks.push({ item: each.item, mark });
    }
  }
  const byItem = Map.groupBy(marks, ({ item }) => item);
  return {
    references: Map.groupBy(isGone, ({ item }) => item),
    merged: Map.groupBy(merged, ({ item }) => item),
    marks: new Map([...byItem].map(([item, own]) => [item, own.map(({ mark }) => mark)])),
  };
};

/** What both sides hold, a reference whose record is gone as it was. */
export const withGone = <S extends Pick<RecordSnapshot, 'fields'>>(
  snapshots: Sides<S>,
  gone: readonly GoneReference[],
): Sides<S> => {
  const patched = { ...snapshots };
  for (const { field, system, value } of gone) {
    const { fields } = patched[system];
    patched[system] = { ...patched[system], fields: { ...fields, [field.fields[system]]: value } };
  }
  return patched;
};
