import { expect, it } from 'vitest';
import { Bell } from '../../../src/lifecycle/run/bell.ts';

const long = 600_000;
const never = new AbortController().signal;

it('a wait ends when it rings, and the next one begins anew', async () => {
  const bell = new Bell();
  const waiting = bell.wait(long, never);
  bell.ring();
  await waiting;
  let isOver = false;
  const next = bell.wait(long, never).then(() => {
    isOver = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(isOver).toBe(false);
  bell.ring();
  await next;
});

it('a ring that nobody heard is heard by the next wait', async () => {
  const bell = new Bell();
  bell.ring();
  await bell.wait(long, never);
});

it('a wait ends with its signal, and does not begin after it', async () => {
  const bell = new Bell();
  const stop = new AbortController();
  const waiting = bell.wait(long, stop.signal);
  stop.abort();
  await waiting;
  await bell.wait(long, stop.signal);
});
