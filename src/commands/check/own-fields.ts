import type { LoadedLifecycle } from '../../lifecycle/config/load.ts';
import { checkOwnFields } from '../../lifecycle/config/own-field-check.ts';
import type { Finding } from '../../mapping/finding.ts';
import { CallFailed } from '../../model/failure.ts';
import { isPeople, type PairMapping, typesOn } from '../../model/mapping.ts';
import type { ObjectDescription } from '../../model/record.ts';
import { type System, systems } from '../../model/system.ts';

/** Objects of the lifecycle beside those of people; hidden ones are not looked at, and what is lost by that is said where it happens. */
const others: readonly (readonly [System, string])[] = [
  ['salesforce', 'Task'],
  ['salesforce', 'Opportunity'],
];

type Describe = (system: System, type: string) => Promise<ObjectDescription>;

/**
 * Asks both systems for the objects on which Tandem has fields of its own, and tells which fields are missing. Nothing is asked where there is no lifecycle, or no
 * mapping of people. @throws CallFailed where a system cannot be asked
 */
export const findMissingFields = async (
  describe: Describe,
  pairs: readonly PairMapping[],
  lifecycle: LoadedLifecycle,
): Promise<readonly Finding[]> => {
  const people = pairs.find(isPeople);
  if (lifecycle.lifecycle === null || people === undefined) return [];
  const types = systems.flatMap((system) => typesOn(people, system).map((type) => [system, type] as const));
  const described = await Promise.all(
    [...types, ...others].map(async ([system, type]) => {
      try {
        return [[type, await describe(system, type)] as const];
      } catch (error) {
        const isHidden =
          error instanceof CallFailed &&
          ['schema', 'permission', 'identity'].includes(error.failure.category);
        if (!isHidden) throw error;
        return [];
      }
    }),
  );
  return checkOwnFields(lifecycle, new Map(described.flat()));
};
