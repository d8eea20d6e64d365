import type { FieldMapping, PairMapping } from '../../../src/model/mapping.ts';
import type { Link } from '../../../src/model/state.ts';
import type { System } from '../../../src/model/system.ts';
import { type RawFields, type RawValue, sameCanonical } from '../../../src/model/value.ts';
import { viewOf } from '../../../src/sync/merge.ts';
import type { Edit, EditLog } from './edit-log.ts';

/** One line of the ledger, parsed. */
export interface LedgerLine {
  readonly system: System;
  readonly record_id: string;
  readonly field: string | null;
  readonly from: RawValue;
  readonly to: RawValue;
  readonly lost: RawValue;
  readonly rule: string;
}

/** What stands in a system at the end. */
export interface RecordsOf {
  readonly records: ReadonlyMap<string, { readonly fields: RawFields; readonly deleted: boolean }>;
}

export interface World {
  readonly pair: PairMapping;
  readonly systems: Readonly<Record<System, RecordsOf>>;
  readonly log: Pick<EditLog, 'edits'>;
  readonly links: readonly Link[];
  readonly ledger: readonly LedgerLine[];
}

/** The last edit by a person of each field of each record. */
const lastEdits = (edits: readonly Edit[]): readonly Edit[] => [
  ...new Map(edits.map((edit) => [`${edit.system} ${edit.id} ${edit.apiField}`, edit])).values(),
];

/**
 * Edits of live, linked records that are neither on their side any more nor accounted for: the ledger must name the value
 * that was replaced, and what replaced it must be a person's value, later on the other side or winner of a conflict.
 */
export const lostEdits = (world: World): readonly string[] =>
  lastEdits(world.log.edits.filter(({ inherited }) => inherited !== true)).flatMap((edit) => {
    const complaint = complaintOf(world, edit);
    return complaint === null
      ? []
      : `edit ${edit.n} of ${edit.apiField} in ${edit.system}:${edit.id} (${JSON.stringify(edit.value)}): ${complaint}`;
  });

const complaintOf = (world: World, edit: Edit): string | null => {
  const { pair, systems, links, ledger } = world;
  const { system, id } = edit;
  const record = systems[system].records.get(id);
  const field = pair.fields.find((each) => each.fields[system] === edit.apiField);
  const link = links.find((each) => each.ids[system] === id);
  if (!record || record.deleted || !field || !link) return null;
  const same = (side: System, a: RawValue, b: RawValue): boolean =>
    sameCanonical(viewOf(field, side, a), viewOf(field, side, b));
  const now = record.fields[edit.apiField] ?? null;
  if (same(system, now, edit.value) || edit.replacedUnseen) return null;
  const line = ledger.findLast(
    (each) =>
      each.system === system &&
      each.record_id === id &&
      each.field === field.name &&
      same(system, each.from, edit.value),
  );
  if (!line) return `replaced by ${JSON.stringify(now)} and the ledger does not name it`;
  const competitors = competitorsOf(world, field, edit, line.to);
  if (competitors.length === 0) return `replaced (${line.rule}) by what nobody else entered`;
  const isOlder = !competitors.some((each) => each.n > edit.n);
  if (line.rule === 'changed-there' && isOlder && !isReturn(world, field, edit)) {
    return `replaced by an older value as if that were a change (${line.rule})`;
  }
  const isConflict = line.rule.startsWith('conflict:');
  if (isConflict && !same(system, line.lost, edit.value))
    return `lost a conflict and was not kept (${line.rule})`;
  return null;
};

/** Edits of other records that entered this value, or of its own counterpart; the ledger has it as it was sent to the edit's side. */
const competitorsOf = ({ log }: World, field: FieldMapping, edit: Edit, value: RawValue): readonly Edit[] =>
  log.edits.filter(
    (each) =>
      each.id !== edit.id &&
      each.apiField === field.fields[each.system] &&
      sameCanonical(viewOf(field, each.system, each.value), viewOf(field, edit.system, value)),
  );

/**
 * A value that had been there before, or blank: if it was so at the last settle, nobody can see that it was changed and changed back. What
 * counts is what it says: a stage between two of the other side's is read as one of them.
 */
const isReturn = ({ log }: World, field: FieldMapping, edit: Edit): boolean => {
  const said = viewOf(field, edit.system, edit.value);
  return (
    said.kind === 'blank' ||
    (edit.was !== undefined && sameCanonical(viewOf(field, edit.system, edit.was), said)) ||
    log.edits.some(
      (each) =>
        each.n < edit.n &&
        each.id === edit.id &&
        each.apiField === edit.apiField &&
        sameCanonical(viewOf(field, edit.system, each.value), said),
    )
  );
};
