import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import type { CallReport } from '../../../src/connectors/budget/gate.ts';
import { type GateOptions, makeGate } from '../../../src/connectors/budget/make-gate.ts';
import { makeMemoryPermitStore } from '../../../src/connectors/budget/memory-permit-store.ts';
import {
  type CallContext,
  dailyProbeMs,
  type PermitRequest,
  type PermitStore,
  type Reservation,
} from '../../../src/model/budget.ts';
import { CallFailed, type Failure } from '../../../src/model/failure.ts';
import { asked } from './permit-store-contract.ts';

const live: CallContext = { class: 'live', purpose: 'read' };
const answer = <T>(value: T): CallReport<T> => ({ value, daily: null });
/** Of a batch that has this on its side. */
const on = (reservation: Reservation): Pick<CallContext, 'reservations'> => ({
  reservations: { hubspot: reservation, salesforce: reservation },
});
const throttled = (code: string, retryAfterMs?: number): CallFailed => {
  const failure: Failure = { category: 'throttled', system: 'hubspot', code, message: 'refused', fields: [] };
  return new CallFailed(retryAfterMs === undefined ? failure : { ...failure, retryAfterMs });
};

/** A store that remembers pauses and books, on top of the real one. */
const makeWatchedStore = (clock: () => number = Date.now) => {
  const inner = makeMemoryPermitStore(clock);
  const pauses: { lane: string; waitMs: number; cause: string }[] = [];
  const books: string[] = [];
  const store: PermitStore = {
    ...inner,
    pause: async (system, lane, waitMs, cause) => {
      pauses.push({ lane, waitMs, cause });
      await inner.pause(system, lane, waitMs, cause);
    },
    book: async (system, purpose, calls) => {
      books.push(purpose);
      await inner.book(system, purpose, calls);
    },
  };
  return { store, pauses, books };
};

const gateOn = (store: PermitStore, more: Partial<GateOptions> = {}) =>
  makeGate({
    system: 'hubspot',
    store,
    limits: { standard: { calls: 4, windowMs: 100 }, search: { calls: 2, windowMs: 50 } },
    dailyShare: 1,
    concernsAllLanes: (failure) => failure.code === 'DAILY',
    onStoreError: (error) => {
      throw error;
    },
    ...more,
  });

describe('gate', () => {
  it('never has more calls in a window than the limit, under many callers', async () => {
    const gate = gateOn(makeMemoryPermitStore(Date.now));
    const calls: { start: number; end: number }[] = [];
    await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        gate.call(live, 'standard', async () => {
          const start = Date.now();
          await sleep(index % 7);
          calls.push({ start, end: Date.now() });
          return answer(null);
        }),
      ),
    );
    expect(calls).toHaveLength(30);
    for (const { start } of calls) {
      const counting = calls.filter((call) => call.start <= start && call.end + 100 > start);
      expect(counting.length).toBeLessThanOrEqual(4);
    }
  });

  it('is closed once what was under way has ended and is booked, and makes no call after that', async () => {
    const { store, books } = makeWatchedStore();
    const slow: PermitStore = {
      ...store,
      book: async (...request) => {
        await sleep(20);
        await store.book(...request);
      },
    };
    const gate = gateOn(slow);
    const begun = Promise.withResolvers<void>();
    const call = gate.call(live, 'standard', async () => {
      begun.resolve();
      return new Promise<CallReport<null>>(() => undefined);
    });
    const ended = Promise.allSettled([call]);
    await begun.promise;
    await gate.close();
    expect(books).toEqual(['read']);
    expect(await ended).toMatchObject([{ status: 'rejected' }]);
    const late = gate.call(live, 'standard', async () => answer(null));
    await expect(late).rejects.toThrow('not asked any more');
    expect(books).toEqual(['read']);
  });

  it('lets consent before live before backfill', async () => {
    const gate = gateOn(makeMemoryPermitStore(Date.now), {
      limits: { standard: { calls: 1, windowMs: 0 }, search: { calls: 1, windowMs: 0 } },
    });
    const order: string[] = [];
    const held = Promise.withResolvers<void>();
    const first = gate.call(live, 'standard', async () => {
      await held.promise;
      return answer(null);
    });
    const rest = (['backfill', 'sweep', 'live', 'consent'] as const).map((workClass) =>
      gate.call({ class: workClass, purpose: 'read' }, 'standard', async () => {
        order.push(workClass);
        return answer(null);
      }),
    );
    held.resolve();
    await Promise.all([first, ...rest]);
    expect(order).toEqual(['consent', 'live', 'sweep', 'backfill']);
  });

  it('lets live pass while backfill waits at its part of the daily share', async () => {
    const store = makeMemoryPermitStore(Date.now);
    const gate = gateOn(store);
    await store.observeDaily('hubspot', { limit: 100, used: 0 });
    await store.book('hubspot', 'list', 80);
    const stop = new AbortController();
    const backfill = gate.call(
      { class: 'backfill', purpose: 'list', signal: stop.signal },
      'standard',
      async () => answer('never'),
    );
    expect(await gate.call(live, 'standard', async () => answer('passed'))).toBe('passed');
    stop.abort(new Error('stopped'));
    await expect(backfill).rejects.toThrow('stopped');
  });

  it('books every call by purpose, the failed ones too', async () => {
    const { store, books } = makeWatchedStore();
    const gate = gateOn(store);
    await gate.call({ ...live, purpose: 'poll' }, 'search', async () => answer(null));
    await expect(
      gate.call({ ...live, purpose: 'write' }, 'standard', () => Promise.reject(new Error('broken'))),
    ).rejects.toThrow('broken');
    expect(books).toEqual(['poll', 'write']);
  });

  it.each([
    ['its Retry-After', throttled('TEN_SECONDLY_ROLLING', 4_321), [{ lane: 'standard', waitMs: 4_321 }]],
    [
      'the window where it does not say',
      throttled('TEN_SECONDLY_ROLLING'),
      [{ lane: 'standard', waitMs: 1_000 }],
    ],
    [
      'a quarter of an hour on all lanes for the daily limit',
      throttled('DAILY'),
      [
        { lane: 'standard', waitMs: dailyProbeMs },
        { lane: 'search', waitMs: dailyProbeMs },
      ],
    ],
  ])('pauses for everyone when the vendor refuses: %s', async (_name, error, expected) => {
    const { store, pauses } = makeWatchedStore();
    const gate = gateOn(store);
    await expect(gate.call(live, 'standard', () => Promise.reject(error))).rejects.toBe(error);
    expect(pauses.map(({ lane, waitMs }) => ({ lane, waitMs }))).toEqual(expected);
    const other = await store.take(asked({ workClass: 'consent', limit: { calls: 4, windowMs: 100 } }));
    expect(other).toMatchObject({ why: 'paused' });
  });

  it('lowers the limit after a refusal for every gate on the store, and recovers with time', async () => {
    let now = 1_000_000;
    const { store } = makeWatchedStore(() => now);
    const more: Partial<GateOptions> = {
      clock: () => now,
      limits: { standard: { calls: 100, windowMs: 10_000 }, search: { calls: 5, windowMs: 1_000 } },
    };
    const [refused, other] = [gateOn(store, more), gateOn(store, more)];
    const limitOf = async (gate: ReturnType<typeof gateOn>) => {
      await gate.call(live, 'standard', async () => answer(null));
      return gate.quota().burstLimit;
    };
    expect(other.quota().burstLimit).toBe(100);
    const together = Array.from({ length: 3 }, async () =>
      refused.call(live, 'standard', () => Promise.reject(throttled('TEN_SECONDLY_ROLLING'))),
    );
    expect((await Promise.allSettled(together)).map(({ status }) => status)).not.toContain('fulfilled');
    now += 10_000;
    expect([await limitOf(other), await limitOf(refused)]).toEqual([80, 80]);
    now += 60_000;
    expect(await limitOf(other)).toBe(90);
    now += 60_000;
    expect(await limitOf(other)).toBe(100);
  });

  it('tells the window of an answer and of a refusal to all gates, at once where it changed and now and then', async () => {
    let now = 1_000_000;
    const { store } = makeWatchedStore(() => now);
    let tells = 0;
    const counting: PermitStore = {
      ...store,
      observeWindow: async (...told) => {
        tells += 1;
        await store.observeWindow(...told);
      },
    };
    const more: Partial<GateOptions> = {
      clock: () => now,
      limits: { standard: { calls: 100, windowMs: 10_000 }, search: { calls: 5, windowMs: 1_000 } },
    };
    const [hearing, other] = [gateOn(counting, more), gateOn(counting, more)];
    const hear = async (calls: number) =>
      hearing.call(live, 'standard', async () => ({
        ...answer(null),
        window: { calls, windowMs: 10_000, remaining: calls - 1 },
      }));
    for (let call = 0; call < 20; call += 1) await hear(40);
    expect(tells).toBe(1);
    await other.call(live, 'standard', async () => answer(null));
    expect(other.quota().burstLimit).toBe(40);
    await hear(60);
    now += 1_000;
    await hear(60);
    expect(tells).toBe(3);
    const window = { calls: 30, windowMs: 10_000, remaining: 7 };
    const failure: Failure = { category: 'throttled', system: 'hubspot', code: 'X', message: '', fields: [] };
    await hearing
      .call(live, 'standard', () => Promise.reject(new CallFailed(failure, { window })))
      .catch(() => undefined);
    now += 10_000;
    await other.call(live, 'standard', async () => answer(null));
    // The refusal is explained by the new size and takes nothing more away.
    expect(other.quota().burstLimit).toBe(30);
  });

  it('reports the daily quota of the last answer', async () => {
    const gate = gateOn(makeMemoryPermitStore(Date.now));
    expect(gate.quota()).toMatchObject({ dailyLimit: null, dailyUsed: null });
    await gate.call(live, 'standard', async () => ({ value: null, daily: { limit: 500, used: 7 } }));
    expect(gate.quota()).toMatchObject({ dailyLimit: 500, dailyUsed: 7 });
  });

  it('does not make a call whose time is over once it has its permit, and gives that back', async () => {
    let now = 1_000;
    const { store, books } = makeWatchedStore(() => now);
    const gate = gateOn(store, { clock: () => now });
    const made: string[] = [];
    const write = async (name: string, notAfter: number) =>
      gate.call({ ...live, notAfter }, 'standard', async () => {
        made.push(name);
        return answer(name);
      });
    expect(await write('in time', 1_000)).toBe('in time');
    now = 1_001;
    await expect(write('late', 1_000)).rejects.toMatchObject({ failure: { code: 'NOT_SENT' } });
    expect(made).toEqual(['in time']);
    expect(books).toEqual(['read']);
  });

  it('gives up a call without an answer, even one that ignores its signal, and goes on', async () => {
    const gate = gateOn(makeMemoryPermitStore(Date.now), {
      requestTimeoutMs: 30,
      limits: { standard: { calls: 1, windowMs: 0 }, search: { calls: 1, windowMs: 0 } },
    });
    const hanging = gate.call(live, 'standard', () => new Promise<never>(() => undefined));
    await expect(hanging).rejects.toMatchObject({ failure: { category: 'unavailable', code: 'TIMEOUT' } });
    expect(await gate.call(live, 'standard', async () => answer('next'))).toBe('next');
  });

  it('passes the abort of the context on to the call and rejects with its reason', async () => {
    const gate = gateOn(makeMemoryPermitStore(Date.now));
    const stop = new AbortController();
    const started = Promise.withResolvers<AbortSignal>();
    const call = gate.call({ ...live, signal: stop.signal }, 'standard', (signal) => {
      started.resolve(signal);
      return new Promise<never>(() => undefined);
    });
    const signal = await started.promise;
    stop.abort(new Error('lease lost'));
    await expect(call).rejects.toThrow('lease lost');
    expect(signal.aborted).toBe(true);
  });

  it('keeps the result of a call when the store fails afterwards, and tells it', async () => {
    const told: unknown[] = [];
    const inner = makeMemoryPermitStore(Date.now);
    const broken = new Error('database gone');
    const gate = gateOn(
      { ...inner, end: () => Promise.reject(broken), book: () => Promise.reject(broken) },
      { onStoreError: (error) => told.push(error) },
    );
    expect(await gate.call(live, 'standard', async () => answer('landed'))).toBe('landed');
    expect(told).toEqual([broken, broken]);
  });
});

describe('associations', () => {
  const three: Partial<GateOptions> = {
    limits: {
      standard: { calls: 3, windowMs: 0 },
      search: { calls: 1, windowMs: 0 },
      associations: { calls: 1, windowMs: 0 },
    },
  };
  /** A call that is under way until it is told to end. */
  const begin = (gate: ReturnType<typeof gateOn>, lane: 'standard' | 'associations', context = live) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    let isUnderWay = false;
    const ended = gate.call(context, lane, async () => {
      isUnderWay = true;
      await promise;
      return answer(null);
    });
    return { end: resolve, ended, isUnderWay: () => isUnderWay };
  };

  it('have a limit of their own, and take a standard permit besides', async () => {
    const gate = gateOn(makeMemoryPermitStore(Date.now), three);
    const first = begin(gate, 'associations');
    const second = begin(gate, 'associations');
    await sleep(20);
    const others = [begin(gate, 'standard'), begin(gate, 'standard'), begin(gate, 'standard')];
    await sleep(20);
    const underWay = () => [first, second, ...others].map((each) => each.isUnderWay());
    expect(underWay()).toEqual([true, false, true, true, false]);
    first.end();
    await first.ended;
    await sleep(150);
    // The standard permit that became free is one of two that wait for it.
    expect(underWay().filter(Boolean)).toHaveLength(4);
    for (const each of [second, ...others]) each.end();
    await Promise.all([second, ...others].map(({ ended }) => ended));
  });

  it('that are refused wait alone', async () => {
    const { store, pauses } = makeWatchedStore();
    const gate = gateOn(store, three);
    await expect(
      gate.call(live, 'associations', () => Promise.reject(throttled('TEN_SECONDLY_ROLLING'))),
    ).rejects.toThrow();
    expect(pauses.map(({ lane }) => lane)).toEqual(['associations']);
    expect(await gate.call(live, 'standard', async () => answer('goes on'))).toBe('goes on');
    await expect(gate.call(live, 'associations', () => Promise.reject(throttled('DAILY')))).rejects.toThrow();
    expect(pauses.map(({ lane }) => lane)).toEqual(['associations', 'standard', 'search', 'associations']);
  });

  it('use what was reserved, and give their own permit back where they are given up', async () => {
    const gate = gateOn(makeMemoryPermitStore(Date.now), three);
    const reservation = await gate.reserve(3, 'live');
    expect(await gate.call({ ...live, ...on(reservation) }, 'associations', async () => answer('mine'))).toBe(
      'mine',
    );
    expect(reservation.left).toBe(2);
    const stop = new AbortController();
    const blocked = [begin(gate, 'standard'), begin(gate, 'standard')];
    await sleep(20);
    const given = gate.call({ ...live, signal: stop.signal }, 'associations', async () => answer(null));
    given.catch(() => undefined);
    await sleep(20);
    stop.abort(new Error('given up'));
    await expect(given).rejects.toThrow('given up');
    await reservation.release();
    expect(await gate.call(live, 'associations', async () => answer('free'))).toBe('free');
    for (const each of blocked) each.end();
    await Promise.all(blocked.map(({ ended }) => ended));
  });

  it('are standard calls where the system has no limit for them', async () => {
    const { store, pauses } = makeWatchedStore();
    const gate = gateOn(store);
    await expect(gate.call(live, 'associations', () => Promise.reject(throttled('X')))).rejects.toThrow();
    expect(pauses.map(({ lane }) => lane)).toEqual(['standard']);
  });
});

describe('reservation', () => {
  const narrow: Partial<GateOptions> = {
    limits: { standard: { calls: 3, windowMs: 0 }, search: { calls: 1, windowMs: 0 } },
  };
  const one: Partial<PermitRequest> = { limit: { calls: 3, windowMs: 0 } };

  it('is taken all or none and consumed by the calls that carry it', async () => {
    const gate = gateOn(makeMemoryPermitStore(Date.now), narrow);
    const reservation = await gate.reserve(3, 'live');
    expect(reservation.left).toBe(3);
    let passed = false;
    const outsider = gate.call(live, 'standard', async () => {
      passed = true;
      return answer(null);
    });
    const inside = { ...live, ...on(reservation) };
    expect(await gate.call(inside, 'standard', async () => answer('mine'))).toBe('mine');
    expect(reservation.left).toBe(2);
    await reservation.release();
    await outsider;
    expect(passed).toBe(true);
    expect(reservation.left).toBe(0);
    expect(reservation.take()).toBeNull();
    await reservation.release();
  });

  it('lets its holder go first when it needs one call more, so that two never wait for each other', async () => {
    const gate = gateOn(makeMemoryPermitStore(Date.now), narrow);
    const reservation = await gate.reserve(2, 'backfill');
    const order: string[] = [];
    const large = gate.reserve(3, 'live').then(async (all) => {
      order.push('large');
      await all.release();
    });
    const context: CallContext = { class: 'backfill', purpose: 'write', ...on(reservation) };
    for (const name of ['first', 'second', 'third']) {
      await gate.call(context, 'standard', async () => {
        order.push(name);
        return answer(null);
      });
    }
    await large;
    expect(order).toEqual(['first', 'second', 'third', 'large']);
  });

  it('is not used while the lane is paused', async () => {
    let now = 1_000_000;
    const slept: number[] = [];
    const { store } = makeWatchedStore(() => now);
    const gate = gateOn(store, {
      ...narrow,
      clock: () => now,
      sleep: async (ms) => {
        slept.push(ms);
        now += ms;
      },
    });
    const reservation = await gate.reserve(2, 'live');
    const inside = { ...live, ...on(reservation) };
    await expect(
      gate.call(inside, 'standard', () => Promise.reject(throttled('TEN_SECONDLY_ROLLING', 7_000))),
    ).rejects.toThrow();
    await gate.call(inside, 'standard', async () => answer(null));
    expect(slept).toEqual([7_000]);
  });

  it('gives back what will not be needed, and whoever waits has it at once', async () => {
    let naps = 0;
    const gate = gateOn(makeMemoryPermitStore(Date.now), {
      ...narrow,
      // As long as it takes: only what is given back ends it.
      sleep: async (_ms, signal) => {
        naps += 1;
        await new Promise((resolve) => signal?.addEventListener('abort', resolve));
      },
    });
    const reservation = await gate.reserve(3, 'live');
    const outsider = gate.call(live, 'standard', async () => answer('passed'));
    await vi.waitFor(() => expect(naps).toBe(1));
    await reservation.keep(2);
    expect(reservation.left).toBe(2);
    expect(await outsider).toBe('passed');
    await reservation.keep(5);
    expect(reservation.left).toBe(2);
    await reservation.release();
    expect(reservation.left).toBe(0);
  });

  it('of which a call was given up has no promise open any more', async () => {
    const store = makeMemoryPermitStore(Date.now);
    const gate = gateOn(store, narrow);
    const reservation = await gate.reserve(3, 'live');
    const held = Promise.withResolvers<void>();
    const first = gate.call({ ...live, ...on(reservation) }, 'standard', async () => {
      await held.promise;
      return answer(null);
    });
    const others = await store.take(asked({ ...one, count: 2, begun: true, waiter: 'others' }));
    const stop = new AbortController();
    const second = gate.call({ ...live, signal: stop.signal, ...on(reservation) }, 'standard', async () =>
      answer(null),
    );
    second.catch(() => undefined);
    await vi.waitFor(() => expect(reservation.left).toBe(1));
    stop.abort(new Error('given up'));
    await expect(second).rejects.toThrow('given up');
    held.resolve();
    await first;
    if (!('granted' in others)) throw new Error('they had begun');
    await store.giveBack(others.granted);
    // Of the three one promise is open: two are for others.
    expect(await store.take(asked({ ...one, count: 2, waiter: 'new' }))).toHaveProperty('granted');
    await reservation.release();
  });

  it('stops waiting when its signal aborts', async () => {
    const gate = gateOn(makeMemoryPermitStore(Date.now), narrow);
    const reservation = await gate.reserve(3, 'live');
    const stop = new AbortController();
    const waiting = gate.reserve(1, 'live', stop.signal);
    stop.abort(new Error('lease lost'));
    await expect(waiting).rejects.toThrow('lease lost');
    await reservation.release();
    expect((await gate.reserve(3, 'live')).left).toBe(3);
  });
});
