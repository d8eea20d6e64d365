import { expect, it } from 'vitest';
import { startTick } from '../../src/queue/tick.ts';

it('never overlaps itself, reports errors and goes on', async () => {
  let running = 0;
  let atOnceMax = 0;
  let calls = 0;
  const errors: unknown[] = [];
  const tick = startTick(
    1,
    async () => {
      calls += 1;
      running += 1;
      atOnceMax = Math.max(atOnceMax, running);
      // Longer than the tick's own interval: several turns of the event loop.
      for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      if (calls % 2 === 1) throw new Error(`call ${calls}`);
    },
    (error) => errors.push(error),
  );
  await expect.poll(() => calls).toBeGreaterThan(5);
  await tick.stop();
  expect(atOnceMax).toBe(1);
  expect(running).toBe(0);
  expect(errors.length).toBe(Math.ceil(calls / 2));
});

it('calls at once, and stops in the middle of a long wait', async () => {
  let calls = 0;
  const tick = startTick(
    3_600_000,
    async () => {
      calls += 1;
    },
    () => undefined,
  );
  await expect.poll(() => calls).toBe(1);
  await tick.stop();
  expect(calls).toBe(1);
});

it('waits for a run under way when it stops, and tells it', async () => {
  let isAborted = false;
  const tick = startTick(
    1,
    (signal) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          isAborted = true;
          resolve();
        });
      }),
    () => undefined,
  );
  await tick.stop();
  expect(isAborted).toBe(true);
});
