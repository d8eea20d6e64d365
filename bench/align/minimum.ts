import type { Sides, System } from '../../src/model/system.ts';
import { otherSystem } from '../../src/model/system.ts';

/** Records in one call of each vendor's batch endpoints. */
const batch: Sides<number> = { hubspot: 100, salesforce: 200 };

const calls = (system: System, records: number): number => Math.ceil(records / batch[system]);

/**
 * The fewest calls that bring `changed` records of one side to the other: each read once on both sides (a three-way merge needs
 * both), each written once on the other. Polls and sign-in apart.
 */
export const batchMinimum = (from: System, changed: number): number =>
  calls('hubspot', changed) + calls('salesforce', changed) + calls(otherSystem(from), changed);
