import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { listenForStop } from '../../src/commands/start/listen-for-stop.ts';
import { onPress, samePressMs } from '../../src/commands/stop-press.ts';
import { Child } from '../e2e/harness/child.ts';

/** What Node does when the signal comes, for the listener under test alone. */
const signal = (name: 'SIGINT' | 'SIGTERM'): void => {
  process.listeners(name).at(-1)?.(name);
};

describe('a press', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
  afterEach(() => void vi.useRealTimers());

  it('is one press when npm hands it on once more, and another signal is another press', () => {
    const heard: string[] = [];
    const silence = onPress(['SIGINT', 'SIGTERM'], (name) => heard.push(name));
    signal('SIGINT');
    vi.advanceTimersByTime(samePressMs);
    signal('SIGINT');
    expect(heard).toEqual(['SIGINT']);
    signal('SIGTERM');
    vi.advanceTimersByTime(samePressMs + 1);
    signal('SIGTERM');
    expect(heard).toEqual(['SIGINT', 'SIGTERM', 'SIGTERM']);
    silence();
  });

  it('ends the demonstration at once only when it comes anew, also where the worker has ended by the first', () => {
    const second = vi.fn();
    const stop = listenForStop(second);
    stop.now();
    signal('SIGINT');
    vi.advanceTimersByTime(samePressMs);
    signal('SIGINT');
    expect(second).not.toHaveBeenCalled();
    vi.advanceTimersByTime(samePressMs + 1);
    signal('SIGINT');
    expect(second).toHaveBeenCalledTimes(1);
    stop.dispose();
  });
});

it('a doubled Ctrl-C ends the sandbox in order', async () => {
  const ports = ['--hubspot-port', '0', '--salesforce-port', '0'];
  const child = new Child(['sandbox', ...ports, '--contacts', '0', '--leads', '0'], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME },
  });
  onTestFinished(() => child.crash());
  await child.line('its addresses', (line) => 'hubspotToken' in line);
  child.kill('SIGINT');
  child.kill('SIGINT');
  expect((await child.finish(10_000)).code).toBe(0);
});
