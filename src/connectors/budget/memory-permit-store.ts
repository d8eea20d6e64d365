import {
  type DailyQuota,
  dailyAllowance,
  dailyProbeMs,
  dailyWindowMs,
  type Lane,
  type LaneLimit,
  type PermitStore,
  permitStaleMs,
  type Taken,
  type WorkClass,
} from '../../model/budget.ts';
import type { System } from '../../model/system.ts';

/** How soon to ask again when permits are held and nobody can say when their calls end. */
const heldRecheckMs = 100;

interface HeldPermit {
  readonly lane: string;
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
  const booked = new Map<System, { at: number; calls: number }[]>();
  const observed = new Map<System, DailyQuota & { at: number }>();
  let lastId = 0;

  const pauseLeft = (key: string, now: number): number => (pausedUntil.get(key) ?? 0) - now;

  /** How long the daily share makes this class wait; 0 when it may go. */
  const dailyWait = (
    system: System,
    count: number,
    workClass: WorkClass,
    share: number,
    now: number,
  ): number => {
    const quota = observed.get(system);
    if (quota === undefined) return 0;
    if (quota.used >= quota.limit && now - quota.at < dailyProbeMs) return quota.at + dailyProbeMs - now;
    const recent = (booked.get(system) ?? []).filter((entry) => entry.at + dailyWindowMs > now);
    booked.set(system, recent);
    const spent = recent.reduce((sum, entry) => sum + entry.calls, 0);
    const allowance = dailyAllowance(workClass, share, quota.limit);
    if (allowance === null || spent + count <= allowance) return 0;
    const oldest = recent[0];
    return oldest === undefined ? dailyProbeMs : Math.min(dailyProbeMs, oldest.at + dailyWindowMs - now);
  };

  /** How long until `count` more permits fit into the lane; 0 when they fit now. */
  const burstWait = (key: string, count: number, limit: LaneLimit, now: number): number => {
    const freeAt: number[] = [];
    for (const [id, permit] of permits) {
      if (permit.lane !== key) continue;
      if (permit.endedAt === null && now - permit.takenAt >= permitStaleMs) {
        permit.endedAt = permit.takenAt + permitStaleMs;
      }
      const free = permit.endedAt === null ? Number.POSITIVE_INFINITY : permit.endedAt + limit.windowMs;
      if (free <= now) permits.delete(id);
      else freeAt.push(free);
    }
    const excess = freeAt.length + count - limit.calls;
    if (excess <= 0) return 0;
    freeAt.sort((a, b) => a - b);
    const enough = freeAt[excess - 1] ?? Number.POSITIVE_INFINITY;
    return Math.max(1, Number.isFinite(enough) ? enough - now : heldRecheckMs);
  };

  const grant = (key: string, count: number, now: number): readonly string[] =>
    Array.from({ length: count }, () => {
      lastId += 1;
      const id = `${key}/${lastId}`;
      permits.set(id, { lane: key, takenAt: now, endedAt: null });
      return id;
    });

  return {
    async take(system, lane, count, workClass, limit, dailyShare): Promise<Taken> {
      if (count < 1 || count > limit.calls) {
        throw new RangeError(
          `${count} permits asked for, ${limit.calls} is the most the lane ${lane} can give`,
        );
      }
      const now = clock();
      const key = laneKey(system, lane);
      const paused = pauseLeft(key, now);
      if (paused > 0) return { waitMs: Math.ceil(paused), why: 'paused' };
      const daily = dailyWait(system, count, workClass, dailyShare, now);
      if (daily > 0) return { waitMs: Math.ceil(daily), why: 'daily' };
      const burst = burstWait(key, count, limit, now);
      if (burst > 0) return { waitMs: Math.ceil(burst), why: 'burst' };
      return { granted: grant(key, count, now) };
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
