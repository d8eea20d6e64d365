import { describe, expect, it } from 'vitest';
import { type Looked, newStored } from '../../../src/lifecycle/look/look.ts';
import { shownOn, shownOrders } from '../../../src/lifecycle/look/shown-orders.ts';
import type { Journey } from '../../../src/lifecycle/stage/journey.ts';
import type { RawFields } from '../../../src/model/value.ts';
import { makeDefinition } from '../shipped-files.ts';

const now = Date.parse('2026-11-30T12:00:00Z');
const due = now + 3_600_000;
const iso = (at: number): string => new Date(at).toISOString();
const shipped = makeDefinition();
const acting = { ...shipped, behaviours: { ...shipped.behaviours, stages: 'act' as const } };
const record = (system: 'hubspot' | 'salesforce', type: string, id: string) => ({
  ...{ ref: { system, type, id }, fields: {}, stamp: now, createdAt: 0, byUs: false },
});

const orders = (
  shown: RawFields,
  dueAt: number | null | undefined,
  {
    journey = {},
    definition = acting,
    feedback = [],
    lead = {},
    hubspot = {},
    isPassedOn = false,
  }: {
    journey?: Partial<Journey>;
    definition?: typeof shipped;
    feedback?: Looked['feedback'];
    lead?: RawFields;
    hubspot?: RawFields;
    isPassedOn?: boolean;
  } = {},
) => {
  const stored = newStored('j', '7', 0);
  const looked: Looked = {
    stored: {
      ...stored,
      journey: { ...stored.journey, stage: 'sales-ready', turn: 1, ...journey },
      shown: { hubspot, salesforce: shown },
    },
    transitions: [],
    unmoved: [],
    activities: [],
    effects: [],
    judgement: null,
    requests: [],
    feedback,
    amended: [],
    taken: [],
    details: [],
    wasHeld: false,
    againAt: null,
  };
  const sales = { ...record('salesforce', 'Lead', '00Q1'), fields: lead };
  const person = { contact: record('hubspot', 'contacts', '7'), sales };
  return shownOrders(looked, person, definition, dueAt, now, isPassedOn).map(({ key }) => key);
};
const shown: RawFields = { [shownOn]: '00Q1', Tandem_Due_At__c: iso(due), Tandem_Touched_At__c: null };

describe('the order to show', () => {
  it('is given where the rep sees another due time: after a pause, by other hours, while a pause is open', () => {
    expect(orders(shown, due)).toEqual([]);
    expect(orders(shown, due + 1)).toEqual(['j/show']);
    expect(orders(shown, null)).toEqual(['j/show']);
    expect(orders(shown, undefined)).toEqual([]);
  });

  it('is given where a colleague has the lead now', () => {
    expect(orders(shown, due, { isPassedOn: true })).toEqual(['j/show']);
  });

  it('is given where the rep sees no touch and there was one', () => {
    expect(orders(shown, due, { journey: { stage: 'accepted', touchedAt: now } })).toEqual(['j/show']);
    const seen = { ...shown, Tandem_Touched_At__c: iso(now) };
    expect(orders(seen, due, { journey: { stage: 'accepted', touchedAt: now } })).toEqual([]);
  });

  it('is given where marketing sees that somebody waits, and the time is over or the rep answered', () => {
    const waiting = { tandem_sla: 'waiting' };
    expect(orders(shown, due, { hubspot: waiting })).toEqual([]);
    const over = { ...shown, Tandem_Due_At__c: iso(now) };
    expect(orders(over, now, { hubspot: waiting })).toEqual(['j/show']);
    expect(orders(over, now, { hubspot: { tandem_sla: 'late' } })).toEqual([]);
    // Nobody was told that they wait, or they are no longer with sales.
    expect(orders(over, now)).toEqual([]);
    expect(orders(over, now, { hubspot: waiting, journey: { stage: 'nurture' } })).toEqual([]);
    const accepted = { stage: 'accepted' as const, handedAt: now - 2, verdictAt: now - 1 };
    expect(orders(shown, due, { hubspot: waiting, journey: accepted })).toEqual(['j/show']);
    expect(orders(shown, due, { hubspot: { tandem_sla: 'on_time' }, journey: accepted })).toEqual([]);
  });

  it("is given for a rep's word that marketing has a property for, and for a verdict that it does not show", () => {
    const said = (kind: string) => [{ record: '00Q1', kind, value: '4', at: now, owner: null }];
    expect(orders({}, undefined, { feedback: said('quality') })).toEqual(['j/show']);
    expect(orders({}, undefined, { feedback: said('loss-reason') })).toEqual([]);
    const lead = { Tandem_Disposition__c: 'Accepted' };
    expect(orders({}, undefined, { lead })).toEqual(['j/show']);
    expect(orders({}, undefined, { lead, hubspot: { tandem_disposition: 'Accepted' } })).toEqual([]);
  });

  it('is not given for another record, before the hand-off, away from sales, or where stages are only observed', () => {
    expect(orders({ ...shown, [shownOn]: '003A' }, null)).toEqual([]);
    expect(orders({ [shownOn]: '00Q1' }, null)).toEqual([]);
    expect(orders(shown, null, { journey: { stage: 'nurture' } })).toEqual([]);
    const observing = { ...shipped, behaviours: { ...shipped.behaviours, stages: 'observe' as const } };
    expect(orders(shown, null, { definition: observing })).toEqual([]);
  });
});
