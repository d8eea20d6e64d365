import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { broken } from './virtual/broken.ts';
import { play } from './virtual/run.ts';
import {
  crossingScenario,
  dealScenario,
  everyDayScenario,
  liveScenario,
  type Scenario,
} from './virtual/scenario.ts';

vi.mock('node:timers/promises', async (original) => ({
  ...(await original<typeof import('node:timers/promises')>()),
  ...(await import('./virtual/time.ts')).timersPromises,
}));

/**
 * The scenarios, the same each time: of days as they are, of workers that stand still, edits that cross what they do and replicas that are behind, of systems
 * that tell of changes, and of deals.
 */
const storms = {
  'every day': fc.sample(everyDayScenario, { seed: 7, numRuns: 100 }),
  crossing: fc.sample(crossingScenario, { seed: 7, numRuns: 100 }),
  live: fc.sample(liveScenario, { seed: 7, numRuns: 30 }),
  deals: fc.sample(dealScenario, { seed: 7, numRuns: 31 }),
} satisfies Record<string, readonly Scenario[]>;

/** The scenario in which a mistake shows, and the complaint that is its own: any other is no proof that it was noticed. */
const shows: Readonly<Record<string, readonly [keyof typeof storms, number, RegExp]>> = {
  'no base: both sides are compared with each other alone': ['every day', 0, /replaced \(first:newest\)/],
  'one base value for both sides': ['every day', 22, /was emptied by a person and filled again/],
  'an edit that came between a read and its write is not looked for': [
    'live',
    23,
    /edit 57 of phone .* and the ledger does not name it/,
  ],
  'the ledger is not written': ['every day', 0, /the ledger does not name it/],
  'the value that lost a conflict is not kept': ['every day', 0, /lost a conflict and was not kept/],
  'tombstones are forgotten': ['every day', 36, /created there again/],
  'an unknown outcome counts as landed': ['every day', 25, /writes although all was quiet/],
  'an unknown outcome counts as refused': ['every day', 12, /the ledger does not name it/],
  'echoes are told by who wrote last': ['every day', 0, /unexplained/],
  'polls do not overlap': ['every day', 19, /unexplained/],
  'matches are looked up in an index that lags': ['every day', 12, /\d+ times in/],
  'nobody is looked up before a create': ['every day', 12, /\d+ times in/],
  'no fence: whoever lost a lease goes on as if it held it': [
    'crossing',
    88,
    /under lease \d+, when \d+ was given/,
  ],
  'a contact is looked for by its first address alone': ['every day', 75, /\d+ times in salesforce/],
  'updates go as upserts, too': ['crossing', 1, /created there again/],
  'stale reads are accepted': ['crossing', 9, /came back over|by an older value/],
  'a stage goes without its pipeline': ['deals', 30, /dealstage: taken for silently refused by salesforce/],
  'whoever is tied by the other side is tied by nobody here': [
    'deals',
    9,
    /takes part in .* in hubspot alone/,
  ],
  'an emptied value does not flow': ['every day', 2, /and null, unexplained/],
};

const complaintsOf = async (scenario: Scenario, mistake?: (typeof broken)[string]) =>
  play(scenario, mistake === undefined ? {} : { broken: mistake }).then(
    ({ complaints }) => complaints,
    // One that comes to a standstill complains, too.
    (error: unknown) => [String(error)],
  );

/** The scenario and the complaint of a mistake. @throws Error for one that nobody has looked for yet */
const whereItShows = (name: string): { readonly scenario: Scenario; readonly reason: RegExp } => {
  const [storm, number, reason] = shows[name] ?? [];
  const scenario = storm === undefined || number === undefined ? undefined : storms[storm][number];
  if (scenario === undefined || reason === undefined) throw new Error(`where does this show: ${name}`);
  return { scenario, reason };
};

describe('an engine that is broken is caught', () => {
  const intact = new Map<Scenario, Promise<readonly string[]>>();

  it.each(Object.entries(broken))('%s', { timeout: 300_000 }, async (name, mistake) => {
    const { scenario, reason } = whereItShows(name);
    // The control: on the same scenario nobody complains of the engine as it is.
    const control = intact.get(scenario) ?? complaintsOf(scenario);
    intact.set(scenario, control);
    expect(await control).toEqual([]);
    // Where it is not among them and the engine or the storms have changed, look for another scenario that shows it.
    expect(await complaintsOf(scenario, mistake)).toContainEqual(expect.stringMatching(reason));
  });
});
