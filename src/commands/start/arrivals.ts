import { otherSystem, type Sides, type System } from '../../model/system.ts';
import type { Colleague } from './colleagues.ts';
import type { FieldChange } from './draw-edit.ts';
import type { WorkerEvent } from './worker-events.ts';

/** What a colleague did, as long as it is on its way to the other system. */
export interface Edit {
  readonly system: System;
  readonly id: string;
  /** The same person's record over there; null as long as there is none. */
  otherId: string | null;
  readonly who: string;
  readonly what: string;
  readonly changes: readonly FieldChange[];
  /** When the edit was answered: performance.now(). */
  readonly at: number;
}

/** How an edit ended. */
export interface Arrival {
  readonly edit: Edit;
  readonly tookMs: number;
  /** What the other system holds now where that is not what was entered (its own way to write a phone number); else null. */
  readonly stands: string | null;
  readonly outcome: 'landed' | 'refused';
}

interface Pending {
  readonly edit: Edit;
  /** API names over there that the worker has not written yet. */
  readonly missing: Set<string>;
  isLate: boolean;
}

/** An edit that is not there by then is said to be late, once. */
const lateMs = 30_000;
/** One that is not there by then (the other side's newer value won, say) is not waited for any longer. */
const givenUpMs = 600_000;
const latencyWindow = 1_000;

/**
 * Measures how long edits take: from the answer to the colleague until the worker says that it has written the fields over
 * there; then the colleague over there reads the record by id, so that the told value is what stands there.
 */
export class Arrivals {
  readonly #colleagues: Sides<Colleague>;
  readonly #onArrival: (arrival: Arrival) => void;
  readonly #onLate: (edit: Edit) => void;
  readonly #pending = new Set<Pending>();
  readonly #latencies: number[] = [];
  #count = 0;

  constructor(
    colleagues: Sides<Colleague>,
    onArrival: (arrival: Arrival) => void,
    onLate: (edit: Edit) => void,
  ) {
    this.#colleagues = colleagues;
    this.#onArrival = onArrival;
    this.#onLate = onLate;
  }

  /** Edits under way. */
  get pending(): number {
    return this.#pending.size;
  }

  /** Edits that arrived, with the median and the longest of their times (of the last 1,000). */
  get summary(): { readonly count: number; readonly medianMs: number | null; readonly maxMs: number | null } {
    const sorted = [...this.#latencies].sort((a, b) => a - b);
    return {
      count: this.#count,
      medianMs: sorted[Math.floor(sorted.length / 2)] ?? null,
      maxMs: sorted.at(-1) ?? null,
    };
  }

  isUnderWay(id: string): boolean {
    return [...this.#pending].some(({ edit }) => edit.id === id || edit.otherId === id);
  }

  expect(edit: Edit): void {
    const other = otherSystem(edit.system);
    const missing = new Set(edit.changes.map(({ field }) => field.fields[other]));
    this.#pending.add({ edit, missing, isLate: false });
  }

  /** Hears what the worker wrote. */
  hear(event: Extract<WorkerEvent, { event: 'change' }>): void {
    if (event.outcome === 'unknown') return;
    for (const pending of this.#pending) {
      const { edit, missing } = pending;
      if (edit.system !== event.from.system || edit.id !== event.from.id) continue;
      edit.otherId ??= event.id;
      if (event.op === 'create') missing.clear();
      for (const name of event.fields) missing.delete(name);
      if (missing.size > 0) continue;
      this.#pending.delete(pending);
      const tookMs = performance.now() - edit.at;
      if (event.outcome === 'landed') this.#keep(tookMs);
      void this.#report(edit, tookMs, event.outcome);
    }
  }

  /** Says what is late; call it now and then. */
  check(): void {
    for (const pending of this.#pending) {
      const ageMs = performance.now() - pending.edit.at;
      if (ageMs > givenUpMs) this.#pending.delete(pending);
      if (pending.isLate || ageMs < lateMs) continue;
      pending.isLate = true;
      this.#onLate(pending.edit);
    }
  }

  #keep(tookMs: number): void {
    this.#count += 1;
    this.#latencies.push(tookMs);
    if (this.#latencies.length > latencyWindow) this.#latencies.shift();
  }

  async #report(edit: Edit, tookMs: number, outcome: Arrival['outcome']): Promise<void> {
    const stands = outcome === 'landed' ? await this.#whatStands(edit).catch(() => null) : null;
    this.#onArrival({ edit, tookMs, stands, outcome });
  }

  async #whatStands(edit: Edit): Promise<string | null> {
    const other = otherSystem(edit.system);
    const [change] = edit.changes;
    if (edit.otherId === null || edit.changes.length !== 1 || change === undefined) return null;
    const name = change.field.fields[other];
    const value = (await this.#colleagues[other].read(edit.otherId, [name]))[name] ?? null;
    return value === change.value ? null : (value ?? '');
  }
}
