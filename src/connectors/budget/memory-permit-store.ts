import {
  type DailyQuota,
  dailyAllowance,
  dailyProbeMs,
  dailyWindowMs,
  type Lane,
  type PermitRequest,
  type PermitStore,
  permitStaleMs,
  promiseMs,
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
import { callsBefore, type Line, lineWith, lineWithout, noLine, waitingFor } from '../../model/lane-line.ts';
import type { System } from '../../model/system.ts';

/** How soon to ask again when permits are held and nobody can say when their calls end, or promises when they are given back. */
const heldRecheckMs = 100;

interface HeldPermit {
  readonly system: System;
  readonly lane: Lane;
  readonly key: string;
  readonly takenAt: number;
  /** It is the promise of one, for a call that is not made yet. */
  readonly isPromised: boolean;
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
  const lines = new Map<string, Line>();
  let lastId = 0;

  const pauseLeft = (key: string, now: number): number => (pausedUntil.get(key) ?? 0) - now;

  /** Ends the permits of dead processes, and forgets those of the lane that stopped counting long enough ago. */
  const tidy = (lane: string, windowMs: number, now: number): void => {
    const keptMs = windowMs === 0 ? 0 : permitKeptMs;
    for (const [id, permit] of permits) {
      if (permit.endedAt === null && now - permit.takenAt >= permitStaleMs) {
        permit.endedAt = permit.takenAt + permitStaleMs;
        if (permit.isPromised) permits.delete(id);
      }
      if (permit.endedAt !== null && permit.endedAt + windowMs + keptMs <= now && permit.key === lane)
        permits.delete(id);
    }
  };

  /** When each permit of the lane stops counting, of those that still counted at `since`. */
  const freeAt = (lane: string, windowMs: number, since: number): number[] => {
    const found: number[] = [];
    for (const { key, endedAt, isPromised } of permits.values()) {
      if (key !== lane || isPromised) continue;
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

  /** What the daily share has against this request, if anything; what was promised has passed it. */
  const shareWait = (request: PermitRequest, now: number): Taken | null => {
    const { system, count, soon, redeems, workClass, begun, dailyShare } = request;
    const quota = observed.get(system);
    if (quota === undefined || redeems !== null) return null;
    if (quota.used >= quota.limit && now - quota.at < dailyProbeMs) {
      return { waitMs: Math.ceil(quota.at + dailyProbeMs - now), why: 'daily' };
    }
    const recent = (booked.get(system) ?? []).filter((entry) => entry.at + dailyWindowMs > now);
    booked.set(system, recent);
    const spent = recent.reduce((sum, entry) => sum + entry.calls, 0);
    const allowance = dailyAllowance(workClass, dailyShare, quota.limit) ?? Infinity;
    const room = allowance - spent - count - soon;
    if (room < 0) {
      const oldest = recent[0];
      const waitMs =
        oldest === undefined ? dailyProbeMs : Math.min(dailyProbeMs, oldest.at + dailyWindowMs - now);
      return { waitMs: Math.ceil(waitMs), why: 'daily' };
    }
    return begun || unbookedOf(system) <= room ? null : { waitMs: heldRecheckMs, why: 'unbooked' };
  };

  /** How long until all but `most` of these permits are free; 0 when they are. */
  const waitForAllBut = (most: number, free: readonly number[], now: number): number => {
    const excess = free.length - most;
    if (excess <= 0) return 0;
    const enough = free.toSorted((a, b) => a - b)[excess - 1] ?? Number.POSITIVE_INFINITY;
    return Math.max(1, Number.isFinite(enough) ? enough - now : heldRecheckMs);
  };

  /** How long until this fits into the lane, beside what is promised and what others wait for; 0 when it fits now. */
  const burstWait = (lane: string, request: PermitRequest, limit: LaneLimit, now: number): number => {
    const { begun, count, soon } = request;
    const before = callsBefore(lines.get(lane) ?? noLine, waitingFor(request), now);
    const atOnce = waitForAllBut(limit.calls - count - before.now, freeAt(lane, limit.windowMs, now), now);
    if (begun) return atOnce;
    const later = now + promiseMs;
    const open = [...permits.values()].filter(({ key, isPromised }) => key === lane && isPromised).length;
    const most = limit.calls - count - soon - before.all - open;
    const forAll = waitForAllBut(most, freeAt(lane, limit.windowMs, later), later);
    return Math.max(atOnce, open > 0 ? Math.min(forAll, heldRecheckMs) : forAll);
  };

  const make = ({ system, lane }: PermitRequest, calls: number, isPromised: boolean, now: number) =>
    Array.from({ length: calls }, () => {
      lastId += 1;
      const key = laneKey(system, lane);
      const id = `${key}/${lastId}`;
      permits.set(id, { system, lane, key, takenAt: now, isPromised, endedAt: null });
      return id;
    });

  const answer = (request: PermitRequest, now: number): Taken => {
    const { system, lane, count, soon, limit } = request;
    const key = laneKey(system, lane);
    tidy(key, limit.windowMs, now);
    const paused = pauseLeft(key, now);
    if (paused > 0) return { waitMs: Math.ceil(paused), why: 'paused' };
    const share = shareWait(request, now);
    if (share !== null) return share;
    const lowered = limitInForce(limit, learned.get(key) ?? {}, now);
    const inForce = { ...lowered, calls: Math.max(lowered.calls, count + soon) };
    const burst = burstWait(key, request, inForce, now);
    if (burst > 0) return { waitMs: Math.ceil(burst), why: 'burst' };
    if (request.redeems !== null) permits.delete(request.redeems);
    return {
      ...{ granted: make(request, count, false, now), promised: make(request, soon, true, now) },
      limit: lowered,
    };
  };

  return {
    async take(request): Promise<Taken> {
      const { system, lane, count, soon, limit } = request;
      if (count < 1 || count + soon > limit.calls) {
        throw new RangeError(
          `${count + soon} permits asked for, ${limit.calls} is the most the lane ${lane} can give`,
        );
      }
      const now = clock();
      const key = laneKey(system, lane);
      const taken = answer(request, now);
      const line = lines.get(key) ?? noLine;
      const isInLine = 'why' in taken && taken.why === 'burst';
      lines.set(
        key,
        isInLine ? lineWith(line, waitingFor(request), taken.waitMs, now) : lineWithout(line, request.waiter),
      );
      return taken;
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
