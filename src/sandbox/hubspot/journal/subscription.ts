import * as z from 'zod';
import type { PortalChange } from '../changes/portal-change.ts';
import { portalId } from '../state.ts';

const objectActions = ['CREATE', 'UPDATE', 'DELETE', 'MERGE', 'RESTORE'] as const;
const associationActions = ['ASSOCIATION_ADDED', 'ASSOCIATION_REMOVED'] as const;
export const journalActions = [...objectActions, ...associationActions] as const;
export type JournalAction = (typeof journalActions)[number];

/** The body that makes or replaces a subscription (https://developers.hubspot.com/docs/api-reference/latest/webhooks-journal/guide). */
export const subscriptionRequest = z.object({
  subscriptionType: z.enum(['OBJECT', 'ASSOCIATION']),
  objectTypeId: z.string().min(1),
  portalId: z.literal(portalId),
  actions: z.array(z.enum(journalActions)).min(1),
  /** Only changes of these are told, and only their values; none named: all. */
  properties: z.array(z.string()).nullish(),
  objectIds: z.array(z.int()).nullish(),
  associatedObjectTypeIds: z.array(z.string()).nullish(),
});
export type SubscriptionRequest = z.output<typeof subscriptionRequest>;

export interface JournalSubscription extends SubscriptionRequest {
  readonly id: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** What a change is called in the journal; null: the journal does not tell of it. */
export const actionOf = (change: PortalChange): JournalAction | null => {
  switch (change.kind) {
    case 'creation':
      return 'CREATE';
    case 'propertyChange':
      return 'UPDATE';
    case 'deletion':
      return 'DELETE';
    case 'restore':
      return 'RESTORE';
    case 'merge':
      return 'MERGE';
    case 'associationChange':
      return change.removed ? 'ASSOCIATION_REMOVED' : 'ASSOCIATION_ADDED';
    // It comes as the deletion that is told beside it.
    case 'privacyDeletion':
      return null;
  }
};

/** Whether an app that subscribed so is told of this change. The values of a creation come with its CREATE. */
export const isTold = (subscription: SubscriptionRequest, change: PortalChange): boolean => {
  const { subscriptionType, objectTypeId, actions, properties, objectIds, associatedObjectTypeIds } =
    subscription;
  const action = actionOf(change);
  if (action === null || !actions.includes(action) || objectTypeId !== change.object.typeId) return false;
  if ((subscriptionType === 'ASSOCIATION') !== (change.kind === 'associationChange')) return false;
  if (objectIds != null && objectIds.length > 0 && !objectIds.includes(change.id)) return false;
  if (change.kind === 'associationChange') {
    const others = associatedObjectTypeIds ?? [];
    return others.length === 0 || others.includes(change.to.typeId);
  }
  if (change.kind !== 'propertyChange') return true;
  return properties == null || properties.length === 0 || properties.includes(change.property);
};
