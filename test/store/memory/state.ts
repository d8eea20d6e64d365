import { type WorkClass, workClasses } from '../../../src/model/budget.ts';
import type { Pause } from '../../../src/model/pause.ts';
import type { ChangeCursor } from '../../../src/model/record.ts';
import type {
  Alignment,
  AwaitedLink,
  DirtyMark,
  DirtyRow,
  Intent,
  LedgerEntry,
  Link,
  Parked,
  Problem,
  Review,
} from '../../../src/model/state.ts';
import { formatRef, type RecordRef, type System } from '../../../src/model/system.ts';
import type { CountedChange, StoredHold } from './breakers.ts';

/** A dirty row as it stands, with what claims go by. */
export interface StoredDirty extends DirtyRow {
  readonly due: number;
  readonly held: boolean;
}

export interface Lease {
  readonly pair: string;
  readonly holder: string;
  readonly fence: number;
  readonly expires: number;
}

/** The tables of the store, in memory, and the counters that are sequences in Postgres. */
export class MemoryState {
  readonly links = new Map<string, Link>();
  /** By pair and record, in the order of their first signal. */
  readonly dirty = new Map<string, StoredDirty>();
  readonly leases = new Map<string, Lease>();
  /** Match key → fence of the lease that holds it. */
  readonly keyLocks = new Map<string, number>();
  readonly intents = new Map<string, Intent>();
  readonly ledger: (LedgerEntry & { readonly linkId: string | null; readonly at: number })[] = [];
  readonly parked = new Map<string, Parked>();
  readonly reviews = new Map<string, Review>();
  /** Records that a person said to be somebody new, by pair, system and id, and whom they are not. */
  readonly decidedNew = new Map<string, readonly RecordRef[]>();
  readonly cursors = new Map<string, ChangeCursor>();
  readonly alignments = new Map<string, Alignment>();
  /** The field of Salesforce that a mapped field is, by pair, object and field. */
  readonly mappedFields = new Map<string, string>();
  /** When a pair's very first alignment was listed whole. */
  readonly alignedAt = new Map<string, number>();
  readonly problems = new Map<string, Problem & { readonly toldAt: number }>();
  readonly pauses: Pause[] = [];
  /** When links began, by their ids. */
  readonly begunAt = new Map<string, number>();
  /** What waits for links of other pairs, and since when. */
  readonly awaited = new Map<string, AwaitedLink & { readonly since: number }>();
  /** What may be part of a mass change, by pair, scope and unit. */
  readonly massChanges = new Map<string, CountedChange>();
  readonly holds: StoredHold[] = [];
  /** Names of who was erased. */
  readonly erased = new Set<string>();
  /** Holders whose process lives; leases of others are broken. */
  readonly living = new Set<string>();
  readonly now: () => number;
  private fences = 0;
  private ids = 0;

  constructor(now: () => number) {
    this.now = now;
  }

  nextFence(): number {
    this.fences += 1;
    return this.fences;
  }

  /** A UUID that the same run makes again. */
  nextId(): string {
    this.ids += 1;
    return `00000000-0000-4000-8000-${this.ids.toString(16).padStart(12, '0')}`;
  }

  clear(): void {
    const work = [
      this.links,
      this.dirty,
      this.leases,
      this.keyLocks,
      this.intents,
      this.parked,
      this.reviews,
    ];
    const beside = [
      this.cursors,
      this.alignments,
      this.alignedAt,
      this.mappedFields,
      this.problems,
      this.decidedNew,
    ];
    for (const table of [...work, ...beside, this.begunAt, this.awaited, this.massChanges, this.erased])
      table.clear();
    for (const rows of [this.ledger, this.pauses, this.holds]) rows.length = 0;
  }

  liveLinkOf(pair: string, system: System, id: string): Link | undefined {
    for (const link of this.links.values()) {
      if (link.pair === pair && link.ended === null && link.ids[system] === id) return link;
    }
    return undefined;
  }

  /** The key of the unit to which a record belongs now. */
  unitOf(pair: string, ref: RecordRef): string {
    const link = this.liveLinkOf(pair, ref.system, ref.id);
    return link === undefined ? formatRef(ref) : `link:${link.id}`;
  }

  leaseOf(unit: string): Lease | null {
    const lease = this.leases.get(unit);
    return lease !== undefined && lease.expires > this.now() ? lease : null;
  }

  /** The dirty rows of a unit: those of both records of its link (ended or not), or of its record. */
  rowsOf(unit: string): readonly [string, StoredDirty][] {
    const link = this.links.get(unit.replace(/^link:/, ''));
    return [...this.dirty].filter(([, row]) =>
      link === undefined
        ? formatRef(row.ref) === unit
        : row.pair === link.pair && link.ids[row.ref.system] === row.ref.id,
    );
  }

  openIntentsFrom(pair: string, system: System, id: string): readonly Intent[] {
    return [...this.intents.values()].filter(
      ({ source, ...intent }) => intent.pair === pair && source.system === system && source.id === id,
    );
  }

  /** @throws Error for what Postgres would refuse; nothing is changed. */
  assertStorable(marks: readonly DirtyMark[]): void {
    for (const { pair, class: workClass } of marks) {
      if (typeof pair !== 'string' || !workClasses.includes(workClass)) throw new Error('no such dirty row');
    }
  }

  mark(mark: DirtyMark): void {
    const key = `${mark.pair} ${formatRef(mark.ref)}`;
    const row = this.dirty.get(key);
    const now = this.now();
    this.dirty.set(
      key,
      row === undefined
        ? { ...mark, version: 1, since: now, attempts: 0, due: now, held: false }
        : {
            ...row,
            class: stronger(row.class, mark.class),
            stamp:
              row.stamp === null || mark.stamp === null
                ? (row.stamp ?? mark.stamp)
                : Math.max(row.stamp, mark.stamp),
            cause: mark.cause,
            ...(row.changed || mark.changed ? { changed: { ...row.changed, ...mark.changed } } : {}),
            ...(row.erased || mark.erased ? { erased: true } : {}),
            version: row.version + 1,
            due: now,
            held: false,
          },
    );
  }
}

export const stronger = (a: WorkClass, b: WorkClass): WorkClass =>
  workClasses.indexOf(a) <= workClasses.indexOf(b) ? a : b;
