import * as z from 'zod';
import type { Clock } from '../../core/clock.ts';
import type { Caller } from '../../core/message.ts';
import type { Company } from '../company.ts';
import type { ObjectSchema } from '../schema/org-schema.ts';
import { type BayeuxMessage, StreamingClient } from './client.ts';

/** Between two looks at whether the session of a held connect still lasts. */
const checkEveryMs = 1_000;

const messageSchema = z.looseObject({
  channel: z.string(),
  id: z.union([z.string(), z.number()]).optional(),
  clientId: z.string().nullish(),
  subscription: z.union([z.string(), z.array(z.string())]).optional(),
  connectionType: z.string().optional(),
  supportedConnectionTypes: z.array(z.string()).optional(),
  ext: z.looseObject({ replay: z.record(z.string(), z.unknown()).optional() }).nullish(),
});
export const messagesSchema = z.union([z.array(messageSchema), messageSchema.transform((one) => [one])]);
type Message = z.output<typeof messageSchema>;

/** What the HTTP request of some messages says. */
export interface Envelope {
  /** Null: no token, or one that does not last any more. */
  readonly caller: Caller | null;
  /** Whether a token was sent at all. */
  readonly hasToken: boolean;
  readonly cookie: string | null;
  /** Asks again whether the session lasts. */
  readonly isAlive: () => boolean;
  /** Aborts when the client hangs up. */
  readonly signal: AbortSignal;
}

const supported = ['long-polling'];
const invalid = '401::Authentication invalid';
const unknownClient = '403::Unknown client';
const rehandshake = { interval: 0, reconnect: 'handshake' } as const;

/** `/data/LeadChangeEvent` → Lead, `/data/Visit__ChangeEvent` → Visit__c. Null: no such channel. */
const objectOfChannel = (company: Company, channel: string): ObjectSchema | 'all' | null => {
  if (channel === '/data/ChangeEvents') return 'all';
  const name = /^\/data\/(\w+?)ChangeEvent$/.exec(channel)?.[1];
  if (name === undefined) return null;
  return company.database.schema.object(name.endsWith('__') ? `${name}c` : name) ?? null;
};

/**
 * The Bayeux protocol as Salesforce speaks it over CometD: handshake, long-polling connect, subscribe with the replay extension,
 * unsubscribe, disconnect. Sources: streaming API guide (error codes, handling errors, message durability, client connection);
 * cometd.org, the Bayeux specification.
 */
export class BayeuxServer {
  readonly #company: Company;
  readonly #clock: Clock;
  readonly #clients = new Map<string, StreamingClient>();

  constructor(company: Company, clock: Clock) {
    this.#company = company;
    this.#clock = clock;
  }

  get clients(): readonly StreamingClient[] {
    this.#forgetIdle();
    return [...this.#clients.values()];
  }

  forgetClients(): void {
    this.#clients.clear();
    this.#company.events.wake();
  }

  /** Answers the messages of one request; `cookie` is to be set where a client began. */
  async answer(
    messages: readonly Message[],
    envelope: Envelope,
  ): Promise<{ readonly messages: readonly BayeuxMessage[]; readonly cookie: string | null }> {
    this.#forgetIdle();
    const answers: BayeuxMessage[] = [];
    let cookie: string | null = null;
    for (const message of messages) {
      if (message.channel === '/meta/handshake') {
        const { reply, client } = this.#handshake(message, envelope);
        answers.push(reply);
        cookie = client?.cookie ?? cookie;
      } else
        answers.push(...(await this.#serve(message, { ...envelope, cookie: cookie ?? envelope.cookie })));
    }
    return { messages: answers, cookie };
  }

  #handshake(
    message: Message,
    { caller, hasToken }: Envelope,
  ): { readonly reply: BayeuxMessage; readonly client?: StreamingClient } {
    const { channel, id } = message;
    const refuse = (failureReason: string) => ({
      reply: {
        ext: { sfdc: { failureReason }, replay: true, 'payload.format': true },
        advice: { reconnect: 'none' },
        channel,
        ...(id === undefined ? {} : { id }),
        error: '403::Handshake denied',
        successful: false,
      },
    });
    const { settings } = this.#company.events;
    if (caller === null) return refuse(hasToken ? invalid : '401::Request requires authentication');
    if (settings.denied) return refuse('403::User not enabled for streaming');
    if (settings.clientsMax !== null && this.#clients.size >= settings.clientsMax) {
      return refuse('403::Organization concurrent user limit exceeded');
    }
    const client = new StreamingClient(this.#company.actor(caller).userId, this.#clock.now());
    this.#clients.set(client.id, client);
    const reply = {
      ext: { replay: true, 'payload.format': true },
      minimumVersion: '1.0',
      clientId: client.id,
      supportedConnectionTypes: supported,
      channel,
      ...(id === undefined ? {} : { id }),
      version: '1.0',
      successful: true,
    };
    return { reply, client };
  }

  async #serve(message: Message, envelope: Envelope): Promise<readonly BayeuxMessage[]> {
    const client = this.#clients.get(message.clientId ?? '');
    if (envelope.caller === null) {
      const error = envelope.hasToken ? invalid : '401::Request requires authentication';
      return [this.#reply(message, { error, advice: { reconnect: 'none', interval: 0 } })];
    }
    if (!message.clientId)
      return [this.#reply(message, { error: '403::Client has not completed handshake' })];
    if (client === undefined) return [this.#reply(message, { error: unknownClient, advice: rehandshake })];
    client.seenAt = this.#clock.now();
    if (envelope.cookie !== client.cookie) {
      const error = `400::Client ${client.id} has established a session, but no BAYEUX_BROWSER cookie present`;
      return [this.#reply(message, { error })];
    }
    if (this.#company.actor(envelope.caller).userId !== client.userId) {
      return [
        this.#reply(message, { error: "400::Authenticated user id does not match the session's user id" }),
      ];
    }
    switch (message.channel) {
      case '/meta/connect':
        return this.#connect(message, client, envelope);
      case '/meta/subscribe':
        return this.#subscribe(message, client);
      case '/meta/unsubscribe':
        client.subscriptions.delete(String(message.subscription));
        return [this.#reply(message, { subscription: message.subscription })];
      case '/meta/disconnect':
        this.#clients.delete(client.id);
        this.#company.events.wake();
        return [this.#reply(message, {})];
      default:
        return [this.#reply(message, { error: '403::Restricted channel' })];
    }
  }

  #subscribe(message: Message, client: StreamingClient): readonly BayeuxMessage[] {
    const channels = [message.subscription ?? []].flat();
    if (channels.length === 0) return [this.#reply(message, { error: '400::Channel name not specified' })];
    return channels.map((channel) => {
      const error = this.#subscribeTo(channel, message, client);
      return this.#reply(message, { subscription: channel, ...(error === null ? {} : { error }) });
    });
  }

  #subscribeTo(channel: string, message: Message, client: StreamingClient): string | null {
    if (!channel.startsWith('/')) return "400::Channel subscriptions must start with a leading '/'";
    const object = objectOfChannel(this.#company, channel);
    if (object === null) return `400::The channel you requested to subscribe to does not exist {${channel}}`;
    const { events } = this.#company;
    events.expire();
    const asked = message.ext?.replay?.[channel] ?? -1;
    const replay = typeof asked === 'number' ? asked : Number.NaN;
    const after = replay === -1 ? events.log.tip : replay === -2 ? events.log.start : replay;
    if (replay !== -1 && replay !== -2 && !(Number.isSafeInteger(replay) && events.log.has(replay))) {
      return `400::The replayId {${String(asked)}} you provided was invalid.  Please provide a valid ID, -2 to replay all events, or -1 to replay only new events.`;
    }
    client.subscriptions.set(channel, { object: object === 'all' ? null : object, after });
    return null;
  }

  /** The first connect is answered at once; later ones when there are events, or after `pollMs`. */
  async #connect(
    message: Message,
    client: StreamingClient,
    envelope: Envelope,
  ): Promise<readonly BayeuxMessage[]> {
    if (message.connectionType !== 'long-polling') {
      return [
        this.#reply(message, { error: `400::Invalid connection type ${message.connectionType ?? ''}` }),
      ];
    }
    const { events } = this.#company;
    const advice = { interval: 0, timeout: events.settings.pollMs, reconnect: 'retry' };
    const deadline = this.#clock.now() + (client.hasConnected ? events.settings.pollMs : 0);
    client.hasConnected = true;
    client.isConnected = true;
    try {
      for (;;) {
        if (this.#clients.get(client.id) !== client) {
          return [this.#reply(message, { error: unknownClient, advice: rehandshake })];
        }
        if (!envelope.isAlive()) {
          return [this.#reply(message, { error: invalid, advice: { reconnect: 'none', interval: 0 } })];
        }
        if (events.isDeliveryUsedUp) {
          const error = '403::Organization total events daily limit exceeded';
          return [this.#reply(message, { error, advice: { reconnect: 'none', interval: 0 } })];
        }
        // Armed before the look: what is published between the two wakes it.
        const next = events.next();
        const messages = envelope.signal.aborted ? [] : this.#take(client, envelope.caller ?? 'person');
        const leftMs = deadline - this.#clock.now();
        if (messages.length > 0 || leftMs <= 0 || envelope.signal.aborted) {
          return [...messages, this.#reply(message, { advice })];
        }
        await Promise.race([
          next,
          this.#clock.sleep(Math.min(leftMs, checkEveryMs, events.settings.delayMs || checkEveryMs)),
        ]);
      }
    } finally {
      client.isConnected = false;
      client.seenAt = this.#clock.now();
    }
  }

  #take(client: StreamingClient, caller: Caller): readonly BayeuxMessage[] {
    const { events, rules } = this.#company;
    const { mute, duplicate, reorder } = events.settings;
    if (mute) return [];
    const actor = this.#company.actor(caller);
    const taken = client.take(events, (object, field) => !rules.hides(actor, object, field));
    const sent = duplicate ? taken.flatMap((message) => [message, message]) : taken;
    events.countDelivered(sent.length);
    return reorder ? sent.toReversed() : sent;
  }

  #reply(message: Message, more: Readonly<Record<string, unknown>>): BayeuxMessage {
    return {
      ...(message.clientId ? { clientId: message.clientId } : {}),
      channel: message.channel,
      ...(message.id === undefined ? {} : { id: message.id }),
      ...more,
      successful: more.error === undefined,
    };
  }

  #forgetIdle(): void {
    const since = this.#clock.now() - this.#company.events.settings.clientMs;
    for (const [id, client] of this.#clients) {
      if (!client.isConnected && client.seenAt < since) this.#clients.delete(id);
    }
  }
}
