import {
  type DailyQuota,
  dailyAllowance,
  dailyProbeMs,
  dailyWindowMs,
  type Lane,
  type PermitRequest,
  type PermitStore,
  permitStaleMs,
  type Taken,
} from '../../model/budget.ts';
import {
  afterRefusal,
  afterTold,
  type LaneLearned,
  type LaneLimit,
  limitInForce,
  ownSinceMs,
  permitKeptMs,
} from '../../model/lane-limit.ts';
import type { System } from '../../model/system.ts';

/** How soon to ask again when permits are held and nobody can say when their calls end. */
const heldRecheckMs = 100;

interface HeldPermit {
  readonly system: System;
  readonly lane: Lane;
  readonly key: string;
  readonly takenAt: number;
  endedAt: number | null;
}

const laneKey = (system: System, lane: Lane): string => `${system}/${lane}`;

/**
 * Permits of one process, for tests and tools that run alone; the worker uses the Postgres store. Both pass
 * test/connectors/budget/permit-store-contract.ts.
 * @param clock the present time in milliseconds
 */
export const makeMemoryPermitStore = (clock: () => number): PermitStore => {
  const permits = new Map<string, HeldPermit>();
  const pausedUntil = new Map<string, number>();
  const learned = new Map<string, LaneLearned>();
  const booked = new Map<System, { at: number; calls: number }[]>();
  const observed = new Map<System, DailyQuota & { at: number }>();
  let lastId = 0;

  const pauseLeft = (key: string, now: number): number => (pausedUntil.get(key) ?? 0) - now;

  /** Ends the permits of dead processes, and forgets those of the lane that stopped counting long enough ago. */
  const tidy = (lane: string, windowMs: number, now: number): void => {
    const keptMs = windowMs === 0 ? 0 : permitKeptMs;
    for (const [id, permit] of permits) {
      if (permit.endedAt === null && now - permit.takenAt >= permitStaleMs) {
        permit.endedAt = permit.takenAt + permitStaleMs;
      }
      if (permit.endedAt !== null && permit.endedAt + windowMs + keptMs <= now && permit.key === lane)
        permits.delete(id);
    }
  };

  /** When each permit of the lane stops counting, of those that still counted at `since`. */
  const freeAt = (lane: string, windowMs: number, since: number): number[] => {
    const found: number[] = [];
    for (const { key, endedAt } of permits.values()) {
      if (key !== lane) continue;
      const free = endedAt === null ? Number.POSITIVE_INFINITY : endedAt + windowMs;
      if (free > since) found.push(free);
    }
    return found;
  };

  /** Permits that are held and whose calls are not booked; a call of associations holds a standard one as well. */
  const unbookedOf = (system: System): number => {
    let held = 0;
    for (const permit of permits.values())
      if (permit.endedAt === null && permit.system === system && permit.lane !== 'associations') held += 1;
    return held;
  };

  /** What the daily share has against this request, if anything. */
  const shareWait = (request: PermitRequest, now: number): Taken | null => {
    const { system, count, workClass, begun, dailyShare } = request;
    const quota = observed.get(system);
    if (quota === undefined) return null;
    if (quota.used >= quota.limit && now - quota.at < dailyProbeMs) {
      return { waitMs: Math.ceil(quota.at + dailyProbeMs - now), why: 'daily' };
    }
    const recent = (booked.get(system) ?? []).filter((entry) => entry.at + dailyWindowMs > now);
    booked.set(system, recent);
    const spent = recent.reduce((sum, entry) => sum + entry.calls, 0);
    const room = (dailyAllowance(workClass, dailyShare, quota.limit) ?? Infinity) - spent - count;
    if (room < 0) {
      const oldest = recent[0];
      const waitMs =
        oldest === undefined ? dailyProbeMs : Math.min(dailyProbeMs, oldest.at + dailyWindowMs - now);
      return { waitMs: Math.ceil(waitMs), why: 'daily' };
    }
    return begun || unbookedOf(system) <= room ? null : { waitMs: heldRecheckMs, why: 'unbooked' };
  };

  /** How long until `count` more permits fit into the lane; 0 when they fit now. */
  const burstWait = (lane: string, count: number, limit: LaneLimit, now: number): number => {
    const held = freeAt(lane, limit.windowMs, now);
    const excess = held.length + count - limit.calls;
    if (excess <= 0) return 0;
    held.sort((a, b) => a - b);
    const enough = held[excess - 1] ?? Number.POSITIVE_INFINITY;
    return Math.max(1, Number.isFinite(enough) ? enough - now : heldRecheckMs);
  };

  const grant = ({ system, lane, count }: PermitRequest, now: number): readonly string[] =>
    Array.from({ length: count }, () => {
      lastId += 1;
      const key = laneKey(system, lane);
      const id = `${key}/${lastId}`;
      permits.set(id, { system, lane, key, takenAt: now, endedAt: null });
      return id;
    });

  return {
    async take(request): Promise<Taken> {
      const { system, lane, count, limit } = request;
      if (count < 1 || count > limit.calls) {
        throw new RangeError(
          `${count} permits asked for, ${limit.calls} is the most the lane ${lane} can give`,
        );
      }
      const now = clock();
      const key = laneKey(system, lane);
      tidy(key, limit.windowMs, now);
      const paused = pauseLeft(key, now);
      if (paused > 0) return { waitMs: Math.ceil(paused), why: 'paused' };
      const share = shareWait(request, now);
      if (share !== null) return share;
      const lowered = limitInForce(limit, learned.get(key) ?? {}, now);
      const inForce = { ...lowered, calls: Math.max(lowered.calls, count) };
      const burst = burstWait(key, count, inForce, now);
      if (burst > 0) return { waitMs: Math.ceil(burst), why: 'burst' };
      return { granted: grant(request, now), limit: lowered };
    },
    async end(ids) {
      const now = clock();
      for (const id of ids) {
        const permit = permits.get(id);
        if (permit !== undefined && permit.endedAt === null) permit.endedAt = now;
      }
    },
    async giveBack(ids) {
      for (const id of ids) permits.delete(id);
    },
    async pause(system, lane, waitMs) {
      const key = laneKey(system, lane);
      const now = clock();
      pausedUntil.set(key, now + Math.max(pauseLeft(key, now), waitMs));
    },
    async refused(system, lane, limit, agoMs) {
      const key = laneKey(system, lane);
      const now = clock();
      learned.set(key, afterRefusal(learned.get(key) ?? {}, limit, now - agoMs, now));
    },
    async observeWindow(system, lane, told, agoMs) {
      const key = laneKey(system, lane);
      const now = clock();
      const since = ownSinceMs(agoMs);
      const own = since === null ? null : freeAt(key, told.windowMs, now - since).length;
      learned.set(key, afterTold(learned.get(key) ?? {}, told, own, now));
    },
    async book(system, _purpose, calls) {
      const entries = booked.get(system) ?? [];
      entries.push({ at: clock(), calls });
      booked.set(system, entries);
    },
    async observeDaily(system, quota) {
      observed.set(system, { ...quota, at: clock() });
    },
  };
};
