import { setTimeout as sleep } from 'node:timers/promises';
import type { OpenStream, StreamPart } from '../model/change-stream.ts';
import { CallFailed } from '../model/failure.ts';
import { formFor } from '../model/mapping.ts';
import { systemLabel } from '../model/system.ts';
import type { EngineContext } from './engine.ts';
import { inForm } from './forms.ts';
import { takeLive } from './live-intake.ts';
import { pollOnce } from './poll.ts';
import { SignalMemory } from './signal-memory.ts';
import { untoldGraceMs } from './signal-sources.ts';
import { type StreamFollower, streamedTypes, tieTypes } from './stream-follower.ts';
import { lookAtTies } from './tie-look.ts';
import { raiseSilence } from './untold.ts';

const source = 'stream';
/** Proofs of life are stored at most so often. */
const aliveEveryMs = 10_000;
/** A look that failed is tried again after so long. */
const lookAgainMs = 2_000;
/** A stream that is known to have missed a change is opened anew, but not more often than this. */
const renewEveryMs = 300_000;

export interface ReaderOptions {
  readonly follower: StreamFollower;
  readonly open: OpenStream;
  readonly types: readonly string[];
  readonly signal: AbortSignal;
  /** Ends the stream's own requests when something beside them has broken. */
  readonly broken: AbortController;
}

/** A type that is looked at because not everything was told of it. */
interface Looking {
  /** Looks that were asked for and are not over. */
  asked: number;
  /** What was read meanwhile: stored as the place once the looks are over. */
  at: string | null;
}

/** Reads one opened stream. Not to be used again once it has broken. */
export class StreamReader {
  private readonly options: ReaderOptions;
  private readonly told: readonly string[];
  private readonly looking = new Map<string, Looking>();
  private readonly openedAt: number;
  private looks: Promise<void> = Promise.resolve();
  private defect: unknown = null;
  private aliveAt = Number.NEGATIVE_INFINITY;
  /** Ties that were told to have changed, and are not asked for yet. */
  private readonly tiesTold = new Set<EngineContext>();
  private readonly ties = new SignalMemory();

  constructor(options: ReaderOptions) {
    this.options = options;
    const refused = new Set(options.open.refused.map(({ type }) => type));
    this.told = options.types.filter((type) => !refused.has(type));
    this.openedAt = this.nowMs();
  }

  /** Resolves when no look is under way any more. */
  get ended(): Promise<void> {
    return this.looks;
  }

  /**
   * Reads until the signal aborts; `onOpened` is told after the first answer.
   * @throws CallFailed when the stream has broken; what the store throws
   */
  async read(onOpened: () => Promise<void>): Promise<void> {
    const { open, signal } = this.options;
    await this.reportRefused();
    for (const type of open.fresh) await this.lookAt(type, null);
    let isOpened = false;
    while (!signal.aborted) {
      const parts = await this.next();
      for (const part of parts) await this.take(part);
      await this.sayAlive();
      if (!isOpened) await onOpened();
      isOpened = true;
    }
  }

  private nowMs(): number {
    return this.options.follower.engines[0]?.nowMs() ?? 0;
  }

  private async next(): Promise<readonly StreamPart[]> {
    try {
      return await this.options.open.next();
    } catch (error) {
      if (this.options.signal.aborted) return [];
      throw this.defect ?? error;
    }
  }

  private async take({ type, signals, at, events, incomplete }: StreamPart): Promise<void> {
    const { intake, live, system, onEvents } = this.options.follower;
    const looking = this.looking.get(type);
    // While a look is under way the stored place stays behind what the look answers for: who takes over begins there.
    const position = at !== null && looking === undefined && !incomplete ? { topic: type, at } : null;
    const taken = await takeLive(intake, { system, source, signals, ...(position ? { position } : {}) });
    await onEvents(events, taken);
    this.askTies(type);
    if (looking && at !== null) looking.at = at;
    if (!incomplete) return;
    await live.lost(system, source, [type]);
    await this.lookAt(type, at);
  }

  /** Looks at everything since the last look, beside the reading: what was before the stream began, or was not told. */
  private async lookAt(type: string, at: string | null): Promise<void> {
    const { live, system } = this.options.follower;
    const looking = this.looking.get(type) ?? { asked: 0, at };
    looking.asked += 1;
    this.looking.set(type, looking);
    if (at === null) await live.keepPosition(system, source, type, null);
    this.looks = this.looks
      .then(async () => this.look(type, looking))
      .catch((error: unknown) => {
        this.defect ??= error;
        this.options.broken.abort();
      });
  }

  /** Asks whose ties have changed, beside the reading: once for all events that come until it is asked. */
  private askTies(type: string): void {
    const { engines, system } = this.options.follower;
    for (const engine of engines.filter(({ pair }) => tieTypes(pair, system).includes(type))) {
      if (this.tiesTold.has(engine)) continue;
      this.tiesTold.add(engine);
      this.looks = this.looks
        .then(async () => {
          this.tiesTold.delete(engine);
          await this.untilDone(async () => lookAtTies(engine, this.ties));
        })
        .catch((error: unknown) => {
          this.defect ??= error;
          this.options.broken.abort();
        });
    }
  }

  /** Tries until the vendor answers, or the reading is over. */
  private async untilDone(step: () => Promise<unknown>): Promise<void> {
    const { signal, broken } = this.options;
    const ending = AbortSignal.any([signal, broken.signal]);
    let isDone = false;
    while (!isDone && !ending.aborted) {
      isDone = await step().then(
        () => true,
        (error: unknown) => {
          if (!(error instanceof CallFailed)) throw error;
          return false;
        },
      );
      if (!isDone) await sleep(lookAgainMs, undefined, { signal: ending }).catch(() => undefined);
    }
  }

  private async look(type: string, looking: Looking): Promise<void> {
    const { signal, broken, follower } = this.options;
    const { engines, system, live } = follower;
    const ending = AbortSignal.any([signal, broken.signal]);
    for (const engine of engines.filter(({ pair }) => streamedTypes(pair, system).includes(type))) {
      await this.untilDone(async () => pollOnce(engine, system, undefined, type));
    }
    looking.asked -= 1;
    if (ending.aborted || looking.asked > 0) return;
    this.looking.delete(type);
    if (looking.at !== null) await live.keepPosition(system, source, type, looking.at);
    await live.alive(system, source, [type]);
  }

  private async sayAlive(): Promise<void> {
    const { live, system, onAlive } = this.options.follower;
    const now = this.nowMs();
    if (now - this.aliveAt < aliveEveryMs) return;
    this.aliveAt = now;
    await live.alive(
      system,
      source,
      this.told.filter((type) => !this.looking.has(type)),
    );
    await onAlive();
    await this.findSilence();
    if (now - this.openedAt < renewEveryMs) return;
    const states = await live.sources();
    const isSilent = states.some(
      (state) =>
        state.system === system && state.source === source && state.missed && this.told.includes(state.type),
    );
    if (!isSilent) return;
    throw new CallFailed({
      category: 'unavailable',
      system,
      code: 'STREAM_SILENT',
      message: 'changes were found that the stream should have told; it is opened anew',
      fields: [],
    });
  }

  /** The worker's own writes come back over the stream: where they do not, it does not tell of that type. */
  private async findSilence(): Promise<void> {
    const { live, system, engines } = this.options.follower;
    for (const engine of engines) {
      const { pair } = engine;
      for (const type of streamedTypes(pair, system)) {
        if (!this.told.includes(type)) continue;
        const request = { pair: pair.name, system, source, type, graceMs: untoldGraceMs } as const;
        if (await live.noteUnheard(request)) {
          await raiseSilence(inForm(engine, formFor(pair, system, type)), system);
        }
      }
    }
  }

  private async reportRefused(): Promise<void> {
    const { open, follower } = this.options;
    const { engines, system } = follower;
    const why = new Map(open.refused.map((refused) => [refused.type, refused.why]));
    const optional = new Set(engines.flatMap(({ pair }) => tieTypes(pair, system)));
    for (const type of this.options.types.filter((each) => !optional.has(each))) {
      const key = `${system}:stream:${type}`;
      const cause = why.get(type);
      if (cause === undefined) await engines[0]?.store.clearProblem(key);
      else {
        await engines[0]?.store.raiseProblem({
          key,
          what: `No live signal for ${type} of ${systemLabel[system]}`,
          cause,
          fault: 'config',
          next: 'Select the object for Change Data Capture in Setup, and give the integration user View All Data; it is polled meanwhile.',
        });
      }
    }
    if (this.told.length > 0) return;
    throw new CallFailed({
      category: 'permission',
      system,
      code: 'STREAM_REFUSED',
      message: 'every channel was refused',
      fields: [],
    });
  }
}
