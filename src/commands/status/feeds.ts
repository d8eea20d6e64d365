import { type PairMapping, typesOn } from '../../model/mapping.ts';
import { bothSides, type Sides, systemLabel, systems } from '../../model/system.ts';
import type { Store } from '../../store/open-store.ts';
import { type Feed, feedOf, looksOf, sweepEveryMs } from '../../sync/signal-sources.ts';

interface ShownFeed {
  readonly source: Feed;
  /** Null: no live signal yet. */
  readonly heardSecondsAgo: number | null;
}

/** What feeds each type of record, by the API's own name. */
export type Feeds = Sides<Readonly<Record<string, ShownFeed>>>;

/** What feeds each type of record now, and when its live source was heard last. */
export const feedsOf = async (
  store: Store,
  pairs: readonly PairMapping[],
  pollMs: number,
): Promise<Feeds> => {
  const states = await store.live.sources();
  const sweepMs = sweepEveryMs(looksOf(pairs), pollMs);
  return bothSides((system) =>
    Object.fromEntries(
      pairs
        .flatMap((pair) => typesOn(pair, system))
        .map((type) => {
          const source = feedOf(states, system, type, sweepMs);
          const heard = states
            .filter((state) => state.system === system && state.type === type)
            .flatMap((state) => state.heardAgoMs ?? []);
          return [
            type,
            {
              source,
              heardSecondsAgo: heard.length === 0 ? null : Math.round(Math.min(...heard) / 100) / 10,
            },
          ];
        }),
    ),
  );
};

const words: Record<Feed, string> = {
  webhooks: 'by webhooks',
  journal: 'by the journal',
  stream: 'by the event stream',
  poll: 'by polling',
};

/** One line: `Changes come: HubSpot contacts by webhooks (last 3 s ago), Salesforce Lead by polling`. */
export const feedLine = (feeds: Feeds): string => {
  const parts = systems.flatMap((system) =>
    Object.entries(feeds[system]).map(([type, { source, heardSecondsAgo }]) => {
      const last = source === 'poll' || heardSecondsAgo === null ? '' : ` (last ${heardSecondsAgo} s ago)`;
      return `${systemLabel[system]} ${type} ${words[source]}${last}`;
    }),
  );
  return `Changes come: ${parts.join(', ')}`;
};
