import type { Sides, System } from '../../src/model/system.ts';
import { otherSystem } from '../../src/model/system.ts';

/** Who entered a change: told by the system with the change, found in a history because a poll names nobody, or not asked since all have one rank. */
export type Signal = 'told' | 'polled' | 'one-rank';

/** Records in one call of each vendor's batch endpoints. */
const batch: Sides<number> = { hubspot: 100, salesforce: 200 };

const calls = (system: System, records: number): number => Math.ceil(records / batch[system]);

/** Records in one read of HubSpot's property history. */
const historyBatch = 50;

/**
 * The fewest calls that bring `changed` records of one side to the other: each read once on both sides (a three-way merge needs
 * both), each written once on the other. Polls and sign-in apart.
 */
export const batchMinimum = (from: System, changed: number): number =>
  calls('hubspot', changed) + calls('salesforce', changed) + calls(otherSystem(from), changed);

/**
 * What ranks of sources cost besides (docs/decisions/0021): who entered a value that a poll of HubSpot found, its history alone tells.
 * Salesforce's users are persons, and a webhook names the source.
 */
export const historyMinimum = (from: System, changed: number, signal: Signal): number =>
  from === 'hubspot' && signal === 'polled' ? Math.ceil(changed / historyBatch) : 0;
