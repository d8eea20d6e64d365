import { setTimeout as delay } from 'node:timers/promises';
import { type IQueueBackend, Queue, Worker } from 'bullmq';
import { z } from 'zod';
import { workClasses } from '../model/budget.ts';
import { UnreachableError } from '../model/failure.ts';
import { type BullBackend, bullBackend } from './backend.ts';
import { SingleRunner, WakeBurst } from './coalesce.ts';
import { RecentTroubles } from './recent-troubles.ts';
import type { WakeBackend, WakeHandler, WakeQueue, WakeQueueOptions } from './wake-queue.ts';

const queueName = 'wake';
const wakeJob = z.object({ pair: z.string(), class: z.enum(workClasses) });

/** Wakes of one burst (a page of signals, a batch of webhooks) are one job. */
const burstMs = 5;
/** Pairs whose handlers run at the same time in this process. */
const pairsAtOnce = 8;
/** How long BullMQ waits after an error before it asks again. */
const retryDelayMs = 1_000;
/** How long closing waits for a backend that does not answer. */
const closingMsMax = 5_000;

/**
 * Opens the queue: makes or migrates BullMQ's tables and waits until it answers. Nothing of BullMQ's own (delays, retries,
 * deduplication, order, stalled jobs) carries meaning; finished jobs are removed at once.
 *
 * @throws UnreachableError when the backend does not answer.
 */
export const openWakeQueue = async (options: WakeQueueOptions): Promise<WakeQueue> => {
  const troubles = new RecentTroubles(options.onTrouble);
  const onError = (error: unknown): void => troubles.tell('wake queue', error);
  const backend = bullBackend(options.backend, 'send', onError);
  let queue: OpenQueue | null = null;
  try {
    await backend.ready();
    queue = new Queue(
      queueName,
      { ...backend.options, defaultJobOptions: { removeOnComplete: true, removeOnFail: true } },
      backend.factory,
    );
    queue.on('error', onError);
    await queue.waitUntilReady();
    return new BullWakeQueue(queue, backend, options.backend, troubles);
  } catch (cause) {
    troubles.close();
    await queue?.close().catch(() => undefined);
    backend.close();
    throw new UnreachableError(
      `The wake queue on ${options.backend.kind} cannot be reached.`,
      advice[options.backend.kind],
      { cause },
    );
  }
};

const advice = {
  postgres: 'Check that the database runs, accepts connections and lets this user make a schema.',
  redis:
    'Check REDIS_URL, and that the Redis server runs and accepts connections; without REDIS_URL wakes go through Postgres.',
} as const;

/** A backend that is away must not keep a worker from ending: what it would still say to it means nothing. */
const within = async (ms: number, closing: Promise<unknown>): Promise<void> => {
  const tooLate = new AbortController();
  await Promise.race([
    closing.catch(() => undefined),
    delay(ms, undefined, { signal: tooLate.signal }).catch(() => undefined),
  ]);
  tooLate.abort();
};

/** BullMQ's queue on whichever backend. */
type OpenQueue = Queue<unknown, unknown, string, unknown, unknown, string, IQueueBackend>;

/** What is used of BullMQ's classes, whatever their backend. */
interface Sender {
  add(name: string, data: z.infer<typeof wakeJob>): Promise<unknown>;
  close(): Promise<void>;
}
interface Receiver {
  close(): Promise<void>;
}

/** States: open → serving (worker set) → closed. Before `serve` it only sends. */
class BullWakeQueue implements WakeQueue {
  readonly #queue: Sender;
  readonly #sender: BullBackend;
  readonly #backend: WakeBackend;
  readonly #troubles: RecentTroubles;
  readonly #burst: WakeBurst;
  readonly #sending = new Set<Promise<void>>();
  #serving: {
    readonly worker: Receiver;
    readonly receiver: BullBackend;
    readonly runner: SingleRunner;
  } | null = null;

  constructor(queue: Sender, sender: BullBackend, backend: WakeBackend, troubles: RecentTroubles) {
    this.#queue = queue;
    this.#sender = sender;
    this.#backend = backend;
    this.#troubles = troubles;
    this.#burst = new WakeBurst(burstMs, (pair, workClass) => this.#send({ pair, class: workClass }));
  }

  wake(...[pair, workClass]: Parameters<WakeQueue['wake']>): void {
    this.#burst.wake(pair, workClass);
  }

  async serve(handler: WakeHandler): Promise<void> {
    if (this.#serving !== null) throw new Error('this queue serves already');
    const runner = new SingleRunner(handler, (pair, error) =>
      this.#troubles.tell(`handler of a wake for ${pair}`, error),
    );
    const onError = (error: unknown): void => this.#troubles.tell('wake worker', error);
    const receiver = bullBackend(this.#backend, 'receive', onError);
    const worker = new Worker(
      queueName,
      async (job) => {
        const wake = wakeJob.safeParse(job.data);
        // What another version sent and this one cannot read: the tick finds the work.
        if (wake.success) await runner.wake(wake.data.pair, wake.data.class);
      },
      {
        ...receiver.options,
        concurrency: pairsAtOnce,
        runRetryDelay: retryDelayMs,
        removeOnComplete: { count: 0 },
        removeOnFail: { count: 0 },
      },
      receiver.factory,
    );
    worker.on('error', onError);
    this.#serving = { worker, receiver, runner };
    await worker.waitUntilReady();
  }

  async close(): Promise<void> {
    this.#burst.close();
    const serving = this.#serving;
    this.#troubles.close();
    if (serving !== null) {
      const closing = serving.receiver.giveUpLost().then(() => serving.worker.close());
      await serving.runner.drain();
      await within(closingMsMax, closing);
      serving.receiver.close();
    }
    await within(closingMsMax, Promise.allSettled(this.#sending));
    await within(
      closingMsMax,
      this.#sender.giveUpLost().then(() => this.#queue.close()),
    );
    this.#sender.close();
  }

  #send(wake: z.infer<typeof wakeJob>): void {
    const sent = this.#queue
      .add('wake', wake)
      .then(() => undefined)
      .catch((error: unknown) => this.#troubles.tell('wake queue', error))
      .finally(() => this.#sending.delete(sent));
    this.#sending.add(sent);
  }
}
