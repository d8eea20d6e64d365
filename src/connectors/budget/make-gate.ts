import { setTimeout as sleepFor } from 'node:timers/promises';
import {
  type CallContext,
  type DailyQuota,
  dailyProbeMs,
  type Lane,
  type LaneLimits,
  type Permit,
  type PermitStore,
  type Quota,
} from '../../model/budget.ts';
import { CallFailed, type Failure } from '../../model/failure.ts';
import type { LaneLimit, WindowTold } from '../../model/lane-limit.ts';
import type { System } from '../../model/system.ts';
import { withDeadline } from './deadline.ts';
import type { CallReport, Gate } from './gate.ts';
import { makeInFlight } from './in-flight.ts';
import { makeReservation } from './reservation.ts';
import { makeTurnstile, type Turnstile } from './turnstile.ts';

/** A call that has no answer by then is given up; leases outlast it by 10 s. */
export const requestTimeoutMsDefault = 20_000;
/** The shortest pause after a refusal, for lanes whose window is short or none. */
const pauseMsMin = 1_000;
/** The quota changes with every answer; it is told to the store no more often than this. */
const observeEveryMs = 5_000;
/** The window changes with every answer, too, and what others use of it is old after one window. A new size is told at once. */
const observeWindowEveryMs = 1_000;

export interface GateOptions {
  readonly system: System;
  readonly store: PermitStore;
  readonly limits: LaneLimits;
  /** The part of the vendor's daily limit, above 0 and up to 1, that is Tandem's; the rest is for the company's other tools. */
  readonly dailyShare: number;
  /** Whether a `throttled` failure concerns all lanes for long (the daily limit, a migration), not one lane's window. */
  readonly concernsAllLanes: (failure: Failure) => boolean;
  /** The store failed after a call was made: the call's own result stands, and this is told. */
  readonly onStoreError: (error: unknown) => void;
  readonly requestTimeoutMs?: number;
  readonly clock?: () => number;
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
}

interface LaneState {
  readonly lane: Lane;
  readonly limit: LaneLimit;
  readonly turnstile: Turnstile;
  /** The limit under which the last permit was given. */
  inForce: LaneLimit;
  windowTold: { readonly calls: number; readonly at: number } | null;
  /** Until when this process knows the lane to be paused; reserved permits wait for it without asking the store. */
  pausedUntil: number;
}

const sleepReal = async (ms: number, signal?: AbortSignal): Promise<void> => {
  await sleepFor(ms, undefined, signal === undefined ? {} : { signal });
};

/** The governor of one system in this process; the store makes it one for all processes. */
const tooLate = (system: System): CallFailed =>
  new CallFailed({
    category: 'unavailable',
    system,
    code: 'NOT_SENT',
    message: 'not sent: its time was over before a permit could be had',
    fields: [],
  });

export const makeGate = (options: GateOptions): Gate => {
  const { system, store } = options;
  const clock = options.clock ?? Date.now;
  const sleep = options.sleep ?? sleepReal;
  const timeoutMs = options.requestTimeoutMs ?? requestTimeoutMsDefault;
  let daily: DailyQuota | null = null;
  let observedAt = Number.NEGATIVE_INFINITY;
  const inFlight = makeInFlight();

  const makeLane = (lane: Lane, limit: LaneLimit): LaneState => {
    const turnstile = makeTurnstile({
      take: async (request) => {
        const taken = await store.take({ system, lane, limit, dailyShare: options.dailyShare, ...request });
        if ('granted' in taken) state.inForce = taken.limit;
        return taken;
      },
      giveBack: (permits) => store.giveBack(permits),
      sleep,
    });
    const state: LaneState = {
      ...{ lane, limit, turnstile },
      ...{ inForce: limit, windowTold: null, pausedUntil: 0 },
    };
    return state;
  };
  const { limits } = options;
  const standard = makeLane('standard', limits.standard);
  const lanes: Record<Lane, LaneState> = {
    standard,
    search: makeLane('search', limits.search),
    associations: limits.associations ? makeLane('associations', limits.associations) : standard,
  };

  const giveBack = async (permits: readonly string[]): Promise<void> => {
    await store.giveBack(permits);
    standard.turnstile.wake();
  };

  const pauseAfter = async (lane: Lane, failure: Failure, begunAt: number): Promise<void> => {
    const all = options.concernsAllLanes(failure);
    const refusing = lanes[lane];
    const unknownMs = all ? dailyProbeMs : Math.max(pauseMsMin, refusing.limit.windowMs);
    const waitMs = failure.retryAfterMs ?? unknownMs;
    for (const paused of new Set(all ? Object.values(lanes) : [refusing])) {
      paused.pausedUntil = Math.max(paused.pausedUntil, clock() + waitMs);
      await store.pause(system, paused.lane, waitMs, failure.code);
    }
    if (!all) await store.refused(system, refusing.lane, refusing.limit, clock() - begunAt);
  };

  /** Associations have a limit of their own, and it is not said which of the two their answers tell: they are not listened to. */
  const observeWindow = async (lane: Lane, told: WindowTold | null, begunAt: number): Promise<void> => {
    if (told === null || lane === 'associations') return;
    const state = lanes[lane];
    const now = clock();
    const known = state.windowTold;
    if (known?.calls === told.calls && now - known.at < observeWindowEveryMs) return;
    state.windowTold = { calls: told.calls, at: now };
    await store.observeWindow(system, state.lane, told, now - begunAt);
  };

  const observe = async (quota: DailyQuota | null): Promise<void> => {
    if (quota === null) return;
    const limitChanged = quota.limit !== daily?.limit;
    daily = quota;
    if (!limitChanged && clock() - observedAt < observeEveryMs) return;
    observedAt = clock();
    await store.observeDaily(system, quota);
  };

  const enter = async (
    context: CallContext,
    { turnstile }: LaneState,
    redeems: string | null = null,
  ): Promise<Permit & { giveBack(): Promise<void> }> => {
    try {
      const { permits } = await turnstile.enter({
        ...{ soon: 0, redeems, workClass: context.class },
        ...{ holdsReservation: context.reservations !== undefined, signal: context.signal },
      });
      return { end: () => store.end(permits), giveBack: () => store.giveBack(permits) };
    } catch (error) {
      if (redeems !== null) await giveBack([redeems]).catch(options.onStoreError);
      throw error;
    }
  };

  const permitIn = async (context: CallContext, state: LaneState): Promise<Permit> => {
    const reservation = context.reservations?.[system];
    if (state === standard && reservation !== undefined) {
      const waitMs = state.pausedUntil - clock();
      if (waitMs > 0) await sleep(waitMs, context.signal).catch(() => context.signal?.throwIfAborted());
      const reserved = reservation.take();
      if (reserved !== null) {
        return 'held' in reserved ? reserved.held : enter(context, state, reserved.promise);
      }
    }
    return enter(context, state);
  };

  /** A call of associations first takes a permit of their own, so that nobody keeps a standard one while waiting for it. */
  const permitFor = async (context: CallContext, lane: Lane): Promise<Permit> => {
    const state = lanes[lane];
    if (lane !== 'associations' || state === standard) return permitIn(context, state);
    const own = await enter(context, state);
    try {
      const shared = await permitIn(context, standard);
      return {
        end: async () => {
          await Promise.all([own.end(), shared.end()]);
        },
      };
    } catch (error) {
      await own.giveBack();
      throw error;
    }
  };

  /** Books the call and ends its permit. None of this may turn a write that landed into an error. */
  const settle = async (
    context: CallContext,
    permit: Permit,
    then: readonly (() => Promise<void>)[],
  ): Promise<void> => {
    // The pause comes before the end: a permit that becomes free while the vendor refuses would be used at once. So does the booking: a
    // call that neither is held nor booked would be missing in the daily share.
    const steps = [...then, () => store.book(system, context.purpose, 1), () => permit.end()];
    for (const step of steps) {
      try {
        await step();
      } catch (error) {
        options.onStoreError(error);
      }
    }
  };

  const call = async <T>(
    context: CallContext,
    lane: Lane,
    make: (signal: AbortSignal) => Promise<CallReport<T>>,
  ): Promise<T> => {
    const permit = await permitFor(context, lane);
    const begunAt = clock();
    if (context.notAfter !== undefined && begunAt > context.notAfter) {
      await permit.end();
      throw tooLate(system);
    }
    try {
      const report = await withDeadline(system, timeoutMs, context.signal, make);
      await settle(context, permit, [
        () => observe(report.daily),
        () => observeWindow(lane, report.window ?? null, begunAt),
      ]);
      return report.value;
    } catch (error) {
      const failed = error instanceof CallFailed ? error : null;
      await settle(context, permit, [
        () => observeWindow(lane, failed?.window ?? null, begunAt),
        async () => {
          if (failed?.failure.category === 'throttled') await pauseAfter(lane, failed.failure, begunAt);
        },
      ]);
      throw error;
    }
  };

  return {
    call: (context, lane, make) =>
      inFlight.run(context.signal, (signal) => call({ ...context, signal }, lane, make)),
    reserve: (calls, workClass, outer) =>
      inFlight.run(outer, async (signal) => {
        const taken = await standard.turnstile.enter({
          ...{ soon: Math.min(calls, limits.standard.calls) - 1, redeems: null, workClass },
          ...{ holdsReservation: false, signal },
        });
        return makeReservation({ ...taken, end: (ids) => store.end(ids), giveBack, clock });
      }),
    close: () => inFlight.close(),
    quota(): Quota {
      const { calls, windowMs } = lanes.standard.inForce;
      return {
        dailyLimit: daily?.limit ?? null,
        dailyUsed: daily?.used ?? null,
        burstLimit: calls,
        burstWindowMs: windowMs,
      };
    },
  };
};
