import * as z from 'zod';
import { ControlError } from '../core/system.ts';
import type { End } from './associations/associations.ts';
import type { AssociationType } from './associations/definitions.ts';
import { type HubspotState, namedSources, type SourceName, sourceNames, sources } from './state.ts';
import type { ObjectStore } from './store/object-store.ts';
import type { ChangeSource, StoredRecord } from './store/record.ts';
import { commitWrite } from './write/commit.ts';
import { type PreparedWrite, prepareWrite } from './write/prepare.ts';

const sourceSchema = z.enum(sourceNames);
const associationsSchema = z.array(
  z.strictObject({ object: z.string(), id: z.string(), typeIds: z.array(z.int()).default([]) }),
);

const asText = (value: unknown, place: string): string => {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new ControlError(place, 'must be a text, a number, a boolean or null');
};

interface Tie {
  readonly to: End;
  readonly types: readonly AssociationType[];
}

const readTies = (state: HubspotState, store: ObjectStore, given: unknown, place: string): readonly Tie[] => {
  const parsed = associationsSchema.safeParse(given ?? []);
  if (!parsed.success) throw new ControlError(place, 'must be a list of {object, id, typeIds?}');
  return parsed.data.map(({ object, id, typeIds }) => {
    const to = state.find(object);
    const record = to?.resolve(id);
    if (to === undefined || record?.archivedAt !== null)
      throw new ControlError(place, `there is no ${object} ${id}`);
    const [a, b] = [store.schema.definition.typeId, to.schema.definition.typeId];
    const types = typeIds.flatMap((typeId) => state.associations.definitions.type(a, b, typeId) ?? []);
    if (types.length < typeIds.length) throw new ControlError(place, `has a type that ${object} do not have`);
    return { to: { store: to, record }, types };
  });
};

interface LoadRow {
  readonly write: PreparedWrite;
  readonly ties: readonly Tie[];
}

const readSource = (given: unknown): ChangeSource => {
  if (given === undefined) return sources.person;
  const parsed = sourceSchema.safeParse(given);
  if (!parsed.success) throw new ControlError('source', `must be one of ${sourceNames.join(', ')}`);
  const name: SourceName = parsed.data;
  return namedSources[name];
};

const readTarget = (store: ObjectStore, id: unknown, place: string): StoredRecord | null => {
  if (id === undefined) return null;
  const record = typeof id === 'string' ? store.get(id) : undefined;
  if (record?.archivedAt !== null) throw new ControlError(`${place}.id`, 'is not the id of a live record');
  return record;
};

/**
 * Enters records as if by the person (POST /_sandbox/records/TYPE): bare properties, hs_additional_emails too. A record with an `id`
 * is an edit of that one; `associations` ties it to others; `source` says who did all of it. HubSpot's checks of values and uniqueness
 * apply, the company's rules do not. All or, with ControlError, none.
 */
export const loadRecords = (
  state: HubspotState,
  store: ObjectStore,
  records: readonly Readonly<Record<string, unknown>>[],
  sourceName?: unknown,
): string[] => {
  const now = state.clock.now();
  const source = readSource(sourceName);
  const claims = new Set<string>();
  const context = { store, caller: 'person', now, portal: state, claims, isLoad: true } as const;
  const rows = records.map(({ id, associations, ...fields }, at): LoadRow => {
    const place = `records[${at}]`;
    const target = readTarget(store, id, place);
    const properties = Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [name, asText(value, `${place}.${name}`)]),
    );
    const prepared = prepareWrite(target, properties, context);
    if (!('error' in prepared))
      return { write: prepared, ties: readTies(state, store, associations, `${place}.associations`) };
    const name = prepared.error.invalid?.[0]?.name;
    throw new ControlError(`${place}${name === undefined ? '' : `.${name}`}`, prepared.error.message);
  });
  return rows.map(({ write, ties }) => {
    const { record } = commitWrite(state, store, write, source, now, false);
    for (const { to, types } of ties)
      state.associations.add({ store, record }, to, types, { source, at: now });
    return String(record.id);
  });
};
