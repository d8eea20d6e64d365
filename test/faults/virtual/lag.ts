import type { RecordSnapshot } from '../../../src/model/record.ts';
import type { RecordSystem } from '../../../src/sync/ports.ts';
import type { Random } from '../../data/random.ts';
import { overlay } from './broken.ts';

/** A replica is not further behind than this: what stands there now was written meanwhile, perhaps more than once. */
const behindMsMax = 60_000;

/** A vendor answers a read by id from a replica that is behind, now and then: what one run knows of earlier states. */
export class Lag {
  /** Of a hundred records read, so many come as they were at an earlier read. */
  percent = 0;
  /** When the worker was shown an earlier state of a record, by the record's id. */
  readonly shownStale = new Map<string, number[]>();
  /** When that state bore no older stamp than any that was read, so that nothing told it from the newest: Salesforce's answers to writes bear none. */
  readonly shownUntold = new Map<string, number[]>();
  private readonly random: Random;
  /** States that reads have shown, each with the time until which it was the newest. */
  private readonly earlier = new Map<string, { readonly state: RecordSnapshot; until: number }[]>();

  constructor(random: Random) {
    this.random = random;
  }

  /** The record as it is, or as it was at an earlier read: at the last one, or before writes that have been seen since. */
  see(key: string, now: RecordSnapshot, atMs: number): RecordSnapshot {
    const states = (this.earlier.get(key) ?? []).filter(({ until }) => until > atMs - behindMsMax);
    this.earlier.set(key, states);
    if (states.length > 0 && this.random.chance(this.percent / 100)) {
      const { state } = states[this.random.below(states.length)] ?? { state: now };
      const { id } = now.ref;
      this.shownStale.set(id, [...(this.shownStale.get(id) ?? []), atMs]);
      const newest = Math.max(...states.map((each) => each.state.stamp));
      if (state.stamp >= newest) this.shownUntold.set(id, [...(this.shownUntold.get(id) ?? []), atMs]);
      return { ...state, readAt: now.readAt };
    }
    const last = states.at(-1);
    if (last?.state.stamp === now.stamp) last.until = atMs;
    else states.push({ state: now, until: atMs });
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
