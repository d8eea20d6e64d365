import { type Caller, callers } from './message.ts';

/** The contract's `calls` of GET /_sandbox/stats. */
export interface CallStats {
  readonly total: number;
  readonly byCaller: Readonly<Record<Caller, number>>;
  readonly byRoute: Readonly<Record<string, number>>;
  /** Of `byRoute`, those whose connection a fault cut: some were carried out all the same. */
  readonly droppedByRoute: Readonly<Record<string, number>>;
  readonly byStatus: Readonly<Record<string, number>>;
  readonly limited: number;
}

/**
 * Counts calls of the public API. `byRoute` has path templates and the integration's calls alone; a connection that
 * was cut by a fault counts under the status `dropped`, since its client saw none.
 */
export class StatsCounter {
  #total = 0;
  #limited = 0;
  readonly #byCaller: Record<Caller, number> = { integration: 0, person: 0 };
  readonly #byRoute = new Map<string, number>();
  readonly #droppedByRoute = new Map<string, number>();
  readonly #byStatus = new Map<string, number>();

  countCall(caller: Caller | null, route: string): void {
    this.#total += 1;
    if (caller === null) return;
    this.#byCaller[caller] += 1;
    if (caller === 'integration') this.#byRoute.set(route, (this.#byRoute.get(route) ?? 0) + 1);
  }

  countDropped(caller: Caller | null, route: string): void {
    if (caller === 'integration') this.#droppedByRoute.set(route, (this.#droppedByRoute.get(route) ?? 0) + 1);
  }

  countStatus(status: number | 'dropped'): void {
    const key = String(status);
    this.#byStatus.set(key, (this.#byStatus.get(key) ?? 0) + 1);
  }

  countLimited(): void {
    this.#limited += 1;
  }

  read(): CallStats {
    return {
      total: this.#total,
      byCaller: { ...this.#byCaller },
      byRoute: Object.fromEntries([...this.#byRoute].sort()),
      droppedByRoute: Object.fromEntries([...this.#droppedByRoute].sort()),
      byStatus: Object.fromEntries([...this.#byStatus].sort()),
      limited: this.#limited,
    };
  }

  clear(): void {
    this.#total = 0;
    this.#limited = 0;
    for (const caller of callers) this.#byCaller[caller] = 0;
    this.#byRoute.clear();
    this.#droppedByRoute.clear();
    this.#byStatus.clear();
  }
}
