import { setTimeout as sleep } from 'node:timers/promises';
import { CallFailed } from '../../model/failure.ts';
import { carryOut } from '../effects/carry-out.ts';
import { prospectsIn, readCampaigns, type ToldMembers } from './campaign-pass.ts';
import { renewContent } from './content-pass.ts';
import type { LifecycleContext } from './context.ts';
import { readDeals } from './deal-pass.ts';
import { readDetails } from './details-pass.ts';
import { letGoOnce } from './first-start-pass.ts';
import { KeptPauses } from './kept-pauses.ts';
import { findLeavers } from './leavers.ts';
import { lookOnce } from './look-pass.ts';
import { findOddVerdicts } from './odd-verdicts.ts';
import { findPastPilot } from './past-pilot.ts';
import type { PausedLifecycle } from './pauses.ts';
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
  readonly #pauses: KeptPauses;
  /** What is under way. */
  readonly #working = new Set<'round' | 'details'>();
  readonly #leavers = new Set<string>();
  readonly #toldMembers: ToldMembers = new Set();
  #askedAt = Number.NEGATIVE_INFINITY;
  #letGoAt = Number.NEGATIVE_INFINITY;
  /** Up to when members of campaigns were asked for, by the store's clock; null: not yet. */
  #namedUntil: number | null = null;
  /** Whether it stands in the store since when the lifecycle is on. */
  #isBegun = false;
  /** Whether everybody is counted by today's rules, since this process has the office. */
  #isCounted = false;
  /** Whether content went on, and what was written without it may be left to be made anew. */
  #renews = false;

  /** `pollMs`: how often a system is asked what changed; what reps did is asked for a quarter as often, and less where nothing happens, whom a campaign names as often. */
  constructor(context: LifecycleContext, pollMs: number) {
    this.#whole = context;
    const isNaming = prospectsIn(context).length > 0 && context.fields.has('CampaignMember');
    this.#sales = new SalesPace(pollMs, isNaming);
    this.#pauses = new KeptPauses(context);
  }

  /** As what is paused leaves it. */
  #contextOf({ content }: PausedLifecycle): LifecycleContext {
    return content ? { ...this.#whole, contentPaused: true } : this.#whole;
  }

  /** Whether a round is under way, or details are asked for or tallies counted anew. */
  get isWorking(): boolean {
    return this.#working.size > 0;
  }

  /** The pair whose records are people. */
  get people(): LifecycleContext['pair'] {
    return this.#whole.pair;
  }

  async run(signal: AbortSignal): Promise<void> {
    const ending = AbortSignal.any([signal, this.#whole.signal]);
    this.#isCounted = false;
    while (!ending.aborted && !(await this.#begin())) await this.#pause(failedMs, ending);
    await Promise.all([
      this.#repeat(() => this.#round(ending), ending),
      // Beside the hand-offs: nobody waits for a page's title.
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
      await this.#pauses.begin();
      return true;
    } catch (error) {
      this.#failed(error, this.#whole.signal);
      return false;
    }
  }

  async #details(ending: AbortSignal): Promise<number | null> {
    const paused = this.#pauses.now;
    // Nobody waits for what they did where nobody is looked at.
    if (paused.looks) return 0;
    this.#working.add('details');
    try {
      const context = this.#contextOf(paused);
      const asked = await this.#ask(context);
      if (this.#isCounted) return asked;
      const counted = await recountOnce(context);
      this.#isCounted = counted === 0;
      return asked + counted;
    } catch (error) {
      return this.#failed(error, ending);
    } finally {
      this.#working.delete('details');
    }
  }

  /** Not more often than once a second: what is shared by a round is shared by all who came meanwhile. */
  async #ask(context: LifecycleContext): Promise<number> {
    if (performance.now() - this.#askedAt < detailsEveryMs) return 0;
    const asked = await readDetails(context);
    if (asked > 0) this.#askedAt = performance.now();
    return asked;
  }

  async #watch(ending: AbortSignal): Promise<void> {
    while (!ending.aborted) {
      try {
        const paused = this.#pauses.now;
        if (!paused.looks && !paused.passes) {
          const context = this.#contextOf(paused);
          await renewContent(context);
          await findPastPilot(context);
          await signalsOnce(context);
        }
      } catch (error) {
        this.#failed(error, ending);
      }
      await this.#pause(signalsEveryMs, ending);
    }
  }

  /** How many people and effects were worked off, by what is paused; null after a failure. */
  async #round(ending: AbortSignal): Promise<number | null> {
    this.#working.add('round');
    try {
      const { paused, isNew, goesOn } = await this.#pauses.read();
      if (isNew) this.#sales.stir();
      if (goesOn) this.#renews = true;
      if (paused.whole) return 0;
      const context = this.#contextOf(paused);
      // One after the other: what is carried out is what the looks before it knew.
      const looked = await this.#look(context, paused);
      return looked + (await this.#carry(context, paused));
    } catch (error) {
      return this.#failed(error, ending);
    } finally {
      this.#working.delete('round');
    }
  }

  /** How many people were looked at, and let go. */
  async #look(context: LifecycleContext, paused: PausedLifecycle): Promise<number> {
    const { store, models } = context;
    if (!this.#isBegun) {
      // Before anybody is looked at: who asks from now on is heard.
      await store.sinceAt();
      // And those whom hand-offs or returns owe what they only observed, whoever was the last to look at them.
      const { behaviours } = models.lifecycle;
      if (behaviours['hand-off'] === 'act') await store.wakeObserved('observed');
      if (behaviours.return === 'act') await store.wakeObserved('observed-return');
      this.#isBegun = true;
    }
    if (this.#sales.isDue(performance.now())) await this.#askSales(context, paused);
    else if (this.#sales.isNamingDue(performance.now())) await this.#askMembers(context, paused);
    // What was written without content is made anew at once, little by little.
    if (this.#renews && !paused.looks && !paused.passes) this.#renews = (await renewContent(context)) > 0;
    const looked = paused.looks ? 0 : await lookOnce(context, paused);
    if (looked > 0) this.#sales.stir();
    return looked + (paused.letGo ? 0 : await this.#letGo(context));
  }

  /** How many effects were carried out. */
  async #carry(context: LifecycleContext, { kinds }: PausedLifecycle): Promise<number> {
    const done = await carryOut(context, kinds);
    if (done > 0) this.#sales.stir();
    return done;
  }

  /** What reps did, and where their leads and deals are. What a pause keeps still is read once it is over, from where reading stood. */
  async #askSales(context: LifecycleContext, { looks, passes, requests }: PausedLifecycle): Promise<void> {
    this.#sales.begin(performance.now());
    this.#namedUntil = await context.store.now();
    const news = await salesNews(context);
    await readTouches(context, news);
    await findLeavers(context, this.#leavers);
    await findUnassigned(context);
    await findOddVerdicts(context);
    // Both write into Salesforce, and ask those whom they tell of something to be looked at.
    if (!looks && !passes && !requests) {
      await readDeals(context, news);
      if (news.has('CampaignMember')) await readCampaigns(context, this.#toldMembers);
    }
    this.#sales.end(news.size > 0);
  }

  /** Whom somebody named a prospect by a campaign since the last time. */
  async #askMembers(context: LifecycleContext, { looks, passes, requests }: PausedLifecycle): Promise<void> {
    if (looks || passes || requests) return;
    this.#sales.beginNaming(performance.now());
    const begunAt = await context.store.now();
    const isNews = await memberNews(context, this.#namedUntil ?? begunAt);
    if (isNews) await readCampaigns(context, this.#toldMembers);
    this.#namedUntil = begunAt;
  }

  /** Those who were there before, when it is time to look at them. */
  async #letGo(context: LifecycleContext): Promise<number> {
    if (performance.now() - this.#letGoAt < letGoEveryMs) return 0;
    this.#letGoAt = performance.now();
    return letGoOnce(context);
  }

  #failed(error: unknown, ending: AbortSignal): null {
    if (ending.aborted) return null;
    const isCall = error instanceof CallFailed;
    this.#whole.events.emit('lifecycle-failed', {
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
