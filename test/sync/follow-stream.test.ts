import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChangeStream, OpenStream, StreamPart } from '../../src/model/change-stream.ts';
import { CallFailed, type Failure } from '../../src/model/failure.ts';
import type { LiveBatch, SourceState } from '../../src/model/live.ts';
import type { Problem } from '../../src/model/state.ts';
import type { EngineContext } from '../../src/sync/engine.ts';
import { followStream } from '../../src/sync/follow-stream.ts';
import type { StreamFollower } from '../../src/sync/stream-follower.ts';
import { makePair } from './builders.ts';

const pair = makePair();
const type = pair.types.salesforce;

const failed = (failure: Partial<Failure> = {}): CallFailed =>
  new CallFailed({
    ...{
      category: 'unavailable',
      system: 'salesforce',
      code: 'ECONNRESET',
      message: 'no answer',
      fields: [],
    },
    ...failure,
  });

const partOf = (overrides: Partial<StreamPart> = {}): StreamPart => ({
  ...{ type, signals: [], at: '1', events: 1, incomplete: false },
  ...overrides,
});

/** What the vendor does next, answer by answer; then it holds its answer until the reader goes. */
type Answer = readonly StreamPart[] | CallFailed;

interface World {
  readonly opens: (readonly [string, string | null])[][];
  /** Each opening takes the next; the last is used again and again. */
  readonly scripts: { readonly fresh?: boolean; readonly refused?: boolean; readonly answers: Answer[] }[];
  readonly places: Map<string, string>;
  readonly committed: LiveBatch[];
  readonly alive: string[][];
  readonly lost: string[][];
  readonly problems: Map<string, Problem>;
  readonly events: string[];
  looks: number;
  /** Set where a look must not end yet. */
  hold: Promise<void> | null;
  lookFails: number;
  missed: boolean;
  unheard: boolean;
  now: number;
  aligned: boolean;
}

let world: World;
let stop: AbortController;
let following: Promise<void>;

beforeEach(() => {
  world = {
    ...{ opens: [], scripts: [{ answers: [] }], places: new Map(), committed: [], alive: [], lost: [] },
    ...{
      problems: new Map(),
      events: [],
      looks: 0,
      hold: null,
      lookFails: 0,
      missed: false,
      unheard: false,
      now: 0,
    },
    aligned: true,
  };
  stop = new AbortController();
  following = Promise.resolve();
});
afterEach(async () => {
  stop.abort();
  await following;
});

const stream: ChangeStream = {
  open: async (resume, signal): Promise<OpenStream> => {
    const script = world.scripts[Math.min(world.opens.length, world.scripts.length - 1)];
    world.opens.push([...resume]);
    const answers = [...(script?.answers ?? [])];
    const isRefused = script?.refused === true;
    return {
      fresh: script?.fresh === true ? [type] : [],
      refused: isRefused ? [{ type, why: '403::no right' }] : [],
      next: async () => {
        const answer = answers.shift();
        if (answer instanceof CallFailed) throw answer;
        if (answer !== undefined) return answer;
        return new Promise<readonly StreamPart[]>((_resolve, reject) => {
          if (signal.aborted) reject(new Error('aborted'));
          signal.addEventListener('abort', () => reject(new Error('aborted')));
        });
      },
      close: async () => undefined,
    };
  },
};

/** The engine's surroundings, as far as the reader of a stream touches them. */
const follower = (): StreamFollower => {
  const store = {
    pauses: async () => [],
    alignment: async () => ({
      ...{ pair: pair.name, mappingHash: 'hash', after: { hubspot: null, salesforce: null } },
      ...{ listed: { hubspot: 0, salesforce: 0 } },
      done: { hubspot: world.aligned, salesforce: world.aligned },
    }),
    workload: async () => ({ dirty: 0 }),
    cursor: async () => ({ stamp: 0, id: '' }),
    commitSignals: async () => undefined,
    linksOf: async () => new Map(),
    parkedOf: async () => new Map(),
    openIntentsFrom: async () => new Map(),
    raiseProblem: async (problem: Problem) => void world.problems.set(problem.key, problem),
    clearProblem: async (key: string) => void world.problems.delete(key),
  };
  const live = {
    position: async () => world.places.get(type) ?? null,
    keepPosition: async (_system: string, _source: string, topic: string, at: string | null) => {
      if (at === null) world.places.delete(topic);
      else world.places.set(topic, at);
    },
    commitLive: async (batch: LiveBatch) => {
      world.committed.push(batch);
      const { position } = batch;
      if (position?.at) world.places.set(position.topic, position.at);
    },
    alive: async (_system: string, _source: string, types: readonly string[]) =>
      void world.alive.push([...types]),
    lost: async (_system: string, _source: string, types: readonly string[]) =>
      void world.lost.push([...types]),
    noteLooked: async () => undefined,
    noteUntold: async () => [],
    noteUnheard: async () => world.unheard,
    sources: async (): Promise<readonly SourceState[]> => [
      { system: 'salesforce', source: 'stream', type, heardAgoMs: null, aliveAgoMs: 0, missed: world.missed },
    ],
  };
  const salesforce = {
    // biome-ignore lint/correctness/useYield: a look that finds nothing
    changesSince: async function* () {
      world.looks += 1;
      await world.hold;
      if (world.lookFails > 0) {
        world.lookFails -= 1;
        throw failed();
      }
    },
  };
  const engine = {
    ...{ pair, mappingHash: 'hash', store, live, systems: { salesforce, hubspot: salesforce } },
    ...{ timing: { overlapMs: { hubspot: 0, salesforce: 0 } }, signal: stop.signal },
    ...{ wake: { wake: () => undefined }, events: { emit: (event: string) => world.events.push(event) } },
    nowMs: () => world.now,
  } as unknown as EngineContext;
  return {
    ...{ system: 'salesforce', stream, engines: [engine] },
    live: live as unknown as StreamFollower['live'],
    intake: { pairs: [engine], live, wake: engine.wake } as unknown as StreamFollower['intake'],
    onEvents: async () => undefined,
    onAlive: async () => undefined,
  };
};

const follow = (): void => {
  following = followStream(follower(), stop.signal);
};

describe('the reader of a stream', () => {
  it('waits until the first alignment is over', async () => {
    world.aligned = false;
    follow();
    await expect.poll(() => world.lost.length).toBe(1);
    expect(world.opens).toEqual([]);
    world.aligned = true;
    await expect.poll(() => world.opens.length, { timeout: 5_000 }).toBe(1);
  });

  it('goes on from its place, stores the new one with what came, and says that it is alive', async () => {
    world.places.set(type, '7');
    world.scripts.splice(0, 1, { answers: [[partOf({ at: '8' })]] });
    follow();
    await expect.poll(() => world.places.get(type)).toBe('8');
    expect(world.opens).toEqual([[[type, '7']]]);
    expect(world.committed[0]?.position).toEqual({ topic: type, at: '8' });
    await expect.poll(() => world.alive).toEqual([[type]]);
    expect(world.looks).toBe(0);
  });

  it('looks at what was before where it begins anew; its place moves once that is done', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    world.hold = promise;
    world.places.set(type, 'gone');
    world.scripts.splice(0, 1, { fresh: true, answers: [[partOf({ at: '20' })], [partOf({ at: '21' })]] });
    follow();
    await expect.poll(() => world.committed.length).toBe(0);
    await expect.poll(() => world.looks).toBe(1);
    expect(world.places.get(type)).toBeUndefined();
    expect(world.alive.flat()).toEqual([]);
    resolve();
    await expect.poll(() => world.places.get(type)).toBe('21');
    expect(world.alive.flat()).toContain(type);
  });

  it('looks again until the look succeeds', async () => {
    world.lookFails = 1;
    world.scripts.splice(0, 1, { answers: [[partOf({ at: '30', incomplete: true })]] });
    world.places.set(type, '29');
    follow();
    await expect.poll(() => world.looks, { timeout: 5_000 }).toBe(2);
    await expect.poll(() => world.places.get(type)).toBe('30');
    expect(world.lost).toHaveLength(2);
  });

  it('opens at once what broke once; what stays broken is polled, told in status, and told to be over', async () => {
    const broken = { answers: [failed()] };
    world.scripts.splice(0, 1, broken, broken, broken, { answers: [[]] });
    follow();
    await expect.poll(() => world.opens.length).toBe(2);
    expect(world.problems.size).toBe(0);
    await expect.poll(() => [...world.problems.keys()], { timeout: 5_000 }).toEqual(['salesforce:stream']);
    expect(world.lost.length).toBeGreaterThan(1);
    await expect.poll(() => world.problems.size, { timeout: 5_000 }).toBe(0);
    expect(world.events.at(-1)).toBe('stream-opened');
  });

  it('says at once what a person must mend', async () => {
    world.scripts.splice(0, 1, { refused: true, answers: [] });
    follow();
    await expect
      .poll(() => [...world.problems.values()].map(({ key, fault }) => [key, fault]))
      .toEqual([
        [`salesforce:stream:${type}`, 'config'],
        ['salesforce:stream', 'config'],
      ]);
  });

  it('waits as long as the vendor says', async () => {
    world.scripts.splice(0, 1, { answers: [failed({ category: 'throttled', retryAfterMs: 900_000 })] });
    follow();
    await expect.poll(() => world.problems.get('salesforce:stream')?.fault).toBe('salesforce');
    expect(world.opens).toHaveLength(1);
    expect(world.lost).toEqual([[type], [type]]);
  });

  it('says that an object is not told of when its own writes do not come back', async () => {
    world.unheard = true;
    world.missed = true;
    world.scripts.splice(0, 1, { answers: [[]] });
    follow();
    await expect.poll(() => [...world.problems.keys()]).toEqual([`live:salesforce:${type}`]);
    expect(world.events).toContain('live-signals-missed');
  });

  it('opens anew a stream that was found to have missed something', async () => {
    world.scripts.splice(0, 1, { answers: [[], []] }, { answers: [[]] });
    world.missed = true;
    following = followStream(
      {
        ...follower(),
        // Time goes by between two answers.
        onAlive: async () => {
          world.now += 400_000;
        },
      },
      stop.signal,
    );
    await expect.poll(() => world.opens.length).toBe(2);
    expect(world.events).toContain('stream-failed');
  });
});
