import { beforeEach, describe, expect, it } from 'vitest';
import { CallFailed, type Failure, StoreAwayError } from '../../src/model/failure.ts';
import { alignStep } from '../../src/sync/align.ts';
import { type EngineContext, engineTiming, makeIntentId } from '../../src/sync/engine.ts';
import type { LookAt } from '../../src/sync/gone.ts';
import { pollOnce } from '../../src/sync/poll.ts';
import { reportCallFailure } from '../../src/sync/problems.ts';
import { verifyPair } from '../../src/sync/verify.ts';
import { workOnce } from '../../src/sync/work.ts';
import { mirrorMappings as mappings, peoplePair as pair } from '../mirror.ts';
import { withStore } from '../store/postgres.ts';
import { FakeClock, FakeSystem, freely } from './fake-system.ts';

const fixture = withStore();

let hubspot: FakeSystem;
let salesforce: FakeSystem;
let context: EngineContext;
/** Unknown outcomes are looked at after this long; short, so that tests need not wait. */
const intentDeadlineMs = 300;

beforeEach(async () => {
  await fixture.reset();
  const clock = new FakeClock();
  hubspot = new FakeSystem('hubspot', clock);
  salesforce = new FakeSystem('salesforce', clock);
  context = makeContext('worker-1');
});

const makeContext = (holder: string): EngineContext => ({
  pair,
  mappingHash: mappings.hash,
  store: fixture.store.engine,
  systems: { hubspot, salesforce },
  gates: { hubspot: freely, salesforce: freely },
  wake: { wake: () => undefined },
  events: { emit: () => undefined },
  holder,
  timing: { ...engineTiming, intentDeadlineMs },
  nowMs: Date.now,
  makeId: makeIntentId,
  signal: new AbortController().signal,
});

/** Works until nothing is due and nothing becomes due within the time that a retry takes. */
const drain = async (engine = context): Promise<void> => {
  await expect
    .poll(
      async () => {
        await workOnce(engine, 'live');
        const backlog = await engine.store.backlog(pair.name);
        return backlog.dirty + backlog.leased + backlog.openIntents;
      },
      { timeout: 20_000, interval: 10 },
    )
    .toBe(0);
};

const align = async (engine = context): Promise<void> => {
  await expect
    .poll(
      async () => {
        const step = await alignStep(engine);
        await workOnce(engine, 'backfill');
        return step;
      },
      { timeout: 20_000, interval: 1 },
    )
    .toBe('done');
  await drain(engine);
};

const pollBoth = async (): Promise<void> => {
  await pollOnce(context, 'hubspot');
  await pollOnce(context, 'salesforce');
};

const writes = (): number =>
  hubspot.counts.creates + hubspot.counts.updates + salesforce.counts.creates + salesforce.counts.updates;

const tooLong: Failure = {
  category: 'value',
  system: 'salesforce',
  code: 'STRING_TOO_LONG',
  message: 'too long',
  fields: ['Title'],
};

const contact = (n: number, more: Record<string, string | null> = {}): Record<string, string | null> => ({
  email: `person${n}@example.com`,
  firstname: 'Ada',
  lastname: `Person ${n}`,
  company: 'Example',
  jobtitle: 'CEO',
  ...more,
});

describe('first alignment', () => {
  it('links who is on both sides, creates who is on one, and leaves alone who has no valid email', async () => {
    hubspot.edit(contact(1));
    hubspot.edit(contact(2));
    hubspot.edit(contact(3, { email: 'no email' }));
    salesforce.edit({ Email: 'PERSON1@example.com', LastName: 'Person 1', Company: 'Example', Title: null });
    salesforce.edit({ Email: 'person4@example.com', LastName: 'Person 4', Company: 'Example' });
    await align();
    expect(salesforce.live()).toHaveLength(3);
    expect(hubspot.live()).toHaveLength(4);
    expect(salesforce.counts.creates).toBe(1);
    expect(hubspot.counts.creates).toBe(1);
    const linked = salesforce.live().find((lead) => lead.Email === 'PERSON1@example.com');
    expect(linked).toMatchObject({ Title: 'CEO', HubSpot_Id__c: '1001' });
  });

  it('writes nothing the second time, and its own writes do not come back', async () => {
    for (let n = 0; n < 250; n += 1) hubspot.edit(contact(n));
    await align();
    const before = writes();
    await pollBoth();
    await drain();
    await pollBoth();
    expect((await context.store.backlog(pair.name)).dirty).toBe(0);
    expect(writes()).toBe(before);
  });

  it('asks a person when two leads have the same email, and creates nothing for them', async () => {
    salesforce.edit({ Email: 'twin@example.com', LastName: 'Twin', Company: 'Example' });
    salesforce.edit({ Email: 'twin@example.com', LastName: 'Twin', Company: 'Example' });
    await align();
    expect(hubspot.live()).toHaveLength(0);
    expect((await context.store.backlog(pair.name)).reviews).toBe(2);
  });

  it('two workers at once create nobody twice', async () => {
    for (let n = 0; n < 300; n += 1) {
      hubspot.edit(contact(n));
      if (n % 2 === 0)
        salesforce.edit({ Email: `person${n}@example.com`, LastName: 'X', Company: 'Example' });
    }
    await alignStep(context);
    await alignStep(context);
    await alignStep(context);
    await salesforceIsListedToo();
    await Promise.all([drain(makeContext('worker-1')), drain(makeContext('worker-2'))]);
    expect(salesforce.live()).toHaveLength(300);
    expect(hubspot.live()).toHaveLength(300);
  });
});

/** Marks every lead as changed, so that both sides of the same people are worked on at the same time. */
const salesforceIsListedToo = async (): Promise<void> => {
  const marks = [...salesforce.records.keys()].map((id) => ({
    pair: pair.name,
    ref: { system: 'salesforce' as const, type: 'Lead', id },
    class: 'live' as const,
    stamp: null,
    cause: 'test',
  }));
  await context.store.commitSignals(marks);
};

describe('changes', () => {
  const begin = async (): Promise<{ contactId: string; leadId: string }> => {
    const contactId = hubspot.edit(contact(1));
    await align();
    const [leadId] = [...salesforce.records.keys()];
    if (!leadId) throw new Error('no lead was created');
    return { contactId, leadId };
  };

  it('keeps both of two edits to different fields', async () => {
    const { contactId, leadId } = await begin();
    hubspot.edit({ jobtitle: 'CTO' }, contactId);
    salesforce.edit({ City: 'Köln' }, leadId);
    await pollBoth();
    await drain();
    expect(salesforce.records.get(leadId)?.fields).toMatchObject({ Title: 'CTO', City: 'Köln' });
    expect(hubspot.records.get(contactId)?.fields).toMatchObject({ jobtitle: 'CTO', city: 'Köln' });
  });

  it('counts the latency of what a live signal told, not of what the first alignment found', async () => {
    const { contactId } = await begin();
    expect(await fixture.store.status.latencies([pair.name])).toEqual([]);
    hubspot.edit({ jobtitle: 'CTO' }, contactId);
    await pollBoth();
    await drain();
    expect(await fixture.store.status.latencies([pair.name])).toMatchObject([
      { to: 'salesforce', changes: 1 },
    ]);
  });

  it('passes on a cleared value', async () => {
    const { contactId, leadId } = await begin();
    hubspot.edit({ jobtitle: '' }, contactId);
    await pollBoth();
    await drain();
    expect(salesforce.records.get(leadId)?.fields.Title).toBeNull();
  });

  it('parks a refused value, lets the other fields go on, and tries another value by itself', async () => {
    const { contactId, leadId } = await begin();
    salesforce.faultFor = (row) => ('Title' in row.fields && row.fields.Title !== 'CTO' ? tooLong : null);
    hubspot.edit({ jobtitle: 'x'.repeat(200), city: 'Bonn' }, contactId);
    await pollBoth();
    await drain();
    expect(salesforce.records.get(leadId)?.fields).toMatchObject({ Title: 'CEO', City: 'Bonn' });
    expect(await fixture.store.status.parked(pair.name, 10)).toMatchObject({
      total: 1,
      items: [{ field: 'jobtitle', failure: { code: 'STRING_TOO_LONG' } }],
    });
    const before = writes();
    await pollBoth();
    await drain();
    expect(writes()).toBe(before);
    hubspot.edit({ jobtitle: 'CTO' }, contactId);
    await pollBoth();
    await drain();
    expect(salesforce.records.get(leadId)?.fields.Title).toBe('CTO');
    expect((await context.store.backlog(pair.name)).parked).toBe(0);
  });

  it('a deleted record ends the link, and the other side is neither deleted nor created again', async () => {
    const { contactId, leadId } = await begin();
    salesforce.remove(leadId);
    await pollBoth();
    await drain();
    expect(hubspot.live()).toHaveLength(1);
    hubspot.edit({ jobtitle: 'CTO' }, contactId);
    await pollBoth();
    await drain();
    expect(salesforce.live()).toHaveLength(0);
  });

  it('does not merge a read that is older than its signal', async () => {
    const { contactId, leadId } = await begin();
    hubspot.edit({ jobtitle: 'CTO' }, contactId);
    await pollBoth();
    hubspot.staleReads = 1;
    await workOnce(context, 'live');
    expect((await context.store.backlog(pair.name)).dirty).toBe(1);
    hubspot.staleReads = 0;
    await drain();
    expect(salesforce.records.get(leadId)?.fields.Title).toBe('CTO');
  });

  it('a refusal that another look may cure is seen meanwhile, and sent again all the same', async () => {
    const { contactId, leadId } = await begin();
    salesforce.edit({ Title: 'CTO' }, leadId);
    await pollBoth();
    const taken: Failure = {
      ...{ category: 'identity', system: 'hubspot', code: 'CONFLICT' },
      ...{ message: 'another record has it', fields: ['jobtitle'] },
    };
    hubspot.faultFor = () => taken;
    const { status } = fixture.store;
    const codes = async () => (await status.parkedByCause(pair.name)).map(({ code }) => code);
    await workOnce(context, 'live');
    expect(await codes()).toEqual([]);
    await expect
      .poll(async () => (await workOnce(context, 'live')) && codes(), { timeout: 4_000, interval: 50 })
      .toEqual(['CONFLICT']);
    expect((await context.store.backlog(pair.name)).dirty).toBe(1);
    hubspot.faultFor = () => null;
    await drain();
    expect(await codes()).toEqual([]);
    expect(hubspot.records.get(contactId)?.fields.jobtitle).toBe('CTO');
  });

  it('a change that comes while its record is worked on is not lost', async () => {
    const { contactId, leadId } = await begin();
    hubspot.edit({ jobtitle: 'CTO' }, contactId);
    await pollBoth();
    salesforce.onWrite = async () => {
      salesforce.onWrite = async () => undefined;
      hubspot.edit({ jobtitle: 'Chair' }, contactId);
      await pollBoth();
    };
    await drain();
    await pollBoth();
    await drain();
    expect(salesforce.records.get(leadId)?.fields.Title).toBe('Chair');
  });
});

describe('verify', () => {
  const verify = async (lookAt?: LookAt) =>
    verifyPair({
      ...(lookAt && { lookAt }),
      pair,
      systems: context.systems,
      store: {
        linksOf: (...request) => context.store.linksOf(...request),
        cursor: (...request) => context.store.cursor(...request),
        standingOf: (...request) => fixture.store.status.standingOf(...request),
      },
      call: { class: 'sweep', purpose: 'verify' },
    });
  const whys = async () => (await verify()).items.map(({ field, why }) => `${field}: ${why}`);

  beforeEach(async () => {
    hubspot.edit(contact(1));
    hubspot.edit(contact(2, { email: null }));
    await align();
    await pollBoth();
    await drain();
  });

  it('counts a difference that nothing accounts for', async () => {
    expect(await whys()).toEqual(['null: no valid match key']);
    const [lead] = salesforce.records.values();
    if (lead) lead.fields.Title = 'Nobody knows why';
    expect(await verify()).toMatchObject({ drift: 2, unexplained: 1, records: 2 });
  });

  it('knows an edit that no poll can have seen, and one that waits', async () => {
    const [id] = hubspot.records.keys();
    hubspot.edit({ jobtitle: 'CTO' }, id);
    expect(await whys()).toContain('jobtitle: pending: changed since the last poll');
    await pollBoth();
    expect(await whys()).toContain('jobtitle: pending');
    await drain();
    expect(await whys()).toEqual(['null: no valid match key']);
  });

  it('knows an address that is held because neither side has it whole', async () => {
    hubspot.edit(contact(3, { address: 'Here 1', city: 'Bonn' }));
    salesforce.edit({
      ...{ Email: 'person3@example.com', LastName: 'Person 3', Company: 'Example' },
      ...{ City: 'Ulm', PostalCode: '89073' },
    });
    await pollBoth();
    await drain();
    const held = ['address', 'city', 'zip'].map((field) => `${field}: first:neither-whole`);
    expect(await whys()).toEqual(expect.arrayContaining(held));
    expect(await verify()).toMatchObject({ unexplained: 0 });
  });

  it('has a contact looked at that is archived and of which nothing told, and finds the link ended then', async () => {
    const [id = ''] = hubspot.records.keys();
    hubspot.remove(id);
    expect(await verify()).toMatchObject({ unexplained: 1 });
    const lookAt: LookAt = async (gone) =>
      context.store.commitSignals(
        gone.map(({ ref, fate }) => ({ pair: pair.name, ref, class: 'sweep', stamp: null, cause: fate })),
      );
    const { items, unexplained } = await verify(lookAt);
    expect(unexplained).toBe(0);
    expect(items.map(({ why }) => why)).toContain('pending: archived in HubSpot, not looked at yet');
    await drain();
    expect((await whys()).filter((why) => why.includes('link ended'))).toHaveLength(1);
    expect(await verify()).toMatchObject({ unexplained: 0 });
  });

  it('counts a record that lost its counterpart', async () => {
    salesforce.records.clear();
    expect(await verify()).toMatchObject({ unexplained: 1 });
  });
});

describe('a store that fails in the middle of a batch', () => {
  it('an edit made after a link began, and before its second step, is kept', async () => {
    const id = hubspot.edit(contact(1));
    salesforce.edit({ Email: 'person1@example.com', LastName: 'Person 1', Company: 'Example', Title: 'CEO' });
    let failures = 0;
    const store = new Proxy(fixture.store.engine, {
      get: (target, name) => {
        if (name !== 'openIntents' || failures > 0) return Reflect.get(target, name).bind(target);
        return async () => {
          failures += 1;
          throw new StoreAwayError('the store went away', 'wait');
        };
      },
    });
    await alignStep(context);
    await expect(workOnce({ ...context, store }, 'live')).rejects.toThrow('the store went away');
    hubspot.edit({ jobtitle: 'CTO' }, id);
    await align();
    expect(salesforce.live()[0]?.Title).toBe('CTO');
  });

  it('gets its units back at once, and the batch is done again', async () => {
    hubspot.edit(contact(1));
    let failures = 0;
    const store = new Proxy(fixture.store.engine, {
      get: (target, name) => {
        if (name !== 'openIntents' || failures > 0) return Reflect.get(target, name).bind(target);
        return async () => {
          failures += 1;
          throw new StoreAwayError('the store went away', 'wait');
        };
      },
    });
    await alignStep(context);
    await expect(workOnce({ ...context, store }, 'live')).rejects.toThrow('the store went away');
    expect(await context.store.backlog(pair.name)).toMatchObject({ due: 1, leased: 0 });
    await align();
    expect(salesforce.live()).toHaveLength(1);
  });
});

describe('unknown outcomes', () => {
  it.each(['cut-before', 'cut-after'] as const)(
    'a create whose answer is lost (%s) is made once',
    async (fault) => {
      hubspot.edit(contact(1));
      let faults = 0;
      salesforce.faultFor = (row) => {
        if (row.op !== 'upsert' || faults > 0) return null;
        faults += 1;
        return fault;
      };
      await align();
      expect(faults).toBe(1);
      expect(salesforce.live()).toHaveLength(1);
      expect(salesforce.live()[0]).toMatchObject({ HubSpot_Id__c: '1001', Title: 'CEO' });
      expect(hubspot.live()[0]?.tandem_salesforce_id).toBe([...salesforce.records.keys()][0]);
    },
  );

  it.each(['cut-before', 'cut-after'] as const)(
    'an update whose answer is lost (%s) is settled by a look',
    async (fault) => {
      const id = hubspot.edit(contact(1));
      await align();
      let faults = 0;
      salesforce.faultFor = () => {
        faults += 1;
        return faults === 1 ? fault : null;
      };
      hubspot.edit({ jobtitle: 'CTO' }, id);
      await pollBoth();
      await drain();
      expect(salesforce.live()[0]?.Title).toBe('CTO');
      expect(salesforce.counts.updates).toBe(1);
    },
  );

  it('an edit that comes between a lost answer and its look is kept', async () => {
    const id = hubspot.edit(contact(1));
    await align();
    const [leadId] = [...salesforce.records.keys()];
    salesforce.faultFor = () => 'cut-after';
    hubspot.edit({ jobtitle: 'CTO' }, id);
    await pollBoth();
    await workOnce(context, 'live');
    salesforce.faultFor = () => null;
    salesforce.edit({ Title: 'Chair' }, leadId);
    await pollBoth();
    await drain();
    expect([hubspot.live()[0]?.jobtitle, salesforce.live()[0]?.Title]).toEqual(['Chair', 'Chair']);
  });

  it('an edit after a create whose answer is lost is not taken back by what that create wrote', async () => {
    const id = hubspot.edit(contact(1));
    await alignStep(context);
    salesforce.faultFor = () => 'cut-after';
    await workOnce(context, 'live');
    salesforce.faultFor = () => null;
    hubspot.edit({ jobtitle: 'CTO' }, id);
    const [leadId] = [...salesforce.records.keys()];
    salesforce.edit({ City: 'Bonn' }, leadId);
    // The new lead is looked at first, as a record of its own.
    await pollOnce(context, 'salesforce');
    await align();
    await pollBoth();
    await drain();
    expect(hubspot.live()).toMatchObject([{ jobtitle: 'CTO', city: 'Bonn' }]);
    expect(salesforce.live()).toMatchObject([{ Title: 'CTO', City: 'Bonn' }]);
  });
});

describe('the problem of a system whose calls fail', () => {
  it('is ended by a poll that asked, never by one that had nothing to ask before the first alignment', async () => {
    const failure: Failure = {
      ...{ category: 'credentials', system: 'salesforce', code: 'INVALID_SESSION_ID', fields: [] },
      message: 'sign-in refused',
    };
    await reportCallFailure(context, new CallFailed(failure));
    const said = async () => (await fixture.store.status.problems()).map(({ what }) => what);
    await pollBoth();
    expect(await said()).toEqual(['Calls to Salesforce fail']);
    await align();
    await pollBoth();
    expect(await said()).toEqual([]);
  });
});
