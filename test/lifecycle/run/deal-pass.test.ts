import { describe, expect, it } from 'vitest';
import type { OutcomeRule } from '../../../src/lifecycle/deals/outcome-rule.ts';
import { newStored } from '../../../src/lifecycle/look/look.ts';
import type { LifecycleContext } from '../../../src/lifecycle/run/context.ts';
import { readDeals } from '../../../src/lifecycle/run/deal-pass.ts';
import { toJourneyRow } from '../../../src/lifecycle/run/rows.ts';
import type { Fact } from '../../../src/lifecycle/stage/facts.ts';
import { newJourney } from '../../../src/lifecycle/stage/journey.ts';
import type { DealRow } from '../../../src/model/journeys.ts';
import type { RawFields } from '../../../src/model/value.ts';

const at = Date.parse('2026-11-30T09:00:00.000Z');
const day = 86_400_000;

interface Opportunity {
  readonly fields: RawFields;
  readonly stamp: number;
  readonly deleted?: boolean;
  /** Vera's; absent: her role says nothing. */
  readonly role?: string;
}

const partOf = (role: string | undefined) => ({
  labels: role === undefined || role === 'primary' ? [] : [role],
  primary: role === 'primary',
});

/** Salesforce with these opportunities, in all of which Vera has a role, and nothing that changed; Vera is with sales since `at`. */
const makeContext = (
  opportunities: Readonly<Record<string, Opportunity>>,
  outcome: OutcomeRule = { roles: 'any', currency: null },
) => {
  const told: Fact[] = [];
  const kept: DealRow[] = [];
  const shown: RawFields[] = [];
  const read: number[] = [];
  const calls: string[] = [];
  let unread = [{ contactId: '1', salesforceId: '003a' }];
  const stored = newStored('j', '1', at);
  const journey = { ...newJourney('j', at), stage: 'working', turn: 1, turnAt: at } as const;
  const row = { ...toJourneyRow({ ...stored, journey }), version: 1 };
  const context = {
    pair: { name: 'people', types: { hubspot: 'contacts', salesforce: 'Lead' } },
    models: { lifecycle: { behaviours: { stages: 'act' }, outcome } },
    fields: new Map([['Opportunity', ['StageName']]]),
    writable: new Map(),
    staff: async () => ({ owners: new Map() }),
    makeId: () => 'id',
    signal: new AbortController().signal,
    engine: { cursor: async () => ({ stamp: at, id: '' }), commitSignals: async () => undefined },
    store: {
      anybodyIn: async () => true,
      now: async () => Date.now(),
      dealsUnread: async () => unread,
      dealsRead: async (turns: readonly { readonly turn: number }[]) => {
        read.push(...turns.map(({ turn }) => turn));
        unread = [];
      },
      journeys: async () => new Map([['1', row]]),
      saveDeals: async (deals: readonly DealRow[]) => void kept.push(...deals),
      noteFeedback: async () => undefined,
      feedback: async () => new Map(),
      tell: async (facts: readonly { readonly fact: string }[]) =>
        void told.push(...facts.map(({ fact }) => JSON.parse(fact) as Fact)),
    },
    systems: {
      hubspot: {
        readMany: async () =>
          new Map([
            ['1', { ref: { system: 'hubspot', type: 'contacts', id: '1' }, fields: {}, deleted: false }],
          ]),
        writeMany: async (_type: string, rows: readonly { readonly fields: RawFields }[]) => {
          shown.push(...rows.map(({ fields }) => fields));
          return rows.map(() => ({ kind: 'landed', id: '1', created: false, stamp: null }));
        },
      },
      salesforce: {
        changesSince: async function* () {},
        tiesChangedSince: async () => ({ ids: [], until: at }),
        readTies: async (_type: string, ids: readonly string[]) => {
          calls.push('ties');
          return new Map(
            ids.map((id) => [
              id,
              Object.entries(opportunities).map(([deal, { role }]) => ({
                to: { id: deal },
                ...partOf(role),
              })),
            ]),
          );
        },
        readMany: async (_type: string, ids: readonly string[]) => {
          calls.push('read');
          return new Map(
            ids.flatMap((id) => {
              const found = opportunities[id];
              const record = { ref: { id }, createdAt: at - 90 * day, deleted: false, ...found };
              return found === undefined ? [] : [[id, record] as const];
            }),
          );
        },
      },
    },
  } as unknown as LifecycleContext;
  return { context, told, kept, shown, read, calls };
};

const open = { StageName: 'Proposal', IsClosed: false, IsWon: false, Amount: 10, CloseDate: '2026-12-24' };
const won = { StageName: 'Closed Won', IsClosed: true, IsWon: true, Amount: 900, CloseDate: '2024-05-02' };
const lost = { StageName: 'Closed Lost', IsClosed: true, IsWon: false, Tandem_Loss_Reason__c: 'Price' };

describe('deals that were there before somebody came to sales', () => {
  it('an open one moves them though nothing of it changed, is kept and shown; it is read once for the turn', async () => {
    const { context, told, kept, shown, read, calls } = makeContext({
      '006a': { fields: open, stamp: at - 30 * day },
    });
    await readDeals(context);
    await readDeals(context);
    expect(told.map(({ kind, opportunity }) => [kind, opportunity])).toEqual([['opened', '006a']]);
    expect(kept).toMatchObject([{ id: '006a', state: 'open', amount: 10, closesOn: '2026-12-24' }]);
    expect(shown).toEqual([{ tandem_sales_stage: 'Proposal', tandem_amount: 10 }]);
    expect([read, calls]).toEqual([[1], ['ties', 'read']]);
  });

  it('what was won before this turn says that they buy; what was lost before is history, and only shown', async () => {
    const { context, told, kept, shown } = makeContext({
      '006a': { fields: won, stamp: at - 400 * day },
      '006b': { fields: lost, stamp: at - 200 * day },
    });
    await readDeals(context);
    expect(told).toMatchObject([{ kind: 'bought', opportunity: '006a', standing: true }]);
    expect(kept.map(({ id, state }) => [id, state])).toEqual([
      ['006a', 'won'],
      ['006b', 'lost'],
    ]);
    expect(shown).toMatchObject([{ tandem_revenue: 900, tandem_loss_reason: 'Price' }]);
  });

  it('of a part that lifecycle.yaml does not name they move somebody all the same, are kept, and show nothing', async () => {
    const { context, told, kept, shown } = makeContext(
      {
        '006a': { fields: open, stamp: at - day, role: 'Evaluator' },
        '006b': { fields: { ...won, Amount: 5 }, stamp: at - 9 * day, role: 'Decision Maker' },
        '006c': { fields: won, stamp: at - 8 * day, role: 'Influencer' },
      },
      { roles: ['decision maker'], currency: null },
    );
    await readDeals(context);
    expect(told.map(({ kind }) => kind)).toEqual(['opened', 'bought', 'bought']);
    expect(kept.map(({ id }) => id)).toEqual(['006a', '006b', '006c']);
    expect(shown).toEqual([{ tandem_sales_stage: 'Closed Won', tandem_revenue: 5 }]);
  });

  it('of another currency than that of HubSpot show no sum', async () => {
    const { context, kept, shown } = makeContext(
      {
        '006a': { fields: { ...open, CurrencyIsoCode: 'EUR' }, stamp: at - day },
        '006b': { fields: { ...won, CurrencyIsoCode: 'USD' }, stamp: at - 9 * day },
      },
      { roles: 'any', currency: 'EUR' },
    );
    await readDeals(context);
    expect(kept.map(({ currency }) => currency)).toEqual(['EUR', 'USD']);
    expect(shown).toEqual([{ tandem_sales_stage: 'Proposal', tandem_amount: 10 }]);
  });

  it('a deal of somebody whom sales gave back is read though nobody else is with sales: its reason may come late', async () => {
    const { context, shown } = makeContext({ '006a': { fields: lost, stamp: at - day } });
    const anybodyIn = async (stages: readonly string[]) => stages.includes('nurture');
    await readDeals({ ...context, store: { ...context.store, anybodyIn } });
    expect(shown).toMatchObject([{ tandem_loss_reason: 'Price' }]);
  });

  it('one that was won since the turn began makes a customer; a deleted one is not kept', async () => {
    const { context, told, kept } = makeContext({
      '006a': { fields: won, stamp: at + 1_000 },
      '006b': { fields: open, stamp: at - day, deleted: true },
    });
    await readDeals(context);
    expect(told.map(({ kind }) => kind)).toEqual(['won']);
    expect(kept.map(({ id }) => id)).toEqual(['006a']);
  });
});
