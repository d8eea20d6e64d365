import type { LifecycleContext } from './context.ts';
import { type PausedLifecycle, pausedLifecycle } from './pauses.ts';

/** What is paused, as a round found it. */
export interface ReadPauses {
  readonly paused: PausedLifecycle;
  /** It is another than what was noted. */
  readonly isNew: boolean;
  /** Content went on. */
  readonly goesOn: boolean;
}

/**
 * The pauses that rounds keep to, read before each: what was under way under other pauses is over then, and that is noted in the store, for whoever paused waits for
 * it.
 */
export class KeptPauses {
  readonly #context: LifecycleContext;
  #noted: string | null = null;
  #now: PausedLifecycle;

  constructor(context: LifecycleContext) {
    this.#context = context;
    this.#now = pausedLifecycle(context.pair, []);
  }

  /** As it was read last. */
  get now(): PausedLifecycle {
    return this.#now;
  }

  /** Before anything is under way. */
  async begin(): Promise<void> {
    this.#noted = null;
    await this.read();
  }

  /** Before a round. */
  async read(): Promise<ReadPauses> {
    const { engine, pair, store } = this.#context;
    const pauses = await engine.pauses();
    const paused = pausedLifecycle(pair, pauses);
    const goesOn = this.#now.content && !paused.content;
    this.#now = paused;
    const scopes = pauses.map(({ scope }) => scope);
    const kept = JSON.stringify(scopes);
    const isNew = kept !== this.#noted;
    if (isNew) {
      await store.notePauses(scopes);
      this.#noted = kept;
    }
    return { paused, isNew, goesOn };
  }
}
