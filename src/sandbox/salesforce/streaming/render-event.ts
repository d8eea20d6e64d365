import { createHash } from 'node:crypto';
import type { ApiValue, StoredValue } from '../schema/field.ts';
import type { BoundField, ObjectSchema } from '../schema/org-schema.ts';
import { makeReader } from '../store/row.ts';
import { type CapturedChange, eventFields } from './captured-change.ts';

type Payload = Record<string, ApiValue>;

/** A longer text is sent as its differences. Source: Change Data Capture guide, data differences. */
const wholeTextMax = 1_000;

/** `2019-09-25T10:32:28Z`, not the form of the REST API. Source: captured events over CometD. */
const render = ({ definition }: BoundField, value: StoredValue): ApiValue =>
  definition.type === 'datetime' && typeof value === 'number'
    ? `${new Date(value * 1_000).toISOString().slice(0, 19)}Z`
    : value;

/** Where a field stands in the body: `Email`, or a part of a compound: `Name.LastName`, `BillingAddress.Street`. */
const placeOf = (schema: ObjectSchema, { definition }: BoundField): readonly [string, string | null] => {
  const { name, compoundFieldName: compound } = definition;
  if (compound === undefined) return [name, null];
  const isAddress = schema.field(compound)?.definition.type === 'address';
  return [compound, isAddress ? name.slice(compound.length - 'Address'.length) : name];
};

const put = (payload: Payload, [name, part]: readonly [string, string | null], value: ApiValue): void => {
  if (part === null) {
    payload[name] = value;
    return;
  }
  const compound = payload[name];
  payload[name] = { ...(typeof compound === 'object' ? compound : {}), [part]: value };
};

/** A unified diff of the lines, as one hunk; the vendor's are finer, and as little use without the value before. */
const diffOf = (before: string, after: string): string => {
  const [old, now] = [before.split('\n'), after.split('\n')];
  const hash = createHash('sha256').update(after).digest('hex');
  const lines = [...old.map((line) => `-${line}`), ...now.map((line) => `+${line}`)];
  return ['--- ', `+++ ${hash}`, `@@ -1,${old.length} +1,${now.length} @@`, ...lines].join('\n');
};

const diffFor = (field: BoundField, change: CapturedChange): string | null => {
  if (field.definition.type !== 'textarea' || change.before === null) return null;
  const read = makeReader(change.schema, field);
  const [before, after] = [read(change.before, 0), read(change.after, 0)];
  const isDiff = typeof before === 'string' && typeof after === 'string' && after.length > wholeTextMax;
  return isDiff ? diffOf(before, after) : null;
};

/**
 * New records come whole but for what is blank, updates with what changed (blanks as null) and LastModifiedDate, deletions empty. A
 * lead's conversion has no LastModifiedDate. Source: Change Data Capture guide, body fields (JSON over CometD); lead conversion.
 */
const fieldsIn = (change: CapturedChange): readonly BoundField[] => {
  const { schema, type, kind, after } = change;
  if (kind !== 'change' || type === 'DELETE') return [];
  if (type === 'UPDATE') {
    const isConversion = change.changed.some(({ definition }) => definition.name === 'IsConverted');
    const stamp = schema.field('LastModifiedDate');
    const changed = change.changed.filter((field) => field !== stamp);
    return isConversion || stamp === undefined ? changed : [...changed, stamp];
  }
  return eventFields(schema).filter((field) => makeReader(schema, field)(after, 0) !== null);
};

/** The type's first schema id is as good as any: clients fetch the schema by it, and this simulator serves none. */
const schemaIdOf = (schema: ObjectSchema): string =>
  createHash('md5').update(`${schema.name} ${schema.fields.length}`).digest('base64url');

/**
 * One event as a CometD client gets it: `data` of the message. Without `nulledFields`, which comes over the Pub/Sub API alone: a blank
 * is told by its null. Fields that the subscriber must not see are left out. Source: Change Data Capture guide, header fields and
 * security considerations; captured events.
 */
export const renderEvent = (
  change: CapturedChange,
  replayId: number,
  sees: (field: BoundField) => boolean,
): unknown => {
  const { schema, kind, type } = change;
  const fields = fieldsIn(change).filter(sees);
  const payload: Payload = {};
  const diffFields: string[] = [];
  for (const field of fields) {
    const place = placeOf(schema, field);
    const diff = diffFor(field, change);
    if (diff !== null) diffFields.push(place[0]);
    put(payload, place, diff === null ? render(field, makeReader(schema, field)(change.after, 0)) : { diff });
  }
  const changedFields =
    type === 'UPDATE' && kind === 'change'
      ? fields.map((field) =>
          placeOf(schema, field)
            .filter((part) => part !== null)
            .join('.'),
        )
      : [];
  return {
    schema: schemaIdOf(schema),
    payload: {
      ...payload,
      ChangeEventHeader: {
        commitNumber: replayId * 7 + 1_000_000,
        commitUser: change.userId,
        sequenceNumber: kind === 'gap' ? 1 : change.sequence,
        entityName: schema.name,
        changeType: kind === 'overflow' ? 'GAP_OVERFLOW' : kind === 'gap' ? `GAP_${type}` : type,
        changedFields,
        ...(diffFields.length > 0 ? { diffFields } : {}),
        changeOrigin: change.origin,
        transactionKey: change.transactionKey,
        commitTimestamp: change.committedAt * 1_000,
        recordIds: change.ids,
      },
    },
    event: { replayId },
  };
};
