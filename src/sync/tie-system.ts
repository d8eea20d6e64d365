import type { CallContext } from '../model/budget.ts';
import { formsOf, tieFields } from '../model/mapping.ts';
import { passOn } from '../model/pass-on.ts';
import type { RecordRef, System } from '../model/system.ts';
import type { TieChange } from '../model/tie.ts';
import { parseTies, type TiedRecord } from '../model/tie-text.ts';
import type { RawFields, RawValue } from '../model/value.ts';
import type { WriteOutcome, WriteRow } from '../model/write.ts';
import type { RecordSystem } from './ports.ts';
import { outcomeWithTie } from './tie-outcome.ts';
import { readTieValues, type TieField, type TieParts, tieFieldsOf } from './tie-values.ts';
import { writeSome } from './write-some.ts';

/** The people of a value by their id in this system, with the role and mark that the mapping knows. */
const peopleOf = (field: TieField, system: System, raw: RawValue): ReadonlyMap<string, TiedRecord> => {
  const codec = field.codecs[system];
  const value = codec.decode(raw);
  // Decoded and encoded: what the mapping does not list is neither added nor taken away.
  const known = value.kind === 'value' ? parseTies(codec.encode(value)) : [];
  return new Map(known.map((person) => [person.id, person]));
};

/** The labels that a role can have in this system: all but the new one give way to it. */
const roleLabels = ({ ties }: TieField, system: System): readonly string[] => [
  ...new Set(system === 'hubspot' ? Object.keys(ties.roles) : Object.values(ties.roles)),
];

/** Somebody's role and mark as a change of their tie. HubSpot has a label for the mark. */
const relabel = (
  field: TieField,
  system: System,
  from: RecordRef,
  { id, labels, primary }: TiedRecord,
  was: TiedRecord | undefined,
): TieChange => {
  const { primary: mark, types } = field.ties;
  const to: RecordRef = { system, type: types[system], id };
  const isNewRole = was === undefined || was.labels.join() !== labels.join();
  const gone = isNewRole ? roleLabels(field, system).filter((label) => !labels.includes(label)) : [];
  const change = { op: 'relabel', from, to, add: isNewRole ? labels : [], remove: gone } as const;
  if (mark === null) return change;
  if (system === 'salesforce') return { ...change, primary };
  return primary
    ? { ...change, add: [...change.add, mark] }
    : { ...change, remove: [...change.remove, mark] };
};

/** What leads from the ties that were read to those that are sent. What somebody did in between is not touched. */
const changesOf = (
  field: TieField,
  system: System,
  from: RecordRef,
  was: RawValue,
  sent: RawValue,
): readonly TieChange[] => {
  const [before, after] = [peopleOf(field, system, was), peopleOf(field, system, sent)];
  const ended = [...before.keys()].filter((id) => !after.has(id));
  return [
    ...ended.map(
      (id): TieChange => ({ op: 'untie', from, to: { system, type: field.ties.types[system], id } }),
    ),
    ...[...after.values()].flatMap((person): readonly TieChange[] => {
      const old = before.get(person.id);
      const isSame = old && old.labels.join() === person.labels.join() && old.primary === person.primary;
      return isSame ? [] : [relabel(field, system, from, person, old)];
    }),
  ];
};

const withoutNames = (fields: RawFields, names: ReadonlySet<string>): RawFields =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !names.has(name)));

interface Sent {
  readonly index: number;
  readonly name: string;
  readonly change: TieChange;
}

/** Writes rows of which some fields are ties: what the record itself has first, then the ties of the rows that landed. */
const writeRows = async (
  inner: RecordSystem,
  parts: TieParts,
  type: string,
  rows: readonly WriteRow[],
  context: CallContext,
): Promise<readonly WriteOutcome[]> => {
  const { system, writeTies } = inner;
  const fields = tieFieldsOf(parts.pair, system, type);
  const names = new Set(fields.map((field) => field.fields[system]));
  if (!rows.some((row) => Object.keys(row.fields).some((name) => names.has(name)))) {
    return inner.writeMany(type, rows, context);
  }
  const plain = rows.map((row): WriteRow => ({ ...row, fields: withoutNames(row.fields, names) }));
  const going = plain.flatMap((row, index) =>
    row.op === 'update' && Object.keys(row.fields).length === 0 ? [] : [{ row, index }],
  );
  const outcomes = await writeSome(inner, type, rows, going, context);
  const changes = rows.flatMap((row, index): readonly Sent[] => {
    if (row.op !== 'update' || outcomes[index]?.kind !== 'landed') return [];
    const from: RecordRef = { system, type, id: row.id };
    return fields.flatMap((field) => {
      const name = field.fields[system];
      if (!Object.hasOwn(row.fields, name)) return [];
      const was = row.was?.[name] ?? null;
      return changesOf(field, system, from, was, row.fields[name] ?? null).map((change) => ({
        index,
        name,
        change,
      }));
    });
  });
  if (changes.length === 0 || !writeTies) return outcomes;
  const ties = await inner.writeTies?.(
    changes.map(({ change }) => change),
    context,
  );
  for (const [at, { index, name }] of changes.entries()) {
    const own = outcomes[index];
    const tie = ties?.[at] ?? { kind: 'unknown', cause: 'no outcome for a tie' };
    if (own) outcomes[index] = outcomeWithTie(own, tie, name);
  }
  return outcomes;
};

/**
 * A system as the engine of a pair with ties sees it: who is tied to a record is a field of it, read beside the record and written as a
 * difference of ties. Reads by id and listings have it; what changed and lookups do not, so that it is missing there, and not blank. A system
 * that cannot write ties (a rehearsal) shows what it was sent.
 */
export const withTies = (inner: RecordSystem, parts: TieParts): RecordSystem => {
  const { system } = inner;
  const { pair, store } = parts;
  if (formsOf(pair).every((form) => tieFields(form).length === 0)) return inner;
  const rehearsed = new Map<string, RawFields>();
  const seeing: TieParts = { ...parts, unseen: new Set() };
  const namesOf = (type: string): ReadonlySet<string> =>
    new Set(tieFieldsOf(pair, system, type).map((field) => field.fields[system]));
  const less = (type: string, fields: readonly string[]): readonly string[] => {
    const names = namesOf(type);
    return fields.filter((name) => !names.has(name));
  };
  const askedOf = (type: string, fields: readonly string[]): readonly TieField[] =>
    tieFieldsOf(pair, system, type).filter((field) => fields.includes(field.fields[system]));
  const valuesOf = async (
    type: string,
    fields: readonly TieField[],
    ids: readonly string[],
    context: CallContext,
  ): Promise<ReadonlyMap<string, RawFields>> => {
    const { values, awaited } = await readTieValues(inner, seeing, fields, type, ids, context);
    const seen = [...values].filter(([, own]) => Object.keys(own).length > 0);
    const whole = seen.map(([id]): RecordRef => ({ system, type, id }));
    if (whole.length > 0) await store.awaitLinks?.(awaited, whole);
    return new Map([...values].map(([id, own]) => [id, { ...own, ...rehearsed.get(`${type} ${id}`) }]));
  };
  const withValues = async <
    R extends { readonly ref: RecordRef; readonly deleted: boolean; readonly fields: RawFields },
  >(
    type: string,
    fields: readonly string[],
    records: readonly R[],
    context: CallContext,
  ): Promise<readonly R[]> => {
    const asked = askedOf(type, fields);
    const ids = records.filter(({ deleted }) => !deleted).map(({ ref }) => ref.id);
    if (asked.length === 0 || ids.length === 0) return records;
    const values = await valuesOf(type, asked, [...new Set(ids)], context);
    return records.map((record) => ({
      ...record,
      fields: { ...record.fields, ...values.get(record.ref.id) },
    }));
  };
  return {
    ...passOn(inner),
    readMany: async (type, ids, fields, context) => {
      const found = [...(await inner.readMany(type, ids, less(type, fields), context))];
      const records = await withValues(
        type,
        fields,
        found.map(([, record]) => record),
        context,
      );
      return new Map(found.map(([id, record], at) => [id, records[at] ?? record]));
    },
    listPage: async (type, after, fields, context) => {
      const page = await inner.listPage(type, after, less(type, fields), context);
      return { ...page, records: await withValues(type, fields, page.records, context) };
    },
    findByField: async (type, field, values, fields, context) =>
      inner.findByField(type, field, values, less(type, fields), context),
    ...(inner.findAcross && {
      findAcross: async (...[searches, ...rest]: Parameters<NonNullable<RecordSystem['findAcross']>>) =>
        (await inner.findAcross?.(
          searches.map((search) => ({ ...search, fields: less(search.type, search.fields) })),
          ...rest,
        )) ?? [],
    }),
    changesSince: (type, cursor, overlapMs, fields, context) =>
      inner.changesSince(type, cursor, overlapMs, less(type, fields), context),
    history: async (type, ids, fields, context) => {
      const own = less(type, fields);
      return own.length === 0 ? new Map() : inner.history(type, ids, own, context);
    },
    writeMany: async (type, rows, context) => {
      const outcomes = await writeRows(inner, parts, type, rows, context);
      if (inner.writeTies) return outcomes;
      for (const row of rows) {
        if (row.op !== 'update') continue;
        const names = namesOf(type);
        const own = Object.entries(row.fields).filter(([name]) => names.has(name));
        if (own.length === 0) continue;
        const key = `${type} ${row.id}`;
        rehearsed.set(key, { ...rehearsed.get(key), ...Object.fromEntries(own) });
      }
      return outcomes;
    },
    readTieFields: async (type, ids, context) =>
      valuesOf(type, tieFieldsOf(pair, system, type), ids, context),
  };
};
