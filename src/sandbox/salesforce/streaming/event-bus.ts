import { RollingWindow } from '../../core/rolling-window.ts';
import { ControlError } from '../../core/system.ts';
import type { ObjectSchema } from '../schema/org-schema.ts';
import type { Commit } from '../store/commit.ts';
import { type CapturedChange, captureTransaction } from './captured-change.ts';
import { EventLog } from './event-log.ts';
import { type StreamingChange, type StreamingSettings, vendorStreaming } from './settings.ts';

const dayMs = 24 * 3_600_000;

/** What is published: the log, the switches that spoil it, and who waits for more. */
export class EventBus {
  readonly log: EventLog;
  readonly #nowMs: () => number;
  readonly #delivered = new RollingWindow(dayMs);
  #settings: StreamingSettings = vendorStreaming;
  #waiters = new Set<() => void>();
  #published = 0;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
    this.log = new EventLog(nowMs);
  }

  get settings(): StreamingSettings {
    return this.#settings;
  }

  /** @throws ControlError where more objects are selected than the edition allows */
  change({ reset, expireReplay, disconnect: _clients, ...change }: StreamingChange): void {
    const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
    const settings: StreamingSettings = { ...(reset ? vendorStreaming : this.#settings), ...given };
    if (settings.entitiesMax !== null && settings.entities.length > settings.entitiesMax) {
      throw new ControlError(
        'entities',
        `more than ${settings.entitiesMax} objects need an add-on (entitiesMax)`,
      );
    }
    this.#settings = settings;
    if (expireReplay) this.log.clear();
    this.wake();
  }

  /** Publishes what a call changed. */
  publish(commit: Commit): void {
    const { entities, overflowAbove } = this.#settings;
    const selected = new Set(entities.map((name) => name.toLowerCase()));
    const isSelected = (schema: ObjectSchema): boolean => selected.has(schema.name.toLowerCase());
    for (const event of captureTransaction(commit, isSelected, overflowAbove)) this.#append(event);
    this.log.purgeBefore(this.#nowMs() - this.#settings.retentionMs);
    this.wake();
  }

  /** Forgets events that are too old. To be called before anything is read. */
  expire(): void {
    this.log.purgeBefore(this.#nowMs() - this.#settings.retentionMs);
  }

  /** Events delivered in the last day. */
  get delivered(): number {
    return this.#delivered.count(this.#nowMs());
  }

  get isDeliveryUsedUp(): boolean {
    const { deliveryLimit } = this.#settings;
    return deliveryLimit !== null && this.delivered >= deliveryLimit;
  }

  countDelivered(events: number): void {
    const now = this.#nowMs();
    for (let count = 0; count < events; count += 1) this.#delivered.add(now);
  }

  /** A company that begins anew: nothing retained; ids go on rising. */
  clear(): void {
    this.log.clear();
    this.#delivered.clear();
    this.#published = 0;
    this.wake();
  }

  /** Resolves with the next publication or change of the settings. */
  next(): Promise<void> {
    return new Promise((resolve) => this.#waiters.add(resolve));
  }

  wake(): void {
    const waiters = this.#waiters;
    this.#waiters = new Set();
    for (const resolve of waiters) resolve();
  }

  #append(event: CapturedChange): void {
    this.#published += 1;
    const { dropEvery, gapEvery, delayMs } = this.#settings;
    if (dropEvery !== null && this.#published % dropEvery === 0) return;
    const isGap = gapEvery !== null && this.#published % gapEvery === 0 && event.kind === 'change';
    this.log.append(isGap ? { ...event, kind: 'gap' } : event, delayMs);
  }
}
