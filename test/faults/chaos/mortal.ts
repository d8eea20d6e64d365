/** The worker was killed: nothing after this is done by it. */
export class Death extends Error {
  override readonly name = 'Death';
}

/** The store failed once; the worker lives on. */
export class StoreHiccup extends Error {
  override readonly name = 'StoreHiccup';
}

/** What happens at which call, counted over everything that the worker calls. */
export interface Doom {
  readonly atCall: number;
  /** Whether the call itself is still made; its answer never arrives. */
  readonly when: 'before' | 'after';
  readonly how: 'death' | 'hiccup';
}

/**
 * Where a worker stands still: stopped, swapped out, asleep with its laptop. It knows nothing of that, and goes on with what it had in hand;
 * by then its lease may be another's.
 */
export interface Standstill {
  /** The first call of this name from now on; null: the call that `afterCalls` counts to. */
  readonly at: string | null;
  readonly afterCalls: number;
  /** Before the call is made, or before its answer is taken. */
  readonly when: 'before' | 'after';
  /** Until it goes on. */
  readonly until: Promise<void>;
}

type Method = (...args: unknown[]) => unknown;
const isMethod = (member: unknown): member is Method => typeof member === 'function';

/** A worker's life: wraps what it calls, and ends it at the call that its doom names. */
export class Life {
  private calls = 0;
  private readonly end = new AbortController();
  private readonly doom: Doom | null;
  private readonly pending = new Set<Promise<unknown>>();
  /** What it will stop at; from `stopped` on it stands still. */
  private stop: (Standstill & { readonly from: number }) | null = null;
  private stopped: Promise<void> | null = null;

  constructor(doom: Doom | null) {
    this.doom = doom;
  }

  get isOver(): boolean {
    return this.end.signal.aborted;
  }

  /** Aborted at death, so that a dead worker does not wait for anything. */
  get signal(): AbortSignal {
    return this.end.signal;
  }

  /** Ends it from outside, as SIGKILL does. */
  kill(): void {
    this.end.abort(new Death());
  }

  /** Lets it stand still from the call that is named, with everything that it does beside, until it may go on. */
  standStill(standstill: Standstill): void {
    const stop = { ...standstill, from: this.calls + standstill.afterCalls };
    this.stop = stop;
    void standstill.until.then(() => {
      if (this.stop !== stop) return;
      this.stop = null;
      this.stopped = null;
    });
  }

  get isStandingStill(): boolean {
    return this.stopped !== null;
  }

  /** Whether it stops at this moment of a call, or has stopped. */
  private stopOf(name: string, when: Standstill['when']): Promise<void> | null {
    const { stop } = this;
    if (this.stopped !== null || stop === null || stop.when !== when) return this.stopped;
    if (stop.at === null ? this.calls < stop.from : name !== stop.at) return null;
    const died = new Promise<void>((resolve) =>
      this.signal.addEventListener('abort', () => resolve(), { once: true }),
    );
    this.stopped = Promise.race([stop.until, died]);
    return this.stopped;
  }

  /** How many calls it made so far. */
  get callsMade(): number {
    return this.calls;
  }

  /** Waits for what was under way when the worker died, as a vendor finishes a request whose client is gone. */
  async wake(): Promise<void> {
    while (this.pending.size > 0) await Promise.allSettled(this.pending);
  }

  wrap<T extends object>(target: T, isStore: boolean): T {
    return new Proxy(target, {
      get: (_, name): unknown => {
        const member: unknown = Reflect.get(target, name, target);
        if (!isMethod(member)) return member;
        if (name === 'changesSince') return (...args: unknown[]) => this.iterate(member, target, args);
        return (...args: unknown[]) => this.call(String(name), member, target, args, isStore);
      },
    });
  }

  private doomOf(isStore: boolean): { doom: Doom | null } {
    if (this.isOver) throw new Death();
    this.calls += 1;
    const { doom } = this;
    if (!doom || this.calls !== doom.atCall) return { doom: null };
    return { doom: doom.how === 'hiccup' && !isStore ? null : doom };
  }

  private strike(doom: Doom): Error {
    if (doom.how === 'hiccup') return new StoreHiccup();
    this.end.abort();
    return new Death();
  }

  private async call(
    name: string,
    member: Method,
    target: object,
    args: unknown[],
    isStore: boolean,
  ): Promise<unknown> {
    const still = this.stopOf(name, 'before');
    if (still !== null) await still;
    const { doom } = this.doomOf(isStore);
    if (doom?.when === 'before') throw this.strike(doom);
    const under = Promise.resolve(member.apply(target, args));
    this.pending.add(under);
    try {
      const answer = await under;
      if (doom) throw this.strike(doom);
      const stillAfter = this.stopOf(name, 'after');
      if (stillAfter !== null) await stillAfter;
      if (this.isOver) throw new Death();
      return answer;
    } finally {
      this.pending.delete(under);
    }
  }

  private async *iterate(member: Method, target: object, args: unknown[]): AsyncIterable<unknown> {
    const still = this.stopOf('changesSince', 'before');
    if (still !== null) await still;
    const { doom } = this.doomOf(false);
    if (doom?.when === 'before') throw this.strike(doom);
    for await (const page of member.apply(target, args) as AsyncIterable<unknown>) {
      const stillAfter = this.stopOf('changesSince', 'after');
      if (stillAfter !== null) await stillAfter;
      if (this.isOver) throw new Death();
      yield page;
    }
    if (doom) throw this.strike(doom);
  }
}
