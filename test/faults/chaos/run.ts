import { expect } from 'vitest';
import { CallFailed } from '../../../src/model/failure.ts';
import type { System } from '../../../src/model/system.ts';
import { alignStep } from '../../../src/sync/align.ts';
import { type EngineContext, engineTiming, makeIntentId } from '../../../src/sync/engine.ts';
import { pollOnce } from '../../../src/sync/poll.ts';
import { verifyPair } from '../../../src/sync/verify.ts';
import { workOnce } from '../../../src/sync/work.ts';
import { type Random, randomOf } from '../../data/random.ts';
import { mirrorMappings as mappings, peoplePair as pair } from '../../mirror.ts';
import type { StoreFixture } from '../../store/postgres.ts';
import { FakeClock, freely } from '../../sync/fake-system.ts';
import { EditLog } from './edit-log.ts';
import { Death, Life, StoreHiccup } from './mortal.ts';
import { type LedgerLine, lostEdits } from './oracle.ts';
import { Persons } from './persons.ts';
import { indexLagMs, quiet, type Unkindness, UnkindSystem } from './unkind-system.ts';

const rounds = 10;
/** Rounds after which everything must have come to rest; a refusal is looked at again four times before it is parked. */
const restRoundsMax = 25;
const worksPerRoundMax = 12;

/** What a storm left behind, to see that it was one. */
export interface Weather {
  readonly deaths: number;
  readonly hiccups: number;
  readonly people: number;
  readonly writes: number;
  readonly replacedUnseen: number;
}

/** One storm: everything goes wrong, then all is quiet and everything must be right. */
class Storm {
  private readonly fixture: StoreFixture;
  private readonly random: Random;
  private readonly seed: number;
  private number = 0;
  private readonly log = new EditLog();
  private readonly clock = new FakeClock();
  private readonly systems: Readonly<Record<System, UnkindSystem>>;
  private readonly persons: Persons;
  private deaths = 0;
  private hiccups = 0;

  constructor(fixture: StoreFixture, seed: number) {
    this.fixture = fixture;
    this.seed = seed;
    this.random = randomOf('storm', seed);
    this.systems = {
      hubspot: new UnkindSystem('hubspot', this.clock, seed, this.log),
      salesforce: new UnkindSystem('salesforce', this.clock, seed, this.log),
    };
    this.persons = new Persons(this.systems, randomOf('persons', seed), this.log);
    for (const system of ['hubspot', 'salesforce'] as const) {
      let calls = 0;
      this.systems[system].onWriteRows = async () => {
        calls += 1;
        await this.duringWrite(randomOf('write', seed, system, calls));
      };
    }
  }

  async run(): Promise<Weather> {
    for (let n = 0; n < 6; n += 1) this.persons.enter();
    for (this.number = 0; this.number < rounds; this.number += 1) await this.round();
    await this.rest('after the storm');
    await this.judge();
    const { edits } = this.log;
    return {
      deaths: this.deaths,
      hiccups: this.hiccups,
      people: edits.length,
      writes: this.writes(),
      replacedUnseen: edits.filter((edit) => edit.replacedUnseen).length,
    };
  }

  private contextOf(holder: string, life: Life): EngineContext {
    return {
      pair,
      mappingHash: mappings.hash,
      store: life.wrap(this.fixture.store.engine, true),
      systems: {
        hubspot: life.wrap(this.systems.hubspot, false),
        salesforce: life.wrap(this.systems.salesforce, false),
      },
      gates: { hubspot: freely, salesforce: freely },
      wake: { wake: () => undefined },
      events: { emit: () => undefined },
      holder,
      timing: { ...engineTiming, overlapMs: { hubspot: 2 * indexLagMs, salesforce: 2 * indexLagMs } },
      nowMs: Date.now,
      makeId: makeIntentId,
      signal: life.signal,
    };
  }

  private async round(): Promise<void> {
    const { random, persons } = this;
    await this.timePasses();
    const unkindness: Unkindness = { row: 0.25, call: 0.04, stale: 0.15, lag: 0.3 };
    for (const system of Object.values(this.systems)) system.unkindness = unkindness;
    if (random.chance(0.5)) persons.enter();
    if (random.chance(0.3)) persons.enterAgain();
    for (let n = random.below(6); n > 0; n -= 1) persons.edit(false);
    const workers = random.chance(0.3) ? ['worker-1', 'worker-2'] : ['worker-1'];
    await Promise.all(workers.map(async (holder) => this.shift(holder)));
    for (const system of Object.values(this.systems)) system.unkindness = quiet;
    await this.fixture.store.engine.breakLeasesOfDead();
  }

  /** A worker's shift: polls, lists and works until it is idle for now or dies. */
  private async shift(holder: string): Promise<void> {
    const random = randomOf('shift', this.seed, holder, this.number);
    const doom = random.chance(0.6)
      ? {
          atCall: 1 + random.below(40),
          when: random.pick(['before', 'after'] as const),
          how: random.pick(['death', 'death', 'hiccup'] as const),
        }
      : null;
    const life = new Life(doom);
    const context = this.contextOf(holder, life);
    await this.attempt(life, async () => void (await alignStep(context)));
    for (const system of ['hubspot', 'salesforce'] as const) {
      await this.attempt(life, async () => this.poll(context, system));
    }
    for (let n = 0; n < 3; n += 1)
      await this.attempt(life, async () => void (await workOnce(context, 'live')));
    await life.wake();
  }

  private async poll(context: EngineContext, system: System): Promise<void> {
    await pollOnce(context, system);
    this.log.pollCommitted();
  }

  private async attempt(life: Life, step: () => Promise<void>): Promise<void> {
    if (life.isOver) return;
    try {
      await step();
    } catch (error) {
      if (error instanceof Death) this.deaths += 1;
      else if (error instanceof StoreHiccup) this.hiccups += 1;
      else if (!(error instanceof CallFailed)) throw error;
    }
  }

  /** While a write is under way people go on, and now and then a poll of the same worker sees it. */
  private async duringWrite(random: Random): Promise<void> {
    if (this.systems.hubspot.unkindness === quiet) return;
    if (random.chance(0.4)) this.persons.edit(true, random);
    if (!random.chance(0.3)) return;
    const context = this.contextOf('worker-0', new Life(null));
    await this.attempt(new Life(null), async () =>
      this.poll(context, random.pick(['hubspot', 'salesforce'])),
    );
  }

  /** Minutes later: leases and deadlines are over, what was put off is due, requests under way have landed, indexes are filled. */
  private async timePasses(): Promise<void> {
    for (const system of Object.values(this.systems)) system.timePasses();
    for (let n = 0; n < indexLagMs / 10 + 1; n += 1) this.clock.next();
    for (const [table, column] of [
      ['dirty', 'due'],
      ['intents', 'deadline'],
      ['leases', 'expires'],
    ]) {
      await this.fixture.query(`update tandem.${table} set ${column} = ${column} - interval '10 minutes'`);
    }
  }

  /** Works without any fault until nothing is left; fails when that never comes. */
  private async rest(when: string): Promise<void> {
    const context = this.contextOf('worker-9', new Life(null));
    const { engine } = this.fixture.store;
    const name = context.pair.name;
    let left = '';
    for (let round = 0; round < restRoundsMax; round += 1) {
      await this.timePasses();
      await alignStep(context);
      await pollOnce(context, 'hubspot');
      await pollOnce(context, 'salesforce');
      this.log.pollCommitted();
      const before = this.writes();
      for (let n = 0; n < worksPerRoundMax; n += 1) {
        await this.fixture.query("update tandem.dirty set due = due - interval '1 second'");
        if ((await workOnce(context, 'live')).units === 0) break;
      }
      const { dirty, openIntents, leased } = await engine.backlog(name);
      const aligned = (await alignStep(context)) === 'done';
      left = JSON.stringify({ dirty, openIntents, leased, aligned, wrote: this.writes() - before });
      if (aligned && dirty + openIntents + leased === 0 && this.writes() === before) return;
    }
    const rows = await this.fixture.query(
      'select system, record_id, cause, version, attempts from tandem.dirty',
    );
    expect.fail(`${when}: no rest after ${restRoundsMax} rounds: ${left} ${JSON.stringify(rows)}`);
  }

  private writes(): number {
    const { hubspot, salesforce } = this.systems;
    return (
      hubspot.counts.creates + hubspot.counts.updates + salesforce.counts.creates + salesforce.counts.updates
    );
  }

  private async judge(): Promise<void> {
    const before = this.writes();
    await this.rest('second pass');
    expect(this.writes(), 'writes of a second quiet pass').toBe(before);
    await this.judgeConvergence();
    await this.judgeRemains();
    expect([...this.systems.hubspot.doubles, ...this.systems.salesforce.doubles], 'created twice').toEqual(
      [],
    );
    expect(await this.lost(), 'edits lost').toEqual([]);
  }

  private async judgeConvergence(): Promise<void> {
    const { pair: mapping } = this.contextOf('', new Life(null));
    const { engine, status } = this.fixture.store;
    const report = await verifyPair({
      pair: mapping,
      systems: this.systems,
      store: {
        linksOf: engine.linksOf.bind(engine),
        standingOf: status.standingOf.bind(status),
        cursor: engine.cursor.bind(engine),
      },
      call: { class: 'live', purpose: 'verify' },
    });
    const open = report.items.filter(
      ({ why }) => why === 'unexplained' || why === 'pending' || why.includes('UNREACHABLE'),
    );
    expect(open, 'differences that nothing accounts for').toEqual([]);
    const plain = report.items.filter(
      (item) => item.field === null && !this.isOdd(item) && !item.why.includes('STAGED_REFUSAL'),
    );
    expect(plain, 'plain people without counterpart').toEqual([]);
  }

  private isOdd(item: { hubspotId: string | null; salesforceId: string | null }): boolean {
    const contact = this.systems.hubspot.records.get(item.hubspotId ?? '');
    const lead = this.systems.salesforce.records.get(item.salesforceId ?? '');
    const values = [contact?.fields.email, lead?.fields.Email].map((value) =>
      String(value ?? '').toLowerCase(),
    );
    return values.some((value) => this.persons.odd.has(value));
  }

  private async judgeRemains(): Promise<void> {
    await this.fixture.store.engine.breakLeasesOfDead();
    for (const table of ['dirty', 'intents', 'leases', 'key_locks']) {
      const rows = await this.fixture.query(`select * from tandem.${table}`);
      expect(rows, `rows left in ${table}`).toEqual([]);
    }
  }

  private async lost(): Promise<readonly string[]> {
    const { pair: mapping } = this.contextOf('', new Life(null));
    const links = await this.fixture.store.engine.linksOf(mapping.name, 'hubspot', [
      ...this.systems.hubspot.records.keys(),
    ]);
    const lines = await this.fixture.query<Omit<LedgerLine, 'from' | 'to' | 'lost'> & Record<string, string>>(
      `select system, record_id, field, from_value::text as f, to_value::text as t, lost::text as l, rule
       from tandem.ledger where event = 'write' order by id`,
    );
    return lostEdits({
      pair: mapping,
      systems: this.systems,
      log: this.log,
      links: [...links.values()].filter((link) => link.ended === null),
      ledger: lines.map((line) => ({
        ...line,
        from: JSON.parse(line.f ?? 'null'),
        to: JSON.parse(line.t ?? 'null'),
        lost: JSON.parse(line.l ?? 'null'),
      })),
    });
  }
}

/** Runs the storm of one seed on an empty store; rejects with what was found wrong, and the seed. */
export const runStorm = async (fixture: StoreFixture, seed: number): Promise<Weather> => {
  await fixture.reset();
  try {
    return await new Storm(fixture, seed).run();
  } catch (error) {
    throw new Error(
      `seed ${seed} (again: TANDEM_CHAOS_SEED=${seed} npx vitest run test/faults/engine.test.ts)`,
      {
        cause: error,
      },
    );
  }
};
