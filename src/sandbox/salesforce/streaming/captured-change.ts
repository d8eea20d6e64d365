import { randomUUID } from 'node:crypto';
import type { BoundField, ObjectSchema } from '../schema/org-schema.ts';
import type { Commit, RowChange } from '../store/commit.ts';
import { makeReader, type Row } from '../store/row.ts';

export const changeTypes = ['CREATE', 'UPDATE', 'DELETE', 'UNDELETE'] as const;
export type ChangeType = (typeof changeTypes)[number];

/** `gap`: the header alone (`GAP_UPDATE`); `overflow`: not even the records' ids (`GAP_OVERFLOW`). */
export type EventKind = 'change' | 'gap' | 'overflow';

/** A change as it is retained: the values are those of the rows, shared with them, and are rendered when the event is delivered. */
export interface CapturedChange {
  readonly kind: EventKind;
  readonly schema: ObjectSchema;
  readonly type: ChangeType;
  /** More than one where one transaction made the same change to several records; empty for an overflow. */
  readonly ids: readonly string[];
  readonly before: Row | null;
  readonly after: Row;
  /** Changed columns of an update; empty otherwise. */
  readonly changed: readonly BoundField[];
  /** Seconds. */
  readonly committedAt: number;
  readonly transactionKey: string;
  readonly sequence: number;
  readonly userId: string;
  readonly origin: string;
}

/** Not part of change events: keys, computed values, and what the system notes of a record's use. Source: captured events. */
const neverIn = new Set([
  'Id',
  'IsDeleted',
  'SystemModstamp',
  'LastActivityDate',
  'LastViewedDate',
  'LastReferencedDate',
]);

/** The fields that a change event of this object can carry. */
export const eventFields = (schema: ObjectSchema): readonly BoundField[] =>
  schema.fields.filter(
    ({ definition }) =>
      definition.compute === undefined && definition.type !== 'address' && !neverIn.has(definition.name),
  );

const typeOf: Readonly<Record<RowChange['operation'], ChangeType>> = {
  create: 'CREATE',
  update: 'UPDATE',
  delete: 'DELETE',
  undelete: 'UNDELETE',
};

const changedColumns = (schema: ObjectSchema, before: Row, after: Row): readonly BoundField[] =>
  eventFields(schema).filter((field) => {
    const read = makeReader(schema, field);
    return read(before, 0) !== read(after, 0);
  });

const captureOne = (change: RowChange, commit: Commit, transactionKey: string): CapturedChange | null => {
  const { row, table } = change;
  const { schema } = table;
  const type = typeOf[change.operation];
  // Made and deleted by one call: nothing to tell of.
  if (type === 'CREATE' && row.deleted) return null;
  // The row itself changes later; its array of values is replaced then, never written to.
  const after: Row = { id: row.id, values: row.values, deleted: row.deleted, logAt: -1 };
  const before: Row | null = change.before && { ...after, values: change.before };
  return {
    kind: 'change',
    schema,
    type,
    ids: [row.id],
    before,
    after,
    changed: type === 'UPDATE' && before !== null ? changedColumns(schema, before, after) : [],
    committedAt: commit.stamp,
    transactionKey,
    sequence: 0,
    userId: commit.userId,
    origin: commit.origin,
  };
};

/** Whether two changes of one transaction say the same of different records. */
const saysTheSame = (a: CapturedChange, b: CapturedChange): boolean => {
  if (a.schema !== b.schema || a.type !== b.type || a.type === 'CREATE' || a.type === 'UNDELETE')
    return false;
  if (a.type === 'DELETE') return true;
  return (
    a.changed.length === b.changed.length &&
    a.changed.every((field, at) => {
      const read = makeReader(a.schema, field);
      return b.changed[at] === field && read(a.after, 0) === read(b.after, 0);
    })
  );
};

/**
 * The events of one transaction, in order. Source: Change Data Capture guide: several writes of a record are one event with the final
 * data; the same change of several records is merged into one event; each field of an update counts against the 100,000 changes
 * above which a transaction gives one overflow event per object.
 */
export const captureTransaction = (
  commit: Commit,
  isSelected: (schema: ObjectSchema) => boolean,
  overflowAbove: number,
): readonly CapturedChange[] => {
  const transactionKey = randomUUID();
  const captured = commit.changes.flatMap((change) =>
    isSelected(change.table.schema) ? (captureOne(change, commit, transactionKey) ?? []) : [],
  );
  const changes = captured.reduce((sum, one) => sum + Math.max(1, one.changed.length), 0);
  const events: CapturedChange[] = [];
  for (const one of captured) {
    const last = events.at(-1);
    if (changes > overflowAbove) {
      const isTold = events.some((event) => event.schema === one.schema);
      if (!isTold) events.push({ ...one, kind: 'overflow', ids: [], before: null, changed: [] });
    } else if (last !== undefined && saysTheSame(last, one)) {
      events[events.length - 1] = { ...last, ids: [...last.ids, ...one.ids] };
    } else events.push(one);
  }
  return events.map((event, at) => ({ ...event, sequence: at + 1 }));
};
