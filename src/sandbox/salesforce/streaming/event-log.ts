import type { CapturedChange } from './captured-change.ts';

/** An event in the bus. Replay ids only rise, with holes, and mean nothing else. */
export interface RetainedEvent {
  readonly replayId: number;
  /** When it can be delivered first, milliseconds; the retention counts from then on. */
  readonly at: number;
  readonly change: CapturedChange;
}

/** The simulator keeps no more than this, whatever the retention: some hundred megabytes when every record changes all the time. */
const eventsMax = 250_000;
/** The event bus: what was published within the retention, in order. */
export class EventLog {
  readonly #nowMs: () => number;
  #events: RetainedEvent[] = [];
  #lastId: number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
    // Ids never go back, also where a simulator starts anew from a saved state: an old id must not name another event.
    this.#lastId = nowMs();
  }

  /** The id of the newest event that can be delivered, retained or not. */
  get tip(): number {
    const now = this.#nowMs();
    const waiting = this.#events.find(({ at }) => at > now);
    return waiting === undefined ? this.#lastId : waiting.replayId - 1;
  }

  get size(): number {
    return this.#events.length;
  }

  append(change: CapturedChange, delayMs: number): void {
    // Not contiguous, as in life (streaming API durability), so that nobody computes with them.
    this.#lastId += 1 + (this.#lastId % 3);
    this.#events.push({ replayId: this.#lastId, at: this.#nowMs() + delayMs, change });
    if (this.#events.length > eventsMax) this.#events = this.#events.slice(eventsMax / 10);
  }

  /** Whether an event with this id is retained: only such an id can be replayed from. */
  has(replayId: number): boolean {
    return this.#events[this.#after(replayId - 1)]?.replayId === replayId;
  }

  /** Up to `limit` events behind this id that can be delivered. */
  after(replayId: number, limit: number): readonly RetainedEvent[] {
    const start = this.#after(replayId);
    const now = this.#nowMs();
    return this.#events.slice(start, start + limit).filter(({ at }) => at <= now);
  }

  /** The id in front of the oldest event. */
  get start(): number {
    return (this.#events[0]?.replayId ?? this.#lastId + 1) - 1;
  }

  purgeBefore(ms: number): void {
    const keep = this.#events.findIndex((event) => event.at >= ms);
    if (keep !== 0) this.#events = keep < 0 ? [] : this.#events.slice(keep);
  }

  clear(): void {
    this.#events = [];
  }

  /** The place of the first event with a higher id. */
  #after(replayId: number): number {
    let low = 0;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#events[middle]?.replayId ?? 0) <= replayId) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
