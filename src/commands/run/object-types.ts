import type { HubSpotConnector } from '../../connectors/hubspot/connector.ts';
import { type ObjectTypeIds, objectTypeIdOf } from '../../connectors/hubspot/webhook-events.ts';
import { causeOf, type Logger } from '../../log.ts';
import type { PairMapping } from '../../model/mapping.ts';

const call = { class: 'live', purpose: 'describe' } as const;

/**
 * Asks HubSpot for the type ids of the custom objects that mappings know by name, so that events, which carry the id alone, are the mapping's. Objects whose id
 * cannot be told (a missing scope, HubSpot being away) are polled, and the log says so. Never rejects.
 */
export const learnTypeIds = async (
  hubspot: Pick<HubSpotConnector, 'typeIds'>,
  pairs: readonly Pick<PairMapping, 'types'>[],
  log: Logger,
): Promise<ObjectTypeIds> => {
  const types = [...new Set(pairs.map((pair) => pair.types.hubspot))];
  let known: ObjectTypeIds = new Map();
  let cause = 'no schema of HubSpot has this name';
  try {
    known = await hubspot.typeIds(types, call);
  } catch (error) {
    cause = causeOf(error);
  }
  const unknown = types.filter((type) => objectTypeIdOf(type, known) === null);
  if (unknown.length > 0) log.warn({ event: 'object-types-unknown', types: unknown.join(' '), cause });
  return known;
};
