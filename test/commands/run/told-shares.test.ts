import pino from 'pino';
import { expect, it } from 'vitest';
import { shareProblemKeyOf, withToldShares } from '../../../src/commands/run/told-shares.ts';
import { makeMemoryPermitStore } from '../../../src/connectors/budget/memory-permit-store.ts';
import type { WorkClass } from '../../../src/model/budget.ts';
import type { Problem } from '../../../src/model/state.ts';
import { asked } from '../../connectors/budget/permit-store-contract.ts';

/** The permits of a day of 100 calls of which Tandem may make 80, and the problems that they raise. */
const makeTold = () => {
  const problems = new Map<string, Omit<Problem, 'since'>>();
  const raised: string[] = [];
  const store = {
    raiseProblem: async (problem: Omit<Problem, 'since'>) => {
      raised.push(problem.key);
      problems.set(problem.key, problem);
    },
    clearProblem: async (key: string) => {
      problems.delete(key);
    },
  };
  const permits = makeMemoryPermitStore(Date.now);
  const told = withToldShares(permits, store, pino({ level: 'silent' }));
  const take = (workClass: WorkClass) =>
    told.take(asked({ workClass, limit: { calls: 100, windowMs: 10_000 }, dailyShare: 0.8 }));
  return { permits, problems, raised, take };
};

it('names the class that waits for the daily limit, once, and ends when that goes on', async () => {
  const { permits, problems, raised, take } = makeTold();
  await permits.observeDaily('hubspot', { limit: 100, used: 0 });
  await permits.book('hubspot', 'list', 56);
  await take('backfill');
  await take('backfill');
  await take('live');
  const key = shareProblemKeyOf('hubspot', 'backfill');
  expect(raised).toEqual([key]);
  expect(problems.get(key)).toMatchObject({
    what: 'HubSpot: the first alignment waits for the daily limit',
    cause: expect.stringContaining('56 % of the daily limit'),
    fault: 'hubspot',
  });
  await permits.observeDaily('hubspot', { limit: 1_000, used: 56 });
  expect(await take('backfill')).toHaveProperty('granted');
  expect([...problems.keys()]).toEqual([]);
});
