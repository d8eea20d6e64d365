import type { JourneyRow } from '../../model/journeys.ts';
import { isRecount, type Memory, newsOf, noMemory } from '../look/details.ts';
import type { SeenPerson } from '../look/person.ts';
import { activitiesIn } from '../look/roll-ups.ts';
import { rulesHash } from '../scoring/rules-hash.ts';
import type { LifecycleContext } from './context.ts';
import { toActivity, toStored, toToldActivities } from './rows.ts';

interface Told {
  readonly row: JourneyRow;
  readonly person: SeenPerson;
}

const tellingOf = ({ row, person }: Told) => {
  const stored = toStored(row);
  const own = activitiesIn(person.contact.fields, stored.contact?.fields ?? null);
  return { id: row.id, rules: stored.rules ?? null, own, told: toToldActivities(row) };
};

/**
 * What looks at these people need of what is stored, by journey: which of the activities that they are told of are there already, and the whole history of
 * those alone whose tally has to be counted anew. One query, or two.
 */
export const memoriesOf = async (
  { store, models: { scoring } }: LifecycleContext,
  people: readonly Told[],
): Promise<ReadonlyMap<string, Memory>> => {
  const telling = people.map(tellingOf);
  const asked = telling.flatMap(({ id, own, told }) =>
    [...new Set([...own, ...told].map(({ key }) => key))].map((key) => ({ journeyId: id, key })),
  );
  const stored = await store.activitiesAmong(asked);
  const rules = rulesHash(scoring);
  const known = new Map(
    telling.map(({ id }) => [id, new Map((stored.get(id) ?? []).map((row) => [row.key, toActivity(row)]))]),
  );
  const anew = telling.filter((each) => {
    const own = known.get(each.id) ?? new Map();
    return each.rules !== rules || isRecount(newsOf(each.own, each.told, own).amended, own, scoring);
  });
  const histories = await store.history(anew.map(({ id }) => id));
  const isAnew = new Set(anew.map(({ id }) => id));
  return new Map(
    telling.map(({ id }) => [
      id,
      {
        known: known.get(id) ?? noMemory.known,
        history: isAnew.has(id) ? (histories.get(id) ?? []).map(toActivity) : null,
      },
    ]),
  );
};
