import type { JourneyRow } from '../../model/journeys.ts';
import type { SeenPerson, SeenRecord } from '../look/person.ts';
import type { StoredJourney } from '../look/stored.ts';
import { dealOf } from '../requests/request.ts';
import { callFor, type LifecycleContext } from './context.ts';
import { seenRecord } from './read-people.ts';
import { toAskingDeals, toNamed, toStored } from './rows.ts';

/** Opportunities in which a request of this journey is under way, or stopped: whether it still stands there is to be seen. */
export const openDealsOf = ({ requests }: StoredJourney): readonly string[] =>
  Object.entries(requests).flatMap(([place, { state }]) => {
    const deal = dealOf(place);
    return deal !== null && (state === 'open' || state === 'stopped') ? [deal] : [];
  });

/**
 * People with the opportunities in which somebody asks for something about them, read now: one call for all, none where nobody asks. `wanted`: ids of
 * opportunities by contact. @throws CallFailed
 */
export const withAskingDeals = async (
  context: LifecycleContext,
  people: ReadonlyMap<string, SeenPerson>,
  wanted: ReadonlyMap<string, readonly string[]>,
): Promise<ReadonlyMap<string, SeenPerson>> => {
  const ids = [...new Set([...wanted.values()].flat())];
  const fields = context.fields.get('Opportunity');
  if (ids.length === 0 || fields === undefined) return people;
  const read = await context.systems.salesforce.readMany(
    'Opportunity',
    ids,
    fields,
    callFor(context, 'read'),
  );
  return new Map(
    [...people].map(([id, person]) => {
      const deals = [...new Set(wanted.get(id) ?? [])].flatMap((each): SeenRecord[] => {
        const record = read.get(each);
        return record === undefined || record.deleted ? [] : [seenRecord(record)];
      });
      return [id, deals.length === 0 ? person : { ...person, deals }];
    }),
  );
};

/** Opportunities to look at for requests, by contact. */
export const dealsAsking = (rows: ReadonlyMap<string, JourneyRow>): ReadonlyMap<string, readonly string[]> =>
  new Map(
    [...rows].flatMap(([id, row]) => {
      try {
        return [[id, [...toAskingDeals(row), ...openDealsOf(toStored(row))]]];
      } catch {
        // A row that cannot be read fails its own look, and no other's.
        return [];
      }
    }),
  );

/** People with the campaigns that name them prospects. */
export const withNamed = (
  people: ReadonlyMap<string, SeenPerson>,
  rows: ReadonlyMap<string, JourneyRow>,
): ReadonlyMap<string, SeenPerson> =>
  new Map(
    [...people].map(([id, person]) => {
      const row = rows.get(id);
      try {
        const named = row === undefined ? [] : toNamed(row);
        return [id, named.length === 0 ? person : { ...person, named }];
      } catch {
        return [id, person];
      }
    }),
  );
