import { expect, it } from 'vitest';
import { planWords } from '../../src/commands/plan/words.ts';

it('cuts a long value in the plain form of a plan and says how long it is', () => {
  const to = '👍'.repeat(16_000);
  const words = planWords({
    byObject: {},
    calls: { hubspot: 0, salesforce: 0 },
    unsettled: 0,
    samples: [
      {
        object: 'people',
        system: 'salesforce',
        record: 'salesforce:Lead/1',
        email: null,
        field: 'message',
        from: 'short',
        to,
        rule: 'changed-there',
      },
    ],
  } as unknown as Parameters<typeof planWords>[0]);
  expect(words).toContain(`message: "short" → "${'👍'.repeat(80)}"… (16000 characters)  (changed-there)`);
});

it('counts creations by object where there are several', () => {
  const figures = {
    links: 0,
    reviews: 0,
    conflicts: 0,
    unsettled: 0,
    updates: { hubspot: 0, salesforce: 0 },
  };
  const people = {
    ...figures,
    creates: { hubspot: 3, salesforce: 12 },
    createsByType: { hubspot: { contacts: 3 }, salesforce: { Lead: 10, Contact: 2 } },
  };
  const words = planWords({
    byObject: { people },
    calls: { hubspot: 0, salesforce: 0 },
    unsettled: 0,
    samples: [],
  } as unknown as Parameters<typeof planWords>[0]);
  expect(words).toContain('people: 3 created in HubSpot, 12 created in Salesforce (10 Lead, 2 Contact), ');
});

it('says of companies that HubSpot makes by itself, and whose calls it counts', () => {
  const words = (newDomains: number) =>
    planWords({
      byObject: {},
      calls: { hubspot: 1, salesforce: 2 },
      unsettled: 0,
      newDomains,
      samples: [],
    } as unknown as Parameters<typeof planWords>[0]);
  expect(words(387)).toMatch(/up to 387 more, each an account in Salesforce as well, not counted above/);
  expect(words(0)).not.toContain('by itself');
  expect(words(0)).toContain(
    'Calls for it, without what a worker asks all the time: HubSpot 1, Salesforce 2.',
  );
});
