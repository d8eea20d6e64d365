import { describe, expect, it } from 'vitest';
import type { SourceState } from '../../src/model/live.ts';
import { feedOf, LookCadence, sweepEveryMs, watchdogMs } from '../../src/sync/signal-sources.ts';

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

describe('looks at a system', () => {
  it('come with every tick while it is polled, and widen to sweeps while it is live', () => {
    const cadence = new LookCadence(sweepMs);
    expect(cadence.isDue('hubspot', 'webhooks', 0)).toBe(true);
    cadence.looked('hubspot', 0);
    expect(cadence.isDue('hubspot', 'webhooks', sweepMs - 1)).toBe(false);
    expect(cadence.isDue('hubspot', 'poll', 1)).toBe(true);
    expect(cadence.isDue('hubspot', 'webhooks', sweepMs)).toBe(true);
    expect(cadence.isDue('salesforce', 'stream', 1)).toBe(true);
    cadence.looked('salesforce', 0);
    expect(cadence.isDue('salesforce', 'stream', sweepMs)).toBe(false);
    expect(cadence.isDue('salesforce', 'stream', 3 * sweepMs)).toBe(true);
  });

  it.each([1, 3, 7])('of %d pairs cost fewer than 60 calls in an idle hour', (pairs) => {
    expect((3_600_000 / sweepEveryMs(pairs, 15_000)) * pairs).toBeLessThan(45);
  });
});
