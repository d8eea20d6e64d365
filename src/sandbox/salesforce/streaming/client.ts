import { randomBytes } from 'node:crypto';
import type { BoundField, ObjectSchema } from '../schema/org-schema.ts';
import type { EventBus } from './event-bus.ts';
import { renderEvent } from './render-event.ts';

/** One message of an answer. */
export type BayeuxMessage = Readonly<Record<string, unknown>>;

/** At most so many events come with one connect. */
const eventsPerAnswer = 500;
/** Behind so many events of other objects a subscription's place is moved on. */
const scanAtOnce = 5_000;

interface Subscription {
  /** Null: every selected object (`/data/ChangeEvents`). */
  readonly object: ObjectSchema | null;
  /** Everything up to this id has been delivered, or is not wanted. */
  after: number;
}

/** What a client that has shaken hands is to the server. */
export class StreamingClient {
  readonly id = randomBytes(16).toString('hex');
  /** The value of its BAYEUX_BROWSER cookie. */
  readonly cookie = randomBytes(16).toString('hex');
  readonly userId: string;
  readonly subscriptions = new Map<string, Subscription>();
  /** A connect of it is held. */
  isConnected = false;
  hasConnected = false;
  seenAt: number;

  constructor(userId: string, nowMs: number) {
    this.userId = userId;
    this.seenAt = nowMs;
  }

  /** Events of all subscriptions that wait, as messages; each is taken once. */
  take(bus: EventBus, sees: (object: ObjectSchema, field: BoundField) => boolean): readonly BayeuxMessage[] {
    bus.expire();
    const messages: BayeuxMessage[] = [];
    for (const [channel, subscription] of this.subscriptions) {
      for (const data of this.#takeOf(bus, subscription, eventsPerAnswer - messages.length, sees)) {
        messages.push({ channel, data });
      }
    }
    return messages;
  }

  #takeOf(
    bus: EventBus,
    subscription: Subscription,
    limit: number,
    sees: (object: ObjectSchema, field: BoundField) => boolean,
  ): readonly unknown[] {
    const taken: unknown[] = [];
    while (taken.length < limit) {
      const events = bus.log.after(subscription.after, scanAtOnce);
      if (events.length === 0) return taken;
      for (const { replayId, change } of events) {
        if (taken.length >= limit) return taken;
        subscription.after = replayId;
        const { object } = subscription;
        if (object !== null && object !== change.schema) continue;
        taken.push(renderEvent(change, replayId, (field) => sees(change.schema, field)));
      }
    }
    return taken;
  }
}
