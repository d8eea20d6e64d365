import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type StopSignal, stopSignal } from '../../src/commands/stop-signal.ts';
import { makeLog } from '../../src/log.ts';

let stop: StopSignal;
const exit = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never);
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
  stop = stopSignal(makeLog(undefined, 'silent'));
});
afterEach(() => {
  stop.dispose();
  vi.useRealTimers();
  exit.mockClear();
});

/** What Node does when the signal comes, for the listener under test alone. */
const signal = (name: 'SIGINT' | 'SIGTERM'): void => {
  process.listeners(name).at(-1)?.(name);
};

it('takes a Ctrl-C that npm hands on once more for one press', () => {
  signal('SIGINT');
  expect(stop.signal.aborted).toBe(true);
  vi.advanceTimersByTime(50);
  signal('SIGINT');
  expect(exit).not.toHaveBeenCalled();
});

it('ends at once at a second press, and at another signal however soon', () => {
  signal('SIGINT');
  vi.advanceTimersByTime(1_000);
  signal('SIGINT');
  expect(exit).toHaveBeenCalledTimes(1);
  signal('SIGTERM');
  expect(exit).toHaveBeenCalledTimes(2);
});

it('gives up what is in flight in time for the 15 s of the contract', () => {
  signal('SIGTERM');
  vi.advanceTimersByTime(11_000);
  expect(stop.hardSignal.aborted).toBe(false);
  vi.advanceTimersByTime(2_000);
  expect(stop.hardSignal.aborted).toBe(true);
});
