import { passOn } from '../../model/pass-on.ts';
import type { RecordSystem } from '../../model/record-system.ts';
import type { RawFields } from '../../model/value.ts';
import type { WriteOutcome, WriteRow } from '../../model/write.ts';
import { inTheirWords, nameOn, type PointedField, type PointedFields, understood } from './pointed.ts';

const ownIn = (own: readonly PointedField[], asked: readonly string[]): readonly PointedField[] =>
  own.filter((each) => asked.includes(each.own.name));

/** A record under Tandem's names: what was asked for by the company's own name stays beside it. */
const withOwnNames = (
  own: readonly PointedField[],
  asked: readonly string[],
  fields: RawFields,
): RawFields => {
  const meant = ownIn(own, asked);
  if (meant.length === 0) return fields;
  const hidden = new Set(meant.map(({ name }) => name).filter((name) => !asked.includes(name)));
  return {
    ...Object.fromEntries(Object.entries(fields).filter(([name]) => !hidden.has(name))),
    ...Object.fromEntries(
      meant.flatMap((each) =>
        Object.hasOwn(fields, each.name)
          ? [[each.own.name, understood(each, fields[each.name] ?? null)]]
          : [],
      ),
    ),
  };
};

const withTheirNames = (own: readonly PointedField[], fields: RawFields): RawFields =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      const pointed = own.find((each) => each.own.name === name);
      return pointed === undefined ? [name, value] : [pointed.name, inTheirWords(pointed, value)];
    }),
  );

const rowOf = (own: readonly PointedField[], row: WriteRow): WriteRow => {
  const fields = withTheirNames(own, row.fields);
  if (row.op === 'update') return { ...row, fields };
  const identity = own.find((each) => each.own.name === row.identityField);
  return { ...row, fields, identityField: identity?.name ?? row.identityField };
};

/** A refusal names the fields as the row did. */
const outcomeOf = (own: readonly PointedField[], outcome: WriteOutcome): WriteOutcome => {
  if (outcome.kind !== 'refused') return outcome;
  const { failure } = outcome;
  const fields = failure.fields.map((name) => own.find((each) => each.name === name)?.own.name ?? name);
  return { ...outcome, failure: { ...failure, fields } };
};

/**
 * A system as the lifecycle of this company sees it: fields of Tandem's own are read from, looked up in and written to those that the company has for
 * them, in its words. Everything of the lifecycle goes through it, so that all else knows Tandem's names alone. Histories are passed on as they are: the lifecycle asks for none.
 */
export const withPointed = <S extends RecordSystem>(inner: S, pointed: PointedFields): RecordSystem => {
  if (pointed.size === 0) return inner;
  const on = (type: string): readonly PointedField[] => pointed.get(type) ?? [];
  const theirs = (type: string, names: readonly string[]): readonly string[] => [
    ...new Set(names.map((name) => nameOn(pointed, type, name))),
  ];
  return {
    ...passOn(inner),
    readMany: async (type, ids, fields, context) => {
      const found = await inner.readMany(type, ids, theirs(type, fields), context);
      return new Map(
        [...found].map(([id, record]) => [
          id,
          { ...record, fields: withOwnNames(on(type), fields, record.fields) },
        ]),
      );
    },
    findByField: async (type, field, values, fields, context) => {
      const found = await inner.findByField(
        type,
        nameOn(pointed, type, field),
        values,
        theirs(type, fields),
        context,
      );
      return found.map((each) => ({
        ...each,
        record: { ...each.record, fields: withOwnNames(on(type), fields, each.record.fields) },
      }));
    },
    async *changesSince(type, cursor, overlapMs, fields, context) {
      for await (const page of inner.changesSince(type, cursor, overlapMs, theirs(type, fields), context)) {
        yield {
          ...page,
          records: page.records.map((record) => ({
            ...record,
            fields: withOwnNames(on(type), fields, record.fields),
          })),
        };
      }
    },
    listPage: async (type, after, fields, context) => {
      const page = await inner.listPage(type, after, theirs(type, fields), context);
      return {
        ...page,
        records: page.records.map((record) => ({
          ...record,
          fields: withOwnNames(on(type), fields, record.fields),
        })),
      };
    },
    writeMany: async (type, rows, context) => {
      const own = on(type);
      const outcomes = await inner.writeMany(
        type,
        rows.map((row) => rowOf(own, row)),
        context,
      );
      return outcomes.map((outcome) => outcomeOf(own, outcome));
    },
  };
};
