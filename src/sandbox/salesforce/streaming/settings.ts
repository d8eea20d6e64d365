import * as z from 'zod';

const entities = z.array(z.string().min(1)).max(1_000);
const every = z.int().min(1).nullable();
const milliseconds = z
  .int()
  .min(0)
  .max(30 * 24 * 3_600_000);

/** `POST /_sandbox/streaming`: what is named changes, `{"reset": true}` first restores the vendor's. */
export const streamingSchema = z.strictObject({
  reset: z.boolean().optional(),
  /** Objects selected for Change Data Capture in Setup. */
  entities: entities.optional(),
  /** How many may be selected; more need an add-on. Null: the add-on is there. */
  entitiesMax: z.int().min(0).nullable().optional(),
  /** Each event is delivered twice. */
  duplicate: z.boolean().optional(),
  /** The events of an answer come in another order than that of their replay ids. */
  reorder: z.boolean().optional(),
  /** Each event is there so long after its commit. */
  delayMs: milliseconds.optional(),
  /** Each n-th event is never published. */
  dropEvery: every.optional(),
  /** Each n-th event is a gap event. */
  gapEvery: every.optional(),
  /** A transaction with more changes than this gives overflow events. */
  overflowAbove: z.int().min(0).optional(),
  retentionMs: milliseconds.optional(),
  /** How long a connect without events is held. */
  pollMs: milliseconds.optional(),
  /** How long a client without a connect is remembered. */
  clientMs: milliseconds.optional(),
  clientsMax: z.int().min(0).nullable().optional(),
  /** Events that may be delivered in a rolling day. */
  deliveryLimit: z.int().min(0).nullable().optional(),
  /** Connects are held, and never get an event: what a broken stream looks like from outside. */
  mute: z.boolean().optional(),
  /** The user has no right to the streaming API. */
  denied: z.boolean().optional(),
  /** Everything retained is purged now: stored replay ids are invalid from then on. */
  expireReplay: z.literal(true).optional(),
  /** All clients are forgotten now, as after a break of the network. */
  disconnect: z.literal(true).optional(),
});

export type StreamingChange = z.output<typeof streamingSchema>;
export type StreamingSettings = {
  [K in Exclude<keyof StreamingChange, 'reset' | 'expireReplay' | 'disconnect'>]-?: Exclude<
    StreamingChange[K],
    undefined
  >;
};

/**
 * An Enterprise org whose administrator has selected what a sales team aligns, and its tasks. Source: allocations of the platform events and Change
 * Data Capture guides: 5 entities, 1,000 clients, 25,000 events delivered in 24 hours, retention 72 hours, 100,000 changes in one
 * transaction; streaming API guide: a connect is held for 110 s, a client is remembered for 40 s.
 */
export const vendorStreaming: StreamingSettings = {
  entities: ['Lead', 'Contact', 'Account', 'Opportunity', 'Task'],
  entitiesMax: 5,
  duplicate: false,
  reorder: false,
  delayMs: 0,
  dropEvery: null,
  gapEvery: null,
  overflowAbove: 100_000,
  retentionMs: 72 * 3_600_000,
  pollMs: 110_000,
  clientMs: 40_000,
  clientsMax: 1_000,
  deliveryLimit: 25_000,
  mute: false,
  denied: false,
};
