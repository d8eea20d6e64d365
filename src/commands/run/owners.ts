import type { Connector } from '../../connectors/connector.ts';
import { causeOf, type Logger } from '../../log.ts';
import type { LoadedMappings } from '../../mapping/load.ts';
import { namedOwners, pairOwners, refersToOwners } from '../../mapping/owner-pairs.ts';
import { ownerReference } from '../../model/mapping.ts';
import type { Sides } from '../../model/system.ts';
import { startTick } from '../../queue/tick.ts';
import type { Closers } from './closers.ts';

/** People come and go slowly; five calls each time. */
const everyMs = 10 * 60_000;

/**
 * Asks both systems who can own records, so that the mappings' references to owners can be read; answers how many are known on both sides.
 * Makes no call where no mapping carries owners.
 * @throws CallFailed
 */
export const learnOwners = async (
  connectors: Sides<Pick<Connector, 'owners'>>,
  { pairs, references }: LoadedMappings,
): Promise<number> => {
  const { hubspot, salesforce } = connectors;
  if (!refersToOwners(pairs) || !hubspot.owners || !salesforce.owners) return 0;
  const call = { class: 'live', purpose: 'describe' } as const;
  const [left, right] = await Promise.all([hubspot.owners(call), salesforce.owners(call)]);
  const known = pairOwners({ hubspot: left, salesforce: right }, namedOwners(pairs));
  references.replace(ownerReference, known.pairs, known.nobodies);
  return known.pairs.length;
};

/** Learns the owners now and from time to time. A later failure keeps what is known. @throws CallFailed for the first look */
export const followOwners = async (
  connectors: Sides<Pick<Connector, 'owners'>>,
  mappings: LoadedMappings,
  log: Logger,
  closers: Closers,
): Promise<void> => {
  if (!refersToOwners(mappings.pairs)) return;
  await learnOwners(connectors, mappings);
  const tick = startTick(
    everyMs,
    async () => {
      await learnOwners(connectors, mappings);
    },
    (error) => log.warn({ event: 'owners-unknown', cause: causeOf(error) }),
  );
  closers.add(async () => tick.stop());
};
