import pino from 'pino';
import { composeEngine, composeSystems, type Systems } from '../../../src/compose.ts';
import { makeMemoryPermitStore } from '../../../src/connectors/budget/memory-permit-store.ts';
import { parseWebhookDelivery } from '../../../src/connectors/hubspot/webhook-events.ts';
import type { LoadedMappings } from '../../../src/mapping/load.ts';
import { referredBy } from '../../../src/mapping/reference-order.ts';
import type { PermitStore } from '../../../src/model/budget.ts';
import type { ChangeStream, OpenStream, StreamPart } from '../../../src/model/change-stream.ts';
import type { LiveSignal } from '../../../src/model/live.ts';
import type { PairMapping } from '../../../src/model/mapping.ts';
import { bothSides, type Sides } from '../../../src/model/system.ts';
import { associationFields } from '../../../src/sync/association-sweep.ts';
import type { BreakerStore } from '../../../src/sync/breakers/mass-change.ts';
import { followStream } from '../../../src/sync/follow-stream.ts';
import { type LiveIntake, takeLive } from '../../../src/sync/live-intake.ts';
import type { EngineStore, RecordSystem } from '../../../src/sync/ports.ts';
import { Runner } from '../../../src/sync/runner.ts';
import { looksOf } from '../../../src/sync/signal-sources.ts';
import type { StreamFollower } from '../../../src/sync/stream-follower.ts';
import type { MemoryLiveStore } from '../../store/memory/memory-live-store.ts';
import type { MemoryStore } from '../../store/memory/memory-store.ts';
import { type Doom, Life } from '../chaos/mortal.ts';
import { type Broken, overlay } from './broken.ts';
import type { VirtualCompany } from './company.ts';
import type { FenceWatch } from './fences.ts';
import { type Lag, lagging } from './lag.ts';
import type { Office } from './office.ts';

/** What the workers of one run share. */
export interface Ground {
  readonly company: VirtualCompany;
  readonly store: MemoryStore;
  readonly live: MemoryLiveStore;
  readonly permits: PermitStore;
  readonly mappings: LoadedMappings;
  /** The pairs that are aligned, those that others refer to first. */
  readonly pairs: readonly PairMapping[];
  readonly pollMs: number;
  readonly now: () => number;
  /** The mistake of the engine under test; none in the real one. */
  readonly broken: Broken | null;
  readonly lag: Lag;
  readonly fences: FenceWatch;
  /** What live signals told the workers, each once its taking was committed. */
  readonly heard: LiveSignal[];
  /** Of reading Salesforce's change events; null where nobody listens. */
  readonly office: Office | null;
}

export const makePermits = (now: () => number): PermitStore => makeMemoryPermitStore(now);

const quiet = pino({ level: 'silent' });

/** What a process has of both systems when it starts. */
export const connect = ({ company, permits }: Pick<Ground, 'company' | 'permits'>): Systems =>
  composeSystems(
    {
      hubspot: { baseUrl: company.origins.hubspot, accessToken: company.access.hubspotToken },
      salesforce: {
        loginUrl: company.origins.salesforce,
        auth: {
          kind: 'client-credentials',
          clientId: company.access.salesforceClientId,
          clientSecret: company.access.salesforceClientSecret,
        },
      },
    },
    permits,
    quiet,
  );

/** A worker process: everything it calls goes through its life, and with that ends whatever it does. */
export class VirtualWorker {
  readonly holder: string;
  readonly runners: ReadonlyMap<string, Runner>;
  readonly systems: Sides<RecordSystem>;
  readonly life: Life;
  private readonly intake: LiveIntake;
  private readonly ground: Ground;
  private readonly store: EngineStore;
  private readonly looking: readonly Promise<void>[];
  private readonly listening: Promise<void> | undefined;
  private readonly ended = new AbortController();

  constructor(ground: Ground, holder: string, doom: Doom | null) {
    const { mappings, pairs, broken } = ground;
    this.ground = ground;
    this.holder = holder;
    this.life = new Life(doom);
    const { gates, connectors } = connect(ground);
    const watched = ground.fences.watch(ground.store);
    ground.store.state.living.add(holder);
    const store = this.life.wrap(
      overlay<EngineStore & BreakerStore>(watched, broken?.store?.(watched) ?? {}),
      true,
    );
    const live = this.life.wrap(ground.live, true);
    this.store = store;
    this.systems = connectors;
    const systems = bothSides((system) => {
      const slow = lagging(connectors[system], ground);
      return this.life.wrap(overlay<RecordSystem>(slow, broken?.system?.(slow, ground) ?? {}), false);
    });
    const wake = { wake: (pair: string) => this.runners.get(pair)?.wake() };
    let ids = 0;
    const makeId = (): string => {
      ids += 1;
      return `${holder.replace(/\D/g, '').padStart(8, '0')}-0000-4000-8000-${ids.toString(16).padStart(12, '0')}`;
    };
    const contexts = pairs.map((pair) => ({
      ...composeEngine({
        ...{ pair, mappings, store, live, breakers: store, systems, gates, wake, holder },
        events: { emit: () => undefined },
        signal: AbortSignal.any([this.life.signal, this.ended.signal]),
      }),
      makeId,
    }));
    const mappingHash = mappings.hash;
    this.intake = { pairs: pairs.map((pair) => ({ pair, mappingHash, store })), live, wake };
    const runners = new Map<string, Runner>();
    const associations = pairs.flatMap(associationFields).length;
    for (const context of contexts) {
      const after = referredBy(context.pair).flatMap((name) => runners.get(name) ?? []);
      const runner = new Runner(context, ground.pollMs, looksOf(pairs), after, associations);
      runners.set(context.pair.name, runner);
    }
    this.runners = runners;
    this.looking = [...runners.values()].map(async (runner) => runner.look(this.life.signal));
    for (const looking of this.looking) looking.catch(() => undefined);
    const follower: StreamFollower = {
      ...{ system: 'salesforce', stream: this.mortalStream(connectors.salesforce.stream), live },
      ...{ engines: contexts, intake: this.intake },
      onEvents: async () => undefined,
      onAlive: async () => undefined,
    };
    this.listening = ground.office?.standFor(
      holder,
      AbortSignal.any([this.life.signal, this.ended.signal]),
      async (signal) => followStream(follower, signal),
    );
    void this.tick();
  }

  /** Change events as this process reads them: it may die at each connect, and a dead one takes leave of nobody. */
  private mortalStream(stream: ChangeStream): ChangeStream {
    const { open } = this.life.wrap(stream, false);
    return { open: async (...request) => this.noting(this.life.wrap(await open(...request), false)) };
  }

  /** Whoever asks for more has taken what came before. */
  private noting(stream: OpenStream): OpenStream {
    let untaken: readonly StreamPart[] = [];
    return {
      ...{ fresh: stream.fresh, refused: stream.refused },
      next: async () => {
        this.ground.heard.push(...untaken.flatMap(({ signals }) => signals));
        untaken = [];
        untaken = await stream.next();
        return untaken;
      },
      close: async () => stream.close(),
    };
  }

  /** A delivery of HubSpot's; false where it could not be taken. */
  async take(body: string): Promise<boolean> {
    const parsed = parseWebhookDelivery(JSON.parse(body));
    if (parsed === null) throw new Error('the simulator sent no delivery');
    try {
      await takeLive(this.intake, { system: 'hubspot', source: 'webhooks', signals: parsed.signals });
      this.ground.heard.push(...parsed.signals);
      return true;
    } catch {
      return false;
    }
  }

  /** Resolves once all pairs have come to rest: what one writes may be another's work. */
  async untilIdle(): Promise<void> {
    const runners = [...this.runners.values()];
    for (;;) {
      const before = Math.max(...runners.map(({ lastMovedAt }) => lastMovedAt));
      await Promise.all(runners.map(async (runner) => runner.untilIdle()));
      const moved = Math.max(...runners.map(({ lastMovedAt }) => lastMovedAt)) > before;
      if (!moved || runners.length === 1) return;
      for (const runner of runners) runner.lookAnew();
    }
  }

  /** The safety tick of a second, which also breaks the leases of dead workers. */
  private async tick(): Promise<void> {
    const refers = this.ground.pairs.length > 1;
    let all = true;
    while (!this.life.isOver && !this.ended.signal.aborted) {
      if (!this.life.isStandingStill) {
        if (refers) await this.store.wakeAwaited?.(all).catch(() => 0);
        all = false;
        for (const runner of this.runners.values()) runner.wake();
        await this.ground.store.breakLeasesOfDead();
      }
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  }

  /** What SIGKILL does: it is gone at once, with its session in the store. */
  async kill(): Promise<void> {
    this.life.kill();
    await this.gone();
  }

  /** What SIGTERM does. */
  async stop(): Promise<void> {
    await Promise.all([...this.runners.values()].map(async (runner) => runner.stop()));
    this.ended.abort();
    await this.gone();
  }

  private async gone(): Promise<void> {
    this.ended.abort();
    await Promise.allSettled([...this.runners.values()].map(async (runner) => runner.stop()));
    await Promise.allSettled(this.looking);
    await this.listening;
    this.ground.store.state.living.delete(this.holder);
  }
}
