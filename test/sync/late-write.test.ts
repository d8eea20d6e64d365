import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Connector } from '../../src/connectors/connector.ts';
import type { ConflictRule, FirstRule } from '../../src/model/mapping.ts';
import type { Sides, System } from '../../src/model/system.ts';
import { workOnce } from '../../src/sync/work.ts';
import { LateProxy } from './late-proxy.ts';
import { pair, withSimulators } from './simulated.ts';

/** A write that times out and is carried out later, after somebody's edit: the edit is not lost. */
const simulated = withSimulators();
const { fixture } = simulated;
const proxies: Record<System, LateProxy | null> = { hubspot: null, salesforce: null };
const title = { hubspot: 'jobtitle', salesforce: 'Title' } as const;

const proxyOf = (system: System): LateProxy => {
  const proxy = proxies[system];
  if (proxy === null) throw new Error('the proxies listen in beforeAll');
  return proxy;
};

beforeAll(async () => {
  for (const system of ['hubspot', 'salesforce'] as const) {
    proxies[system] = new LateProxy(simulated.sandbox.access[system]);
    await proxies[system]?.listen();
  }
});
afterAll(async () => {
  await Promise.all(Object.values(proxies).map(async (proxy) => proxy?.close()));
});

let systems: Sides<Connector>;
let ids: Sides<string>;

beforeEach(async () => {
  await fixture.reset();
  await simulated.control('hubspot', 'reset', { contacts: 0, leads: 0 });
  await simulated.control('salesforce', 'reset', { contacts: 0, leads: 0 });
  await simulated.control('salesforce', 'history', { Lead: [] });
  systems = simulated.connect({ hubspot: proxyOf('hubspot').url, salesforce: proxyOf('salesforce').url });
  const [one] = await simulated.people([
    { email: 'ann@example.com', lastname: 'Ann', company: 'Acme', jobtitle: 'first' },
  ]);
  if (!one) throw new Error('nobody was linked');
  ids = one;
  return () => {
    simulated.pair = pair;
  };
});

/** What settles a conflict of the title, and what its first meeting. */
const settledBy = (conflict: ConflictRule, first: FirstRule = 'newest'): void => {
  const fields = pair.fields.map((field) =>
    field.name === 'jobtitle' ? { ...field, conflict, first } : field,
  );
  simulated.pair = { ...pair, fields };
};

/** One look of a worker whose calls go through the proxies. */
const work = async (): Promise<void> => {
  await fixture.query('update tandem.dirty set due = now()');
  await fixture.query('update tandem.intents set deadline = now()');
  await workOnce(simulated.context(systems), 'live');
};
const editByPerson = async (system: System, value: string): Promise<void> => {
  if (system === 'hubspot') return simulated.editContact(ids.hubspot, { jobtitle: value });
  await simulated.editLeadAsPerson(ids.salesforce, { Title: value });
};
const mark = async (): Promise<void> => simulated.mark(ids);
const values = async (): Promise<Sides<unknown>> => simulated.values(ids, title);
const ledger = async () =>
  fixture.query<{ system: string; from: string; to: string; rule: string; lost: string; cause: string }>(
    `select system, from_value::text as from, to_value::text as to, rule, lost::text as lost, cause
     from tandem.ledger where field = 'jobtitle' order by id`,
  );

/** The worker's write to a system is held on its way, and its outcome is unknown to it. */
const holdWrite = async (target: System): Promise<void> => {
  const source = target === 'hubspot' ? 'salesforce' : 'hubspot';
  await editByPerson(source, 'second');
  await mark();
  proxyOf(target).holdNext(/update|composite|batch/i);
  await work();
  expect(await fixture.query('select from tandem.intents')).toHaveLength(1);
  expect(proxyOf(target).held).toBe(1);
};

const sides = [
  ['hubspot', 'its property history tells', false],
  ['salesforce', 'its field history tells', true],
] as const;

describe.each(sides)('a late write to %s (%s)', (target, _, tracked) => {
  beforeEach(async () => {
    if (tracked) await simulated.control('salesforce', 'history', { Lead: ['Title'] });
  });

  it.each([
    ['was settled before', true],
    ['was never settled', false],
  ])(
    'carried out within the deadline over an edit that wins, in a field that %s: it is put back and flows',
    async (_, isSettled) => {
      settledBy(`prefer-${target}`, `prefer-${target === 'hubspot' ? 'salesforce' : 'hubspot'}`);
      if (!isSettled) await fixture.query(`update tandem.links set base = (base::jsonb - 'jobtitle')::json`);
      await holdWrite(target);
      await editByPerson(target, 'by a person');
      await proxyOf(target).release();
      expect((await values())[target]).toBe('second');
      await mark();
      await simulated.drain();
      expect(await values()).toEqual({ hubspot: 'by a person', salesforce: 'by a person' });
      const rules = (await ledger()).map(({ rule, system, to }) => ({ rule, system, to }));
      expect(rules).toContainEqual({ rule: 'late-write', system: target, to: '"by a person"' });
      // What it replaced is told as well: as what lost where it was a conflict, as what stood there before where the edit came later.
      const told = (await ledger()).map(({ lost, from }) => (isSettled ? lost : from));
      expect(told).toContain('"second"');
    },
  );

  it('over an edit whose putting back is lost as well: it is put back once more', async () => {
    settledBy(`prefer-${target}`);
    await holdWrite(target);
    await editByPerson(target, 'by a person');
    await proxyOf(target).release();
    await mark();
    await work();
    proxyOf(target).holdNext(/update|composite|batch/i);
    await work();
    expect(proxyOf(target).held).toBe(1);
    expect((await values())[target]).toBe('second');
    await mark();
    await simulated.drain();
    expect(await values()).toEqual({ hubspot: 'by a person', salesforce: 'by a person' });
    await proxyOf(target).release();
    await mark();
    await simulated.drain();
    expect(await values()).toEqual({ hubspot: 'by a person', salesforce: 'by a person' });
  });

  it('carried out within the deadline, and nobody edited: it is settled as landed, and nothing is put back', async () => {
    await holdWrite(target);
    await proxyOf(target).release();
    await mark();
    await simulated.drain();
    expect(await values()).toEqual({ hubspot: 'second', salesforce: 'second' });
    const lines = await ledger();
    expect(lines.map(({ rule }) => rule)).not.toContain('late-write');
    expect(lines.at(-1)?.cause).toContain('outcome unknown, found landed');
  });

  it('carried out long after it was given up: what was settled meanwhile is put back', async () => {
    await holdWrite(target);
    // The look finds nothing of it, and it is written once more.
    await mark();
    await work();
    await simulated.drain();
    expect(await values()).toEqual({ hubspot: 'second', salesforce: 'second' });
    await editByPerson(target, 'by a person');
    await mark();
    await simulated.drain();
    expect(await values()).toEqual({ hubspot: 'by a person', salesforce: 'by a person' });
    await proxyOf(target).release();
    expect((await values())[target]).toBe('second');
    await mark();
    await simulated.drain();
    expect(await values()).toEqual({ hubspot: 'by a person', salesforce: 'by a person' });
    expect((await ledger()).at(-1)).toMatchObject({ rule: 'late-write', system: target });
  });

  it('the same value typed by a person later is their edit', async () => {
    await holdWrite(target);
    await mark();
    await work();
    await simulated.drain();
    await editByPerson(target, 'by a person');
    await mark();
    await simulated.drain();
    await editByPerson(target, 'second');
    await mark();
    await simulated.drain();
    expect(await values()).toEqual({ hubspot: 'second', salesforce: 'second' });
    expect((await ledger()).map(({ rule }) => rule)).not.toContain('late-write');
    await proxyOf(target).release();
  });
});

describe('a read of a replica that is behind', () => {
  /** The systems with HubSpot's reads answered by what it shows now, so many times. */
  const behind = async (times: number): Promise<Sides<Connector>> => {
    const { hubspot } = systems;
    const fields = pair.fields.map((field) => field.fields.hubspot);
    const call = { class: 'live', purpose: 'read' } as const;
    const shown = await hubspot.readMany('contacts', [ids.hubspot], fields, call);
    let left = times;
    const readMany: typeof hubspot.readMany = async (...request) => {
      left -= 1;
      return left < 0 ? hubspot.readMany(...request) : shown;
    };
    return { ...systems, hubspot: { ...hubspot, readMany } };
  };
  const look = async (through: Sides<Connector>): Promise<void> => {
    await mark();
    await fixture.query('update tandem.intents set deadline = now()');
    await simulated.drain(simulated.context(through));
  };

  it('of which a history that is asked for a late write tells that it is too old: the edit in between is read, and is not lost', async () => {
    await holdWrite('hubspot');
    await proxyOf('hubspot').release();
    // The next look sees it as well: what the history told is known until a read shows it.
    const through = await behind(2);
    await editByPerson('hubspot', 'by a person');
    await editByPerson('salesforce', 'third');
    await look(through);
    const end = await values();
    expect(end.hubspot).toBe(end.salesforce);
    const told = (await ledger()).flatMap(({ from, lost }) => [from, lost]);
    expect([...told, JSON.stringify(end.hubspot)]).toContain('"by a person"');
  });

  it('does not say that a write of unknown outcome never came: the ledger names what that replaced in a field that was never settled', async () => {
    settledBy('newest');
    await fixture.query(`update tandem.links set base = (base::jsonb - 'jobtitle')::json`);
    await holdWrite('hubspot');
    const through = await behind(1);
    await proxyOf('hubspot').release();
    await look(through);
    expect(await values()).toEqual({ hubspot: 'second', salesforce: 'second' });
    const lines = (await ledger()).map(({ system, from, to }) => ({ system, from, to }));
    expect(lines).toContainEqual({ system: 'hubspot', from: '"first"', to: '"second"' });
  });
});

describe('where Salesforce keeps no history', () => {
  it('a write that comes long after it was given up is known by its last modifier', async () => {
    await holdWrite('salesforce');
    await mark();
    await work();
    await simulated.drain();
    await editByPerson('salesforce', 'by a person');
    await mark();
    await simulated.drain();
    await proxyOf('salesforce').release();
    expect((await values()).salesforce).toBe('second');
    await mark();
    await simulated.drain();
    expect(await values()).toEqual({ hubspot: 'by a person', salesforce: 'by a person' });
  });
});

it('a rule that prefers the other side keeps our value, and the edit is in the ledger', async () => {
  settledBy('prefer-salesforce');
  await holdWrite('hubspot');
  await editByPerson('hubspot', 'by a person');
  await proxyOf('hubspot').release();
  await mark();
  await simulated.drain();
  expect(await values()).toEqual({ hubspot: 'second', salesforce: 'second' });
  expect((await ledger()).at(-1)).toMatchObject({
    system: 'hubspot',
    to: '"second"',
    lost: '"by a person"',
    rule: 'conflict:prefer-salesforce',
  });
});
