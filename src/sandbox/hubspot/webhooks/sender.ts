import type { Clock } from '../../core/clock.ts';
import { makeRandom, type Random } from '../../core/random.ts';
import type { PortalChange } from '../changes/portal-change.ts';
import { eventsOf, type WebhookEvent } from './event.ts';
import type { WebhookSettings } from './settings.ts';
import { signatureHeaders } from './signature.ts';

/** Events of one request, and requests under way at once (https://developers.hubspot.com/docs/api/webhooks). */
const batchMax = 100;
const requestsMax = 10;
/** Attempts after the first, spread over the span at growing, random distances; then the events are lost. */
const retriesMax = 10;
/** How long events are gathered into one request. */
const gatherMs = 25;
/** How long an event that loses its place waits longer than the others. */
const heldBackMsMax = 1_000;

/** What became of events and requests so far. */
export interface WebhookStats {
  /** Events that a 2xx was answered for; a duplicate counts again. */
  readonly delivered: number;
  /** Events lost: by `dropEvery`, or after the last attempt. */
  readonly dropped: number;
  readonly lost: number;
  readonly requests: number;
  readonly failedRequests: number;
  /** Events that are gathered, wait for a retry, or are under way. */
  readonly pending: number;
  /** Requests under way at once, at most so far. */
  readonly concurrent: number;
}

const shuffle = <T>(items: readonly T[], random: Random): T[] => {
  const mixed = [...items];
  for (let at = mixed.length - 1; at > 0; at -= 1) {
    const other = random.integer(0, at);
    const [a, b] = [mixed[at], mixed[other]];
    if (a !== undefined && b !== undefined) [mixed[at], mixed[other]] = [b, a];
  }
  return mixed;
};

/**
 * Sends what happens in the portal to the app's webhook: signed batches, several at once and so in no order, retried when the answer
 * is not 2xx or takes too long. The distances of the retries are not documented; they grow and are random here.
 */
export class WebhookSender {
  readonly #clock: Clock;
  #random: Random = makeRandom(0);
  #settings: WebhookSettings | null = null;
  /** Ends the waits and requests of the settings before. */
  #stop = new AbortController();
  #gathered: WebhookEvent[] = [];
  readonly #waiting: (() => void)[] = [];
  #underWay = 0;
  #heard = 0;
  #stats = { delivered: 0, dropped: 0, lost: 0, requests: 0, failedRequests: 0, pending: 0, concurrent: 0 };

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** New settings; what was on its way under the old ones is forgotten. */
  configure(settings: WebhookSettings, seed: number): void {
    this.stop();
    this.#random = makeRandom(seed);
    this.#settings = settings.url === null ? null : settings;
  }

  get stats(): WebhookStats {
    return { ...this.#stats };
  }

  hear(change: PortalChange): void {
    const settings = this.#settings;
    if (settings === null) return;
    for (const event of eventsOf(change, settings.subscriptions, this.#random)) {
      this.#heard += 1;
      if (settings.dropEvery !== null && this.#heard % settings.dropEvery === 0) {
        this.#stats.dropped += 1;
        continue;
      }
      this.#gather(event, settings);
      if (this.#random.chance(settings.duplicate)) this.#holdBack(event, settings);
    }
  }

  /** Forgets what is on its way; the settings stay. */
  stop(): void {
    this.#stop.abort();
    this.#stop = new AbortController();
    this.#gathered = [];
    this.#waiting.length = 0;
    this.#underWay = 0;
    this.#heard = 0;
    this.#stats = {
      delivered: 0,
      dropped: 0,
      lost: 0,
      requests: 0,
      failedRequests: 0,
      pending: 0,
      concurrent: 0,
    };
  }

  #gather(event: WebhookEvent, settings: WebhookSettings): void {
    if (this.#random.chance(settings.reorder)) {
      this.#holdBack(event, settings);
      return;
    }
    this.#stats.pending += 1;
    this.#enter(event, settings);
  }

  #enter(event: WebhookEvent, settings: WebhookSettings): void {
    this.#gathered.push(event);
    if (this.#gathered.length > 1) return;
    this.#later(gatherMs + settings.delayMs, () => this.#flush(settings));
  }

  #holdBack(event: WebhookEvent, settings: WebhookSettings): void {
    this.#stats.pending += 1;
    this.#later(this.#random.integer(1, heldBackMsMax), () => this.#enter(event, settings));
  }

  /** The events of one save stay together, as they are seen to in life; in which order they and the saves stand, nobody knows. */
  #flush(settings: WebhookSettings): void {
    const saves = new Map<string, WebhookEvent[]>();
    for (const event of this.#gathered) {
      const key = `${event.objectId} ${event.occurredAt}`;
      const save = saves.get(key);
      if (save === undefined) saves.set(key, [event]);
      else save.push(event);
    }
    this.#gathered = [];
    const events = shuffle([...saves.values()], this.#random).flatMap((save) => shuffle(save, this.#random));
    for (let from = 0; from < events.length; from += batchMax) {
      // A failure of the simulator itself; requests that fail are retried inside.
      this.#deliver(events.slice(from, from + batchMax), settings).catch(() => undefined);
    }
  }

  /** One batch until it is taken or lost. */
  async #deliver(events: readonly WebhookEvent[], settings: WebhookSettings): Promise<void> {
    const { signal } = this.#stop;
    const stats = this.#stats;
    for (let attempt = 0; attempt <= retriesMax; attempt += 1) {
      if (attempt > 0) await this.#pause(this.#retryAfterMs(attempt, settings), signal);
      await this.#turn(signal);
      if (signal.aborted) return;
      const isTaken = await this.#send(events, attempt, settings, signal);
      if (signal.aborted) return;
      this.#leave();
      if (isTaken) {
        stats.delivered += events.length;
        stats.pending -= events.length;
        return;
      }
    }
    stats.lost += events.length;
    stats.pending -= events.length;
  }

  async #send(
    events: readonly WebhookEvent[],
    attemptNumber: number,
    settings: WebhookSettings,
    signal: AbortSignal,
  ): Promise<boolean> {
    const url = settings.url ?? '';
    const body = JSON.stringify(events.map((event) => ({ ...event, attemptNumber })));
    const stats = this.#stats;
    stats.requests += 1;
    stats.concurrent = Math.max(stats.concurrent, this.#underWay);
    try {
      const response = await fetch(url, {
        method: 'POST',
        redirect: 'manual',
        headers: {
          'Content-Type': 'application/json',
          'User-Agent':
            'HubSpot Connect 2.0 (http://dev.hubspot.com/) (namespace: webhooks-nio-http-client) - WebhooksExecutorDaemon-executor',
          ...signatureHeaders(settings.secret ?? '', url, body, this.#clock.now()),
        },
        body,
        signal: AbortSignal.any([signal, AbortSignal.timeout(settings.timeoutMs)]),
      });
      await response.arrayBuffer();
      if (response.status >= 200 && response.status <= 299) return true;
    } catch {
      // No connection, or no answer in time: as good as a refusal.
    }
    stats.failedRequests += 1;
    return false;
  }

  /** Doubling shares of the span, half to one and a half of each. */
  #retryAfterMs(attempt: number, { retrySpanMs }: WebhookSettings): number {
    const share = 2 ** (attempt - 1) / (2 ** retriesMax - 1);
    return retrySpanMs * share * (0.5 + this.#random.next());
  }

  /** Waits until fewer than the most requests are under way, and takes a place. */
  async #turn(signal: AbortSignal): Promise<void> {
    if (this.#underWay < requestsMax) {
      this.#underWay += 1;
      return;
    }
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  /** Hands the place to the one that has waited longest. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#underWay -= 1;
    else next();
  }

  #later(ms: number, act: () => void): void {
    const { signal } = this.#stop;
    this.#pause(ms, signal).then(
      () => {
        if (!signal.aborted) act();
      },
      () => undefined,
    );
  }

  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    await this.#clock.sleep(ms, signal).catch(() => undefined);
  }
}
