import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Connector } from '../../src/connectors/connector.ts';
import { CallFailed } from '../../src/model/failure.ts';
import type { Sides } from '../../src/model/system.ts';
import { alignStep } from '../../src/sync/align.ts';
import { pollOnce } from '../../src/sync/poll.ts';
import { workOnce } from '../../src/sync/work.ts';
import { pair, withSimulators } from './simulated.ts';
import { mutation, UnkindProxy } from './unkind-proxy.ts';

/** However spoiled the vendors' answers are, a step ends in order or with a CallFailed; and nothing of it stays. */
const simulated = withSimulators();
const proxies: UnkindProxy[] = [];
let links: readonly Sides<string>[] = [];
let edits = 0;

beforeAll(async () => {
  for (const system of ['hubspot', 'salesforce'] as const) {
    const proxy = new UnkindProxy(simulated.sandbox.access[system]);
    await proxy.listen();
    proxies.push(proxy);
  }
  links = await simulated.people(
    Array.from({ length: 3 }, (_, index) => ({
      email: `p${index}@example.com`,
      lastname: `P${index}`,
      company: 'Acme',
    })),
  );
});
afterAll(async () => {
  await Promise.all(proxies.map(async (proxy) => proxy.close()));
});

const steps = ['work', 'poll hubspot', 'poll salesforce', 'align', 'describe', 'check'] as const;
type Step = (typeof steps)[number];

const run = async (step: Step, systems: Sides<Connector>): Promise<unknown> => {
  const context = simulated.context(systems);
  const call = { class: 'live', purpose: 'describe' } as const;
  switch (step) {
    case 'work':
      await simulated.fixture.query('update tandem.dirty set due = now()');
      // A batch that breaks is taken apart, which would hide the defect that broke it.
      expect((await workOnce(context, 'live')).broken).not.toBe('defect');
      return;
    case 'poll hubspot':
      return pollOnce(context, 'hubspot');
    case 'poll salesforce':
      return pollOnce(context, 'salesforce');
    case 'align':
      await simulated.fixture.query('delete from tandem.alignments');
      return alignStep(context);
    case 'describe':
      return Promise.all([
        systems.hubspot.describe('contacts', call),
        systems.salesforce.describe('Lead', call),
      ]);
    case 'check':
      return Promise.all([systems.hubspot.check(call), systems.salesforce.check(call)]);
  }
};

const edit = async (index: number): Promise<void> => {
  edits += 1;
  const link = links[index % links.length];
  if (!link) throw new Error('nobody');
  await (edits % 2 === 0
    ? simulated.editContact(link.hubspot, { jobtitle: `Title ${edits}` })
    : simulated.editLead(link.salesforce, { Title: `Title ${edits}` }));
  await simulated.mark(link);
};

it('ends every step in order, and everything flows once the answers are whole again', async () => {
  const script = fc.array(
    fc.record({
      step: fc.constantFrom(...steps),
      edits: fc.nat(2),
      hubspot: fc.array(mutation, { maxLength: 4 }),
      salesforce: fc.array(mutation, { maxLength: 4 }),
    }),
    { minLength: 1, maxLength: 6 },
  );
  await fc.assert(
    fc.asyncProperty(script, async (rounds) => {
      const [hubspot, salesforce] = proxies;
      if (!hubspot || !salesforce) throw new Error('no proxies');
      const systems = simulated.connect({ hubspot: hubspot.url, salesforce: salesforce.url });
      for (const round of rounds) {
        await edit(round.edits);
        hubspot.mutations = [...round.hubspot];
        salesforce.mutations = [...round.salesforce];
        try {
          await run(round.step, systems);
        } catch (error) {
          expect(error).toBeInstanceOf(CallFailed);
        }
      }
      hubspot.mutations = [];
      salesforce.mutations = [];
      expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    }),
    { numRuns: 12, endOnFailure: true },
  );
  const { fixture } = simulated;
  await fixture.query('delete from tandem.parked');
  for (const link of links) await simulated.mark(link);
  await fixture.query('update tandem.dirty set attempts = 0');
  await simulated.drain();
  // What was told of the store and what it refused would have failed the fixture; the records say the same again.
  expect(await fixture.store.engine.backlog(pair.name)).toMatchObject({
    links: links.length,
    openIntents: 0,
  });
  for (const link of links) {
    const values = await simulated.values(link, { hubspot: 'jobtitle', salesforce: 'Title' });
    expect(values.hubspot).toBe(values.salesforce);
  }
}, 60_000);
