import type { Connector } from '../../connectors/connector.ts';
import { causeOf, type Logger } from '../../log.ts';
import type { KnownReferences } from '../../mapping/known-references.ts';
import type { LoadedMappings } from '../../mapping/load.ts';
import {
  namedOwners,
  type OwnerPairs,
  ownedTypes,
  pairOwners,
  refersToOwners,
} from '../../mapping/owner-pairs.ts';
import { ownerReference } from '../../model/mapping.ts';
import type { Sides } from '../../model/system.ts';
import { startTick } from '../../queue/tick.ts';
import type { Store } from '../../store/open-store.ts';
import { ownCodes } from '../../sync/standing.ts';
import type { Closers } from './closers.ts';

/** Whether it is time to ask is looked at so often; it costs no call. */
const tickMs = 30_000;
/** Five calls each time: within a minute where a record names somebody new, within ten where one names somebody who was not known before. */
const askAfterMs = { new: 60_000, known: 10 * 60_000, none: 60 * 60_000 } as const;

/** Whether to ask who the owners are, so long after the last time: soon where a record names one who is not known, else rarely. */
export const isOwnersLookDue = (references: Pick<KnownReferences, 'strangers'>, sinceMs: number): boolean =>
  sinceMs >= askAfterMs[references.strangers(ownerReference)];

/**
 * Asks both systems who can own records, so that the mappings' references to owners can be read; answers who is known on both sides,
 * by the object of Salesforce that they own.
 * Makes no call where no mapping carries owners.
 * @throws CallFailed
 */
export const learnOwners = async (
  connectors: Sides<Pick<Connector, 'owners'>>,
  { pairs, references }: LoadedMappings,
): Promise<readonly OwnerPairs[]> => {
  const { hubspot, salesforce } = connectors;
  if (!refersToOwners(pairs) || !hubspot.owners || !salesforce.owners) return [];
  const call = { class: 'live', purpose: 'describe' } as const;
  const [left, right] = await Promise.all([hubspot.owners(call), salesforce.owners(call)]);
  const named = namedOwners(pairs);
  return ownedTypes(pairs).map((type) => {
    const known = pairOwners({ hubspot: left, salesforce: right }, named, type);
    references.replace(ownerReference, known, type);
    return known;
  });
};

/**
 * Learns the owners now, and again when a record names somebody who is not known, or an hour has passed. When others are known than before,
 * records whose owner was not known are looked at again. A later failure keeps what is known. @throws CallFailed for the first look
 */
export const followOwners = async (
  connectors: Sides<Pick<Connector, 'owners'>>,
  mappings: LoadedMappings,
  { operator }: Pick<Store, 'operator'>,
  log: Logger,
  closers: Closers,
): Promise<void> => {
  if (!refersToOwners(mappings.pairs)) return;
  let known = await learnOwners(connectors, mappings);
  let askedAt = performance.now();
  const tick = startTick(
    tickMs,
    async () => {
      if (!isOwnersLookDue(mappings.references, performance.now() - askedAt)) return;
      askedAt = performance.now();
      const before = known;
      known = await learnOwners(connectors, mappings);
      if (JSON.stringify(known) === JSON.stringify(before)) return;
      await operator.retryParked({ code: ownCodes.unknownOwner }, 'owners changed', 'sweep');
    },
    (error) => log.warn({ event: 'owners-unknown', cause: causeOf(error) }),
  );
  closers.add(async () => tick.stop());
};
