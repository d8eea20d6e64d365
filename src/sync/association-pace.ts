import type { Feed } from './signal-sources.ts';

/** Pages that one tick of the polling clock reads at most, while nobody tells of associations. */
const pagesPerTickMax = 4;
/** Pages of a tick in the first round of a process: what was changed while none ran is found soon, and polls do not wait for it. */
const firstPagesPerTickMax = 20;
/** A round that is over begins anew after so many ticks. */
const restTicks = 8;
/** Calls an hour for all pairs while HubSpot tells of changes: a part of the idle hour's 60. */
const liveCallsPerHourMax = 8;
const hourMs = 3_600_000;

/** How far apart pages are while HubSpot tells of changes, where so many fields of all pairs are associations. */
export const liveSweepGapMs = (fields: number): number =>
  (hourMs / liveCallsPerHourMax) * Math.max(1, fields);

/** How long a round waits after the last one began, while nobody tells. */
export const sweepRestMs = (pollEveryMs: number): number => pollEveryMs * restTicks;

/**
 * How fast the association sweep goes round the links of a pair. Polled, it takes a bounded number of pages with each tick and rests after
 * a round; where HubSpot tells of changes it takes a page now and then, and is fast again for a round after it found what nobody told of.
 */
export class AssociationPace {
  private readonly restMs: number;
  private readonly liveGapMs: number;
  private isFirst = true;
  private hasMissed = false;
  private foundThisRound = 0;
  private began: number | null = null;
  private restsUntil = 0;
  private pagedAt = Number.NEGATIVE_INFINITY;

  /** `fields`: association fields of all pairs; they share the calls of an idle hour. */
  constructor(pollEveryMs: number, fields: number) {
    this.restMs = sweepRestMs(pollEveryMs);
    this.liveGapMs = liveSweepGapMs(fields);
  }

  /** The links were just read by the first alignment: no round is owed. */
  skipFirst(): void {
    this.isFirst = false;
  }

  /** Whether the first round of the process is over. */
  get isCaughtUp(): boolean {
    return !this.isFirst;
  }

  /** How many pages may be read now. */
  pagesDue(feed: Feed, nowMs: number): number {
    if (this.isFirst) return firstPagesPerTickMax;
    if (feed !== 'poll' && !this.hasMissed) return nowMs - this.pagedAt >= this.liveGapMs ? 1 : 0;
    return nowMs < this.restsUntil ? 0 : pagesPerTickMax;
  }

  /** A page was read: so many differences nobody had told of, and whether it ended the round. */
  paged({ marked, isLast }: { readonly marked: number; readonly isLast: boolean }, nowMs: number): void {
    this.pagedAt = nowMs;
    this.began ??= nowMs;
    this.foundThisRound += marked;
    if (marked > 0) this.hasMissed = true;
    if (!isLast) return;
    this.hasMissed = this.foundThisRound > 0;
    this.foundThisRound = 0;
    this.restsUntil = this.began + this.restMs;
    this.began = null;
    this.isFirst = false;
  }
}
