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
