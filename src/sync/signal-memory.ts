import type { ChangedRecord } from '../model/record.ts';
import { digestOf } from './digest.ts';

/** Signals remembered at most, some 15 MB; those that came first are forgotten first, which costs a look and no more. */
const signalsMaxDefault = 50_000;

/**
 * The signals of one system that became dirty rows, so that the polls' overlap does not make them dirty over and over: a record that
 * cannot be brought to equal its base (a refused field, a difference that a rule holds) would be read at every poll for
 * minutes. A signal that repeats stamp and values tells nothing that its dirty row did not; one that differs in either is
 * news. Only a cache: lost with the process, and nothing depends on it.
 */
export class SignalMemory {
  private readonly digests = new Map<string, string>();

  private readonly signalsMax: number;

  constructor(signalsMax = signalsMaxDefault) {
    this.signalsMax = signalsMax;
  }

  private static digest({ stamp, deleted, fields }: ChangedRecord): string {
    return digestOf(`${stamp} ${deleted}`, fields);
  }

  /** Whether this very signal was remembered; `of` tells apart what different readers of signals remember. */
  has(record: ChangedRecord, of = ''): boolean {
    const digest = this.digests.get(`${of}${record.ref.id}`);
    return digest !== undefined && digest === SignalMemory.digest(record);
  }

  /** Remembers signals whose dirty rows are committed. */
  remember(records: readonly ChangedRecord[], of = ''): void {
    for (const record of records) {
      const key = `${of}${record.ref.id}`;
      this.digests.delete(key);
      this.digests.set(key, SignalMemory.digest(record));
    }
    for (const id of this.digests.keys()) {
      if (this.digests.size <= this.signalsMax) break;
      this.digests.delete(id);
    }
  }
}
