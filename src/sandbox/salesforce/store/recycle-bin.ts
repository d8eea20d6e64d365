/** How long a deleted record can be brought back (help: Restore Deleted Records), and how far back getDeleted looks. */
export const binDays = 15;
/** Rows that were purged from the bin stay visible to queryAll for about a day (CRAN salesforcer, sf_empty_recycle_bin). */
const purgedSeconds = 24 * 60 * 60;

interface Entry {
  /** When it was deleted, seconds. */
  readonly deletedAt: number;
  /** The parent that it was deleted with; null where it was deleted itself. */
  readonly withParent: string | null;
  /** When it was purged; it cannot be brought back from then on. Null while it lies in the bin. */
  purgedAt: number | null;
}

/** A record that is physically gone, as the log of deletions goes on to list it. */
export interface GoneRecord {
  readonly type: string;
  readonly id: string;
  readonly deletedAt: number;
}

export interface RecycleBinState {
  readonly entries: readonly (readonly [string, Entry])[];
  readonly gone: readonly GoneRecord[];
}

/** What lies in the recycle bin, and the log of what left it for good. */
export class RecycleBin {
  /** In the order of their deletion. */
  readonly #entries = new Map<string, Entry>();
  #gone: GoneRecord[] = [];

  put(id: string, deletedAt: number, withParent: string | null): void {
    this.#entries.delete(id);
    this.#entries.set(id, { deletedAt, withParent, purgedAt: null });
  }

  /** Out of the bin; the function that it gives puts it back as it was. */
  take(id: string): () => void {
    const entry = this.#entries.get(id);
    this.#entries.delete(id);
    return () => {
      if (entry !== undefined) this.#entries.set(id, entry);
    };
  }

  /** Whether the record can be brought back. One that was deleted with its parent comes back with it alone. */
  holds(id: string): boolean {
    return this.#entries.get(id)?.purgedAt === null;
  }

  parentOf(id: string): string | null {
    return this.#entries.get(id)?.withParent ?? null;
  }

  /** What was deleted with this record. */
  deletedWith(id: string): readonly string[] {
    return [...this.#entries].filter(([, { withParent }]) => withParent === id).map(([child]) => child);
  }

  /** Nothing brings the record back from now on, nor what was deleted with it. */
  purgeWithChildren(id: string, now: number): void {
    const entry = this.#entries.get(id);
    if (entry === undefined || entry.purgedAt !== null) return;
    entry.purgedAt = now;
    for (const child of this.deletedWith(id)) this.purgeWithChildren(child, now);
  }

  /** Ids whose time is over: purged a day ago, or deleted more than 15 days ago. */
  *expired(now: number): Generator<string> {
    for (const [id, { deletedAt, purgedAt }] of this.#entries) {
      const isOld = now - deletedAt > binDays * 24 * 60 * 60;
      if (isOld || (purgedAt !== null && now - purgedAt > purgedSeconds)) yield id;
    }
  }

  /** Whether anything can have expired: a look without walking over all entries. */
  mayExpire(now: number): boolean {
    const [oldest] = this.#entries.values();
    return oldest !== undefined && now - oldest.deletedAt > purgedSeconds;
  }

  /** The record is physically gone; the log of deletions keeps its id. */
  forget(type: string, id: string, now: number): void {
    const deletedAt = this.#entries.get(id)?.deletedAt ?? now;
    this.#entries.delete(id);
    this.#gone.push({ type, id, deletedAt });
  }

  /** Records of this object that are physically gone and were deleted in this span, `to` not included. */
  goneBetween(type: string, from: number, to: number): readonly GoneRecord[] {
    return this.#gone.filter((one) => one.type === type && one.deletedAt >= from && one.deletedAt < to);
  }

  exportState(): RecycleBinState {
    return { entries: [...this.#entries], gone: this.#gone };
  }

  importState({ entries, gone }: RecycleBinState): void {
    for (const [id, entry] of entries) this.#entries.set(id, { ...entry });
    this.#gone = [...gone];
  }
}
