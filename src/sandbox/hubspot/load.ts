import { ControlError } from '../core/system.ts';
import { type HubspotState, sources } from './state.ts';
import type { ObjectStore } from './store/object-store.ts';
import { type PreparedWrite, prepareWrite } from './write/prepare.ts';

const asText = (value: unknown, place: string): string => {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new ControlError(place, 'must be a text, a number, a boolean or null');
};

/**
 * Enters records as if by the person (POST /_sandbox/records/TYPE): bare properties, hs_additional_emails too. HubSpot's
 * checks of values and uniqueness apply, the company's rules do not. All or, with ControlError, none.
 */
export const loadRecords = (
  state: HubspotState,
  store: ObjectStore,
  records: readonly Readonly<Record<string, unknown>>[],
): string[] => {
  const now = state.clock.now();
  const claims = new Set<string>();
  const context = {
    store,
    caller: 'person',
    now,
    isOwner: (id: string) => state.isOwner(id),
    claims,
    isLoad: true,
  } as const;
  const writes = records.map((record, at): PreparedWrite => {
    const properties = Object.fromEntries(
      Object.entries(record).map(([name, value]) => [name, asText(value, `records[${at}].${name}`)]),
    );
    const prepared = prepareWrite(null, properties, context);
    if (!('error' in prepared)) return prepared;
    const name = prepared.error.invalid?.[0]?.name;
    throw new ControlError(`records[${at}]${name === undefined ? '' : `.${name}`}`, prepared.error.message);
  });
  return writes.map((write) => String(store.create(write.changes, sources.person, now).id));
};
