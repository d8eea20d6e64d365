import { describe, expect, it } from 'vitest';
import { asSeen } from '../../src/compose.ts';
import type { Failure } from '../../src/model/failure.ts';
import { sweepAssociations } from '../../src/sync/association-sweep.ts';
import { RehearsalSystem } from '../../src/sync/rehearsal/rehearsal-system.ts';
import { SignalMemory } from '../../src/sync/signal-memory.ts';
import { beginTieLooks, lookAtTies, tieLookEveryMs } from '../../src/sync/tie-look.ts';
import { makeDealStage } from './deal-stage.ts';
import { callFailure } from './fake-system.ts';

const ann = { hubspot: '501', salesforce: '003000000000001AAA' };
const bob = { hubspot: '502', salesforce: '003000000000002AAA' };

/** A deal with both people on both sides, settled. */
const settled = async () => {
  const stage = makeDealStage();
  for (const ids of [ann, bob]) stage.person(ids);
  const { hubspot, salesforce, deal, opportunity } = stage;
  hubspot.tie(deal, ann.hubspot, 'Decision maker', 'Newsletter');
  salesforce.tie(opportunity, bob.salesforce, 'Economic Buyer', '*');
  await stage.look();
  return stage;
};

describe('contact roles', () => {
  it('meet: everybody of either side takes part on both, and nothing is written twice', async () => {
    const { hubspot, salesforce, deal, opportunity, look, backlog } = await settled();
    expect(hubspot.shown(deal)).toEqual(['501 Decision maker Newsletter', '502 Budget Primary']);
    expect(salesforce.shown(opportunity)).toEqual([
      '003000000000001AAA Decision Maker',
      '003000000000002AAA * Economic Buyer',
    ]);
    const made = [hubspot.changes.length, salesforce.changes.length];
    expect(made).toEqual([1, 1]);
    await look();
    await look('salesforce');
    expect([hubspot.changes.length, salesforce.changes.length]).toEqual(made);
    expect(await backlog()).toMatchObject({ dirty: 0, openIntents: 0 });
  });

  it('go when they are taken away, on either side', async () => {
    const { hubspot, salesforce, deal, opportunity, look } = await settled();
    hubspot.untie(deal, ann.hubspot);
    await look();
    expect(salesforce.shown(opportunity)).toEqual(['003000000000002AAA * Economic Buyer']);
    salesforce.untie(opportunity, bob.salesforce);
    await look('salesforce');
    expect(hubspot.shown(deal)).toEqual([]);
  });

  it('are written as a difference: whoever is tied between read and write stays, and is told next', async () => {
    const { hubspot, salesforce, deal, opportunity, person, look } = await settled();
    const eve = { hubspot: '503', salesforce: '003000000000003AAA' };
    person(eve);
    hubspot.tie(deal, ann.hubspot, 'Budget', 'Newsletter');
    salesforce.onTies = () => {
      salesforce.onTies = () => undefined;
      salesforce.tie(opportunity, eve.salesforce);
    };
    await look();
    expect(salesforce.shown(opportunity)).toContain('003000000000003AAA');
    await look('salesforce');
    expect(hubspot.shown(deal)).toEqual(['501 Budget Newsletter', '502 Budget Primary', '503']);
    expect(salesforce.shown(opportunity)).toContain('003000000000001AAA Economic Buyer');
  });

  it.each(['cut-before', 'cut-after'] as const)(
    'of unknown outcome (%s) are looked at again, and are there once',
    async (fault) => {
      const { salesforce, hubspot, deal, opportunity, person, look, backlog } = await settled();
      const eve = { hubspot: '503', salesforce: '003000000000003AAA' };
      person(eve);
      let cuts = 0;
      salesforce.tieFault = () => {
        cuts += 1;
        return cuts === 1 ? fault : null;
      };
      hubspot.tie(deal, eve.hubspot, 'Budget');
      await look();
      expect(cuts).toBe(fault === 'cut-after' ? 1 : 2);
      expect(salesforce.shown(opportunity).filter((text) => text.startsWith(eve.salesforce))).toEqual([
        '003000000000003AAA Economic Buyer',
      ]);
      expect(await backlog()).toMatchObject({ dirty: 0, openIntents: 0 });
    },
  );

  it('that are refused are parked, and the other fields of the deal go on', async () => {
    const { hubspot, salesforce, deal, opportunity, look, parked } = await settled();
    const refusal: Failure = {
      ...{
        category: 'schema',
        system: 'hubspot',
        code: 'NO_SUCH_LABEL',
        message: 'no such label',
        fields: [],
      },
    };
    hubspot.tieFault = () => refusal;
    salesforce.tie(opportunity, ann.salesforce, 'Economic Buyer');
    salesforce.edit({ Name: 'Bigger one' }, opportunity);
    await look('salesforce');
    expect(hubspot.records.get(deal)?.fields.dealname).toBe('Bigger one');
    expect(await parked()).toMatchObject([{ field: 'contactRoles', failure: { code: 'NO_SUCH_LABEL' } }]);
    const tries = hubspot.changes.length;
    await look('salesforce');
    expect(hubspot.changes.length).toBe(tries);
    hubspot.tieFault = () => null;
    salesforce.tie(opportunity, ann.salesforce, 'Economic Buyer', '*');
    salesforce.tie(opportunity, bob.salesforce, 'Economic Buyer');
    await look('salesforce');
    expect(hubspot.shown(deal)).toEqual(['501 Budget Newsletter Primary', '502 Budget']);
    expect(await parked()).toEqual([]);
  });

  it('of a lead wait for the contact, and nobody takes them out of HubSpot meanwhile', async () => {
    const { hubspot, salesforce, store, deal, opportunity, person, look } = await settled();
    const carl = person({ hubspot: '504', salesforce: '00Q000000000004AAA' }, 'Lead');
    hubspot.tie(deal, '504', 'Budget');
    salesforce.untie(opportunity, ann.salesforce);
    await look();
    expect(hubspot.shown(deal)).toEqual(['502 Budget Primary', '504 Budget']);
    expect(salesforce.shown(opportunity)).toEqual(['003000000000002AAA * Economic Buyer']);
    const ids = { ...carl.ids, salesforce: '003000000000004AAA' };
    store.state.links.set(carl.id, { ...carl, ids, types: { hubspot: 'contacts', salesforce: 'Contact' } });
    await look();
    expect(salesforce.shown(opportunity)).toContain('003000000000004AAA Economic Buyer');
  });

  it('of a contact that is not there any more are no word: the other side keeps them until the link has followed', async () => {
    const { hubspot, salesforce, store, deal, opportunity, look, backlog } = await settled();
    salesforce.fatesOf.set(ann.salesforce, { kind: 'deleted' });
    salesforce.untie(opportunity, ann.salesforce);
    salesforce.edit({ Name: 'Smaller one' }, opportunity);
    await look('salesforce');
    expect(hubspot.shown(deal)).toContain('501 Decision maker Newsletter');
    expect(hubspot.records.get(deal)?.fields.dealname).toBe('Smaller one');
    const marks = [...store.state.dirty.values()].map(({ ref }) => ref.id);
    expect(marks).toContain(ann.salesforce);
    const link = store.state.links.get('people-501');
    if (!link) throw new Error('no link');
    store.state.links.set(link.id, { ...link, ended: { cause: 'deleted', at: 1 } });
    await look();
    expect(await backlog()).toMatchObject({ dirty: 0, openIntents: 0 });
    expect(hubspot.shown(deal)).toContain('501 Decision maker Newsletter');
  });

  it('of a person that follows another record are not theirs', async () => {
    const { salesforce, store, hubspot, deal, opportunity, look } = await settled();
    const link = store.state.links.get('people-501');
    if (!link) throw new Error('no link');
    const follower = { type: 'Contact', id: '003000000000009AAA', number: 1 };
    store.state.links.set(link.id, { ...link, followers: [follower] });
    salesforce.tie(opportunity, follower.id, 'Decision Maker');
    await look('salesforce');
    expect(hubspot.shown(deal)).toEqual(['501 Decision maker Newsletter', '502 Budget Primary']);
    expect(salesforce.shown(opportunity)).toContain('003000000000009AAA Decision Maker');
  });
});

describe('contact roles that may not be seen', () => {
  it('leave the rest of the deal alone, say so in status, and are aligned once they can be', async () => {
    const { hubspot, salesforce, store, deal, opportunity, look } = await settled();
    const readTies = salesforce.readTies.bind(salesforce);
    salesforce.readTies = async () => {
      throw callFailure('salesforce', 'schema');
    };
    hubspot.edit({ dealname: 'Other one' }, deal);
    hubspot.untie(deal, ann.hubspot);
    await look();
    expect(salesforce.records.get(opportunity)?.fields.Name).toBe('Other one');
    expect(salesforce.shown(opportunity)).toContain('003000000000001AAA Decision Maker');
    expect([...store.state.problems.keys()]).toEqual(['ties:salesforce:deals']);
    salesforce.readTies = readTies;
    await look();
    expect([...store.state.problems.keys()]).toEqual([]);
    expect(salesforce.shown(opportunity)).toEqual(['003000000000002AAA * Economic Buyer']);
  });

  it('a call that fails for another reason is one of the whole batch', async () => {
    const { hubspot, context, deal } = await settled();
    hubspot.readTies = async () => {
      throw callFailure('hubspot', 'unavailable');
    };
    const read = context.systems.hubspot.readMany('deals', [deal], ['contactRoles'], {
      ...{ class: 'live', purpose: 'read' },
    });
    await expect(read).rejects.toThrow();
  });
});

describe('a rehearsal of contact roles', () => {
  it('shows what it was sent, and sends nothing', async () => {
    const { hubspot, context, parts, deal } = await settled();
    const made = hubspot.changes.length;
    const rehearsed = asSeen(new RehearsalSystem(hubspot, Date.now), parts);
    const row = { op: 'update', key: 'k', id: deal, fields: { contactRoles: '502' } } as const;
    const call = { class: 'live', purpose: 'read' } as const;
    expect(await rehearsed.writeMany('deals', [row], call)).toMatchObject([{ kind: 'landed', id: deal }]);
    const read = await rehearsed.readMany('deals', [deal], ['contactRoles'], call);
    expect(read.get(deal)?.fields.contactRoles).toBe('502');
    expect(hubspot.changes.length).toBe(made);
    const real = await context.systems.hubspot.readMany('deals', [deal], ['contactRoles'], call);
    expect(real.get(deal)?.fields.contactRoles).toBe('501=Decision maker;502=Budget*');
  });
});

describe('contact roles that nobody tells of', () => {
  it('are found in HubSpot by the sweep of associations, and those that are as settled are not', async () => {
    const { hubspot, store, context, deal, look } = await settled();
    // What was merged from both sides is settled by the look behind it.
    await look();
    const memory = new SignalMemory();
    expect(await sweepAssociations(context, memory)).toEqual({ marked: 0, isLast: true });
    hubspot.tie(deal, bob.hubspot, 'Decision maker');
    expect(await sweepAssociations(context, memory)).toEqual({ marked: 1, isLast: true });
    expect([...store.state.dirty.values()].map(({ ref }) => ref)).toEqual([
      { system: 'hubspot', type: 'deals', id: deal },
    ]);
    // A label that the mapping does not list, and somebody without a link, are no difference.
    hubspot.tie(deal, bob.hubspot, 'Budget', 'Primary', 'Newsletter');
    hubspot.tie(deal, '999');
    expect(await sweepAssociations(context, new SignalMemory())).toEqual({ marked: 0, isLast: true });
  });

  it('are found in Salesforce by what changed since the last look, from where the alignment began', async () => {
    const { salesforce, store, context, opportunity, look } = await settled();
    await look();
    const asked: number[] = [];
    let changed: readonly string[] = [];
    const systems = {
      ...context.systems,
      salesforce: {
        ...context.systems.salesforce,
        tiesChangedSince: async (_type: string, _to: string, since: number) => {
          asked.push(since);
          return { ids: changed, until: 5_000_000 };
        },
      },
    };
    const looking = { ...context, systems };
    const memory = new SignalMemory();
    expect(await lookAtTies(looking, memory)).toBe(0);
    expect(asked).toEqual([]);
    await beginTieLooks(looking);
    const began = (await store.cursor('deals', 'salesforce', '#ties'))?.stamp ?? 0;
    changed = [opportunity, '006000000000009AAA'];
    expect(await lookAtTies(looking, memory)).toBe(0);
    salesforce.untie(opportunity, bob.salesforce);
    expect(await lookAtTies(looking, memory)).toBe(1);
    expect(await lookAtTies(looking, memory)).toBe(0);
    const overlap = context.timing.overlapMs.salesforce;
    expect(asked.slice(0, 2)).toEqual([began - overlap, Math.max(began, 5_000_000) - overlap]);
    expect([...store.state.dirty.values()].map(({ ref }) => ref.id)).toEqual([opportunity]);
  });

  it('are asked for with each poll, often while people are at work, and rarely in an idle hour', () => {
    expect(tieLookEveryMs('poll', 0)).toBe(0);
    expect(tieLookEveryMs('stream', 60_000)).toBe(10_000);
    expect(tieLookEveryMs('stream', 3_600_000)).toBe(600_000);
  });
});
