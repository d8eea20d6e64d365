import { setTimeout as delay } from 'node:timers/promises';
import type { HubSpotJournal } from '../../connectors/hubspot/journal.ts';
import { causeOf, type Logger } from '../../log.ts';
import type { CallContext } from '../../model/budget.ts';
import { CallFailed, canRetryHelp, type Failure, malformedCode } from '../../model/failure.ts';
import type { PairMapping } from '../../model/mapping.ts';
import { type LiveIntake, takeLive } from '../../sync/live-intake.ts';
import type { EngineStore } from '../../sync/ports.ts';
import { fieldsThatMatter, type LiveStore } from '../../sync/signal-sources.ts';
import type { SignalCounts } from './signal-counts.ts';

export interface JournalReaderOptions {
  readonly journal: HubSpotJournal;
  readonly portalId: () => Promise<string>;
  readonly pairs: readonly PairMapping[];
  readonly live: LiveStore;
  readonly intake: LiveIntake;
  readonly counts: SignalCounts;
  readonly log: Logger;
  /** Between two reads that find nothing. */
  readonly everyMs: number;
  /** HubSpot's search, which polls ask, shows a change after so long at most. */
  readonly searchSettlesMs: number;
  /** Called after every read that was answered. */
  readonly onRead: () => Promise<void>;
  /** Whether the entry behind this offset, which could not be read again, is left out: what it told is found by polling. */
  readonly leaveOut: (offset: string) => boolean;
}

/** Where problems are kept for `status`. */
export type ProblemStore = Pick<EngineStore, 'raiseProblem' | 'clearProblem'>;

/** After a failure it is not tried again before. */
const failureWaitMsMin = 5_000;

/** An entry that is no entry so often in a row stays so; it would keep the reader from all that follow, for the three days that it is kept. */
const unreadableMax = 3;

const context = { class: 'live', purpose: 'poll' } as const;

const readNext = async (
  { journal, leaveOut }: Pick<JournalReaderOptions, 'journal' | 'leaveOut'>,
  portalId: string,
  offset: string,
  call: CallContext,
): Promise<Awaited<ReturnType<HubSpotJournal['next']>> | 'unreadable'> => {
  try {
    return await journal.next(portalId, offset, call);
  } catch (error) {
    const isMalformed = error instanceof CallFailed && error.failure.code === malformedCode;
    if (!isMalformed || !leaveOut(offset)) throw error;
    return 'unreadable';
  }
};

/** Reads the account's journal, entry by entry, until the signal aborts. The offset moves in the transaction of its dirty rows. */
export const readJournal = async (options: JournalReaderOptions, signal: AbortSignal): Promise<void> => {
  const { journal, live, log, pairs, everyMs } = options;
  const call = { ...context, signal };
  const wait = async (ms: number): Promise<void> => {
    await delay(ms, undefined, { signal }).catch(() => undefined);
  };
  const types = [...new Set(pairs.map((pair) => pair.types.hubspot))];
  const portalId = await options.portalId();
  const unknown = await journal.subscribe(
    portalId,
    types.map((type) => ({
      type,
      properties: [
        ...new Set(
          pairs
            .filter((pair) => pair.types.hubspot === type)
            .flatMap((pair) => [...fieldsThatMatter(pair, 'hubspot'), ...(pair.watched?.hubspot ?? [])]),
        ),
      ],
    })),
    call,
  );
  const told = types.filter((type) => !unknown.includes(type));
  const topic = `portal ${portalId}`;
  log.info({ event: 'journal-opened', types: told.join(' '), polled: unknown.join(' ') });
  while (!signal.aborted) {
    const offset = await live.position('hubspot', 'journal', topic);
    if (offset === null) {
      const latest = await journal.latest(portalId, call);
      if (latest === null) {
        await wait(everyMs);
        continue;
      }
      await live.keepPosition('hubspot', 'journal', topic, latest);
      // What came before is found by polls from their cursor: nothing is alive yet, and one begins meanwhile that sees all of it.
      await wait(options.searchSettlesMs + 2 * everyMs);
      continue;
    }
    const read = await readNext(options, portalId, offset, call);
    if (read === 'expired' || read === 'unreadable') {
      log.warn({ event: 'journal-gap', topic, cause: read });
      await live.lost('hubspot', 'journal', told);
      await live.keepPosition('hubspot', 'journal', topic, null);
      continue;
    }
    await options.onRead();
    if (read === 'end') {
      await live.alive('hubspot', 'journal', told);
      await wait(everyMs);
      continue;
    }
    const taken = await takeLive(options.intake, {
      system: 'hubspot',
      source: 'journal',
      signals: read.signals,
      position: { topic, at: read.offset },
    });
    options.counts.signals('hubspot', 'journal', { ...taken, ignored: taken.ignored + read.unknown });
  }
};

const problemKey = 'live:hubspot:journal';

/** What a person does about a journal that cannot be read. */
const nextOf = (failure: Failure | null): string =>
  failure !== null && canRetryHelp(failure)
    ? 'Nothing to do, unless it lasts: then look at the status page of HubSpot.'
    : 'Check HUBSPOT_CLIENT_ID and HUBSPOT_CLIENT_SECRET and the scopes of the app.';

/** Reads the journal as long as the signal lets; a failure is told, and it begins anew after a while. Never rejects. */
export const keepReadingJournal = async (
  options: Omit<JournalReaderOptions, 'onRead' | 'leaveOut'> & {
    readonly store: ProblemStore;
    readonly failureWaitMs?: number;
  },
  signal: AbortSignal,
): Promise<void> => {
  const { store, log, live, pairs, everyMs, failureWaitMs = failureWaitMsMin } = options;
  let isRaised = true;
  let unreadable = { offset: '', times: 0 };
  const leaveOut = (offset: string): boolean => {
    unreadable = { offset, times: unreadable.offset === offset ? unreadable.times + 1 : 1 };
    return unreadable.times >= unreadableMax;
  };
  const onRead = async (): Promise<void> => {
    if (isRaised) await store.clearProblem(problemKey);
    isRaised = false;
  };
  while (!signal.aborted) {
    try {
      await readJournal({ ...options, onRead, leaveOut }, signal);
    } catch (error) {
      if (signal.aborted) return;
      const failure = error instanceof CallFailed ? error.failure : null;
      log.warn({ event: 'journal-failed', cause: causeOf(error) });
      isRaised = true;
      await store
        .raiseProblem({
          key: problemKey,
          what: "HubSpot's journal cannot be read",
          cause: causeOf(error),
          fault: failure?.category === 'credentials' ? 'credentials' : failure ? 'hubspot' : 'tandem',
          next: `${nextOf(failure)} Meanwhile HubSpot is polled; reading is tried again by itself.`,
        })
        .catch(() => undefined);
      await live
        .lost('hubspot', 'journal', [...new Set(pairs.map((pair) => pair.types.hubspot))])
        .catch(() => undefined);
      await delay(Math.max(failureWaitMs, everyMs), undefined, { signal }).catch(() => undefined);
    }
  }
};
