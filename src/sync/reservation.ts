import type { Reservation, WorkClass } from '../model/budget.ts';
import { bothSides, type Sides, systems } from '../model/system.ts';
import type { EngineContext } from './engine.ts';

export type Reservations = Sides<Reservation>;

/** Units in one batch: two HubSpot calls and one Salesforce call carry them all (batches of 100 and 200). */
export const unitsPerBatch = 200;

/** Calls that a full batch is likely to make on each side: reads, the lookups of unlinked records, writes. */
const callsAhead: Sides<number> = { hubspot: 4, salesforce: 2 };

/**
 * Takes the batch's permits **before** anything is leased or read, so that nothing waits between a read and its write,
 * and no lease runs out in a queue. What is not used is given back. `signal` ends the wait.
 */
export const withReservations = async <T>(
  context: EngineContext,
  workClass: WorkClass,
  work: (reservations: Reservations) => Promise<T>,
  signal = context.signal,
): Promise<T> => {
  const taken: { hubspot?: Reservation; salesforce?: Reservation } = {};
  try {
    for (const system of systems) {
      taken[system] = await context.gates[system].reserve(callsAhead[system], workClass, signal);
    }
    const held = bothSides((system) => {
      const reservation = taken[system];
      if (!reservation) throw new Error(`no reservation for ${system}`);
      return reservation;
    });
    return await work(held);
  } finally {
    await Promise.all(systems.map((system) => taken[system]?.release()));
  }
};
