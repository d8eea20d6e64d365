import type { WorkClass } from '../model/budget.ts';

/** Looks for work of a pair; the class says which kind made it wake. A rejection is reported and means nothing more. */
export type WakeHandler = (pair: string, workClass: WorkClass) => Promise<void>;

/**
 * Wakes workers, in this process or another. It carries no record and no order, may lose and repeat: what is to be done
 * stands in the store, and the safety tick finds what no wake told.
 */
export interface WakeQueue {
  /** Asks that somebody looks at the pair soon. Never rejects and never waits; many calls at once are one wake. */
  wake(pair: string, workClass: WorkClass): void;
  /** Starts answering wakes in this process. A pair's handler never runs twice at once here; a wake meanwhile runs it once more. */
  serve(handler: WakeHandler): Promise<void>;
  /** Stops answering, waits for the handlers that run, closes the connections. */
  close(): Promise<void>;
}

/** Where the wakes travel. */
export type WakeBackend =
  | { readonly kind: 'postgres'; readonly connectionString: string }
  | { readonly kind: 'redis'; readonly url: string };

export interface WakeQueueOptions {
  readonly backend: WakeBackend;
  /** Told of broken connections and failing handlers. Logs; must not throw. */
  readonly onTrouble: (trouble: { readonly what: string; readonly error: unknown }) => void;
}
