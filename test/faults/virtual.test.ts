import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { play } from './virtual/run.ts';
import { liveScenario, scenario } from './virtual/scenario.ts';

vi.mock('node:timers/promises', async (original) => ({
  ...(await original<typeof import('node:timers/promises')>()),
  ...(await import('./virtual/time.ts')).timersPromises,
}));

/**
 * One seed, one outcome: `TANDEM_SEED=N` replays a run of that number of scenarios, and fast-check names the smallest scenario that still
 * fails. `npm run faults:long` plays 10,000.
 */
const seed = Number(process.env.TANDEM_SEED ?? 20_261_125);
const scenarios = Number(process.env.TANDEM_SCENARIOS ?? 200);

it(`after each of ${scenarios} storms both sides agree, nobody is there twice, and every edit is the value or in the ledger`, async () => {
  let [kills, merges, undeleted] = [0, 0, 0];
  await fc.assert(
    fc.asyncProperty(scenario, async (each) => {
      const outcome = await play(each);
      kills += outcome.kills;
      merges += outcome.merges;
      undeleted += outcome.undeleted;
      expect(outcome.complaints).toEqual([]);
    }),
    { seed, numRuns: scenarios, endOnFailure: false },
  );
  expect(kills).toBeGreaterThan(scenarios / 2);
  // What never happens in the storms is not proven by them.
  expect(merges).toBeGreaterThanOrEqual(Math.floor(scenarios / 20));
  expect(undeleted).toBeGreaterThanOrEqual(Math.floor(scenarios / 100));
}, 3_600_000);

it(`and so do ${Math.ceil(scenarios / 5)} in which HubSpot tells of changes: twice, late, in any order, or not at all`, async () => {
  await fc.assert(
    fc.asyncProperty(liveScenario, async (each) => {
      expect((await play(each)).complaints).toEqual([]);
    }),
    { seed, numRuns: Math.ceil(scenarios / 5), endOnFailure: false },
  );
}, 3_600_000);

it('takes the same course for the same scenario', async () => {
  for (const each of fc.sample(scenario, { seed, numRuns: 5 }))
    expect(await play(each)).toEqual(await play(each));
}, 60_000);
