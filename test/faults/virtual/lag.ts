import type { RecordSnapshot } from '../../../src/model/record.ts';
import type { RecordSystem } from '../../../src/sync/ports.ts';
import type { Random } from '../../data/random.ts';
import { overlay } from './broken.ts';

/** A vendor answers a read by id from a replica that is behind, now and then: what one run knows of earlier states. */
export class Lag {
  /** Of a hundred records read, so many come as they were at an earlier read. */
  percent = 0;
  /** When the worker was shown an earlier state of a record, by the record's id. */
  readonly shownStale = new Map<string, number[]>();
  private readonly random: Random;
  private readonly earlier = new Map<string, RecordSnapshot>();

  constructor(random: Random) {
    this.random = random;
  }

  /** The record as it is, or as it was when it was last read. */
  see(key: string, now: RecordSnapshot, atMs: number): RecordSnapshot {
    const before = this.earlier.get(key);
    if (before !== undefined && this.random.chance(this.percent / 100)) {
      const { id } = now.ref;
      this.shownStale.set(id, [...(this.shownStale.get(id) ?? []), atMs]);
      return { ...before, readAt: now.readAt };
    }
    this.earlier.set(key, now);
    return now;
  }
}

/** A system whose reads by id lag. The simulators' own do not, and the engine must not rely on that. */
export const lagging = (
  system: RecordSystem,
  { lag, now }: { readonly lag: Lag; readonly now: () => number },
): RecordSystem =>
  overlay<RecordSystem>(system, {
    readMany: async (type, ids, fields, context) => {
      const found = await system.readMany(type, ids, fields, context);
      const shape = [...fields].sort().join();
      return new Map(
        [...found].map(([id, record]) => [
          id,
          lag.see(`${system.system} ${type} ${id} ${shape}`, record, now()),
        ]),
      );
    },
  });
