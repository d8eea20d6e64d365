import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { folderAt } from '../../src/store/embedded/folder.ts';
import { type EmbeddedPostgres, joinEmbedded } from '../../src/store/embedded/join.ts';
import { stopServer } from '../../src/store/embedded/server.ts';
import { checkSandbox } from '../data/check-truth.ts';
import { loadPeople } from '../data/load-people.ts';
import { dataForTests } from '../data/sources.ts';
import { collectTruth, type Truth } from '../data/truth.ts';
import { hasRedis, type RedisServer, startRedis } from '../queue/redis.ts';
import type { Child } from './harness/child.ts';
import { mirror, Stage } from './harness/stage.ts';
import { until } from './harness/until.ts';

/** `TANDEM_FLEET_KILLS=20` is the night's storm; `TANDEM_FLEET_SEED` replays one. */
const kills = Number(process.env.TANDEM_FLEET_KILLS ?? 1);
const seed = Number(process.env.TANDEM_FLEET_SEED ?? Math.floor(Math.random() * 1_000_000));
const people = 300;
const workersAtOnce = 3;
const editsPerRound = 10;
/** Who comes in each round: on each side so many. */
const comersPerRound = 2;

const contactShape = z.object({ properties: z.record(z.string(), z.string().nullable()) });

/** What happens in each round: how long the fleet works, and who of it is killed. */
const rounds = fc.sample(
  fc.record({ afterMs: fc.integer({ min: 300, max: 3_000 }), victim: fc.nat(workersAtOnce - 1) }),
  { seed, numRuns: kills },
);

/** Waits until a worker works: one whose database goes away before that ends with 3, and whoever watches it starts it again. */
const ready = async (worker: Child): Promise<void> => {
  const { url } = await worker.event('ready');
  await until(
    'a worker that is ready',
    async () => ((await fetch(`${String(url)}/health/ready`)).ok ? true : null),
    20_000,
  );
};

/** Several workers on one database of their own, with one Redis or none. */
class Fleet {
  readonly stage: Stage;
  readonly redis: RedisServer | null;
  readonly workers: Child[] = [];
  private database: EmbeddedPostgres;

  private constructor(stage: Stage, redis: RedisServer | null, database: EmbeddedPostgres) {
    this.stage = stage;
    this.redis = redis;
    this.database = database;
  }

  static async open(onRedis: boolean): Promise<Fleet> {
    const stage = await Stage.open();
    const redis = onRedis ? await startRedis() : null;
    return new Fleet(stage, redis, await joinEmbedded(stage.data));
  }

  get env(): NodeJS.ProcessEnv {
    return { DATABASE_URL: this.database.connectionString, REDIS_URL: this.redis?.url ?? '' };
  }

  start(...more: readonly string[]): Child {
    return this.stage.start(['run', '--config', mirror, '--port', '0', ...more], { env: this.env });
  }

  async grow(): Promise<void> {
    while (this.workers.length < workersAtOnce) this.workers.push(this.start());
    await Promise.all(this.workers.map(ready));
  }

  async kill(victim: number): Promise<void> {
    const [killed] = this.workers.splice(victim, 1);
    await killed?.crash();
  }

  /** As an upgrade of the server does: every session ends, it is back at the same address a moment later. */
  async restartPostgres(): Promise<void> {
    expect(await stopServer(folderAt(`${this.stage.data}/postgres`), 20_000)).toBe(true);
    const before = this.database.connectionString;
    this.database = await joinEmbedded(this.stage.data);
    expect(this.database.connectionString).toBe(before);
  }

  async close(): Promise<void> {
    await Promise.all(this.workers.map(async (worker) => worker.stop()));
    await this.database.leave();
    await this.stage.close();
    await this.redis?.remove();
  }
}

describe.each(['postgres', 'redis'] as const)(
  `A fleet: three workers on one budget, wakes on %s (seed ${seed})`,
  (kind) => {
    if (kind === 'redis' && !hasRedis) {
      it.skip('needs redis-server, which this machine does not have', () => undefined);
      return;
    }
    if (!dataForTests('e2e/fleet')) {
      it.skip('needs ../shared/data', () => undefined);
      return;
    }
    let fleet: Fleet;
    let truth: Truth;
    /** What was typed last into contacts, and into leads, by the record's id. */
    const typed = { hubspot: new Map<string, string>(), salesforce: new Map<string, string>() };

    beforeAll(
      async () => {
        fleet = await Fleet.open(kind === 'redis');
        truth = await collectTruth(loadPeople({ ...fleet.stage.sandbox.access, people }));
        const person = await fleet.stage.person();
        const both = truth.people.flatMap(({ expect: where, hubspot, salesforce }) =>
          where === 'both' && hubspot !== null && salesforce !== null ? [{ hubspot, salesforce }] : [],
        );
        // While the fleet works, colleagues edit on both sides, and people come on both: a kill meets all of it under way.
        const work = async (round: number): Promise<void> => {
          const at = (round % 10) * editsPerRound;
          const middle = at + editsPerRound / 2;
          for (const { hubspot } of both.slice(at, middle)) {
            typed.hubspot.set(hubspot, `Typed in round ${round} in ${hubspot}`);
            const values = { jobtitle: typed.hubspot.get(hubspot) ?? '' };
            await person.editContacts([{ id: hubspot, values }]);
          }
          for (const { salesforce } of both.slice(middle, at + editsPerRound)) {
            typed.salesforce.set(salesforce, `Typed in round ${round} in ${salesforce}`);
            const values = { Title: typed.salesforce.get(salesforce) ?? '' };
            await person.editLeads([{ id: salesforce, values }]);
          }
          for (let comer = 0; comer < comersPerRound; comer += 1) {
            const [ours, theirs] = [`c${round}-${comer}@comers.example`, `l${round}-${comer}@comers.example`];
            const contact = await person.createContact({ email: ours, lastname: 'Comer', company: 'Comers' });
            const lead = await person.createLead({ Email: theirs, LastName: 'Comer', Company: 'Comers' });
            const came = { expect: 'both', why: `came in round ${round}` } as const;
            truth.people.push(
              { ...came, person: ours, email: ours, hubspot: contact, salesforce: null },
              { ...came, person: theirs, email: theirs, hubspot: null, salesforce: lead },
            );
          }
        };
        for (const [round, { afterMs, victim }] of rounds.entries()) {
          await fleet.grow();
          const working = work(round);
          await sleep(afterMs);
          await fleet.kill(victim);
          if (round % 2 === 0) await fleet.restartPostgres();
          else await fleet.redis?.flush();
          await working;
        }
        await fleet.grow();
      },
      60_000 + kills * 20_000,
    );
    afterAll(async () => fleet?.close(), 60_000);

    it('has one scheduler, and the next one when that is killed', async () => {
      const times = (worker: Child, event: string): number =>
        worker.linesOf(event).filter(({ office }) => office === 'schedule').length;
      const elected = (): readonly Child[] =>
        fleet.workers.filter((worker) => times(worker, 'elected') > times(worker, 'office-left'));
      await expect.poll(() => elected().length, { timeout: 15_000 }).toBe(1);
      const [scheduler] = elected();
      if (scheduler === undefined) throw new Error('nobody was elected');
      await fleet.kill(fleet.workers.indexOf(scheduler));
      await expect.poll(() => elected().length, { timeout: 15_000 }).toBe(1);
      await fleet.grow();
    });

    it('comes to rest beside the workers that go on', async () => {
      const last = fleet.start('--until-idle');
      expect(await last.finish(120_000)).toMatchObject({ code: 0 });
    });

    it('has everybody once on each side, and no edit is lost', async () => {
      expect(await checkSandbox(truth, fleet.stage.sandbox.access)).toEqual([]);
      const { sandbox } = fleet.stage;
      const [contacts, leads] = await Promise.all([
        sandbox.records('hubspot', 'contacts'),
        sandbox.records('salesforce', 'Lead'),
      ]);
      const titles = new Map(leads.map((lead) => [lead.HubSpot_Id__c, lead.Title]));
      expect(typed.hubspot.size).toBeGreaterThan(0);
      expect([...typed.hubspot].filter(([id, title]) => titles.get(id) !== title)).toEqual([]);
      const jobs = new Map(
        contacts.map((contact) => {
          const { properties } = contactShape.parse(contact);
          return [properties.tandem_salesforce_id, properties.jobtitle];
        }),
      );
      expect(typed.salesforce.size).toBeGreaterThan(0);
      expect([...typed.salesforce].filter(([id, title]) => jobs.get(id) !== title)).toEqual([]);
    });

    it('asked no more than the vendors allow, all workers together', async () => {
      const stats = await fleet.stage.sandbox.stats('hubspot');
      expect(stats.calls.byCaller.integration).toBeGreaterThan(50);
      expect(stats.calls.limited).toBeLessThanOrEqual(stats.calls.byCaller.integration / 1_000);
    });

    it('ends within 15 seconds each, with 0, also when its Redis has gone', async () => {
      await fleet.redis?.kill();
      for (const worker of fleet.workers) worker.kill('SIGTERM');
      const ends = await Promise.all(fleet.workers.map(async (worker) => worker.finish(15_000)));
      expect(ends.map(({ code }) => code)).toEqual(ends.map(() => 0));
    });
  },
);
