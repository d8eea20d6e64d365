import { vi } from 'vitest';
import { learnOwners } from '../../../src/commands/run/owners.ts';
import { liveSweepGapMs, sweepRestMs } from '../../../src/sync/association-pace.ts';
import { associationFields } from '../../../src/sync/association-sweep.ts';
import { looksOf, sweepEveryMs, widestSweepMs } from '../../../src/sync/signal-sources.ts';
import { randomOf } from '../../data/random.ts';
import { MemoryLiveStore } from '../../store/memory/memory-live-store.ts';
import { MemoryStore } from '../../store/memory/memory-store.ts';
import type { Doom } from '../chaos/mortal.ts';
import { act, type StandstillStep } from './act.ts';
import { agreedOf, digestOf } from './agreed.ts';
import type { Broken } from './broken.ts';
import { isRefused, isWrite, VirtualCompany, webhookUrl } from './company.ts';
import { Consents } from './consents.ts';
import { type DealPlaces, dealPlaces } from './deal-places.ts';
import { Deals } from './deals.ts';
import { Erasures } from './erasures.ts';
import { FenceWatch } from './fences.ts';
import { Firms } from './firms.ts';
import { Lag } from './lag.ts';
import { Office } from './office.ts';
import { Persons } from './persons.ts';
import type { Faults, Scenario, Step } from './scenario.ts';
import { VirtualTime } from './time.ts';
import { driftOf, isPending, judge } from './verdict.ts';
import { connect, type Ground, makePermits, VirtualWorker } from './worker.ts';

const startMs = Date.UTC(2026, 10, 25, 9);
/** Rest must come within so much virtual time: leases and deadlines of a minute, refusals tried again up to two. */
const restMsMax = 5 * 60_000;
const pollMs = 15_000;
/** Most first alignments are over by then, faults or not. */
const alignedMs = 15_000;
/** What was told is worked off by then: deliveries that are tried again, leases of the dead, refusals that are tried again. */
const workedOffMs = 90_000;
/** What is put off is looked at again at widening distances, of which this is the sum, and worked off a moment later. */
const putOffMs = 156_000 + 15_000;
/** So soon somebody starts a worker where there is none. */
const restartMs = 10_000;
/** Longer than leases, deadlines and pauses: nothing of what was under way is left. */
const quietMs = 180_000;

/** What a run left behind: the same scenario gives the same. */
export interface Outcome {
  readonly complaints: readonly string[];
  /** Digest of every call and of what both systems hold at the end. */
  readonly digest: string;
  /** What both systems hold of people, without what the run of things decides: ids and times. */
  readonly agreed: readonly string[];
  readonly calls: number;
  /** Calls of the first worker, of its store and of both systems. */
  readonly firstCalls: number;
  readonly kills: number;
  /** Workers that stood still for a while. */
  readonly standstills: number;
  readonly edits: number;
  readonly merges: number;
  readonly undeleted: number;
  readonly converted: number;
  readonly refusals: number;
  readonly takenBack: number;
  readonly erased: number;
  /** Companies merged, and people put into one or taken out of one. */
  readonly firmsMerged: number;
  readonly moved: number;
  /** Deals put at another stage or given to another company, people put into one or taken out of one, deals merged, and taken out of the bin. */
  readonly placed: number;
  readonly assigned: number;
  readonly engaged: number;
  readonly dealsMerged: number;
  readonly dealsUndeleted: number;
  /** Answers of Salesforce's stream with events. */
  readonly streamed: number;
  readonly virtualSeconds: number;
}

const faultsOf = (faults: Faults) => {
  const rate = (percent: number, effect: object) => ({
    match: { caller: 'integration' },
    effect: { ...effect, probability: percent / 100 },
  });
  return [
    rate(faults.cutBefore, { drop: 'before' }),
    rate(faults.cutAfter, { drop: 'after' }),
    rate(faults.unavailable, { status: 503 }),
    rate(faults.lies, { status: 502, perform: true }),
    rate(faults.throttled, { status: 429 }),
    rate(faults.late, { delayMs: 22_000 }),
  ];
};

/** What is aligned: people alone, or with what else there is, and what that refers to. */
const alignedOf = ({ firms, deals }: Scenario): readonly string[] => [
  'people',
  ...(firms.length + deals.length > 0 ? ['companies'] : []),
  ...(deals.length > 0 ? ['deals'] : []),
];

/** The contacts that a delivery of HubSpot's says were erased. */
const erasedIn = (body: string): readonly string[] =>
  (JSON.parse(body) as readonly { readonly subscriptionType: string; readonly objectId: number }[])
    .filter(({ subscriptionType }) => subscriptionType === 'contact.privacyDeletion')
    .map(({ objectId }) => String(objectId));

/** What may be planted in a run. */
export interface Planted {
  /** The engine under test is wrong in this way. */
  readonly broken?: Broken;
  /** The first worker dies at this call, and somebody starts another a while later. */
  readonly doom?: Doom;
  /** What befalls the workers' n-th call. */
  readonly mishapAt?: VirtualCompany['mishapAt'];
}

/** One scenario in virtual time: a storm with everything that it names, then quiet, then the judgement. */
class Run {
  private readonly scenario: Scenario;
  private readonly planted: Planted;
  private readonly time: VirtualTime;
  private readonly company: VirtualCompany;
  readonly persons: Persons;
  private readonly consents: Consents;
  private readonly erasures: Erasures;
  readonly firms: Firms;
  private readonly deals: Deals;
  private readonly places: DealPlaces;
  private readonly store: MemoryStore;
  private readonly ground: Ground;
  private workers: VirtualWorker[] = [];
  private first: VirtualWorker | null = null;
  private started = 0;
  private kills = 0;
  private standstills = 0;
  /** HubSpot's deliveries that a worker took. */
  private readonly taken: string[] = [];
  /** Workers that stand still, until they go on. */
  private readonly standing = new Set<Promise<void>>();

  constructor(scenario: Scenario, time: VirtualTime, planted: Planted) {
    this.scenario = scenario;
    this.planted = planted;
    this.time = time;
    this.company = new VirtualCompany(time, scenario.seed);
    this.persons = new Persons(this.company, time.now);
    this.consents = new Consents(this.company, this.persons, time.now);
    this.erasures = new Erasures(this.company, this.persons, time.now);
    this.firms = new Firms(this.company, this.persons, time.now);
    this.places = dealPlaces(scenario);
    this.deals = new Deals(this.company, this, this.places.places, time.now);
    this.store = new MemoryStore(time.now, (unit, error) => {
      throw new Error(`the store refused a settlement of ${unit}`, { cause: error });
    });
    this.ground = {
      company: this.company,
      store: this.store,
      live: new MemoryLiveStore(this.store),
      permits: makePermits(time.now),
      mappings: this.places.mappings,
      pairs: this.places.mappings.pairs.filter(({ name }) => alignedOf(scenario).includes(name)),
      pollMs,
      now: time.now,
      broken: planted.broken ?? null,
      fences: new FenceWatch(),
      heard: [],
      lag: new Lag(randomOf('lag', scenario.seed)),
      office: scenario.streaming === null ? null : new Office(),
    };
  }

  install(): void {
    this.company.install();
  }

  async play(): Promise<Outcome> {
    const { scenario, planted, persons, company } = this;
    await learnOwners(connect(this.ground).connectors, this.places.mappings);
    await this.places.open(company);
    for (const firm of scenario.firms) await this.firms.enter(firm);
    for (const person of scenario.people) await persons.enter(person);
    for (const deal of scenario.deals) await this.deals.enter(deal);
    await this.setFaults(scenario.faults);
    await this.setWebhooks();
    if (scenario.streaming !== null) await company.control('salesforce', 'streaming', scenario.streaming);
    company.mishapAt = planted.mishapAt ?? company.mishapAt;
    for (let n = 0; n < scenario.workers; n += 1) this.start(n === 0 ? (planted.doom ?? null) : null);
    // What tells of changes is relied on once the first alignment is over.
    if (this.isTold) await this.sleep(alignedMs);
    for (const step of scenario.steps) await this.step(step);
    await Promise.all(this.standing);
    await this.setFaults(null);
    const unrepaired = await this.repair();
    const restless = await this.rest();
    const writes = this.writes();
    const complaints = [...unrepaired, ...(restless === null ? await this.judge() : [restless])];
    if (restless === null) {
      await this.sleep(quietMs);
      if (this.writes() !== writes)
        complaints.push(`${this.writes() - writes} writes although all was quiet`);
    }
    await Promise.all(this.workers.map(async (worker) => worker.stop()));
    return {
      complaints,
      digest: digestOf(company),
      agreed: agreedOf(company),
      calls: company.workerCalls,
      firstCalls: this.first?.life.callsMade ?? 0,
      kills: this.kills,
      standstills: this.standstills,
      edits: persons.edits.length,
      merges: persons.merged.length,
      undeleted: persons.undeleted,
      converted: persons.converted.length,
      refusals: this.consents.said.length,
      takenBack: this.consents.takenBack,
      erased: this.erasures.erased.length,
      firmsMerged: this.firms.merged,
      moved: this.firms.moved,
      placed: this.deals.placed,
      assigned: this.deals.assigned,
      engaged: this.deals.parts.done.length,
      dealsMerged: this.deals.merged,
      dealsUndeleted: this.deals.undeleted,
      streamed: company.passed.filter(({ answer }) => answer.includes('ChangeEventHeader')).length,
      virtualSeconds: Math.round((this.time.now() - startMs) / 1_000),
    };
  }

  private start(doom: Doom | null): void {
    this.started += 1;
    const worker = new VirtualWorker(this.ground, `worker-${this.started}`, doom);
    this.first ??= worker;
    this.workers.push(worker);
  }

  /** Deliveries go to any worker that lives, as a proxy before them does it. */
  private async setWebhooks(): Promise<void> {
    const { webhooks } = this.scenario;
    if (webhooks === null) return;
    this.company.onDelivery = async (body) => {
      const living = this.workers.find(({ life }) => !life.isOver && !life.isStandingStill);
      if (living === undefined) throw new Error('ECONNREFUSED');
      const isTaken = await living.take(body);
      if (isTaken) this.taken.push(body);
      return isTaken;
    };
    await this.company.control('hubspot', 'webhooks', { ...webhooks, url: webhookUrl, secret: 'secret' });
  }

  private async setFaults(faults: Faults | null): Promise<void> {
    this.ground.lag.percent = faults?.stale ?? 0;
    for (const system of ['hubspot', 'salesforce'] as const) {
      await this.company.control(system, 'faults', faults === null ? [] : faultsOf(faults));
    }
  }

  private async step({ gapMs, what }: Step): Promise<void> {
    const { persons } = this;
    if (this.planted.doom === undefined) await this.sleep(gapMs);
    else await this.watch(gapMs);
    return act(what, {
      ...{
        persons,
        consents: this.consents,
        erasures: this.erasures,
        firms: this.firms,
        deals: this.deals,
        company: this.company,
      },
      sleep: (ms) => this.sleep(ms),
      replace: (doom) => this.replace(doom),
      standStill: (standstill) => this.standStill(standstill),
    });
  }

  /** One worker is killed and another takes its place; the new one may be doomed to die at a certain call. */
  private async replace(doom: Doom | null): Promise<void> {
    this.kills += 1;
    const dying = this.workers.shift();
    await dying?.kill();
    this.start(doom);
  }

  /** One worker stands still with what it has in hand; another is there, and takes over what that one's leases give free. */
  private standStill({ at, afterCalls, when, forMs }: StandstillStep): void {
    const [worker] = this.workers;
    if (worker === undefined || worker.life.isOver) return;
    if (this.workers.length < 2) this.start(null);
    this.standstills += 1;
    const until = this.sleep(forMs);
    this.standing.add(until);
    worker.life.standStill({ at, afterCalls, when, until });
  }

  /** Whether a system tells of changes by itself. */
  private get isTold(): boolean {
    return this.scenario.webhooks !== null || this.scenario.streaming !== null;
  }

  /** How long the workers may take to find out what was lost, or what nobody tells of: a sweep sees the associations of deals. */
  private repairMs(): number {
    const { webhooks, deals } = this.scenario;
    const associations = this.ground.pairs.flatMap(associationFields).length;
    const apartMs =
      webhooks === null ? sweepRestMs(pollMs) : webhooks.dropEvery ? liveSweepGapMs(associations) : 0;
    return this.toldRepairMs() + (deals.length === 0 ? 0 : apartMs);
  }

  private toldRepairMs(): number {
    const { webhooks, streaming, steps } = this.scenario;
    const isForgotten = steps.some(({ what }) => what.kind === 'break' && what.forgets);
    // What nobody told of is found by a sweep: they are as far apart as the calls of an hour allow, and farther where a source proves itself.
    const sweepMs = sweepEveryMs(looksOf(this.ground.pairs), pollMs);
    if (streaming !== null && (streaming.dropEvery !== null || isForgotten))
      return workedOffMs + widestSweepMs(sweepMs, 'stream');
    return workedOffMs + (webhooks?.dropEvery ? widestSweepMs(sweepMs, 'webhooks') : 0);
  }

  private async bury(): Promise<void> {
    for (const worker of [...this.workers]) {
      if (!worker.life.isOver) continue;
      this.workers.splice(this.workers.indexOf(worker), 1);
      await worker.kill();
    }
  }

  /** Time passes, and somebody starts a worker where there is none. */
  private async watch(ms: number): Promise<void> {
    for (let waited = 0; waited < ms; waited += restartMs) {
      await this.bury();
      if (this.workers.length === 0) this.start(null);
      await this.sleep(Math.min(restartMs, ms - waited));
    }
  }

  /** Where signals may have been lost, the workers that there are find out by themselves; answers what they did not. */
  private async repair(): Promise<readonly string[]> {
    // A worker that starts looks at every association: whoever is there has to find out without one.
    if (!this.isTold && !this.scenario.patient) return [];
    let repairMs = this.repairMs();
    // Whoever was doomed may die of it yet.
    await this.watch(repairMs);
    if (this.isPutOff() && (await this.drift()).every(isPending)) {
      await this.watch(putOffMs);
      repairMs += putOffMs;
    }
    return (await this.drift()).map((item) => `not found within ${repairMs / 1_000} s: ${item}`);
  }

  /** Whether something was looked at in vain, and is looked at again later. */
  private isPutOff(): boolean {
    return [...this.store.state.dirty.values()].some(
      ({ attempts, due }) => attempts > 0 && due > this.time.now(),
    );
  }

  /** Waits until nothing is left to do; answers what there still is when that does not come. */
  private async rest(): Promise<string | null> {
    await this.bury();
    this.start(null);
    const last = this.workers.at(-1);
    const giveUp = this.sleep(restMsMax).then(() => 'late' as const);
    const ended = await Promise.race([last?.untilIdle(), giveUp]);
    if (ended !== 'late') return null;
    const backlog = await Promise.all(this.ground.pairs.map(async ({ name }) => this.store.backlog(name)));
    return `no rest within ${restMsMax / 60_000} minutes: ${JSON.stringify(backlog)}`;
  }

  private drift(): Promise<readonly string[]> {
    const { systems } = this.workers.at(-1) ?? this.never();
    return driftOf(this.ground, systems);
  }

  private async judge(): Promise<readonly string[]> {
    const { systems } = this.workers.at(-1) ?? this.never();
    const { persons, consents, erasures, firms, deals } = this;
    const toldErased = new Set(this.taken.flatMap(erasedIn));
    return judge(this.ground, systems, { persons, consents, erasures, firms, deals, toldErased });
  }

  private never(): never {
    throw new Error('there is no worker');
  }

  private writes(): number {
    return this.company.passed.filter((call) => isWrite(call) && !isRefused(call)).length;
  }

  private sleep(ms: number): Promise<void> {
    return new Promise((resolve) => void this.time.setTimeout(resolve, ms));
  }
}

/** Plays a scenario from its beginning to the judgement, in virtual time. */
export const play = async (scenario: Scenario, planted: Planted = {}): Promise<Outcome> => {
  const time = new VirtualTime(startMs);
  const random = randomOf('chance', scenario.seed);
  time.install();
  const chance = vi.spyOn(Math, 'random').mockImplementation(() => random.below(1_000_000) / 1_000_000);
  try {
    return await time.run(async () => {
      const run = new Run(scenario, time, planted);
      run.install();
      return run.play();
    });
  } finally {
    chance.mockRestore();
    time.uninstall();
  }
};
