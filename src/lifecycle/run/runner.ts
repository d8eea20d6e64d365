import { setTimeout as sleep } from 'node:timers/promises';
import { CallFailed } from '../../model/failure.ts';
import { carryOut } from '../effects/carry-out.ts';
import { prospectsIn, readCampaigns, type ToldMembers } from './campaign-pass.ts';
import { renewContent } from './content-pass.ts';
import type { LifecycleContext } from './context.ts';
import { readDeals } from './deal-pass.ts';
import { readDetails } from './details-pass.ts';
import { letGoOnce } from './first-start-pass.ts';
import { findLeavers } from './leavers.ts';
import { lookOnce } from './look-pass.ts';
import { findOddVerdicts } from './odd-verdicts.ts';
import { findPastPilot } from './past-pilot.ts';
import { type PausedLifecycle, pausedLifecycle } from './pauses.ts';
import { recountOnce } from './recount-pass.ts';
import { memberNews, salesNews } from './sales-news.ts';
import { SalesPace } from './sales-pace.ts';
import { signalsOnce } from './signal-pass.ts';
import { readTouches } from './touch-pass.ts';
import { findUnassigned } from './unassigned.ts';

/** Between two rounds that found nothing: two queries that touch only what is due. */
const idleMs = 250;
/** After a failure of a vendor or of the store; what was due stays due. */
const failedMs = 2_000;

/** Between two looks at what the first start holds back. */
const letGoEveryMs = 1_000;

/** Between two rounds that ask for details. */
const detailsEveryMs = 1_000;

/** A look is taken once a week; until then this reads one row, and what could not be told is told again. */
const signalsEveryMs = 10 * 60_000;

/**
 * Works off what is due until the signal aborts: looks at people, then carries out what their moves asked for. One process of a fleet does so at a
 * time. It outlives failures of the vendors and of the store: they are told, and it goes on.
 */
export class LifecycleRunner {
  readonly #whole: LifecycleContext;
  readonly #sales: SalesPace;
  #working = false;
  readonly #leavers = new Set<string>();
  readonly #toldMembers: ToldMembers = new Set();
  #asking = false;
  #askedAt = Number.NEGATIVE_INFINITY;
  #letGoAt = Number.NEGATIVE_INFINITY;
  /** Up to when members of campaigns were asked for, by the store's clock; null: not yet. */
  #namedUntil: number | null = null;
  /** Whether it stands in the store since when the lifecycle is on. */
  #isBegun = false;
  /** Whether everybody is counted by today's rules, since this process has the office. */
  #isCounted = false;
  #paused: PausedLifecycle;
  /** Whether content went on, and what was written without it may be left to be made anew. */
  #renews = false;
  #notedScopes: string | null = null;

  /** `pollMs`: how often a system is asked what changed; what reps did is asked for a quarter as often, and less where nothing happens, whom a campaign names as often. */
  constructor(context: LifecycleContext, pollMs: number) {
    this.#whole = context;
    const isNaming = prospectsIn(context).length > 0 && context.fields.has('CampaignMember');
    this.#sales = new SalesPace(pollMs, isNaming);
    this.#paused = pausedLifecycle(context.pair, []);
  }

  /** As what is paused leaves it. */
  get #context(): LifecycleContext {
    return this.#paused.content ? { ...this.#whole, contentPaused: true } : this.#whole;
  }

  /** Whether a round is under way, or details are asked for or tallies counted anew. */
  get isWorking(): boolean {
    return this.#working || this.#asking;
  }

  /** The pair whose records are people. */
  get people(): LifecycleContext['pair'] {
    return this.#context.pair;
  }

  async run(signal: AbortSignal): Promise<void> {
    const ending = AbortSignal.any([signal, this.#context.signal]);
    this.#isCounted = false;
    this.#notedScopes = null;
    while (!ending.aborted && !(await this.#begin())) await this.#pause(failedMs, ending);
    // Beside the hand-offs: nobody waits for a page's title.
    await Promise.all([
      this.#repeat(() => this.#round(ending), ending),
      this.#repeat(() => this.#details(ending), ending),
      // And what is counted over half a year of everybody's moves must not hold up a page's title.
      this.#watch(ending),
    ]);
  }

  async #repeat(round: () => Promise<number | null>, ending: AbortSignal): Promise<void> {
    while (!ending.aborted) {
      const done = await round();
      if (done === 0) await this.#pause(idleMs, ending);
      else if (done === null) await this.#pause(failedMs, ending);
    }
  }

  /** What is paused, before anything is done. False: the store does not answer. */
  async #begin(): Promise<boolean> {
    try {
      await this.#readPauses();
      return true;
    } catch (error) {
      this.#failed(error, this.#context.signal);
      return false;
    }
  }

  /** What was under way under other pauses is over when this is called: whoever paused is told so. */
  async #readPauses(): Promise<void> {
    const { engine, pair, store } = this.#context;
    const pauses = await engine.pauses();
    const scopes = pauses.map(({ scope }) => scope);
    const wasPaused = this.#paused.content;
    this.#paused = pausedLifecycle(pair, pauses);
    if (wasPaused && !this.#paused.content) this.#renews = true;
    const noted = JSON.stringify(scopes);
    if (noted === this.#notedScopes) return;
    await store.notePauses(scopes);
    this.#notedScopes = noted;
    this.#sales.stir();
  }

  async #details(ending: AbortSignal): Promise<number | null> {
    // Nobody waits for what they did where nobody is looked at.
    if (this.#paused.looks) return 0;
    this.#asking = true;
    try {
      const asked = await this.#ask();
      if (this.#isCounted) return asked;
      const counted = await recountOnce(this.#context);
      this.#isCounted = counted === 0;
      return asked + counted;
    } catch (error) {
      return this.#failed(error, ending);
    } finally {
      this.#asking = false;
    }
  }

  /** Not more often than once a second: what is shared by a round is shared by all who came meanwhile. */
  async #ask(): Promise<number> {
    if (performance.now() - this.#askedAt < detailsEveryMs) return 0;
    const asked = await readDetails(this.#context);
    if (asked > 0) this.#askedAt = performance.now();
    return asked;
  }

  async #watch(ending: AbortSignal): Promise<void> {
    while (!ending.aborted) {
      try {
        if (!this.#paused.looks && !this.#paused.passes) {
          await renewContent(this.#context);
          await findPastPilot(this.#context);
          await signalsOnce(this.#context);
        }
      } catch (error) {
        this.#failed(error, ending);
      }
      await this.#pause(signalsEveryMs, ending);
    }
  }

  /** How many people and effects were worked off; null after a failure. */
  async #round(ending: AbortSignal): Promise<number | null> {
    this.#working = true;
    try {
      await this.#readPauses();
      const { whole, looks, kinds, letGo } = this.#paused;
      if (whole) return 0;
      if (!this.#isBegun) {
        // Before anybody is looked at: who asks from now on is heard.
        await this.#context.store.sinceAt();
        // And those whom hand-offs or returns owe what they only observed, whoever was the last to look at them.
        const { behaviours } = this.#context.models.lifecycle;
        if (behaviours['hand-off'] === 'act') await this.#context.store.wakeObserved('observed');
        if (behaviours.return === 'act') await this.#context.store.wakeObserved('observed-return');
        this.#isBegun = true;
      }
      if (this.#sales.isDue(performance.now())) await this.#askSales();
      else if (this.#sales.isNamingDue(performance.now())) await this.#askMembers();
      // What was written without content is made anew at once, little by little.
      if (this.#renews && !looks && !this.#paused.passes)
        this.#renews = (await renewContent(this.#context)) > 0;
      const looked = looks ? 0 : await lookOnce(this.#context, this.#paused);
      const done = looked + (await carryOut(this.#context, kinds));
      if (done > 0) this.#sales.stir();
      return done + (letGo ? 0 : await this.#letGo());
    } catch (error) {
      return this.#failed(error, ending);
    } finally {
      this.#working = false;
    }
  }

  /** What reps did, and where their leads and deals are. What a pause keeps still is read once it is over, from where reading stood. */
  async #askSales(): Promise<void> {
    const { looks, passes, requests } = this.#paused;
    this.#sales.begin(performance.now());
    this.#namedUntil = await this.#context.store.now();
    const news = await salesNews(this.#context);
    await readTouches(this.#context, news);
    await findLeavers(this.#context, this.#leavers);
    await findUnassigned(this.#context);
    await findOddVerdicts(this.#context);
    // Both write into Salesforce, and ask those whom they tell of something to be looked at.
    if (!looks && !passes && !requests) {
      await readDeals(this.#context, news);
      if (news.has('CampaignMember')) await readCampaigns(this.#context, this.#toldMembers);
    }
    this.#sales.end(news.size > 0);
  }

  /** Whom somebody named a prospect by a campaign since the last time. */
  async #askMembers(): Promise<void> {
    const { looks, passes, requests } = this.#paused;
    if (looks || passes || requests) return;
    this.#sales.beginNaming(performance.now());
    const begunAt = await this.#context.store.now();
    const isNews = await memberNews(this.#context, this.#namedUntil ?? begunAt);
    if (isNews) await readCampaigns(this.#context, this.#toldMembers);
    this.#namedUntil = begunAt;
  }

  /** Those who were there before, when it is time to look at them. */
  async #letGo(): Promise<number> {
    if (performance.now() - this.#letGoAt < letGoEveryMs) return 0;
    this.#letGoAt = performance.now();
    return letGoOnce(this.#context);
  }

  #failed(error: unknown, ending: AbortSignal): null {
    if (ending.aborted) return null;
    const isCall = error instanceof CallFailed;
    this.#context.events.emit('lifecycle-failed', {
      cause: error instanceof Error ? error.message : String(error),
      system: isCall ? error.failure.system : null,
      next: 'Nothing to do: it is tried again by itself.',
    });
    return null;
  }

  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    await sleep(ms, undefined, { signal }).catch(() => undefined);
  }
}
