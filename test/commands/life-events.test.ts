import { expect, it } from 'vitest';
import { lifeEvents } from '../../src/commands/explain/life-events.ts';
import type { LedgerLine, RecordLife } from '../../src/store/operator/life.ts';
import { peoplePair } from '../mirror.ts';

const nothing: RecordLife = {
  ...{ links: [], ledger: [], intents: [], parked: [], reviews: [], awaited: [], dirty: [] },
};
const created = (type: string, to: Readonly<Record<string, string>>): LedgerLine => ({
  ...{ id: '1', at: 0, pair: 'people', event: 'create', target: { system: 'salesforce', type, id: '1' } },
  ...{ field: null, from: null, to, cause: 'poll', rule: 'create', clock: null, lost: null, changedAt: null },
});

it.each([
  ['Lead', { City: 'Bonn', HubSpot_Id__c: '7' }],
  ['Contact', { MailingCity: 'Bonn', HubSpot_Id__c: '7' }],
])('the fields of a new %s have the names of the mapping, by which explain is asked', (type, values) => {
  const events = lifeEvents([peoplePair], { ...nothing, ledger: [created(type, values)] });
  expect(events.map(({ field, to }) => [field, to])).toEqual([
    [null, null],
    ['city', 'Bonn'],
    ['identity', '7'],
  ]);
});
