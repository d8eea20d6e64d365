import type { Random } from '../../core/random.ts';
import type { StoredRecord, Version } from './record.ts';

interface Pending {
  readonly visibleAt: number;
  readonly version: Version;
}

/** A change is seen by search after 0.5 to 3 seconds. */
export const searchLagMs = { min: 500, max: 3_000 } as const;

/**
 * What search knows lags behind what is: each change becomes visible after a lag of its own, changes of one record in
 * their order. Until then a search sees, and filters by, the version before.
 */
export class SearchIndex {
  readonly #random: Random;
  readonly #pending = new Map<StoredRecord, Pending[]>();

  constructor(random: Random) {
    this.#random = random;
  }

  /** Call with each new version of a record. Older ones that are due by now are let in, so that nobody need search for them to be let go. */
  changed(record: StoredRecord, now: number): void {
    this.#letIn(record, now);
    const queue = this.#pending.get(record);
    const earliest = queue?.at(-1)?.visibleAt ?? 0;
    const visibleAt = Math.max(earliest, now + this.#random.integer(searchLagMs.min, searchLagMs.max));
    const pending = { visibleAt, version: record.version };
    if (queue === undefined) this.#pending.set(record, [pending]);
    else queue.push(pending);
  }

  /** The record is gone for good. */
  forget(record: StoredRecord): void {
    this.#pending.delete(record);
  }

  /** Lets everything in that is due. Call before a search. */
  advance(now: number): void {
    for (const record of this.#pending.keys()) this.#letIn(record, now);
  }

  #letIn(record: StoredRecord, now: number): void {
    const queue = this.#pending.get(record) ?? [];
    let due = 0;
    while ((queue[due]?.visibleAt ?? Number.POSITIVE_INFINITY) <= now) due += 1;
    const newest = queue[due - 1];
    if (newest === undefined) return;
    record.indexed = newest.version;
    if (due === queue.length) this.#pending.delete(record);
    else queue.splice(0, due);
  }
}
