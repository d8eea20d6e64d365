import type { WakeQueueOptions } from './wake-queue.ts';

const quietMs = 10_000;
const keptMax = 100;

/** Passes on each kind of trouble once in a while: while a database is away BullMQ repeats the same error every second. */
export class RecentTroubles {
  readonly #told = new Map<string, number>();
  readonly #onTrouble: WakeQueueOptions['onTrouble'];
  #isClosed: boolean;

  constructor(onTrouble: WakeQueueOptions['onTrouble']) {
    this.#onTrouble = onTrouble;
    this.#isClosed = false;
  }

  tell(what: string, error: unknown): void {
    if (this.#isClosed) return;
    const key = `${what}: ${error instanceof Error ? error.message : 'not an error'}`;
    const now = performance.now();
    if (now - (this.#told.get(key) ?? Number.NEGATIVE_INFINITY) < quietMs) return;
    if (this.#told.size >= keptMax) this.#told.clear();
    this.#told.set(key, now);
    this.#onTrouble({ what, error });
  }

  /** Connections that break while everything is closed are no trouble. */
  close(): void {
    this.#isClosed = true;
  }
}
