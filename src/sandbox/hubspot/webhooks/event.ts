import type { Random } from '../../core/random.ts';
import type { PortalChange } from '../changes/portal-change.ts';
import type { ObjectDefinition } from '../schema/object.ts';
import { integrationAppId, portalId } from '../state.ts';
import type { Subscription } from './settings.ts';

/** One event of a delivery, as it is sent; `attemptNumber` is put in when it is. */
export type WebhookEvent = Readonly<Record<string, unknown>>;

/** Objects that have event types of their own name; all others are told of as `object.*`. */
const namedObjects: ReadonlySet<string> = new Set([
  'contact',
  'company',
  'deal',
  'ticket',
  'line_item',
  'product',
]);

/** The app that the deliveries belong to. */
const appId = Number(integrationAppId);

/** A number that stays the same for the same subscription, as ids do. */
const subscriptionId = (text: string): number => {
  let hash = 2_166_136_261;
  for (const char of text) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 16_777_619);
  return 2_000_000 + (Math.abs(hash) % 1_000_000);
};

interface Matched {
  readonly id: number;
  readonly type: string;
}

const matches = (subscription: Subscription, change: PortalChange): boolean => {
  const { eventType, propertyName, objectTypeId } = subscription;
  const [subject, kind] = eventType.split('.');
  if (!subscription.active || kind !== change.kind) return false;
  if (subject === 'object' ? objectTypeId !== change.object.typeId : subject !== change.object.singular) {
    return false;
  }
  return change.kind !== 'propertyChange' || propertyName === change.property;
};

const ofSubscription = ({ eventType, propertyName = '', objectTypeId = '' }: Subscription): Matched => ({
  id: subscriptionId(`${eventType} ${objectTypeId} ${propertyName}`),
  type: eventType,
});

/** What an app that subscribed to everything gets. */
const ofEverything = (change: PortalChange): Matched | null => {
  const isNamed = namedObjects.has(change.object.singular);
  if (change.kind === 'privacyDeletion' && change.object.singular !== 'contact') return null;
  const type = `${isNamed ? change.object.singular : 'object'}.${change.kind}`;
  const property = change.kind === 'propertyChange' ? change.property : '';
  return { id: subscriptionId(`${type} ${isNamed ? '' : change.object.typeId} ${property}`), type };
};

const upper = (object: ObjectDefinition): string => object.singular.toUpperCase();

/** The fields that each kind of event has beside the common ones. */
const ownFields = (change: PortalChange): Readonly<Record<string, unknown>> => {
  switch (change.kind) {
    case 'propertyChange':
      return { objectId: change.id, propertyName: change.property, propertyValue: change.value };
    case 'creation':
      return { objectId: change.id, changeFlag: 'CREATED' };
    case 'deletion':
      return { objectId: change.id, changeFlag: 'DELETED' };
    case 'restore':
    case 'privacyDeletion':
      return { objectId: change.id };
    case 'merge':
      return {
        objectId: change.primaryId,
        changeFlag: 'MERGED',
        primaryObjectId: change.primaryId,
        mergedObjectIds: change.mergedIds,
        newObjectId: change.id,
        numberOfPropertiesMoved: change.propertiesMoved,
      };
    case 'associationChange':
      return {
        associationType: `${upper(change.object)}_TO_${upper(change.to)}`,
        associationTypeId: change.typeId,
        associationCategory: change.category,
        fromObjectId: change.id,
        fromObjectTypeId: change.object.typeId,
        toObjectId: change.toId,
        toObjectTypeId: change.to.typeId,
        associationRemoved: change.removed,
        isPrimaryAssociation: change.isPrimary,
      };
  }
};

/**
 * The events of a change, one per subscription that it meets (captured payloads: NangoHQ/nango,
 * hubspot-webhook-routing.unit.test.ts; https://developers.hubspot.com/docs/api/webhooks). `eventId` is not unique, as HubSpot says.
 */
export const eventsOf = (
  change: PortalChange,
  subscriptions: readonly Subscription[] | undefined,
  random: Random,
): readonly WebhookEvent[] => {
  const everything = subscriptions === undefined ? ofEverything(change) : null;
  const matched =
    subscriptions === undefined
      ? everything === null
        ? []
        : [everything]
      : subscriptions.filter((one) => matches(one, change)).map(ofSubscription);
  return matched.map(({ id, type }) => ({
    eventId: random.integer(1, 4_294_967_295),
    subscriptionId: id,
    portalId,
    appId,
    occurredAt: change.at,
    subscriptionType: type,
    changeSource: change.source.sourceType,
    ...(change.source.sourceId === '' ? {} : { sourceId: change.source.sourceId }),
    ...ownFields(change),
    ...(type.startsWith('object.') ? { objectTypeId: change.object.typeId, isSensitive: false } : {}),
  }));
};
