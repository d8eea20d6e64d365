import { randomUUID } from 'node:crypto';
import { type PermitRequest, type Taken, type WorkClass, workClasses } from '../../model/budget.ts';
import { askAgainMsMax } from '../../model/lane-line.ts';

export interface Entry {
  /** Calls that may follow the one that is to be made at once. */
  readonly soon: number;
  readonly redeems: string | null;
  readonly workClass: WorkClass;
  /** It holds permits that others wait for, so it goes first: otherwise both would wait for each other. */
  readonly holdsReservation: boolean;
  readonly signal: AbortSignal | undefined;
}

/** Ids of permits. */
export interface Granted {
  readonly permits: readonly string[];
  readonly promised: readonly string[];
}

interface Waiter extends Entry {
  readonly id: string;
  readonly granted: (granted: Granted) => void;
  readonly failed: (error: unknown) => void;
}

export interface TurnstileOptions {
  readonly take: (request: Omit<PermitRequest, 'system' | 'lane' | 'limit' | 'dailyShare'>) => Promise<Taken>;
  readonly giveBack: (permits: readonly string[]) => Promise<void>;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

const rank = (entry: Entry): number => (entry.holdsReservation ? -1 : workClasses.indexOf(entry.workClass));

/**
 * What has begun is finished: its records are leased and read, and would be left for as long as the class stands still. It may take
 * from the whole daily share.
 */
const classInShare = (entry: Entry): WorkClass => (entry.holdsReservation ? 'consent' : entry.workClass);

/**
 * The queue of one process before one lane: by class, then by arrival. One pump asks the store for the first waiter
 * only. Across processes the line in the store decides (model/lane-line.ts), by the same rules.
 */
export const makeTurnstile = (options: TurnstileOptions) => {
  const waiters: Waiter[] = [];
  let pumping = false;
  let nap = new AbortController();

  const leave = (waiter: Waiter): boolean => {
    const at = waiters.indexOf(waiter);
    if (at >= 0) waiters.splice(at, 1);
    return at >= 0;
  };

  /** Asks for each waiter in turn until one has to wait for the whole lane; the answer is how long to sleep. */
  const serve = async (): Promise<number> => {
    let blockedClass: number = workClasses.length;
    let waitMs = askAgainMsMax;
    for (const waiter of [...waiters]) {
      const classIndex = workClasses.indexOf(classInShare(waiter));
      // What stopped at its part of the daily share stops every lower class too, and no higher one.
      if (classIndex >= blockedClass) continue;
      let taken: Taken;
      try {
        taken = await options.take({
          ...{ count: 1, soon: waiter.soon, redeems: waiter.redeems, waiter: waiter.id },
          ...{ workClass: classInShare(waiter), begun: waiter.holdsReservation },
        });
      } catch (error) {
        if (leave(waiter)) waiter.failed(error);
        continue;
      }
      if ('granted' in taken) {
        const { granted: permits, promised } = taken;
        if (leave(waiter)) waiter.granted({ permits, promised });
        else await options.giveBack([...permits, ...promised]);
        return 0;
      }
      waitMs = Math.min(waitMs, taken.waitMs);
      if (taken.why === 'burst' || taken.why === 'paused') return waitMs;
      blockedClass = classIndex;
    }
    return waitMs;
  };

  const pump = async (): Promise<void> => {
    if (pumping) return;
    pumping = true;
    try {
      while (waiters.length > 0) {
        nap = new AbortController();
        const { signal } = nap;
        const waitMs = await serve();
        if (waitMs > 0 && waiters.length > 0) await options.sleep(waitMs, signal).catch(() => undefined);
      }
    } finally {
      pumping = false;
    }
  };

  return {
    /** Something was given back: whoever waits asks at once. */
    wake(): void {
      nap.abort();
    },
    /**
     * Waits for a permit, and for what is to be promised with it: all or nothing.
     * @throws the signal's reason when it aborts first; what the store threw.
     */
    async enter(entry: Entry): Promise<Granted> {
      entry.signal?.throwIfAborted();
      const { promise, resolve, reject } = Promise.withResolvers<Granted>();
      const waiter: Waiter = { ...entry, id: randomUUID(), granted: resolve, failed: reject };
      const after = waiters.findIndex((other) => rank(other) > rank(waiter));
      waiters.splice(after < 0 ? waiters.length : after, 0, waiter);
      const onAbort = (): void => {
        if (leave(waiter)) reject(entry.signal?.reason);
        nap.abort();
      };
      entry.signal?.addEventListener('abort', onAbort, { once: true });
      // A newcomer at the head may be allowed what the present head is not: wake the pump.
      if (waiters[0] === waiter) nap.abort();
      pump().catch(reject);
      try {
        return await promise;
      } finally {
        entry.signal?.removeEventListener('abort', onAbort);
      }
    },
  };
};

export type Turnstile = ReturnType<typeof makeTurnstile>;
