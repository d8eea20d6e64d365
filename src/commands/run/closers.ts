import { causeOf, type Logger } from '../../log.ts';

/** What was opened so far, to be closed last first whatever happens. */
export class Closers {
  private readonly closers: (() => Promise<unknown>)[] = [];

  add(close: () => Promise<unknown>): void {
    this.closers.push(close);
  }

  /** Closes everything; one that fails is told and does not keep the others from closing. */
  async closeAll(log: Logger): Promise<void> {
    for (const close of this.closers.reverse()) {
      try {
        await close();
      } catch (error) {
        log.warn({ event: 'close-failed', cause: causeOf(error) });
      }
    }
  }
}
