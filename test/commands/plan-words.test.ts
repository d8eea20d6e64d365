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
