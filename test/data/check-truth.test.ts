import { beforeEach, describe, expect, test } from 'vitest';
import { checkTruth } from './check-truth.ts';
import type { Truth } from './truth.ts';

interface Contact {
  id: string;
  archived: boolean;
  properties: { email?: string; tandem_salesforce_id?: string };
}
interface Lead {
  Id: string;
  IsDeleted: boolean;
  Email?: string | null;
  HubSpot_Id__c?: string | null;
}

const person = (name: string, expectation: 'both' | 'hubspot-only' | 'salesforce-only', email: string) => ({
  person: name,
  hubspot: null,
  salesforce: null,
  expect: expectation,
  why: 'test',
  email,
});

let truth: Truth;
let contacts: Contact[];
let leads: Lead[];
const check = (): string[] => checkTruth(truth, contacts, leads);

const contact = (id: string, email: string, pointsTo?: string): Contact => ({
  id,
  archived: false,
  properties: { email, ...(pointsTo === undefined ? {} : { tandem_salesforce_id: pointsTo }) },
});
const lead = (id: string, email: string, pointsTo: string | null = null): Lead => ({
  Id: id,
  IsDeleted: false,
  Email: email,
  HubSpot_Id__c: pointsTo,
});

/** Ann and her twin on both sides, Bob with no usable address in HubSpot, and a lead without any in Salesforce. */
beforeEach(() => {
  truth = {
    people: [
      { ...person('ann', 'both', 'ann@acme.example.com'), hubspot: '1' },
      { ...person('twin', 'both', 'ann+1@acme.example.com'), salesforce: '00Q000000000002AAA' },
      { ...person('bob', 'hubspot-only', 'bob@'), hubspot: '3' },
      { ...person('nobody', 'salesforce-only', ''), salesforce: '00Q000000000004AAA' },
    ],
    apart: [['ann', 'twin']],
  };
  contacts = [
    contact('1', 'ann@acme.example.com', '00Q000000000001AAA'),
    contact('2', 'ann+1@acme.example.com', '00Q000000000002AAA'),
    contact('3', 'bob@'),
  ];
  leads = [
    lead('00Q000000000001AAA', ' ANN@acme.example.com ', '1'),
    lead('00Q000000000002AAA', 'ann+1@acme.example.com', '2'),
    lead('00Q000000000004AAA', ''),
  ];
});

describe('checkTruth', () => {
  test('finds nothing where everybody is as the truth says', () => {
    expect(check()).toEqual([]);
  });

  test('an archived or deleted record counts for nobody', () => {
    contacts.push({ ...contact('9', 'ann@acme.example.com'), archived: true });
    leads.push({ ...lead('00Q000000000009AAA', 'ann@acme.example.com'), IsDeleted: true });
    expect(check()).toEqual([]);
  });

  test('a pointer of 15 characters names the same record as one of 18', () => {
    contacts[0] = contact('1', 'ann@acme.example.com', '00Q000000000001');
    expect(check()).toEqual([]);
  });

  test('a duplicate on either side', () => {
    contacts.push(contact('9', 'Ann@acme.example.com'));
    leads.push(lead('00Q000000000009AAA', 'ann+1@acme.example.com'));
    expect(check()).toEqual([
      'ann (test): is 2 times in HubSpot: 1, 9',
      'twin (test): is 2 times in Salesforce: 00Q000000000002AAA, 00Q000000000009AAA',
    ]);
  });

  test('a person who was never created on the other side', () => {
    leads.shift();
    expect(check()).toEqual(['ann (test): is missing in Salesforce']);
  });

  test('an entered record that is gone', () => {
    contacts.splice(2, 1);
    expect(check()).toEqual([
      'bob (test): the record entered in HubSpot, 3, is gone',
      'bob (test): is missing in HubSpot',
    ]);
  });

  test('an entered record whose address became somebody else’s', () => {
    contacts[0] = contact('1', 'ann+1@acme.example.com', '00Q000000000001AAA');
    expect(check()).toContain('HubSpot 1 stands for two people: ann and twin');
  });

  test('an identity field that is blank, on either side', () => {
    contacts[0] = contact('1', 'ann@acme.example.com');
    leads[1] = lead('00Q000000000002AAA', 'ann+1@acme.example.com');
    expect(check()).toEqual([
      'ann (test): HubSpot 1 points to nobody in Salesforce, and should to 00Q000000000001AAA',
      'twin (test): Salesforce 00Q000000000002AAA points to nobody in HubSpot, and should to 2',
    ]);
  });

  test('two people who must stay apart and were linked crosswise', () => {
    contacts[0] = contact('1', 'ann@acme.example.com', '00Q000000000002AAA');
    expect(check()).toEqual([
      'ann (test): HubSpot 1 points to 00Q000000000002AAA in Salesforce, and should to 00Q000000000001AAA',
      'ann and twin must stay apart, and HubSpot 1 points to Salesforce 00Q000000000002AAA',
    ]);
  });

  test('two people who must stay apart and became one record', () => {
    truth.people[1] = { ...person('twin', 'both', ''), hubspot: '1', salesforce: '00Q000000000001AAA' };
    contacts.splice(1, 1);
    leads.splice(1, 1);
    expect(check()).toContain('ann and twin must stay apart, and are one record in HubSpot: 1');
  });

  test('somebody who stays alone and was created on the other side', () => {
    leads.push(lead('00Q000000000009AAA', 'bob@', '3'));
    contacts[2] = contact('3', 'bob@', '00Q000000000009AAA');
    expect(check()).toEqual([
      'bob (test): HubSpot 3 points to 00Q000000000009AAA in Salesforce, and should to nobody',
      'Salesforce 00Q000000000009AAA belongs to no person',
    ]);
  });

  test('somebody whose address the other side refuses and who is there all the same', () => {
    truth.people[0] = { ...person('ann', 'hubspot-only', 'ann@acme.example.com'), hubspot: '1' };
    expect(check()).toContain('ann (test): must not be in Salesforce, and is there as 00Q000000000001AAA');
  });

  test('a record that belongs to no person', () => {
    contacts.push(contact('9', 'stranger@acme.example.com'));
    expect(check()).toEqual(['HubSpot 9 belongs to no person']);
  });
});
