import type { Sides, systems } from '../../src/model/system.ts';
import { type Figure, makeFigure, rounded } from '../figure.ts';
import type { PeopleSource } from '../kit/people.ts';
import { liftLimits } from '../kit/sandbox.ts';
import { runUntilIdle } from '../kit/worker.ts';
import { inWorkspace } from '../kit/workspace.ts';

/**
 * HubSpot of its own integration with Salesforce: up to four Salesforce API calls for each record that is synced
 * (https://knowledge.hubspot.com/salesforce/what-is-an-api-call-limit).
 */
const nativeCallsPerRecord = 4;
const native = 'hubspot-native, as documented';
const projected = [100_000, 1_000_000] as const;

interface FirstRun {
  /** Contacts at the end. */
  readonly records: number;
  readonly calls: Sides<number>;
}

/** Aligns so many people from nothing, limits and latency lifted: they change no count of calls that were answered. */
const alignFirst = async (source: PeopleSource, people: number): Promise<FirstRun> =>
  inWorkspace(source.sandbox(people), async ({ sandbox, dataDir }) => {
    await source.enter(sandbox, people);
    await liftLimits(sandbox);
    const stats = async () => ({
      hubspot: await sandbox.stats('hubspot'),
      salesforce: await sandbox.stats('salesforce'),
    });
    const before = await stats();
    await runUntilIdle(sandbox, dataDir);
    const after = await stats();
    const calls = {
      hubspot: after.hubspot.calls.byCaller.integration - before.hubspot.calls.byCaller.integration,
      salesforce: after.salesforce.calls.byCaller.integration - before.salesforce.calls.byCaller.integration,
    };
    // Everybody is a contact by now: a person who is known to both systems counts once, as in HubSpot's figure.
    return { records: after.hubspot.records.contacts ?? 0, calls };
  });

/** The straight line through two runs, read at so many records. */
export const callsAt = (small: FirstRun, large: FirstRun, records: number): Sides<number> => {
  const at = (system: (typeof systems)[number]): number => {
    const slope = (large.calls[system] - small.calls[system]) / (large.records - small.records);
    return large.calls[system] + slope * (records - large.records);
  };
  return { hubspot: at('hubspot'), salesforce: at('salesforce') };
};

/** Calls a record of the first alignment, for 100,000 and 1,000,000 contacts by the slope between two sizes. */
export async function* measureFirstAlignment(
  source: PeopleSource,
  sizes: readonly [number, number],
  say: (line: string) => void,
): AsyncGenerator<Figure> {
  say(`cost: first alignment of ${sizes[0]} and of ${sizes[1]} people`);
  const small = await alignFirst(source, sizes[0]);
  const large = await alignFirst(source, sizes[1]);
  for (const records of projected) {
    const calls = callsAt(small, large, records);
    yield makeFigure({
      name: `cost.first.${records}`,
      against: native,
      // Both systems' calls, against a figure that counts Salesforce's alone.
      ours: rounded((calls.hubspot + calls.salesforce) / records, 4),
      theirs: nativeCallsPerRecord,
      better: 'lower',
      unit: 'calls of both systems a contact, projected from two sizes',
      detail: {
        calls: { hubspot: Math.round(calls.hubspot), salesforce: Math.round(calls.salesforce) },
        runs: [small, large],
        formula:
          'calls of the larger run + (difference of calls / difference of records) × (records - those of the larger run)',
      },
    });
  }
}
