import { type ComposedField, composedFields, formsOf, type PairMapping } from '../model/mapping.ts';
import { joinParts, partText, splitParts } from '../model/part-text.ts';
import { passOn } from '../model/pass-on.ts';
import type { FieldHistoryEntry } from '../model/record.ts';
import type { System } from '../model/system.ts';
import type { RawFields, RawValue } from '../model/value.ts';
import type { WriteOutcome, WriteRow } from '../model/write.ts';
import type { RecordSystem } from './ports.ts';

/** The fields of records of this object that are put together, whatever form they stand in. */
const composedOf = (pair: PairMapping, system: System, type: string): readonly ComposedField[] => {
  const forms = formsOf(pair).filter(({ types }) => types[system] === type);
  return [...new Map(forms.flatMap(composedFields).map((field) => [field.name, field])).values()];
};

/** A record's values with what two of them make up; where one is missing, so is the whole. */
const composed = (fields: readonly ComposedField[], system: System, values: RawFields): RawFields => {
  const made = fields.flatMap((field): [string, RawValue][] => {
    const [first, second] = field.parts[system];
    if (!Object.hasOwn(values, first) || !Object.hasOwn(values, second)) return [];
    return [[field.fields[system], joinParts(values[first] ?? null, values[second] ?? null)]];
  });
  return made.length === 0 ? values : { ...values, ...Object.fromEntries(made) };
};

/**
 * What is sent for a value: both parts, or the second alone where the first is as it was. HubSpot refuses a pipeline without a stage of its own
 * (deals guide), and Salesforce checks a stage against the record type of the same write.
 */
export const partsToSend = (
  { parts }: ComposedField,
  system: System,
  sent: RawValue,
  was: RawValue | undefined,
): RawFields => {
  const [first, second] = splitParts(sent);
  const [firstName, secondName] = parts[system];
  const [wasFirst, wasSecond] = splitParts(was ?? null);
  const isSamePlace = was !== undefined && partText(first) === partText(wasFirst);
  const isSameStage = isSamePlace && partText(second) === partText(wasSecond);
  return isSamePlace && !isSameStage
    ? { [secondName]: second }
    : { [firstName]: first, [secondName]: second };
};

const rowOf = (fields: readonly ComposedField[], system: System, row: WriteRow): WriteRow => {
  const own = fields.filter((field) => Object.hasOwn(row.fields, field.fields[system]));
  if (own.length === 0) return row;
  const names = new Set(own.map((field) => field.fields[system]));
  const rest = Object.entries(row.fields).filter(([name]) => !names.has(name));
  const was = row.op === 'update' ? row.was : undefined;
  const parts = own.map((field) => {
    const name = field.fields[system];
    return partsToSend(field, system, row.fields[name] ?? null, was?.[name]);
  });
  return { ...row, fields: Object.assign(Object.fromEntries(rest), ...parts) };
};

/** A refusal of a part is one of the whole, by the name that the row had. */
const outcomeOf = (fields: readonly ComposedField[], system: System, outcome: WriteOutcome): WriteOutcome => {
  if (outcome.kind !== 'refused') return outcome;
  const { failure } = outcome;
  const named = failure.fields.map(
    (name) => fields.find(({ parts }) => parts[system].includes(name))?.fields[system] ?? name,
  );
  return { ...outcome, failure: { ...failure, fields: [...new Set(named)] } };
};

/** The history of both parts as that of the whole: at each change what both were then, where both histories tell. */
const historyOf = (
  first: readonly FieldHistoryEntry[],
  second: readonly FieldHistoryEntry[],
): readonly FieldHistoryEntry[] => {
  const at = (entries: readonly FieldHistoryEntry[], time: number): FieldHistoryEntry | undefined =>
    entries.find((entry) => entry.at <= time);
  const times = [...new Set([...first, ...second].map((entry) => entry.at))].toSorted((a, b) => b - a);
  return times.flatMap((time): FieldHistoryEntry[] => {
    const [a, b] = [at(first, time), at(second, time)];
    const changed = b?.at === time ? b : a;
    if (changed === undefined) return [];
    const { value: _value, was: _was, ...how } = changed;
    const isWhole = a?.value !== undefined && b?.value !== undefined;
    return [isWhole ? { ...how, value: joinParts(a.value ?? null, b.value ?? null) } : how];
  });
};

/**
 * A system as the engine of a pair with composed fields sees it: two fields are read as one value and written as two. A change of either is a
 * change of the whole, and what is sent is always a whole that is right.
 */
export const withComposed = (inner: RecordSystem, pair: PairMapping): RecordSystem => {
  const { system } = inner;
  if (formsOf(pair).every((form) => composedFields(form).length === 0)) return inner;
  const expand = (type: string, names: readonly string[]): readonly string[] => {
    const fields = composedOf(pair, system, type);
    const partsOf = (name: string): readonly string[] =>
      fields.find((field) => field.fields[system] === name)?.parts[system] ?? [name];
    return [...new Set(names.flatMap(partsOf))];
  };
  const withWhole = <R extends { readonly ref: { readonly type: string }; readonly fields: RawFields }>(
    record: R,
  ): R => ({
    ...record,
    fields: composed(composedOf(pair, system, record.ref.type), system, record.fields),
  });
  return {
    ...passOn(inner),
    readMany: async (type, ids, fields, context) => {
      const found = await inner.readMany(type, ids, expand(type, fields), context);
      return new Map([...found].map(([id, record]) => [id, withWhole(record)]));
    },
    findByField: async (type, field, values, fields, context) =>
      (await inner.findByField(type, field, values, expand(type, fields), context)).map((found) => ({
        ...found,
        record: withWhole(found.record),
      })),
    ...(inner.findAcross && {
      findAcross: async (...[searches, ...rest]: Parameters<NonNullable<RecordSystem['findAcross']>>) => {
        const whole = searches.map((search) => ({ ...search, fields: expand(search.type, search.fields) }));
        const found = (await inner.findAcross?.(whole, ...rest)) ?? [];
        return found.map((each) => ({ ...each, record: withWhole(each.record) }));
      },
    }),
    async *changesSince(type, cursor, overlapMs, fields, context) {
      for await (const page of inner.changesSince(type, cursor, overlapMs, expand(type, fields), context)) {
        yield { ...page, records: page.records.map(withWhole) };
      }
    },
    listPage: async (type, after, fields, context) => {
      const page = await inner.listPage(type, after, expand(type, fields), context);
      return { ...page, records: page.records.map(withWhole) };
    },
    writeMany: async (type, rows, context) => {
      const fields = composedOf(pair, system, type);
      const outcomes = await inner.writeMany(
        type,
        rows.map((row) => rowOf(fields, system, row)),
        context,
      );
      return outcomes.map((outcome) => outcomeOf(fields, system, outcome));
    },
    history: async (type, ids, names, context) => {
      const fields = composedOf(pair, system, type).filter((field) => names.includes(field.fields[system]));
      const found = await inner.history(type, ids, expand(type, names), context);
      if (fields.length === 0) return found;
      return new Map(
        [...found].map(([id, entries]) => [
          id,
          {
            ...entries,
            ...Object.fromEntries(
              fields.map((field) => {
                const [first, second] = field.parts[system];
                return [field.fields[system], historyOf(entries[first] ?? [], entries[second] ?? [])];
              }),
            ),
          },
        ]),
      );
    },
  };
};
