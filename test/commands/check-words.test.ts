import { expect, it } from 'vitest';
import { policyLines } from '../../src/commands/check.ts';
import { lifeEventDefaults } from '../../src/model/life-events.ts';

it('what is done about life events is said once of all mappings in which it is the same', () => {
  const lines = policyLines([
    { name: 'companies' },
    { name: 'people', lifeEvents: { ...lifeEventDefaults, undelete: 'ask' } },
    { name: 'deals' },
  ]);
  expect(lines).toEqual([
    expect.stringMatching(/^companies, deals: what is done .*: merge: follow, .*undelete: revive, /),
    expect.stringMatching(/^people: what is done .*: merge: follow, .*undelete: ask, /),
  ]);
});
