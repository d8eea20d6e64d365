import { describe, expect, it } from 'vitest';
import type { Failure } from '../../src/model/failure.ts';
import { makeDealStage } from './deal-stage.ts';

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
