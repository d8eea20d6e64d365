import { setTimeout as sleep } from 'node:timers/promises';
import { Death } from '../chaos/mortal.ts';

/** How often a process that was not elected asks again. */
const askEveryMs = 1_000;

/** An office that one process of a fleet holds at a time, as the advisory lock of a session does it: free at once when its holder is gone. */
export class Office {
  /** What made a holder lay it down although it lived: nothing here may. */
  readonly troubles: string[] = [];
  private holder: string | null = null;

  /** Serves whenever the office is free, until the signal aborts. */
  async standFor(
    candidate: string,
    signal: AbortSignal,
    serve: (signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    const leave = (): void => {
      if (this.holder === candidate) this.holder = null;
    };
    signal.addEventListener('abort', leave, { once: true });
    while (!signal.aborted) {
      if (this.holder === null) {
        this.holder = candidate;
        await serve(signal).catch((error: unknown) => {
          if (!(error instanceof Death))
            this.troubles.push(`${candidate} laid its office down: ${String(error)}`);
        });
        leave();
      }
      await sleep(askEveryMs, undefined, { signal }).catch(() => undefined);
    }
  }
}
