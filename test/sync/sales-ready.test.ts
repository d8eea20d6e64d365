import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { journeySignals } from '../../src/model/journeys.ts';
import type { PairMapping } from '../../src/model/mapping.ts';
import { makePollMemory } from '../../src/sync/poll-memory.ts';
import { peoplePair } from '../mirror.ts';
import { withStore } from '../store/postgres.ts';
import { FakeEngine } from './fake-engine.ts';
import { FakeClock, FakeSystem } from './fake-system.ts';

const pair: PairMapping = {
  ...peoplePair,
  create: { hubspot: 'matchable', salesforce: 'sales-ready' },
  watched: { hubspot: ['recent_conversion_date'], salesforce: ['Status'] },
};

describe('create.salesforce: sales-ready', () => {
  const fixture = withStore();
  let hubspot: FakeSystem;
  let salesforce: FakeSystem;
  let engine: FakeEngine;

  beforeEach(async () => {
    await fixture.reset();
    const clock = new FakeClock();
    hubspot = new FakeSystem('hubspot', clock);
    salesforce = new FakeSystem('salesforce', clock);
    engine = new FakeEngine(fixture, pair, { hubspot, salesforce });
  });

  /** What the lifecycle does to hand somebody over. */
  const handOver = async (contactId: string): Promise<void> => {
    const { lifecycle } = fixture.store;
    const id = randomUUID();
    const row = { id, contactId, version: 0, stage: 'sales-ready', turn: 1, owner: null };
    const order = { key: `${id}/1/hand-off`, kind: 'hand-off', turn: 1, at: 1, evidence: 'asked' };
    const save = {
      ...{
        nextAt: null,
        transitions: [],
        activities: [],
        clocks: [],
        heard: [],
        answers: [],
        effects: [order],
      },
      row: { ...row, state: '{}', shown: '{}', told: [] },
    };
    expect(await lifecycle.save([save], [], [])).toEqual(new Set());
    await lifecycle.askRecords(pair.name, 'contacts', [contactId]);
    await engine.drain();
  };
  const ann = { email: 'ann@example.com', firstname: 'Ann', lastname: 'Ng' };

  it('makes no lead of a cold contact, whatever happens to it, and one once it is handed over', async () => {
    const id = hubspot.edit(ann);
    await engine.align();
    hubspot.edit({ jobtitle: 'Pilot' }, id);
    await engine.poll('hubspot');
    expect(salesforce.records.size).toBe(0);
    await handOver(id);
    expect([...salesforce.records.values()].map(({ fields }) => fields.Title)).toEqual(['Pilot']);
    await handOver(hubspot.edit({ ...ann, email: 'bo@example.com' }));
    expect(salesforce.counts.creates).toBe(2);
  });

  it('links a cold contact with the lead that is there, and makes contacts of leads', async () => {
    const id = hubspot.edit(ann);
    const lead = salesforce.edit({ Email: 'ann@example.com', LastName: 'Ng', Company: 'Example' });
    salesforce.edit({ Email: 'cy@example.com', LastName: 'Cy', Company: 'Example' });
    await engine.align();
    expect(hubspot.records.get(id)?.fields.tandem_salesforce_id).toBe(lead);
    expect([salesforce.counts.creates, hubspot.counts.creates]).toEqual([0, 1]);
  });

  it('tells the lifecycle of everybody once, and again when something changed', async () => {
    const id = hubspot.edit(ann);
    await engine.align();
    const told = async () => (await fixture.store.lifecycle.signals(10)).map(({ ref }) => ref.id);
    expect(await told()).toEqual([id]);
    await fixture.query(`delete from tandem.dirty where pair = $1`, [journeySignals]);
    hubspot.edit({ jobtitle: 'Pilot' }, id);
    await engine.poll('hubspot');
    expect(await told()).toEqual([id]);
  });

  it('tells of a verdict that shares its second with our own write, which a poll saw between them', async () => {
    hubspot.edit(ann);
    const lead = salesforce.edit({ Email: 'ann@example.com', LastName: 'Ng', Company: 'Example' });
    await engine.align();
    const memory = makePollMemory();
    const toldAtPoll = async (): Promise<readonly string[]> => {
      await fixture.query(`delete from tandem.dirty where pair = $1`, [journeySignals]);
      await engine.poll('salesforce', memory);
      return (await fixture.store.lifecycle.signals(10)).map(({ ref }) => ref.id);
    };
    const record = salesforce.records.get(lead);
    if (record === undefined) throw new Error('the lead is gone');
    salesforce.openFrom = record.stamp;
    expect(await toldAtPoll()).toEqual([lead]);
    record.fields.Tandem_Disposition__c = 'Rejected';
    expect(await toldAtPoll()).toEqual([lead]);
    salesforce.openFrom = record.stamp + 1_000;
    expect(await toldAtPoll()).toEqual([lead]);
    expect(await toldAtPoll()).toEqual([]);
  });
});
