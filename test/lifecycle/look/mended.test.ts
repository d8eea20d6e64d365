import { describe, expect, it } from 'vitest';
import { type LookModels, lookAt, newStored } from '../../../src/lifecycle/look/look.ts';
import type { SeenPerson, SeenRecord } from '../../../src/lifecycle/look/person.ts';
import type { StoredJourney } from '../../../src/lifecycle/look/stored.ts';
import type { RawFields } from '../../../src/model/value.ts';
import { loadWith, makeDefinition } from '../shipped-files.ts';

const now = Date.parse('2026-11-30T09:00:00.000Z');
const minute = 60_000;
const { scoring } = loadWith({});
if (scoring === null) throw new Error('the shipped scoring.yaml is wrong');
const models: LookModels = { lifecycle: makeDefinition(), scoring, sinceAt: now - 60 * minute };

const vera: RawFields = {
  email: 'vera@nordlys.exmaple',
  phone: '+4712345678',
  lastname: 'Dahl',
  company: 'Nordlys',
  hs_merged_object_ids: null,
};
const lead: RawFields = {
  Email: 'vera@nordlys.exmaple',
  Phone: '+47 12 34 56 78',
  LastName: 'Dahl',
  Company: 'Nordlys',
  Status: 'Working - Contacted',
  OwnerId: '005b',
  Tandem_Disposition__c: null,
  Tandem_Reason__c: null,
};
const record = (
  system: 'hubspot' | 'salesforce',
  type: string,
  id: string,
  fields: RawFields,
  at: number,
): SeenRecord => ({
  ref: { system, type, id },
  fields,
  stamp: at,
  createdAt: now - 30 * minute,
  byUs: false,
});
/** Contact 7 and lead 00Q1, as they are `after` so many minutes. */
const seen = (
  after: number,
  contact: RawFields = {},
  sales: RawFields = {},
  leadId = '00Q1',
): SeenPerson => ({
  contact: record('hubspot', 'contacts', '7', { ...vera, ...contact }, now + after * minute),
  sales: record('salesforce', 'Lead', leadId, { ...lead, ...sales }, now + after * minute),
});
const look = (stored: StoredJourney, person: SeenPerson, after: number) =>
  lookAt(stored, person, [], models, now + after * minute);
const ways = ({ transitions }: ReturnType<typeof look>): readonly string[] =>
  transitions.map(({ from, to, cause }) => `${from} → ${to} (${cause})`);
const rejection = (reason: string): RawFields => ({
  Tandem_Disposition__c: 'Rejected',
  Tandem_Reason__c: reason,
});
/** Somebody whom a rep gave back with this reason, and what the same save changed beside it. */
const returned = (reason: string, beside: RawFields = {}): StoredJourney => {
  const working = look(newStored('j', '7', now), seen(0), 0);
  const back = look(working.stored, seen(1, {}, { ...rejection(reason), ...beside }), 1);
  expect([back.stored.journey.stage, back.stored.journey.place]).toEqual(['returned', 'repair']);
  return back.stored;
};
const no = rejection('Bad data');

describe('somebody whose data was bad', () => {
  it('goes back to sales with the right address, entered in either system, once', () => {
    const right = 'vera@nordlys.example';
    const inHubspot = look(returned('Bad data'), seen(2, { email: right }, no), 2);
    expect(ways(inHubspot)).toEqual(['returned → sales-ready (repaired)']);
    expect(inHubspot.effects.map(({ kind }) => kind)).toEqual(['hand-off', 'programs']);
    expect(inHubspot.effects[0]?.evidence).toMatch(/^repaired\//);
    const aligned = look(inHubspot.stored, seen(3, { email: right }, { ...no, Email: right }), 3);
    expect(ways(aligned)).toEqual([]);
    const inSalesforce = look(returned('Bad data'), seen(2, {}, { ...no, Email: right }), 2);
    expect(ways(inSalesforce)).toEqual(['returned → sales-ready (repaired)']);
  });

  it('is not mended by what the rep changed with the no, nor by Tandem bringing that to the other side', () => {
    const right = 'vera@nordlys.example';
    const stored = returned('Bad data', { Email: right });
    const aligned = look(stored, seen(2, { email: right }, { ...no, Email: right }), 2);
    expect(ways(aligned)).toEqual([]);
    const later = { email: 'v.dahl@nordlys.example' };
    expect(ways(look(aligned.stored, seen(3, later, { ...no, Email: right }), 3))).toEqual([
      'returned → sales-ready (repaired)',
    ]);
  });

  it.each<[string, RawFields, RawFields]>([
    ['the same value in other writing', { email: 'Vera@Nordlys.exmaple ' }, { Phone: '+4712345678' }],
    ['a value that was taken away', { email: null, phone: '' }, {}],
    ['what says nothing of the person', { hs_lead_status: 'OPEN' }, { Status: 'Open - Not Contacted' }],
  ])('is not mended by %s', (_, contact, sales) => {
    expect(ways(look(returned('Bad data'), seen(2, contact, { ...no, ...sales }), 2))).toEqual([]);
  });

  it('is mended by the new value after the wrong one was taken away', () => {
    const empty = look(returned('Bad data'), seen(2, { email: null }, no), 2);
    const filled = look(empty.stored, seen(3, { email: 'vera@nordlys.example' }, no), 3);
    expect(ways(filled)).toEqual(['returned → sales-ready (repaired)']);
  });
});

describe('a duplicate', () => {
  const twice = rejection('Duplicate');

  it('is mended by a merge in HubSpot, also into a new contact, and goes to nurture', () => {
    const merged = look(returned('Duplicate'), seen(2, { hs_merged_object_ids: '8' }, twice), 2);
    expect(ways(merged)).toEqual(['returned → nurture (repaired)']);
    const person = seen(2, { hs_merged_object_ids: '7;8' }, twice);
    const contact = { ...person.contact, ref: { ...person.contact.ref, id: '9' } };
    expect(ways(look(returned('Duplicate'), { ...person, contact }, 2))).toEqual([
      'returned → nurture (repaired)',
    ]);
  });

  it('is mended by a link with the other lead, and not by another phone number', () => {
    expect(ways(look(returned('Duplicate'), seen(2, {}, twice, '00Q2'), 2))).toEqual([
      'returned → nurture (repaired)',
    ]);
    expect(ways(look(returned('Duplicate'), seen(2, { phone: '+4799999999' }, twice), 2))).toEqual([]);
  });
});

it('with another reason nobody is mended', () => {
  const working = look(newStored('j', '7', now), seen(0), 0);
  const back = look(working.stored, seen(1, {}, rejection('No budget')), 1);
  const changed = seen(2, { email: 'vera@nordlys.example' }, rejection('No budget'));
  expect(ways(look(back.stored, changed, 2))).toEqual([]);
});
