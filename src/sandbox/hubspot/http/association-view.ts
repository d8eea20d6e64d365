import type { Call } from '../../core/message.ts';
import type { HubspotState } from '../state.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { StoredRecord } from '../store/record.ts';
import { refuse } from './errors.ts';
import { queryList } from './input.ts';

/** Associations that one read of a record brings along. */
const shownMax = 500;

/**
 * `associations` of a read or listing, for the objects that the query names: each type of each link is a row of its own, named as in v3
 * (`contact_to_company`). Absent where nothing is associated.
 */
export const presentAssociations = (
  state: HubspotState,
  store: ObjectStore,
  record: StoredRecord,
  call: Call,
): { readonly associations?: Readonly<Record<string, unknown>> } => {
  const shown: Record<string, unknown> = {};
  for (const name of queryList(call, 'associations')) {
    const to = state.find(name);
    if (to === undefined) throw refuse(400, null, `Unable to infer object type from: ${name}`);
    const [a, b] = [store.schema.definition.typeId, to.schema.definition.typeId];
    const rows = state.associations.of(store, record.id, to).flatMap(({ toId, types }) =>
      types.flatMap((typeId) => {
        const type = state.associations.definitions.type(a, b, typeId);
        return type === undefined ? [] : [{ id: String(toId), type: type.name }];
      }),
    );
    if (rows.length > 0) shown[to.schema.definition.name] = { results: rows.slice(0, shownMax) };
  }
  return Object.keys(shown).length === 0 ? {} : { associations: shown };
};
