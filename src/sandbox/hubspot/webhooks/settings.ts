import * as z from 'zod';

/** Attempts after the first, and the span over which they are spread: 24 hours in life, a minute here. */
const retrySpanMsDefault = 60_000;
/** HubSpot gives an endpoint five seconds. */
const timeoutMsDefault = 5_000;

/**
 * Event types of the webhooks API v3 (https://developers.hubspot.com/docs/api/webhooks): by the object's name, or `object.` with the
 * type id. Not every object has each; only contacts have privacyDeletion.
 */
const eventType = z
  .string()
  .regex(
    /^(contact\.privacyDeletion|(contact|company|deal|ticket|line_item|product|object)\.(creation|deletion|merge|propertyChange|restore|associationChange))$/,
    'is not an event type: contact.propertyChange, company.creation, object.deletion …',
  );

const subscription = z
  .strictObject({
    eventType,
    propertyName: z.string().min(1).optional(),
    objectTypeId: z.string().min(1).optional(),
    active: z.boolean().default(true),
  })
  .refine((one) => !one.eventType.startsWith('object.') || one.objectTypeId !== undefined, {
    message: 'object.* needs objectTypeId',
    path: ['objectTypeId'],
  })
  .refine((one) => !one.eventType.endsWith('.propertyChange') || one.propertyName !== undefined, {
    message: 'propertyChange needs propertyName',
    path: ['propertyName'],
  });
export type Subscription = z.output<typeof subscription>;

const chance = z
  .union([z.boolean(), z.number().min(0).max(1)])
  .default(false)
  .transform(Number);

/**
 * `POST /_sandbox/webhooks`. Without `subscriptions` everything that happens to any record is told, as an app would that subscribed
 * to each property. `url: null` ends it. Real targets are HTTPS alone; here HTTP is taken as well.
 */
export const webhookSettings = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).nullable(),
  /** The app's client secret, which signs. */
  secret: z.string().min(1).optional(),
  subscriptions: z.array(subscription).max(1_000).optional(),
  /** How often an event comes twice, 0 to 1; true: always. */
  duplicate: chance,
  /** How often an event is held back behind later ones; true: always. */
  reorder: chance,
  /** Between a change and its first delivery. */
  delayMs: z.int().min(0).max(600_000).default(0),
  /** Every so many events, one is lost for good. */
  dropEvery: z.int().min(2).nullable().default(null),
  /** The span of the retries; HubSpot's is a day. */
  retrySpanMs: z.int().min(0).max(86_400_000).default(retrySpanMsDefault),
  timeoutMs: z.int().min(1).max(60_000).default(timeoutMsDefault),
});
export type WebhookSettings = z.output<typeof webhookSettings>;
