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

type Method = (...args: unknown[]) => unknown;
const isMethod = (member: unknown): member is Method => typeof member === 'function';

/** A worker's life: wraps what it calls, and ends it at the call that its doom names. */
export class Life {
  private calls = 0;
  private readonly end = new AbortController();
  private readonly doom: Doom | null;
  private readonly pending = new Set<Promise<unknown>>();

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
        return (...args: unknown[]) => this.call(member, target, args, isStore);
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

  private async call(member: Method, target: object, args: unknown[], isStore: boolean): Promise<unknown> {
    const { doom } = this.doomOf(isStore);
    if (doom?.when === 'before') throw this.strike(doom);
    const under = Promise.resolve(member.apply(target, args));
    this.pending.add(under);
    try {
      const answer = await under;
      if (doom) throw this.strike(doom);
      if (this.isOver) throw new Death();
      return answer;
    } finally {
      this.pending.delete(under);
    }
  }

  private async *iterate(member: Method, target: object, args: unknown[]): AsyncIterable<unknown> {
    const { doom } = this.doomOf(false);
    if (doom?.when === 'before') throw this.strike(doom);
    for await (const page of member.apply(target, args) as AsyncIterable<unknown>) {
      if (this.isOver) throw new Death();
      yield page;
    }
    if (doom) throw this.strike(doom);
  }
}
