import type { LifecycleContext } from './context.ts';
import { type PausedLifecycle, pausedLifecycle } from './pauses.ts';

/** What goes on in rounds. */
const parts = ['look', 'carry'] as const;
export type Part = (typeof parts)[number];

/** What is paused, as one part of the work found it. */
export interface ReadPauses {
  readonly paused: PausedLifecycle;
  /** It is another than what was noted, and all keep to it from now on. */
  readonly isNew: boolean;
  /** Content went on. */
  readonly goesOn: boolean;
}

/**
 * The pauses that the parts of the work keep to. Each reads them before a round; once all have, what was under way under other pauses is over, and that is noted in
 * the store: whoever paused waits for it.
 */
export class KeptPauses {
  readonly #context: LifecycleContext;
  readonly #keptBy = new Map<Part, string>();
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
    for (const part of parts) await this.read(part);
  }

  /** Before a round of this part. */
  async read(part: Part): Promise<ReadPauses> {
    const { engine, pair, store } = this.#context;
    const pauses = await engine.pauses();
    const paused = pausedLifecycle(pair, pauses);
    const goesOn = this.#now.content && !paused.content;
    this.#now = paused;
    const scopes = pauses.map(({ scope }) => scope);
    const kept = JSON.stringify(scopes);
    this.#keptBy.set(part, kept);
    const isNew = kept !== this.#noted && parts.every((each) => this.#keptBy.get(each) === kept);
    if (isNew) {
      await store.notePauses(scopes);
      this.#noted = kept;
    }
    return { paused, isNew, goesOn };
  }
}
