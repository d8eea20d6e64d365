import type { Reservation, WorkClass } from '../model/budget.ts';
import { bothSides, type Sides, systems } from '../model/system.ts';
import type { EngineContext } from './engine.ts';
import type { RecordSystem } from './ports.ts';
import type { SendJob } from './send.ts';

export type Reservations = Sides<Reservation>;

/** Units in one batch: two HubSpot calls and one Salesforce call carry them all (batches of 100 and 200). */
export const unitsPerBatch = 200;

/** The reads, and as many lookups of unlinked records or writes. */
const callsPerRead = 2;
/** A batch that was parted to find its bad rows made more; the next one is not likely to. */
const callsPerReadMax = 6;
const batchesRemembered = 8;

/**
 * How many calls the batches of a pair are likely to make in HubSpot: as many for each hundred units as the last ones did, and at least one
 * beside the reads. Histories are read where they could decide, fifty records a call: that is more than reads and writes; edits that go to
 * Salesforce alone need less. Salesforce limits only calls that are under way at once, of which a batch has few.
 */
export class BatchCalls {
  private readonly perRead: number[] = [callsPerRead];

  ahead(reads: number): number {
    return Math.max(reads + 1, Math.ceil(reads * Math.max(...this.perRead)));
  }

  /** What one batch made in HubSpot. */
  made({ systems: connected }: EngineContext, units: number, calls: number): void {
    this.perRead.push(Math.min(callsPerReadMax, calls / readsOf(units, connected.hubspot)));
    if (this.perRead.length > batchesRemembered) this.perRead.shift();
  }
}

const readsOf = (units: number, { batch }: Pick<RecordSystem, 'batch'>): number =>
  Math.max(1, Math.ceil(units / batch.read));

/** Calls that a batch of so many units is likely to make on each side. */
export const callsAhead = (
  { systems: connected }: EngineContext,
  units: number,
  calls: BatchCalls,
): Sides<number> => ({
  hubspot: calls.ahead(readsOf(units, connected.hubspot)),
  salesforce: readsOf(units, connected.salesforce) * callsPerRead,
});

/** Units that a batch may claim when permits are asked for so many: as many more as the same calls carry. */
export const unitsCarried = (
  { systems: connected }: EngineContext,
  expected: number,
  unitsMax: number,
): number => {
  const { hubspot } = connected;
  return Math.min(unitsMax, readsOf(expected, hubspot) * hubspot.batch.read);
};

/** Calls that send these jobs, and those that write the ids of what they create into its sources afterwards. */
export const callsToSend = ({ systems: connected }: EngineContext, jobs: readonly SendJob[]): Sides<number> =>
  bothSides((system) => {
    const callsFor = (records: number): number => Math.ceil(records / connected[system].batch.write);
    const identities = jobs.filter(({ intent }) => intent.op === 'create' && intent.source.system === system);
    const own = jobs.filter(({ intent }) => intent.target.system === system);
    const kinds = Map.groupBy(own, ({ intent }) => `${intent.op} ${intent.target.type}`);
    const writes = [...kinds.values()].map((alike) => callsFor(alike.length));
    return writes.reduce((sum, calls) => sum + calls, callsFor(identities.length));
  });

/** Gives back what more than so many calls would need: others wait for it. */
export const keepOnly = async (
  { reservations }: Pick<EngineContext, 'reservations'>,
  calls: Sides<number>,
): Promise<void> => {
  await Promise.all(systems.map((system) => reservations?.[system].keep(calls[system])));
};

/**
 * Asks for the permits of a batch **before** anything is leased or read, so that nothing waits long between a read and its
 * write, and no lease runs out in a queue. What is not used is given back: as soon as it is known (`keepOnly`), at the latest when
 * `work` ends. `signal` ends the wait.
 */
export const withReservations = async <T>(
  context: EngineContext,
  workClass: WorkClass,
  ahead: Sides<number>,
  work: (reservations: Reservations) => Promise<T>,
  signal = context.signal,
): Promise<T> => {
  const taken: { hubspot?: Reservation; salesforce?: Reservation } = {};
  try {
    for (const system of systems) {
      taken[system] = await context.gates[system].reserve(ahead[system], workClass, signal);
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
