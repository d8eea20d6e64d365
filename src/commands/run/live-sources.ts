import type { Systems } from '../../compose.ts';
import { makeHubSpotJournal } from '../../connectors/hubspot/journal.ts';
import { causeOf, type Logger } from '../../log.ts';
import type { LoadedMappings } from '../../mapping/load.ts';
import type { LiveSource } from '../../model/live.ts';
import { requireConnections, type Settings } from '../../settings.ts';
import { standFor } from '../../store/election.ts';
import type { EngineContext } from '../../sync/engine.ts';
import type { LiveIntake } from '../../sync/live-intake.ts';
import { indexSettleMs } from '../../sync/runner.ts';
import type { OpenedStore } from '../open-store.ts';
import type { Closers } from './closers.ts';
import { keepReadingJournal } from './journal.ts';
import { learnTypeIds } from './object-types.ts';
import type { SignalCounts } from './signal-counts.ts';
import { startStream } from './stream.ts';
import type { WebhookReceiver } from './webhooks.ts';

export interface LiveSourcesOptions {
  readonly settings: Settings;
  readonly mappings: LoadedMappings;
  readonly opened: OpenedStore;
  readonly systems: Systems;
  readonly intake: LiveIntake;
  readonly contexts: readonly EngineContext[];
  readonly receiver: WebhookReceiver;
  readonly signals: SignalCounts;
  /** Whether sources that have to be asked are: `--until-idle` looks at the systems themselves. */
  readonly readsItself: boolean;
  readonly log: Logger;
}

const hubspotSources = ({ hubspotWebhookSecret, hubspotApp }: Settings): readonly LiveSource[] => [
  ...(hubspotWebhookSecret === null ? [] : (['webhooks'] as const)),
  ...(hubspotApp === null ? [] : (['journal'] as const)),
];

/** Salesforce's stream of change events, where it is listened to. */
const startSalesforce = async (options: LiveSourcesOptions, closers: Closers): Promise<void> => {
  const { settings, opened, systems, contexts, intake, signals, log } = options;
  const { connectionString, store } = opened;
  await store.live.keepOnly('salesforce', settings.salesforceStream ? ['stream'] : []);
  if (!settings.salesforceStream || !options.readsItself) return;
  const connector = systems.connectors.salesforce;
  startStream({ connectionString, store, connector, contexts, intake, signals, log }, closers);
};

/** Takes what the systems tell by themselves: deliveries from now on, and journal and stream where this process is elected to read them. */
export const startLiveSources = async (options: LiveSourcesOptions, closers: Closers): Promise<void> => {
  const { settings, mappings, opened, systems, intake, receiver, signals, log } = options;
  const { live, engine: store } = opened.store;
  await live.keepOnly('hubspot', hubspotSources(settings));
  const isTold = hubspotSources(settings).length > 0;
  const typeIds = isTold ? await learnTypeIds(systems.connectors.hubspot, mappings.pairs, log) : new Map();
  receiver.begin(intake, typeIds);
  await startSalesforce(options, closers);
  if (settings.hubspotApp === null || !options.readsItself) return;
  const journal = makeHubSpotJournal({
    ...settings.hubspotApp,
    baseUrl: requireConnections(settings).hubspot.baseUrl,
    gate: systems.gates.hubspot,
    typeIds: () => typeIds,
  });
  const portalId = async (): Promise<string> =>
    (await systems.connectors.hubspot.check({ class: 'live', purpose: 'quota' })).accountId;
  const candidacy = standFor({
    connectionString: opened.connectionString,
    office: 'journal hubspot',
    serve: async (signal) =>
      keepReadingJournal(
        {
          ...{ journal, portalId, live, store, intake, log },
          pairs: mappings.pairs,
          counts: signals,
          everyMs: settings.pollMs,
          searchSettlesMs: indexSettleMs,
        },
        signal,
      ),
    onTrouble: ({ what, error }) => log.warn({ event: 'office-trouble', what, cause: causeOf(error) }),
  });
  closers.add(async () => candidacy.end());
};
