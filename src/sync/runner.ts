import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkClass } from '../model/budget.ts';
import { CallFailed } from '../model/failure.ts';
import { typesOn } from '../model/mapping.ts';
import type { Workload } from '../model/state.ts';
import { bothSides, type Sides, type System, systems } from '../model/system.ts';
import { alignStep } from './align.ts';
import { AssociationPace } from './association-pace.ts';
import { associationFields, sweepAssociations } from './association-sweep.ts';
import { againAfterMs } from './backoff.ts';
import { BatchFill } from './batch-fill.ts';
import { BatchSize } from './defect.ts';
import type { EngineContext } from './engine.ts';
import { Overtaking, overtaken } from './overtaking.ts';
import { activeContext, readPaused } from './pauses.ts';
import { pollOnce } from './poll.ts';
import { makePollMemory } from './poll-memory.ts';
import { PresenceWatch } from './presence-watch.ts';
import { reportCallFailure } from './problems.ts';
import { BatchCalls, unitsPerBatch } from './reservation.ts';
import { SignalMemory } from './signal-memory.ts';
import { type Feed, feedOf, isUntried, LookCadence, sweepEveryMs } from './signal-sources.ts';
import { StepProblems } from './step-problems.ts';
import { hasTieLooks, lookAtTies, tieLookEveryMs } from './tie-look.ts';
import { raiseAssociations } from './untold.ts';
import { type BatchResult, workOnce } from './work.ts';

/** What the worker did since it started. */
export interface RunTotals {
  created: Sides<number>;
  updated: Sides<number>;
  equal: number;
  linked: number;
  failed: number;
}

/** Batches under way at once: while one waits for a vendor, the other reads or settles. */
const batchesAtOnce = 2;

/**
 * A look that began so long after the last write has seen it: HubSpot's search index lags by up to some seconds. Only
 * `--until-idle` waits for this; the polls' overlap sees later ones.
 */
export const indexSettleMs = 5_000;

/** `--until-idle` asks for a look as soon as nothing is due, but not more often than this. */
const pollAtMostEveryMs = 1_000;

/** A pair that is paused before it is aligned asks this often whether it may go on. */
const pauseLookEveryMs = 500;

const add = (a: Sides<number>, b: Sides<number>): Sides<number> => bothSides((side) => a[side] + b[side]);

/**
 * Runs one pair's engine: works off what is due whenever it is woken and, where it is asked to look, polls and lists. Each loop
 * outlives failures of the vendors and of the store: it reports them and tries again.
 */
export class Runner {
  readonly totals: RunTotals = {
    created: { hubspot: 0, salesforce: 0 },
    updated: { hubspot: 0, salesforce: 0 },
    equal: 0,
    linked: 0,
    failed: 0,
  };
  private readonly context: EngineContext;
  private readonly pollEveryMs: number;
  private startedAt: number;
  private readonly after: readonly Runner[];
  private readonly looks = new Set<Promise<void>>();
  private working: Promise<void> | null = null;
  private wokenAgain = false;
  private readonly ending = new AbortController();
  private aligned = false;
  /** Not aligned, and paused whole. */
  private standsStill = false;
  private movedAt: number;
  /** When the newest complete look at both systems began; 0 before the first. */
  private lookedAt = 0;
  private pollSoon: (() => void) | null = null;
  /** Somebody waits for a look at both systems, live or not. */
  private lookAsked = true;
  private readonly fill = new BatchFill();
  private readonly overtaking = new Overtaking();
  private readonly size = new BatchSize(unitsPerBatch);
  private readonly calls = new BatchCalls();
  private readonly steps: StepProblems;
  private readonly polls = bothSides(makePollMemory);
  private readonly sweepMs: number;
  private readonly cadence: LookCadence;
  /** Null where nothing of the pair is an association in HubSpot. */
  private readonly associations: AssociationPace | null;
  private readonly presence: PresenceWatch;
  private readonly swept = new SignalMemory();
  private readonly ties = new SignalMemory();
  private tiesLookedAt = Number.NEGATIVE_INFINITY;

  /**
   * `looks`: `looksOf` all pairs of this worker; their sweeps share one allowance of calls. `after`: runners whose first alignment comes
   * before this one's. `associations`: fields of all pairs that are associations in HubSpot; their sweeps share an allowance, too.
   */
  constructor(
    context: EngineContext,
    pollEveryMs: number,
    looks = 1,
    after: readonly Runner[] = [],
    associations = 1,
  ) {
    this.after = after;
    const wake = (pair: string): void => {
      this.fill.tell();
      context.wake.wake(pair);
    };
    this.context = { ...context, wake: { wake } };
    this.steps = new StepProblems(this.context);
    this.pollEveryMs = pollEveryMs;
    this.sweepMs = sweepEveryMs(looks, pollEveryMs);
    this.cadence = new LookCadence(this.sweepMs, pollEveryMs);
    this.presence = new PresenceWatch(looks);
    const hasAssociations = associationFields(context.pair).length > 0;
    this.associations = hasAssociations ? new AssociationPace(pollEveryMs, associations) : null;
    this.startedAt = context.nowMs();
    this.movedAt = this.startedAt;
  }

  /**
   * Looks for work: polls on a schedule and lists for the first alignment, until the signal aborts or the runner is stopped. One
   * process of a fleet does so for all; two at once do each other no harm, for cursors and dirty rows move in transactions.
   */
  async look(signal: AbortSignal): Promise<void> {
    const ending = AbortSignal.any([signal, this.ending.signal]);
    const looking = Promise.all([this.pollLoop(ending), this.alignLoop(ending)]).then(() => undefined);
    this.looks.add(looking);
    await looking.finally(() => this.looks.delete(looking));
  }

  /** Says that there may be due work. Any number of calls while it works become one more round. */
  wake(): void {
    if (this.ending.signal.aborted) return;
    if (this.working !== null) {
      this.wokenAgain = true;
      if (this.overtaking.waits !== null) void this.letStrongerPass();
      return;
    }
    this.working = this.drain().finally(() => {
      this.working = null;
      if (this.wokenAgain) {
        this.wokenAgain = false;
        this.wake();
      }
    });
  }

  /** Finishes what is in flight and ends the loops. */
  async stop(): Promise<void> {
    this.ending.abort();
    await Promise.all([...this.looks, this.working]);
  }

  /** Resolves when nothing is dirty or in flight and a full look from after the last write found nothing new. */
  async untilIdle(): Promise<void> {
    while (!this.ending.signal.aborted && !(await this.isIdle())) {
      const workload = await this.workload(1);
      if (this.aligned && workload && workload.due + workload.leased === 0) {
        this.lookAsked = true;
        this.pollSoon?.();
      }
      await this.pause(200);
    }
  }

  private async isIdle(): Promise<boolean> {
    if (this.working !== null) return false;
    const paused = await this.safely('store', async () => readPaused(this.context));
    if (paused === null) return false;
    // What waits for a person's word, or for a field to come back, does not keep anybody waiting.
    if (paused.whole) return (await this.workload(1))?.leased === 0;
    if (!this.aligned) return false;
    if (this.lookedAt < Math.max(this.movedAt, this.startedAt) + indexSettleMs) return false;
    const backlog = await this.safely('store', async () =>
      this.context.store.backlog(this.context.pair.name),
    );
    return (
      backlog !== null && backlog.dirty === backlog.held && backlog.openIntents === 0 && backlog.leased === 0
    );
  }

  private async workload(upTo: number): Promise<Workload | null> {
    return this.safely('store', async () => this.context.store.workload(this.context.pair.name, upTo));
  }

  private async pause(ms: number, ending: AbortSignal = this.ending.signal): Promise<void> {
    const signal = AbortSignal.any([this.context.signal, ending]);
    await sleep(ms, undefined, { signal }).catch(() => undefined);
  }

  /** Runs a step; a failure of a vendor or of the store is reported and answered with null. */
  private async safely<T>(what: string, step: () => Promise<T>): Promise<T | null> {
    try {
      const result = await step();
      await this.steps.went(what);
      return result;
    } catch (error) {
      if (this.context.signal.aborted) return null;
      const report = async (): Promise<void> =>
        error instanceof CallFailed ? reportCallFailure(this.context, error) : this.steps.failed(what, error);
      await report().catch(() => undefined);
      return null;
    }
  }

  private count(result: BatchResult): void {
    const { totals } = this;
    totals.created = add(totals.created, result.created);
    totals.updated = add(totals.updated, result.updated);
    totals.equal += result.equal;
    totals.linked += result.linked;
    totals.failed += result.failed;
    if (result.moved) this.movedAt = this.context.nowMs();
  }

  private async drain(): Promise<void> {
    await Promise.all(Array.from({ length: batchesAtOnce }, async () => this.drainLane()));
  }

  private async drainLane(): Promise<void> {
    let failures = 0;
    while (!this.ending.signal.aborted) {
      const result = await this.safely('work', async () =>
        this.fill.next(
          async () => this.context.store.workload(this.context.pair.name, unitsPerBatch),
          this.ending.signal,
          async (workload, claimed) => this.work(workload, claimed),
        ),
      );
      if (result === overtaken) continue;
      if (!result || result.units === 0) return;
      this.count(result);
      this.size.worked(result);
      failures = result.failed === result.units && !result.moved ? failures + 1 : 0;
      if (failures > 0) await this.pause(againAfterMs(failures - 1));
    }
  }

  private async work(
    { strongest, due }: Workload,
    claimed: () => void,
  ): Promise<BatchResult | typeof overtaken> {
    const workClass: WorkClass = strongest ?? 'live';
    const { calls } = this;
    const ends = [this.ending.signal, this.context.signal];
    return this.overtaking.run(workClass, ends, async (bounds, begun) => {
      const both = (): void => {
        begun();
        claimed();
      };
      return workOnce(this.context, workClass, {
        claimed: both,
        bounds,
        unitsMax: this.size.max,
        due,
        calls,
      });
    });
  }

  /** Whoever waits for permits makes way for what has become due since, where that is stronger. */
  private async letStrongerPass(): Promise<void> {
    const workload = await this.workload(1);
    if (workload?.strongest) this.overtaking.due(workload.strongest);
  }

  private async pollLoop(ending: AbortSignal): Promise<void> {
    while (!ending.aborted) {
      const began = this.context.nowMs();
      const due = this.lookAsked ? systems : await this.systemsDue(began);
      this.lookAsked = false;
      const looks = await this.fill.whileStreaming(async () =>
        Promise.all(due.map(async (system) => this.lookAt(system, began))),
      );
      if (this.aligned) await this.sweep(began, ending);
      if (this.aligned) await this.lookForGone(began, ending);
      const isTied = !this.aligned || (await this.lookAtTies(began, due.length === systems.length));
      const isSwept = this.associations?.isCaughtUp ?? true;
      const isWhole = isSwept && isTied && due.length === systems.length && looks.every((isDone) => isDone);
      if (this.aligned && isWhole) this.lookedAt = began;
      await this.untilNextPoll(ending);
    }
  }

  private async lookAt(system: System, began: number): Promise<boolean> {
    const result = await this.safely(`poll ${system}`, async () =>
      pollOnce(this.context, system, this.polls[system]),
    );
    if (result === null) return false;
    this.cadence.looked(system, began, result);
    return true;
  }

  /** Reads as many pages of associations as are due; a failure ends it until the next tick. */
  private async sweep(nowMs: number, ending: AbortSignal): Promise<void> {
    const { associations: pace, context } = this;
    if (!pace) return;
    const feed = await this.feedOfMain('hubspot');
    for (let pages = pace.pagesDue(feed, nowMs); pages > 0 && !ending.aborted; pages -= 1) {
      const page = await this.safely('associations', async () => {
        const paused = await readPaused(context);
        return paused.blind ? null : sweepAssociations(activeContext(context, paused), this.swept);
      });
      if (!page) return;
      pace.paged(page, nowMs);
      if (page.marked > 0 && feed !== 'poll') {
        await this.safely('associations', async () => raiseAssociations(context));
      }
      if (page.isLast) return;
    }
  }

  private async lookForGone(nowMs: number, ending: AbortSignal): Promise<void> {
    const feedNow = async (): Promise<Feed> => this.feedOfMain('hubspot');
    await this.safely('presence', async () => this.presence.look(this.context, feedNow, nowMs, ending));
  }

  /** What feeds the pair's own object of a system at present. */
  private async feedOfMain(system: System): Promise<Feed> {
    const { pair, live } = this.context;
    const states = live ? await this.safely('live sources', async () => live.sources()) : [];
    return feedOf(states ?? [], system, pair.types[system], this.sweepMs);
  }

  /** Asks whose ties changed in Salesforce, where that is due; answers false when it was and could not be asked. */
  private async lookAtTies(nowMs: number, isAsked: boolean): Promise<boolean> {
    const { context } = this;
    if (!hasTieLooks(context)) return true;
    const feed = await this.feedOfMain('salesforce');
    const gapMs = isAsked ? 0 : tieLookEveryMs(feed, nowMs - this.movedAt);
    if (nowMs - this.tiesLookedAt < gapMs) return true;
    const marked = await this.safely('ties', async () => {
      const paused = await readPaused(context);
      return paused.blind ? 0 : lookAtTies(activeContext(context, paused), this.ties);
    });
    if (marked === null) return false;
    this.tiesLookedAt = nowMs;
    return true;
  }

  /** The systems that no live source feeds, and those whose sweep is due. */
  private async systemsDue(nowMs: number): Promise<readonly System[]> {
    const { live, pair } = this.context;
    const states = (live ? await this.safely('live sources', async () => live.sources()) : null) ?? [];
    return systems.filter((system) =>
      typesOn(pair, system).some((type) =>
        this.cadence.isDue(
          system,
          feedOf(states, system, type, this.sweepMs),
          nowMs,
          isUntried(states, system, type, this.sweepMs),
        ),
      ),
    );
  }

  /** Waits for the next tick of the polling clock, or until somebody asks for a look. */
  private async untilNextPoll(ending: AbortSignal): Promise<void> {
    await this.pause(Math.min(pollAtMostEveryMs, this.pollEveryMs), ending);
    const soon = new AbortController();
    this.pollSoon = () => soon.abort();
    const signal = AbortSignal.any([this.context.signal, ending, soon.signal]);
    await sleep(Math.max(0, this.pollEveryMs - pollAtMostEveryMs), undefined, { signal }).catch(
      () => undefined,
    );
    this.pollSoon = null;
  }

  /** Whether those that refer to this pair can begin: it is aligned, or nothing becomes of it for now. */
  get letsOthersBegin(): boolean {
    return this.aligned || this.standsStill;
  }

  /** When this worker last moved something of the pair. */
  get lastMovedAt(): number {
    return this.movedAt;
  }

  /** Idle is only what a look finds that begins after now. */
  lookAnew(): void {
    this.startedAt = this.context.nowMs();
  }

  private async alignLoop(ending: AbortSignal): Promise<void> {
    let failures = 0;
    // What this pair refers to is linked first: else all of it would wait and be looked at twice.
    while (!ending.aborted && this.after.some((runner) => !runner.letsOthersBegin))
      await this.pause(100, ending);
    while (!ending.aborted) {
      const step = await this.fill.whileStreaming(async () =>
        this.safely('alignment', async () => alignStep(this.context)),
      );
      if (step !== null && step !== 'done') this.associations?.skipFirst();
      if (step === 'done') {
        if (!this.aligned) this.context.events.emit('alignment-done', { pair: this.context.pair.name });
        this.aligned = true;
        return;
      }
      this.standsStill = step === 'paused';
      failures = step === null ? failures + 1 : 0;
      if (step === null) await this.pause(againAfterMs(failures - 1), ending);
      if (step === 'wait') await this.pause(100, ending);
      if (step === 'paused') await this.pause(pauseLookEveryMs, ending);
    }
  }
}
