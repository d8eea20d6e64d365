import { z } from 'zod';
import type { LiveSignal } from '../../model/live.ts';
import { isOfApp } from './change-source.ts';

/** Names of objects as event types have them, and as the CRM API has them. */
const typesByName: Readonly<Record<string, string>> = {
  contact: 'contacts',
  company: 'companies',
  deal: 'deals',
  ticket: 'tickets',
  product: 'products',
  line_item: 'line_items',
};

/** The API's own names of standard objects by their type id; a custom object keeps its id, by which the API knows it as well. */
const typesById: Readonly<Record<string, string>> = {
  '0-1': 'contacts',
  '0-2': 'companies',
  '0-3': 'deals',
  '0-5': 'tickets',
  '0-7': 'products',
  '0-8': 'line_items',
};

/** Type ids of the custom objects that mappings know by name, by that name (object-types.ts); events have the id alone. */
export type ObjectTypeIds = ReadonlyMap<string, string>;

const noTypeIds: ObjectTypeIds = new Map();

/** The name under which a mapping knows an object type. */
export const typeOfObjectTypeId = (id: string, custom: ObjectTypeIds = noTypeIds): string =>
  (Object.hasOwn(typesById, id) ? typesById[id] : [...custom].find(([, typeId]) => typeId === id)?.[0]) ?? id;

/** The type id of an object that a mapping names; null for a custom object whose id is not known. */
export const objectTypeIdOf = (type: string, custom: ObjectTypeIds = noTypeIds): string | null =>
  Object.entries(typesById).find(([, name]) => name === type)?.[0] ??
  custom.get(type) ??
  (/^\d+-\d+$/.test(type) ? type : null);

export const recordId = z
  .union([z.int().min(1), z.string().regex(/^\d{1,20}$/)])
  .transform((id) => String(id));
/** Milliseconds; later than the year 2100 is no time. */
const instant = z.number().min(1).max(4_102_444_800_000).transform(Math.trunc);

const common = z.object({
  /** Older documents print `eventType`. */
  subscriptionType: z.string().optional(),
  eventType: z.string().optional(),
  objectTypeId: z.string().optional(),
  occurredAt: instant,
});
const ofRecord = z.object({ objectId: recordId });
const appOrSource = z
  .union([z.string().min(1).max(500), z.number().transform(String)])
  .optional()
  .catch(undefined);
const ofProperty = z.object({
  objectId: recordId,
  propertyName: z.string().min(1).max(1_000),
  propertyValue: z
    .union([z.string(), z.number(), z.boolean(), z.null()])
    .optional()
    .transform((value) => (value === undefined || value === null ? null : String(value))),
  /** CRM_UI, INTEGRATION, IMPORT, FORM …, the words of the property history. */
  changeSource: z.string().min(1).max(100).optional().catch(undefined),
  sourceId: appOrSource,
  /** The app that is told: Tandem's own. */
  appId: appOrSource,
});
const ofMerge = z.object({
  primaryObjectId: recordId.optional(),
  mergedObjectIds: z.array(recordId).max(1_000).default([]),
  newObjectId: recordId.optional(),
});
const ofAssociation = z.object({ fromObjectId: recordId });

export const makeSignal = (
  type: string,
  id: string,
  event: LiveSignal['event'],
  more: Partial<LiveSignal> = {},
): LiveSignal => {
  const signal: LiveSignal = {
    ref: { system: 'hubspot', type, id },
    event,
    stamp: null,
    fields: {},
    ...more,
  };
  const names = Object.keys(signal.fields);
  const isStill = event === 'changed' && names.length > 0 && names.every((name) => unstamped.has(name));
  return isStill ? { ...signal, stamp: null } : signal;
};

/** Properties that follow an association; like it, they change without moving the record's stamp, so that no read would ever reach the event's. */
const unstamped: ReadonlySet<string> = new Set(['associatedcompanyid', 'hs_primary_associated_company']);

/** Events about one record whose kind says it all. A deletion's time is not a stamp that a read could reach. */
const simpleKinds: Readonly<Record<string, LiveSignal['event']>> = {
  creation: 'created',
  deletion: 'deleted',
  restore: 'restored',
  privacyDeletion: 'erased',
};

const signalsOf = (type: string, kind: string, at: number, raw: unknown): readonly LiveSignal[] | null => {
  const simple = simpleKinds[kind];
  if (simple !== undefined) {
    const event = ofRecord.safeParse(raw);
    if (!event.success) return null;
    return [makeSignal(type, event.data.objectId, simple, { stamp: simple === 'created' ? at : null })];
  }
  if (kind === 'propertyChange') {
    const event = ofProperty.safeParse(raw);
    if (!event.success) return null;
    const { objectId, propertyName, propertyValue, changeSource, sourceId, appId } = event.data;
    const by = changeSource && { source: changeSource, ...(sourceId ? { sourceId } : {}) };
    return [
      makeSignal(type, objectId, 'changed', {
        stamp: at,
        // The name comes from outside: as a computed key it makes a property of its own, whatever it is called.
        fields: { [propertyName]: propertyValue },
        changedAt: at,
        ...(by ? { by } : {}),
        ...(isOfApp(changeSource, sourceId, appId) ? { byUs: true } : {}),
      }),
    ];
  }
  if (kind === 'merge') {
    const event = ofMerge.safeParse(raw);
    if (!event.success) return null;
    const { primaryObjectId, mergedObjectIds, newObjectId } = event.data;
    const ids = [primaryObjectId, ...mergedObjectIds, newObjectId].filter((id) => id !== undefined);
    return [...new Set(ids)].map((id) => makeSignal(type, id, 'merged'));
  }
  if (kind === 'associationChange') {
    const event = ofAssociation.safeParse(raw);
    // The other direction comes as an event of its own; associations do not move the record's stamp.
    return event.success ? [makeSignal(type, event.data.fromObjectId, 'associated')] : null;
  }
  return null;
};

const parseEvent = (raw: unknown, custom?: ObjectTypeIds): readonly LiveSignal[] | null => {
  const parsed = common.safeParse(raw);
  if (!parsed.success) return null;
  const { subscriptionType, eventType, objectTypeId, occurredAt } = parsed.data;
  const [subject = '', kind = ''] = (subscriptionType ?? eventType ?? '').split('.');
  const type =
    subject === 'object'
      ? objectTypeId === undefined
        ? undefined
        : typeOfObjectTypeId(objectTypeId, custom)
      : Object.hasOwn(typesByName, subject)
        ? typesByName[subject]
        : undefined;
  return type === undefined ? null : signalsOf(type, kind, occurredAt, raw);
};

/** What a delivery held. */
export interface ParsedDelivery {
  readonly signals: readonly LiveSignal[];
  /** Events of a kind, or in a form, that says nothing to Tandem. */
  readonly unknown: number;
}

const delivery = z.array(z.looseObject({}));

/**
 * Reads the body of a webhook delivery: an array of events (https://developers.hubspot.com/docs/api/webhooks). Null when it is none. An
 * event that cannot be read is counted and left out: refusing it would lose those beside it.
 */
export const parseWebhookDelivery = (body: unknown, custom?: ObjectTypeIds): ParsedDelivery | null => {
  const parsed = delivery.safeParse(body);
  if (!parsed.success) return null;
  const events = parsed.data.map((event) => parseEvent(event, custom));
  return {
    signals: events.flatMap((signals) => signals ?? []),
    unknown: events.filter((signals) => signals === null).length,
  };
};
