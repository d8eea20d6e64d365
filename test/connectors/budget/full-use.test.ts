import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Gate } from '../../../src/connectors/budget/gate.ts';
import { makeGate } from '../../../src/connectors/budget/make-gate.ts';
import { makeMemoryPermitStore } from '../../../src/connectors/budget/memory-permit-store.ts';
import { type CallContext, promiseMs } from '../../../src/model/budget.ts';

/** As few calls as whole workers use up, of which a batch asks for a fifth ahead. */
const limit = { calls: 20, windowMs: 10_000 };
const workers = 4;
const batchesAtOnce = 2;
const callMs = 30;

const rest = async (ms: number, signal?: AbortSignal): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  signal?.addEventListener('abort', () => resolve(), { once: true });
  await promise;
  clearTimeout(timer);
};

interface Shape {
  /** Calls that are asked for ahead. */
  readonly ahead: number;
  readonly histories: number;
  readonly writes: (batch: number) => number;
}

/** One worker's share in the fleet: gates of their own on one store. */
class Fleet {
  /** When each call was made, as the vendor sees it. */
  readonly calls: number[] = [];
  readonly waitedMs: number[] = [];
  readonly batches: number[];
  private readonly gates: readonly Gate[];
  private readonly store = makeMemoryPermitStore(Date.now);

  constructor() {
    this.gates = Array.from({ length: workers }, () =>
      makeGate({
        ...{ system: 'hubspot', store: this.store, dailyShare: 1, sleep: rest },
        limits: { standard: limit, search: limit },
        concernsAllLanes: () => false,
        onStoreError: (error) => {
          throw error;
        },
      }),
    );
    this.batches = this.gates.map(() => 0);
  }

  private async call(gate: Gate, context: CallContext): Promise<void> {
    await gate.call(context, 'standard', async () => {
      this.calls.push(Date.now());
      await rest(callMs);
      return { value: null, daily: null };
    });
  }

  /** Batches as the engine has them: two reads, a plan with its histories, and writes of which the plan alone knows. */
  async drain(worker: number, { ahead, histories, writes }: Shape, until: number): Promise<void> {
    const gate = this.gates[worker];
    if (gate === undefined) throw new Error('no such worker');
    for (let batch = 0; Date.now() < until; batch += 1) {
      const reservation = await gate.reserve(ahead, 'live');
      const context: CallContext = {
        class: 'live',
        purpose: 'read',
        reservations: { hubspot: reservation, salesforce: reservation },
      };
      await rest(20);
      await Promise.all([this.call(gate, context), this.call(gate, context)]);
      const readAt = Date.now();
      await Promise.all(Array.from({ length: histories }, () => this.call(gate, context)));
      await rest(30);
      const needed = writes(batch);
      await reservation.keep(needed);
      for (let write = 0; write < needed; write += 1) await this.call(gate, context);
      this.waitedMs.push(Date.now() - readAt);
      await reservation.keep(0);
      await rest(500);
      this.batches[worker] = (this.batches[worker] ?? 0) + 1;
    }
  }

  /** Of the limit, from the second window on. */
  share(from: number, until: number): number {
    const made = this.calls.filter((at) => at >= from + limit.windowMs && at < until).length;
    return (made * limit.windowMs) / (until - from - limit.windowMs) / limit.calls;
  }

  /** The most calls that the vendor sees in a window. */
  most(): number {
    const windows = this.calls.map(
      (at) => this.calls.filter((other) => other >= at && other < at + limit.windowMs).length,
    );
    return Math.max(...windows);
  }
}

describe('four workers with a backlog', () => {
  beforeEach(() => void vi.useFakeTimers({ now: 1_700_000_000_000 }));
  afterEach(() => void vi.useRealTimers());

  const thirdWrites = (batch: number): number => (batch % 3 === 0 ? 2 : 0);
  it.each<[string, Shape]>([
    ['edits that go to the other system', { ahead: 3, histories: 0, writes: () => 0 }],
    ['of which every third batch is written here', { ahead: 4, histories: 0, writes: thirdWrites }],
    ['with histories that were expected', { ahead: 6, histories: 4, writes: () => 0 }],
  ])('use up the limit and no more: %s', async (_name, shape) => {
    const fleet = new Fleet();
    const from = Date.now();
    const until = from + 11 * limit.windowMs;
    const all = Array.from({ length: workers * batchesAtOnce }, (_, at) =>
      fleet.drain(at % workers, shape, until),
    );
    await vi.advanceTimersByTimeAsync(20 * limit.windowMs);
    await Promise.all(all);
    expect(fleet.share(from, until)).toBeGreaterThanOrEqual(0.95);
    expect(fleet.most()).toBeLessThanOrEqual(limit.calls);
    // Nobody stands half-way: what others have begun is waited for, and nothing new.
    expect(Math.max(0, ...fleet.waitedMs)).toBeLessThanOrEqual(2 * promiseMs);
    expect(Math.min(...fleet.batches)).toBeGreaterThanOrEqual(0.8 * Math.max(...fleet.batches));
  });
});
