import { callFor, type LifecycleContext } from '../run/context.ts';
import { unlessHidden } from '../run/unless-hidden.ts';
import { isPerson } from '../staff/staff.ts';
import type { Standing } from './standing.ts';
import { ownerOnRecord } from './taken-since.ts';

/** Whether a person has the lead, and Tandem itself did not choose them. */
const isOthersChoice = (standing: Standing): boolean => {
  const id = ownerOnRecord(standing);
  const owner = standing.staff.owners.get(id ?? '');
  return owner !== undefined && isPerson(owner) && standing.stored.shown.salesforce.OwnerId !== id;
};

/**
 * Those whose owner an automation set, as the record's field history says; asked for only where such an owner is not to be kept (`existing-owner: route`), two calls an object. Where the history
 * tells nothing a person counts as having done it, and an owner whom Tandem's own user set, too: the alignment writes whom somebody chose in HubSpot. @throws CallFailed
 */
export const setByMachines = async (
  context: LifecycleContext,
  standings: readonly Standing[],
): Promise<ReadonlySet<Standing>> => {
  const found = new Set<Standing>();
  if (context.models.routing.keepsExistingOwner) return found;
  const asked = standings.filter(isOthersChoice);
  for (const [type, own] of Map.groupBy(asked, ({ person }) => person.sales?.ref.type ?? '')) {
    const histories = await unlessHidden(
      context.systems.salesforce.history(
        type,
        own.map(({ person }) => person.sales?.ref.id ?? ''),
        ['OwnerId'],
        callFor(context, 'read'),
      ),
    );
    for (const standing of own) {
      const newest = histories?.get(standing.person.sales?.ref.id ?? '')?.OwnerId?.[0];
      if (standing.staff.owners.get(newest?.sourceId ?? '')?.isMachine === true) found.add(standing);
    }
  }
  return found;
};
