import type { JourneyRow } from '../../model/journeys.ts';
import type { StoredJourney } from '../look/stored.ts';
import type { LifecycleContext } from './context.ts';
import { toStored } from './rows.ts';

const openIn = (row: JourneyRow): readonly string[] => {
  try {
    const { id, requests } = toStored(row);
    return Object.values(requests).flatMap(({ key, state }) => (state === 'open' ? [`${id}/${key}`] : []));
  } catch {
    // A row that cannot be read fails its own look, and no other's.
    return [];
  }
};

/** Orders of requests that are carried out, and whose fields no look has seen empty yet: by key of the effect. */
export const answeredOf = (
  { store }: LifecycleContext,
  rows: ReadonlyMap<string, JourneyRow>,
): Promise<ReadonlySet<string>> => store.doneAmong([...rows.values()].flatMap(openIn));

/** The journey with its requests marked that were answered. Pure. */
export const withAnswered = (stored: StoredJourney, answered: ReadonlySet<string>): StoredJourney => ({
  ...stored,
  requests: Object.fromEntries(
    Object.entries(stored.requests).map(([system, request]) => [
      system,
      request.state === 'open' && answered.has(`${stored.id}/${request.key}`)
        ? { ...request, state: 'answered' as const }
        : request,
    ]),
  ),
});
