import type { FieldMapping } from '../model/mapping.ts';
import type { FieldHistoryEntry, RecordSnapshot } from '../model/record.ts';
import type { BaseEntry, FieldWrite, LastWrite, ToldChange } from '../model/state.ts';
import { bothSides, otherSystem, type System } from '../model/system.ts';
import type { RawValue } from '../model/value.ts';
import { signalBelievedMs } from './backoff.ts';
import { moveBase, type Overwritten } from './draft.ts';
import { rawOf, toldOf } from './evidence.ts';
import type { Looked } from './linked.ts';
import { sameRaw, viewOf } from './merge-view.ts';
import { overtakenEdit } from './overtaken.ts';
import { canTell } from './unsettled.ts';

/*
 * Between a read and its write somebody edits what is written, and no batch API of either vendor is conditional. What stands there afterwards
 * is ours and equals its base: nothing but a signal tells that there was an edit. HubSpot's history then says which; Salesforce's event
 * said it itself.
 */

/** What the ledger says of an edit that a write of ours came over. */
export const crossedRule = 'crossed';

/** A field that shows our last write, and that somebody was told to have changed after the read which that write was decided from. */
export interface CrossedSuspect {
  readonly field: FieldMapping;
  readonly system: System;
  readonly sent: RawValue;
  readonly crossed: { readonly base: BaseEntry; readonly wrote: LastWrite; readonly told: ToldChange };
}

/** An edit that a write of ours came over, as its signal tells. */
interface ToldEdit {
  readonly value: RawValue;
  /** Whether nobody but Tandem can have made the record what it is since. */
  readonly isSure: boolean;
}

/**
 * What a signal says that somebody entered between a read and the write that was decided from it; undefined where it does not say so. Who types
 * another value over ours and takes it back before any look makes the same signals: then the record was not last modified by us.
 */
export const toldEdit = (
  field: FieldMapping,
  system: System,
  { sent, replaced, read }: Pick<FieldWrite, 'sent' | 'replaced' | 'read'>,
  told: ToldChange | undefined,
  { lastModifiedByUs }: Pick<RecordSnapshot, 'lastModifiedByUs'>,
): ToldEdit | undefined => {
  if (told?.value === undefined || read === undefined) return undefined;
  const { at, value } = told;
  // Stamps are whole seconds here: one of the read's own second may be in it, or after it.
  if (at < read.stamp || at > read.at + signalBelievedMs) return undefined;
  if (sameRaw(field, system, value, sent) || sameRaw(field, system, value, replaced)) return undefined;
  return { value, isSure: at > read.stamp && lastModifiedByUs !== false };
};

/** What a live signal told of a field of the record that a link has on this side. */
export const toldIn = (
  { draft, link }: Pick<Looked, 'draft' | 'link'>,
  field: FieldMapping,
  system: System,
): ToldChange | undefined => {
  const row = draft.unit.dirty.find(({ ref }) => ref.system === system && ref.id === link.ids[system]);
  return toldOf(row?.changed, field, system);
};

/** Whether a signal without its value is worth asking the history: where every history is kept, it tells for sure. */
const isAskedFor = (
  { value, at }: ToldChange,
  { read }: LastWrite,
  { lastModifiedByUs }: RecordSnapshot,
): boolean => value === undefined && lastModifiedByUs === null && read !== undefined && at > read.stamp;

/** The suspect of a field, where a look shows it as our last write left it and a signal tells of an edit before that. */
export const crossedSuspect = (
  look: Looked,
  field: FieldMapping,
  system: System,
): CrossedSuspect | undefined => {
  const { draft, link, snapshots } = look;
  const base = draft.base[field.name] ?? link.base[field.name];
  const told = toldIn(look, field, system);
  const { wrote } = base ?? {};
  if (!base || !told || wrote?.to !== system || wrote.read === undefined || !canTell(field)) return undefined;
  const present = rawOf(snapshots[system], field.fields[system]);
  const sent = base[system];
  if (present === undefined || !sameRaw(field, system, present, sent)) return undefined;
  const write = { sent, replaced: wrote.over, read: wrote.read };
  const isTold = toldEdit(field, system, write, told, snapshots[system]) !== undefined;
  return isTold || isAskedFor(told, wrote, snapshots[system])
    ? { field, system, sent, crossed: { base, wrote, told } }
    : undefined;
};

/** What somebody had entered before our write, by the history; undefined where that tells nothing of the kind. */
const editBefore = (
  { field, system, sent, crossed }: CrossedSuspect,
  entries: readonly FieldHistoryEntry[],
): RawValue | undefined =>
  entries[1]?.byUs
    ? undefined
    : overtakenEdit(field, system, { sent, replaced: crossed.wrote.over }, entries);

/**
 * What the write was decided from, as far as it is still known: our target as it was read, and the other side as it was while both agreed.
 * The edit is a change over it, and so is what our write passed on: the field's rule settles the two.
 */
const decidedFrom = ({ field, system, crossed: { base, wrote } }: CrossedSuspect): BaseEntry => {
  const other = otherSystem(system);
  const before = viewOf(field, system, wrote.over);
  const there = before.kind === 'foreign' ? base[other] : field.codecs[other].encode(before);
  return bothSides((side) => (side === system ? wrote.over : there));
};

/** The edit that was crossed, as its history or else its signal tells; null: there was none. `isSure`: nothing else can explain it. */
export const crossedEdit = (
  suspect: CrossedSuspect,
  { snapshots }: Looked,
  entries: readonly FieldHistoryEntry[],
): { readonly overwritten: Overwritten; readonly isSure: boolean } | null => {
  const { field, system, sent, crossed } = suspect;
  const write = {
    sent,
    replaced: crossed.wrote.over,
    ...(crossed.wrote.read && { read: crossed.wrote.read }),
  };
  const value = entries.length > 0 ? editBefore(suspect, entries) : undefined;
  const edit =
    entries.length > 0
      ? value !== undefined && { value, isSure: true }
      : toldEdit(field, system, write, crossed.told, snapshots[system]);
  if (!edit) return null;
  const actual = rawOf(snapshots[system], field.fields[system]) ?? null;
  const leaves = decidedFrom(suspect);
  return {
    overwritten: { field, system, value: edit.value, actual, crossed: { leaves } },
    isSure: edit.isSure,
  };
};

/**
 * An edit that a write replaced, or that somebody took back themselves: nobody can say which. What stands there stays, and the ledger has the
 * edit, from where it can be restored; the base knows of it from now on.
 */
export const noteCrossed = (
  pair: string,
  { draft, link, snapshots }: Looked,
  { field, system, value, actual }: Overwritten,
): void => {
  const base = draft.base[field.name] ?? link.base[field.name];
  if (base?.wrote) moveBase(draft, { [field.name]: { ...base, wrote: { ...base.wrote, over: value } } });
  const cause = draft.unit.dirty.map((row) => row.cause).join(', ');
  draft.ledger.push({
    pair,
    event: 'write',
    target: snapshots[system].ref,
    field: field.name,
    from: value,
    to: actual,
    cause: `${cause}; entered between a read and a write`,
    rule: crossedRule,
    clock: 'event',
    lost: value,
    changedAt: null,
  });
};
