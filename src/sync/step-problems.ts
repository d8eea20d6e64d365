import { StoreAwayError, UnreachableError } from '../model/failure.ts';
import { describeDefect } from './defect.ts';
import type { EngineContext } from './engine.ts';

/** What fails so often in a row is no moment's matter. */
const standsAfter = 2;

/**
 * The steps of a pair (polling, listing, working) that fail for another reason than a vendor. The log hears each; what fails again and again
 * stands in `status` until it goes well, after a restart too. A store that is away can be told nothing, and is told by whoever asks it.
 */
export class StepProblems {
  private readonly context: Pick<EngineContext, 'pair' | 'store' | 'events'>;
  private readonly inRow = new Map<string, number>();
  /** Steps that are known to have no problem. */
  private readonly fine = new Set<string>();

  constructor(context: Pick<EngineContext, 'pair' | 'store' | 'events'>) {
    this.context = context;
  }

  async went(what: string): Promise<void> {
    if (this.fine.has(what)) return;
    this.fine.add(what);
    this.inRow.delete(what);
    await this.context.store.clearProblem(this.keyOf(what));
  }

  /** @throws what the store throws */
  async failed(what: string, error: unknown): Promise<void> {
    const { events, store, pair } = this.context;
    const isExplained = error instanceof UnreachableError;
    const cause = isExplained ? error.message : describeDefect(error);
    const next = isExplained ? error.next : 'Nothing to do: it is tried again by itself.';
    events.emit('step-failed', { pair: pair.name, what, cause, next });
    this.fine.delete(what);
    if (error instanceof StoreAwayError) return;
    const times = (this.inRow.get(what) ?? 0) + 1;
    this.inRow.set(what, times);
    if (times < standsAfter) return;
    await store.raiseProblem({
      key: this.keyOf(what),
      what: `${pair.name}: ${what} fails again and again`,
      cause,
      fault: 'tandem',
      next: isExplained
        ? error.next
        : 'It is tried again by itself. It is a defect of Tandem or of its store: report it with the cause and the log of that time.',
    });
  }

  private keyOf(what: string): string {
    return `step:${this.context.pair.name}:${what}`;
  }
}
