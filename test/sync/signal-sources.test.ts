import { describe, expect, it } from 'vitest';
import type { SourceState } from '../../src/model/live.ts';
import {
  feedOf,
  isUntried,
  LookCadence,
  looksOf,
  sweepEveryMs,
  watchdogMs,
} from '../../src/sync/signal-sources.ts';
import { peoplePair } from '../mirror.ts';

const sweepMs = sweepEveryMs(1, 15_000);
const makeState = (overrides: Partial<SourceState> = {}): SourceState => ({
  system: 'hubspot',
  source: 'webhooks',
  type: 'contacts',
  heardAgoMs: 1_000,
  aliveAgoMs: 1_000,
  missed: false,
  ...overrides,
});

describe('what feeds a type of record', () => {
  it.each<[string, Partial<SourceState>, string]>([
    ['a source that has just spoken', {}, 'webhooks'],
    ['one that was silent for hours, with looks that found nothing untold', { heardAgoMs: 9e7 }, 'webhooks'],
    ['one without a proof of life for too long', { aliveAgoMs: watchdogMs(sweepMs) }, 'poll'],
    ['one that is lost', { aliveAgoMs: null }, 'poll'],
    ['one that has missed a change', { missed: true }, 'poll'],
    ['one of another type', { type: 'companies' }, 'poll'],
    ['one of the other system', { system: 'salesforce' }, 'poll'],
  ])('%s', (_name, overrides, feed) => {
    expect(feedOf([makeState(overrides)], 'hubspot', 'contacts', sweepMs)).toBe(feed);
  });

  it('is the source that lives where another is broken', () => {
    const states = [makeState({ missed: true }), makeState({ source: 'journal' })];
    expect(feedOf(states, 'hubspot', 'contacts', sweepMs)).toBe('journal');
  });
});

const found = (untold: number, marked = untold) => ({ marked, untold });

describe('looks at a system', () => {
  it('come with every tick while it is polled, and widen to sweeps while it is live', () => {
    const cadence = new LookCadence(sweepMs, 15_000);
    expect(cadence.isDue('hubspot', 'webhooks', 0)).toBe(true);
    cadence.looked('hubspot', 0, found(1));
    expect(cadence.isDue('hubspot', 'webhooks', sweepMs - 1)).toBe(false);
    expect(cadence.isDue('hubspot', 'webhooks', sweepMs)).toBe(true);
    expect(cadence.isDue('salesforce', 'stream', 1)).toBe(true);
    cadence.looked('salesforce', 0, found(1));
    expect(cadence.isDue('salesforce', 'stream', 3 * sweepMs - 1)).toBe(false);
    expect(cadence.isDue('salesforce', 'stream', 3 * sweepMs)).toBe(true);
    expect(cadence.isDue('hubspot', 'poll', 1)).toBe(true);
  });

  it('come half as often once a sweep has found nothing untold, no rarer after many, and as at first after one that has', () => {
    const cadence = new LookCadence(sweepMs, 15_000);
    let now = 0;
    for (let sweeps = 1; sweeps <= 5; sweeps += 1) {
      cadence.looked('hubspot', now, found(0));
      expect(cadence.isDue('hubspot', 'webhooks', now + 2 * sweepMs - 1)).toBe(false);
      now += 2 * sweepMs;
      expect(cadence.isDue('hubspot', 'webhooks', now)).toBe(true);
    }
    cadence.looked('hubspot', now, found(2));
    expect(cadence.isDue('hubspot', 'webhooks', now + sweepMs)).toBe(true);
  });

  it('of a type that webhooks never told of become rarer while they find nothing, and are polls again with a change', () => {
    const cadence = new LookCadence(sweepMs, 15_000);
    const gaps: number[] = [];
    let last = 0;
    cadence.looked('hubspot', 0, found(0));
    for (let now = 15_000; now <= 1_200_000; now += 15_000) {
      if (!cadence.isDue('hubspot', 'poll', now, true)) continue;
      gaps.push((now - last) / 1_000);
      last = now;
      cadence.looked('hubspot', now, found(0));
    }
    expect(gaps.slice(0, 4)).toEqual([30, 60, sweepMs / 1_000, sweepMs / 1_000]);
    cadence.looked('hubspot', last, found(0, 3));
    expect(cadence.isDue('hubspot', 'poll', last + 15_000, true)).toBe(true);
    expect(cadence.isDue('hubspot', 'poll', last + 15_000, false)).toBe(true);
  });

  it.each<[string, readonly SourceState[], boolean]>([
    ['another type is told of', [makeState()], true],
    ['nothing is told of', [], false],
    ['another type was told of once', [makeState({ aliveAgoMs: null })], false],
    ['it is told of by a stream', [makeState({ source: 'stream' })], false],
    ['it has missed something', [makeState(), makeState({ type: 'deals', missed: true })], false],
    ['it was told of and is silent', [makeState(), makeState({ type: 'deals', aliveAgoMs: null })], false],
  ])('a type was never tried where %s', (_name, states, isIt) => {
    expect(isUntried(states, 'hubspot', 'deals', sweepMs)).toBe(isIt);
  });

  it('prove nothing while the system is polled', () => {
    const cadence = new LookCadence(sweepMs, 15_000);
    cadence.looked('hubspot', 0, found(0));
    expect(cadence.isDue('hubspot', 'poll', 1)).toBe(true);
    cadence.looked('hubspot', 1, found(0));
    expect(cadence.isDue('hubspot', 'webhooks', 1 + sweepMs)).toBe(true);
  });

  it('that are as rare as they become do not make a source that lives look silent', () => {
    expect(feedOf([makeState({ aliveAgoMs: 2 * 2 * sweepMs })], 'hubspot', 'contacts', sweepMs)).toBe(
      'webhooks',
    );
  });

  it.each([1, 3, 7])('of %d objects cost fewer than 60 calls in an idle hour', (looks) => {
    expect((3_600_000 / sweepEveryMs(looks, 15_000)) * looks).toBeLessThan(45);
  });

  it('count each object that is looked at: leads and the contacts they become are two', () => {
    expect(looksOf([peoplePair])).toBe(2);
    expect(looksOf([])).toBe(1);
  });
});
