import { expect } from 'vitest';
import type { PairMapping } from '../../src/model/mapping.ts';
import type { Sides, System } from '../../src/model/system.ts';
import { alignStep } from '../../src/sync/align.ts';
import { type EngineContext, engineTiming, makeIntentId } from '../../src/sync/engine.ts';
import { pollOnce } from '../../src/sync/poll.ts';
import type { PollMemory } from '../../src/sync/poll-memory.ts';
import { workOnce } from '../../src/sync/work.ts';
import { mirrorMappings } from '../mirror.ts';
import type { StoreFixture } from '../store/postgres.ts';
import { type FakeSystem, freely } from './fake-system.ts';

const patience = { timeout: 20_000 } as const;

/** An engine on a real store, between two fakes. */
export class FakeEngine {
  readonly #fixture: StoreFixture;
  readonly #pair: PairMapping;
  readonly #systems: Sides<FakeSystem>;

  constructor(fixture: StoreFixture, pair: PairMapping, systems: Sides<FakeSystem>) {
    this.#fixture = fixture;
    this.#pair = pair;
    this.#systems = systems;
  }

  context(holder = 'worker-1'): EngineContext {
    return {
      pair: this.#pair,
      mappingHash: mirrorMappings.hash,
      store: this.#fixture.store.engine,
      systems: this.#systems,
      gates: { hubspot: freely, salesforce: freely },
      wake: { wake: () => undefined },
      events: { emit: () => undefined },
      holder,
      timing: { ...engineTiming, intentDeadlineMs: 300 },
      nowMs: Date.now,
      makeId: makeIntentId,
      signal: new AbortController().signal,
    };
  }

  /** Works until nothing is dirty, leased or open. */
  async drain(holder = 'worker-1'): Promise<void> {
    const engine = this.context(holder);
    const left = async (): Promise<number> => {
      await workOnce(engine, 'live');
      const { dirty, leased, openIntents } = await engine.store.backlog(this.#pair.name);
      return dirty + leased + openIntents;
    };
    await expect.poll(left, { ...patience, interval: 10 }).toBe(0);
  }

  /** The first alignment, to its end. */
  async align(): Promise<void> {
    const engine = this.context();
    const step = async (): Promise<string> => {
      const done = await alignStep(engine);
      await workOnce(engine, 'backfill');
      return done;
    };
    await expect.poll(step, { ...patience, interval: 1 }).toBe('done');
    await this.drain();
  }

  /** A poll of one system, and what comes of it. */
  async poll(system: System, memory?: PollMemory): Promise<void> {
    await pollOnce(this.context(), system, memory);
    await this.drain();
  }
}
