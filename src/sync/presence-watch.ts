import type { EngineContext } from './engine.ts';
import { readPaused } from './pauses.ts';
import { presencePageSize, sweepPresence } from './presence-sweep.ts';
import type { Feed } from './signal-sources.ts';

/** While nobody tells of changes all records are asked for within this time: what is noticed by nothing else is noticed then. */
const roundMs = 86_400_000;

/** However few records there are, a page is not asked for oftener: four calls an hour, which is what an idle hour has for them. */
const gapMsLeast = 900_000;

/** Pages that one tick of the polling clock reads at most, where a worker has to make up for a time in which none ran. */
const pagesPerTickMax = 20;

/** How long a count of what is kept holds. */
const countEveryMs = 3_600_000;

/**
 * Sends the presence sweep round the records of a pair. Polled: a page each quarter of an hour, or as many more as make a round a day, which is
 * 100 calls a day for 10,000 people. Where HubSpot tells of changes it is a safety net, and all pairs share the four calls an hour.
 */
export class PresenceWatch {
  private readonly liveGapMs: number;
  private nextAt = Number.NEGATIVE_INFINITY;
  private kept = 0;
  private countedAt = Number.NEGATIVE_INFINITY;

  /** `looks`: `looksOf` all pairs of this worker, which share the calls of an idle hour. */
  constructor(looks: number) {
    this.liveGapMs = gapMsLeast * Math.max(1, looks);
  }

  private gapMs(feed: Feed): number {
    const pages = Math.max(1, Math.ceil(this.kept / presencePageSize));
    return feed === 'poll' ? Math.min(gapMsLeast, roundMs / pages) : this.liveGapMs;
  }

  /**
   * Takes the pages that are due, with one tick of the polling clock.
   * @throws CallFailed when HubSpot cannot be asked; the next tick goes on there
   */
  async look(
    context: EngineContext,
    feedNow: () => Promise<Feed>,
    nowMs: number,
    ending: AbortSignal,
  ): Promise<void> {
    const { pair, store } = context;
    if (nowMs < this.nextAt || (await readPaused(context)).blind) return;
    const feed = await feedNow();
    if (nowMs - this.countedAt >= countEveryMs) {
      this.kept = await store.keptCount(pair.name, pair.types.hubspot);
      this.countedAt = nowMs;
    }
    for (let pages = 0; pages < pagesPerTickMax && nowMs >= this.nextAt && !ending.aborted; pages += 1) {
      this.nextAt = await sweepPresence(context, this.gapMs(feed), nowMs);
    }
  }
}
