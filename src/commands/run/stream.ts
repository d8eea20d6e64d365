import type { SalesforceConnector } from '../../connectors/salesforce/connector.ts';
import { causeOf, type Logger } from '../../log.ts';
import { CallFailed } from '../../model/failure.ts';
import { standFor } from '../../store/election.ts';
import type { Store } from '../../store/open-store.ts';
import type { EngineContext } from '../../sync/engine.ts';
import { followStream } from '../../sync/follow-stream.ts';
import type { LiveIntake } from '../../sync/live-intake.ts';
import type { Closers } from './closers.ts';
import type { SignalCounts } from './signal-counts.ts';

export interface StreamParts {
  readonly connectionString: string;
  readonly store: Store;
  readonly connector: SalesforceConnector;
  readonly contexts: readonly EngineContext[];
  readonly intake: LiveIntake;
  readonly signals: SignalCounts;
  readonly log: Logger;
}

const system = 'salesforce';
/** What the vendor says of the day's events is asked for once an hour: it costs a call. */
const quotaEveryMs = 3_600_000;

/** Asks what is left of the day's events; a failure is no reason not to listen. */
const askQuota = async ({ connector, store, log }: StreamParts, signal: AbortSignal): Promise<void> => {
  try {
    const quota = await connector.eventQuota({ class: 'sweep', purpose: 'quota', signal });
    if (quota !== null) await store.events.observe(system, quota);
  } catch (error) {
    if (signal.aborted || !(error instanceof CallFailed)) return;
    log.debug({ event: 'event-quota-unknown', cause: causeOf(error) });
  }
};

/** Stands for the office of reading Salesforce's change events: one process of a fleet does. */
export const startStream = (parts: StreamParts, closers: Closers): void => {
  const { store, connector, contexts, intake, signals, log } = parts;
  const office = `stream ${system}`;
  const serve = async (signal: AbortSignal): Promise<void> => {
    log.info({ event: 'elected', office });
    let askedAt = Number.NEGATIVE_INFINITY;
    await followStream(
      {
        system,
        stream: connector.stream,
        engines: contexts,
        intake,
        live: store.live,
        onEvents: async (events, taken) => {
          signals.signals(system, 'stream', taken);
          await store.events.count(system, events);
        },
        onAlive: async () => {
          const now = performance.now();
          if (now - askedAt < quotaEveryMs) return;
          askedAt = now;
          await askQuota(parts, signal);
        },
      },
      signal,
    );
    log.info({ event: 'office-left', office });
  };
  const candidacy = standFor({
    connectionString: parts.connectionString,
    office,
    serve,
    onTrouble: ({ what, error }) => log.warn({ event: 'office-trouble', what, cause: causeOf(error) }),
  });
  closers.add(async () => candidacy.end());
};
