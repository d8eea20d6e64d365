import { afterAll, beforeAll, expect, it } from 'vitest';
import { Stage } from '../e2e/harness/stage.ts';
import { until } from '../e2e/harness/until.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(async () => stage?.close());

it('a daily limit that is used up at start is a problem in status and a line in the log, not a silence', async () => {
  await stage.sandbox.control('salesforce', 'faults', [
    {
      match: { caller: 'integration', path: '/sobjects' },
      effect: { status: 403, code: 'REQUEST_LIMIT_EXCEEDED' },
    },
  ]);
  const worker = stage.run();
  expect(await worker.event('calls-paused', 90_000)).toMatchObject({
    level: 'warn',
    system: 'salesforce',
    code: 'REQUEST_LIMIT_EXCEEDED',
    seconds: 900,
  });
  const problem = await until(
    'the problem in status',
    async () => (await stage.status()).problems.find(({ fault }) => fault === 'salesforce') ?? null,
  );
  expect(problem).toMatchObject({
    what: 'Salesforce takes no calls',
    cause: expect.stringContaining('REQUEST_LIMIT_EXCEEDED'),
    next: expect.stringContaining('daily limit'),
  });
  await worker.stop();
}, 180_000);
