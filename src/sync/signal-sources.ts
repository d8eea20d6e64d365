import { flagsOf } from '../model/life-events.ts';
import type { FoundChange, LiveBatch, LiveSource, SourceState, WriteUnderWay } from '../model/live.ts';
import { apiFieldsOf, formsOf, type PairMapping, typesOn } from '../model/mapping.ts';
import { nativeFieldsOf } from '../model/native-ids.ts';
import { type System, systems } from '../model/system.ts';
import { matchFieldsOf } from './match.ts';

/**
 * What is known of the live sources, shared by all workers. Postgres implements it (src/store/live-signals.ts); each method is one
 * transaction, time is the store's own clock.
 */
export interface LiveStore {
  /**
   * Commits the dirty rows of a delivery with the reader's position, neither without the other. The source is alive from then on for
   * the types heard, and a problem that said that a field has no live signal ends.
   */
  commitLive(batch: LiveBatch): Promise<void>;
  /** Writes under way to one system: to these records, or computed from these of the other system. */
  writesUnderWay(
    pair: string,
    system: System,
    targetIds: readonly string[],
    sourceIds: readonly string[],
  ): Promise<readonly WriteUnderWay[]>;
  /** Where a reader stands, as `commitLive` or `keepPosition` stored it; null before the first. */
  position(system: System, source: LiveSource, topic: string): Promise<string | null>;
  /** Stores a position that has no rows: where reading begins; null forgets it. */
  keepPosition(system: System, source: LiveSource, topic: string, at: string | null): Promise<void>;
  /** A proof of life without a signal: a heartbeat, an answered read of a journal with nothing in it. */
  alive(system: System, source: LiveSource, types: readonly string[]): Promise<void>;
  /** The source is known to be broken: its types are polled from the next moment on. */
  lost(system: System, source: LiveSource, types: readonly string[]): Promise<void>;
  /** Forgets sources that are not set up any more, with their problems. */
  keepOnly(system: System, sources: readonly LiveSource[]): Promise<void>;
  /** Every source and type that ever gave a sign of life. */
  sources(): Promise<readonly SourceState[]>;
  /**
   * Which news that a look at one type found no live source has told of, asked before its dirty rows are committed: changes older than
   * `graceMs`, without a dirty row, that are newer than the last signal of their type or `unread`. A source that has been silent
   * since such a change has missed it, and its type is polled until it speaks again. What changed before a source was there (it began
   * since, it was lost and came back) it did not have to tell. Answers ids; none where no source is live.
   */
  noteUntold(look: Look): Promise<readonly string[]>;
  /**
   * Whether a source that tells of the worker's own writes as well has said nothing since one of the last minutes: then it does not
   * tell of this type, which is polled until it does. Costs no call.
   */
  noteUnheard(request: {
    readonly pair: string;
    readonly system: System;
    readonly source: LiveSource;
    readonly type: string;
    readonly graceMs: number;
  }): Promise<boolean>;
  /** A complete look at one type is over: proof of life of a source that cannot prove it by itself, unless it has missed something. */
  noteLooked(system: System, type: string): Promise<void>;
  /** Which of these fields never had a live signal. */
  neverHeard(system: System, type: string, fields: readonly string[]): Promise<readonly string[]>;
}

export interface Look {
  readonly pair: string;
  readonly system: System;
  readonly type: string;
  readonly found: readonly FoundChange[];
  readonly graceMs: number;
}

/** What stands among the fields that were told of live once a type's associations were; no API name can be this. */
export const associationsHeard = '#associations';

/** A change may reach its live signal later than it can be seen; a delivery that is tried again comes some seconds later. */
export const untoldGraceMs = 30_000;

/** Calls an hour that all looks of one system cost at most while live signals come: the idle hour has 60, sign-in and checks need some. */
const looksPerHourMax = 40;
const hourMs = 3_600_000;

/** Objects that a look at everything asks for, in the system that has more of them: each costs one call when nothing is found. */
export const looksOf = (pairs: readonly PairMapping[]): number =>
  Math.max(1, ...systems.map((system) => pairs.reduce((sum, pair) => sum + typesOn(pair, system).length, 0)));

/**
 * How often a system that tells of changes by itself is looked at all the same (the drift sweep), for a worker with so many `looksOf` its
 * pairs. Never oftener than it would be polled.
 */
export const sweepEveryMs = (looks: number, pollMs: number): number =>
  Math.max(pollMs, (hourMs / looksPerHourMax) * Math.max(1, looks));

/**
 * A stream is ordered, goes on where it was, and shows the worker's own writes, so that its silence is found out without a look: it is
 * looked behind that much more rarely. Its heartbeats are requests, too: some 33 an hour.
 */
const streamSweepFactor = 3;

/** Each look that finds nothing untold is a proof: after so many in a row the next one waits that many times as long, and no longer. */
const widenedMax = 2;

/** How long after a look the next one comes at most while a live source proves itself. */
export const widestSweepMs = (sweepMs: number, source: LiveSource): number =>
  sweepMs * widenedMax * (source === 'stream' ? streamSweepFactor : 1);

/** A source without any proof of life for so long has gone silent. A sweep that finds nothing untold is one, so two may fail. */
export const watchdogMs = (sweepMs: number): number => sweepMs * widenedMax * 2.5;

/** What feeds a type of record at present: a live source, or polling. */
export type Feed = LiveSource | 'poll';

/** The live source that feeds a type now; `poll` where none is set up, none has proved itself, or all are silent. */
export const feedOf = (
  states: readonly SourceState[],
  system: System,
  type: string,
  sweepMs: number,
): Feed => {
  const live = states.find(
    (state) =>
      state.system === system &&
      state.type === type &&
      !state.missed &&
      state.aliveAgoMs !== null &&
      state.aliveAgoMs < watchdogMs(sweepMs),
  );
  return live?.source ?? 'poll';
};

/**
 * Whether a type was never told of although webhooks are: HubSpot posts events of another type, so that address and secret are right, and
 * nobody knows whether this one is not subscribed or has had no change yet. One that is known to have missed something is not meant.
 */
export const isUntried = (
  states: readonly SourceState[],
  system: System,
  type: string,
  sweepMs: number,
): boolean =>
  !states.some((state) => state.system === system && state.type === type) &&
  states.some(
    (state) =>
      state.system === system &&
      state.source === 'webhooks' &&
      feedOf(states, system, state.type, sweepMs) === 'webhooks',
  );

/**
 * Decides at each tick of the polling clock whether a system is looked at: always while it is polled, at sweeps while it is live. Sweeps
 * widen while its live source proves itself, and are as close as at first once one has found what nobody told of. Polls of a type that
 * was never told of although webhooks are become rarer while they find nothing, down to sweeps.
 */
export class LookCadence {
  private readonly sweepMs: number;
  private readonly lookedAt = new Map<System, number>();
  /** Sweeps in a row that found nothing untold. */
  private readonly proofs = new Map<System, number>();
  /** Systems whose next look is a poll: it says nothing of a live source. */
  private readonly polled = new Set<System>();
  private readonly pollMs: number;
  /** Looks in a row that found nothing at all. */
  private readonly empty = new Map<System, number>();

  constructor(sweepMs: number, pollMs: number) {
    this.sweepMs = sweepMs;
    this.pollMs = pollMs;
  }

  /** `untried`: see isUntried. */
  isDue(system: System, feed: Feed, nowMs: number, untried = false): boolean {
    const lookedAt = this.lookedAt.get(system);
    if (feed === 'poll') {
      const gapMs = untried ? Math.min(this.sweepMs, this.pollMs * 2 ** (this.empty.get(system) ?? 0)) : 0;
      // Ticks are not exact: one that comes a little early is the one that was meant.
      const isDue = lookedAt === undefined || nowMs - lookedAt >= gapMs - this.pollMs / 2;
      if (isDue) this.polled.add(system);
      return isDue;
    }
    const widened = Math.min(widenedMax, 1 + (this.proofs.get(system) ?? 0));
    const sweepMs = this.sweepMs * widened * (feed === 'stream' ? streamSweepFactor : 1);
    return lookedAt === undefined || nowMs - lookedAt >= sweepMs;
  }

  /** A complete look began at this moment, and found so many changes, of which nobody had told of so many. */
  looked(
    system: System,
    beganAtMs: number,
    { marked, untold }: { readonly marked: number; readonly untold: number },
  ): void {
    this.lookedAt.set(system, beganAtMs);
    this.empty.set(system, marked > 0 ? 0 : (this.empty.get(system) ?? 0) + 1);
    const isProof = !this.polled.delete(system) && untold === 0;
    this.proofs.set(system, isProof ? (this.proofs.get(system) ?? 0) + 1 : 0);
  }
}

/** API fields of one side that can matter: mapped ones, match keys, the identity field; in HubSpot of every form, whose objects are one there. */
export const fieldsThatMatter = (pair: PairMapping, system: System): ReadonlySet<string> =>
  new Set([
    pair.identity[system],
    ...(pair.conversion && system === 'salesforce' ? [pair.conversion.flag] : []),
    ...matchFieldsOf(pair, system),
    ...nativeFieldsOf(pair, system),
    ...(system === 'hubspot' ? formsOf(pair) : [pair]).flatMap((form) =>
      form.fields.flatMap((field) => apiFieldsOf(field, system)),
    ),
    ...(pair.scope?.[system]?.fields ?? []),
    ...flagsOf(pair, system),
  ]);
