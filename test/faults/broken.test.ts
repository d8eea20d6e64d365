import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { broken } from './virtual/broken.ts';
import { play } from './virtual/run.ts';
import { everyDayScenario } from './virtual/scenario.ts';

vi.mock('node:timers/promises', async (original) => ({
  ...(await original<typeof import('node:timers/promises')>()),
  ...(await import('./virtual/time.ts')).timersPromises,
}));

/** The scenarios, the same each time; an engine that survives all of them would have gone unnoticed. */
const scenarios = fc.sample(everyDayScenario, { seed: 7, numRuns: 200 });

/** Where the mistake showed when this was written, to find it sooner; the others follow. */
const showsAt: Readonly<Record<string, number>> = {
  'tombstones are forgotten': 36,
  'one base value for both sides': 22,
  'an unknown outcome counts as landed': 145,
  'an unknown outcome counts as refused': 12,
  'nobody is looked up before a create': 15,
  'polls do not overlap': 19,
  'matches are looked up in an index that lags': 12,
};

describe('an engine that is broken is caught', () => {
  it.each(Object.entries(broken))('%s', { timeout: 300_000 }, async (name, mistake) => {
    const first = showsAt[name] ?? 0;
    for (const each of [...scenarios.slice(first), ...scenarios.slice(0, first)]) {
      // One that comes to a standstill is caught, too.
      const complaints = await play(each, mistake).then((outcome) => outcome.complaints, String);
      if (complaints.length > 0) return;
    }
    expect.fail(`${scenarios.length} storms, and nobody noticed`);
  });
});
