import { type WorkClass, workClasses } from '../../../src/model/budget.ts';
import type { BreakerLimits } from '../../../src/model/mapping.ts';
import type { Pause } from '../../../src/model/pause.ts';
import type { ChangeCursor } from '../../../src/model/record.ts';
import type {
  Alignment,
  AwaitedLink,
  Backlog,
  ClaimedUnit,
  ClearedBelow,
  DirtyMark,
  ForgottenField,
  Intent,
  Link,
  MappedForm,
  NewIntent,
  Parked,
  Problem,
  Standing,
  UnitSettlement,
  Workload,
} from '../../../src/model/state.ts';
import { bothSides, formatRef, type RecordRef, type System } from '../../../src/model/system.ts';
import { isListed } from '../../../src/sync/align.ts';
import type { BreakerStore, MassChange } from '../../../src/sync/breakers/mass-change.ts';
import { isErased } from '../../../src/sync/identity.ts';
import type { EngineStore } from '../../../src/sync/ports.ts';
import { adoptFields } from './adopt-fields.ts';
import { awaitLinks, wakeAwaited } from './awaited.ts';
import { noteChanges } from './breakers.ts';
import { endLease, settleAll } from './settle.ts';
import { MemoryState, type StoredDirty, stronger } from './state.ts';

type Position = Parameters<EngineStore['commitSignals']>[1];

/**
 * The engine's store in memory, on a clock that is given: for runs in which nothing may depend on chance. It passes the contract
 * tests of the one in Postgres (project `store in memory` of vitest.config.ts). Each method is one turn of the event loop, hence one transaction.
 */
export class MemoryStore implements EngineStore, BreakerStore {
  readonly state: MemoryState;
  private readonly onDefect: (unit: string, error: unknown) => void;

  constructor(now: () => number, onDefect: (unit: string, error: unknown) => void) {
    this.state = new MemoryState(now);
    this.onDefect = onDefect;
  }

  async linksOf(pair: string, system: System, ids: readonly string[]): Promise<ReadonlyMap<string, Link>> {
    const found = new Map<string, Link>();
    const asked = new Set(ids);
    for (const link of this.state.links.values()) {
      if (link.pair !== pair) continue;
      const followers = system === 'salesforce' ? (link.followers ?? []) : [];
      for (const id of [link.ids[system], ...followers.map((follower) => follower.id)]) {
        if (!asked.has(id)) continue;
        const known = found.get(id);
        if (known === undefined || isBetter(link, known)) found.set(id, link);
      }
    }
    return found;
  }

  async linksAfter(pair: string, after: string, limit: number): Promise<readonly Link[]> {
    return [...this.state.links.values()]
      .filter((link) => link.pair === pair && link.ended === null && link.ids.hubspot > after)
      .sort((a, b) => (a.ids.hubspot < b.ids.hubspot ? -1 : 1))
      .slice(0, limit);
  }

  async noteKept(links: Parameters<EngineStore['noteKept']>[0]): Promise<void> {
    for (const { id, version, base, stamps: seen } of links) {
      const link = this.state.links.get(id);
      if (!link || link.version !== version || link.ended !== null) continue;
      const stamps = bothSides((system) => Math.max(link.stamps[system], seen[system]));
      this.state.links.set(id, { ...link, base, stamps });
    }
  }

  async links(ids: readonly string[]): Promise<ReadonlyMap<string, Link>> {
    return new Map([...this.state.links].filter(([id, link]) => ids.includes(id) && link.ended === null));
  }

  async parkedOf(pair: string, units: readonly string[]): Promise<ReadonlyMap<string, readonly Parked[]>> {
    return new Map(
      units.flatMap((unit) => {
        const rows = this.parkedRows(pair, unit);
        return rows.length === 0 ? [] : [[unit, rows] as const];
      }),
    );
  }

  async commitSignals(marks: readonly DirtyMark[], position?: Position): Promise<void> {
    if (position !== undefined && 'cursor' in position && !Number.isFinite(position.cursor.at.stamp)) {
      throw new Error('the stamp of a cursor is no number');
    }
    this.state.assertStorable(marks);
    for (const mark of foldMarks(marks)) this.state.mark(mark);
    if (position === undefined) return;
    if ('alignment' in position) this.#storeAlignment(position.alignment);
    else {
      const { pair, system, type = '', at } = position.cursor;
      this.state.cursors.set(`${pair} ${system} ${type}`, at);
    }
  }

  async erasedAmong(names: readonly string[]): Promise<ReadonlySet<string>> {
    return new Set(names.filter((name) => this.state.erased.has(name)));
  }

  async cursor(pair: string, system: System, type = ''): Promise<ChangeCursor | null> {
    return this.state.cursors.get(`${pair} ${system} ${type}`) ?? null;
  }

  #storeAlignment(alignment: Alignment): void {
    const { alignments, alignedAt } = this.state;
    alignments.set(alignment.pair, alignment);
    if (isListed(alignment) && !alignedAt.has(alignment.pair)) {
      alignedAt.set(alignment.pair, this.state.now());
    }
  }

  async adoptFields(pair: string, forms: readonly MappedForm[]): Promise<readonly ForgottenField[]> {
    return adoptFields(this.state, pair, forms);
  }

  async alignedAt(pair: string): Promise<number | null> {
    return this.state.alignedAt.get(pair) ?? null;
  }

  async alignment(pair: string): Promise<Alignment | null> {
    return this.state.alignments.get(pair) ?? null;
  }

  async claim(
    pair: string,
    holder: string,
    limit: number,
    leaseMs: number,
    only?: readonly string[],
    weakest: WorkClass = 'backfill',
  ): Promise<readonly ClaimedUnit[]> {
    const { state } = this;
    const now = state.now();
    const expires = now + leaseMs;
    const due = [...state.dirty.values()]
      .filter(
        (row) =>
          row.pair === pair &&
          row.due <= now &&
          workClasses.indexOf(row.class) <= workClasses.indexOf(weakest) &&
          (only === undefined || only.includes(row.ref.id)),
      )
      .sort((a, b) => workClasses.indexOf(a.class) - workClasses.indexOf(b.class) || a.due - b.due);
    const units: ClaimedUnit[] = [];
    for (const row of due) {
      if (units.length >= limit) break;
      const key = state.unitOf(pair, row.ref);
      if (state.leaseOf(key) !== null) continue;
      const link = state.liveLinkOf(pair, row.ref.system, row.ref.id) ?? null;
      const intents = this.intentsOf(pair, row, link);
      if (intents.some(({ deadline }) => deadline > now)) continue;
      const fence = state.nextFence();
      state.leases.set(key, { pair, holder, fence, expires });
      const rows = state.rowsOf(key);
      for (const [name, each] of rows) state.dirty.set(name, { ...each, due: expires });
      const parked = this.parkedRows(pair, key);
      units.push({ key, fence, link, dirty: rows.map(([, each]) => toDirtyRow(each)), intents, parked });
    }
    return units;
  }

  async lockKeys(
    holder: string,
    entries: readonly { readonly unit: string; readonly fence: number; readonly key: string }[],
    _leaseMs: number,
  ): Promise<ReadonlySet<string>> {
    const { state } = this;
    const living = new Set(
      [...state.leases.values()].filter(({ expires }) => expires > state.now()).map(({ fence }) => fence),
    );
    const granted = new Set<string>();
    for (const { unit, fence, key } of entries) {
      const lease = state.leaseOf(unit);
      if (lease?.fence !== fence || lease.holder !== holder) continue;
      const owner = state.keyLocks.get(key);
      if (owner !== undefined && owner !== fence && living.has(owner)) continue;
      state.keyLocks.set(key, fence);
      granted.add(`${unit} ${key}`);
    }
    return granted;
  }

  async decidedNew(
    pair: string,
    system: System,
    ids: readonly string[],
  ): Promise<ReadonlyMap<string, readonly RecordRef[]>> {
    return new Map(
      ids.flatMap((id): [string, readonly RecordRef[]][] => {
        const ruledOut = this.state.decidedNew.get(`${pair} ${system} ${id}`);
        return ruledOut === undefined ? [] : [[id, ruledOut]];
      }),
    );
  }

  async dirtyAmong(pair: string, system: System, ids: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = [...this.state.dirty.values()];
    return new Set(
      rows.flatMap((row) =>
        row.pair === pair && row.ref.system === system && !row.held && ids.includes(row.ref.id)
          ? [row.ref.id]
          : [],
      ),
    );
  }

  async openIntents(
    intents: readonly NewIntent[],
    fences: ReadonlyMap<string, number>,
    deadlineMs: number,
    marginMs: number,
  ): Promise<ReadonlySet<string>> {
    const { state } = this;
    const opened = new Set<string>();
    for (const intent of intents) {
      const lease = state.leaseOf(intent.unit);
      const isHeld =
        lease !== null && lease.fence === fences.get(intent.unit) && lease.expires > state.now() + marginMs;
      if (!isHeld || !this.isCurrent(intent) || this.isOutrun(intent)) continue;
      const isUnderWay = [...state.intents.values()].some(
        (open) => open.unit === intent.unit && open.target.system === intent.target.system,
      );
      if (isUnderWay) continue;
      state.intents.set(intent.id, { ...intent, deadline: state.now() + deadlineMs });
      opened.add(intent.id);
    }
    return opened;
  }

  /** A signal for the target came since its unit was claimed. */
  private isOutrun({ pair, target }: NewIntent): boolean {
    const row = this.state.dirty.get(`${pair} ${formatRef(target)}`);
    if (row === undefined || row.due > this.state.now()) return false;
    return row.attempts < 3 || row.since > this.state.now() - 300_000;
  }

  async openIntentsFrom(
    pair: string,
    system: System,
    ids: readonly string[],
  ): Promise<ReadonlyMap<string, { readonly intents: readonly Intent[]; readonly waitMs: number }>> {
    const found = new Map<string, { readonly intents: readonly Intent[]; readonly waitMs: number }>();
    for (const id of new Set(ids)) {
      const intents = this.state.openIntentsFrom(pair, system, id);
      if (intents.length === 0) continue;
      const waitMs = Math.max(0, ...intents.map(({ deadline }) => deadline - this.state.now()));
      found.set(id, { intents, waitMs });
    }
    return found;
  }

  async settle(settlements: readonly UnitSettlement[]) {
    return settleAll(this.state, settlements, false, this.onDefect);
  }

  async settleAndKeep(settlements: readonly UnitSettlement[]) {
    return settleAll(this.state, settlements, true, this.onDefect);
  }

  async release(units: readonly Pick<ClaimedUnit, 'key' | 'fence'>[], dueMs: number): Promise<void> {
    for (const { key, fence } of units) {
      if (this.state.leases.get(key)?.fence === fence) this.giveBack(key, dueMs);
    }
  }

  async breakLeasesOfDead(): Promise<number> {
    const dead = [...this.state.leases].filter(([, { holder }]) => !this.state.living.has(holder));
    for (const [unit] of dead) this.giveBack(unit, 0);
    return dead.length;
  }

  async awaitLinks(awaited: readonly AwaitedLink[], whole: readonly RecordRef[] = []): Promise<void> {
    awaitLinks(this.state, awaited, whole);
  }

  async wakeAwaited(all: boolean): Promise<number> {
    return wakeAwaited(this.state, all);
  }

  async noteChanges(pair: string, changes: readonly MassChange[], limits: BreakerLimits['mass']) {
    return noteChanges(this.state, pair, changes, limits);
  }

  async keptAfter(pair: string, type: string, after: string, limit: number): Promise<readonly string[]> {
    const { links, parked, reviews } = this.state;
    const isPerson = type === 'contacts';
    const unit = `hubspot:${type}/`;
    const units = [...parked.values(), ...reviews.values()].filter((row) => row.pair === pair);
    const ids = [
      ...[...links.values()]
        .filter(({ ended, base }) => ended === null || (isPerson && Object.keys(base).length > 0))
        .filter((link) => link.pair === pair)
        .map(({ ids: own }) => own.hubspot),
      ...(isPerson ? units : [])
        .filter((row) => row.unit.startsWith(unit))
        .map((row) => row.unit.slice(unit.length))
        .filter((id) => ![...links.values()].some((link) => link.ids.hubspot === id && isErased(link))),
    ];
    return [...new Set(ids)]
      .filter((id) => id > after)
      .sort((a, b) => (a < b ? -1 : 1))
      .slice(0, limit);
  }

  async keptCount(pair: string): Promise<number> {
    return [...this.state.links.values()].filter((link) => link.pair === pair).length;
  }

  /** What can account for a difference of these units, as StatusQueries.standingOf tells it. */
  async standingOf(
    pair: string,
    units: readonly { readonly unit: string; readonly refs: readonly RecordRef[] }[],
  ): Promise<ReadonlyMap<string, Standing>> {
    const { state } = this;
    const isOpen = (ref: RecordRef): boolean =>
      state.dirty.has(`${pair} ${formatRef(ref)}`) ||
      state.openIntentsFrom(pair, ref.system, ref.id).length > 0;
    return new Map(
      units.map(({ unit, refs }) => [
        unit,
        {
          dirty: refs.some(isOpen),
          review: state.reviews.get(`${pair} ${unit}`)?.cause ?? null,
          parked: this.parkedRows(pair, unit).map(({ system, field, failure }) => ({
            ...{ system, field, code: failure.code },
          })),
        },
      ]),
    );
  }

  async pauses(): Promise<readonly Pause[]> {
    return [...this.state.pauses];
  }

  async backlog(pair: string): Promise<Backlog> {
    const { state } = this;
    const now = state.now();
    const dirty = [...state.dirty.values()].filter((row) => row.pair === pair);
    const ready = dirty.filter(({ due }) => due <= now);
    const ofPair = <T extends { readonly pair: string }>(rows: Iterable<T>): readonly T[] =>
      [...rows].filter((row) => row.pair === pair);
    return {
      dirty: dirty.length,
      due: ready.filter(({ ref }) => state.leaseOf(state.unitOf(pair, ref)) === null).length,
      oldestMs: dirty.length === 0 ? null : now - Math.min(...dirty.map(({ since }) => since)),
      held: dirty.filter(({ held }) => held).length,
      openIntents: ofPair(state.intents.values()).length,
      leased: ofPair(state.leases.values()).filter(({ expires }) => expires > now).length,
      parked: ofPair(state.parked.values()).length,
      reviews: ofPair(state.reviews.values()).length,
      links: ofPair(state.links.values()).filter(({ ended }) => ended === null).length,
    };
  }

  async workload(pair: string, upTo: number): Promise<Workload> {
    const { state } = this;
    const now = state.now();
    const dirty = [...state.dirty.values()].filter((row) => row.pair === pair);
    const ready = dirty.filter(({ due }) => due <= now);
    const leased = [...state.leases.values()].filter((row) => row.pair === pair && row.expires > now);
    return {
      dirty: Math.min(dirty.filter(({ held }) => !held).length, upTo),
      due: Math.min(ready.length, upTo),
      leased: Math.min(leased.length, upTo),
      strongest: ready.length === 0 ? null : ready.map((row) => row.class).reduce(stronger),
    };
  }

  async retryParked(pair: string): Promise<number> {
    const units = new Map(
      [...this.state.parked.values()].filter((row) => row.pair === pair).map((row) => [row.unit, row]),
    );
    for (const [unit, row] of units) {
      const link = this.state.links.get(unit.replace(/^link:/, ''));
      const [system = row.system, rest = ''] = unit.split(/:(.*)/s) as [System, string];
      const [type = '', id = ''] = rest.split(/\/(.*)/s);
      const ref = link === undefined ? { system, type, id } : { ...row.ref, id: link.ids[row.system] };
      this.state.mark({ pair, ref, class: 'sweep', stamp: null, cause: 'retry-parked' });
    }
    return units.size;
  }

  async raiseProblem(problem: Omit<Problem, 'since'>): Promise<void> {
    const since = this.state.problems.get(problem.key)?.since ?? this.state.now();
    this.state.problems.set(problem.key, { ...problem, since, toldAt: this.state.now() });
  }

  async clearProblem(key: string, below?: ClearedBelow): Promise<void> {
    const { problems } = this.state;
    problems.delete(key);
    if (below === undefined) return;
    const before = this.state.now() - below.untoldForMs;
    for (const [part, { toldAt }] of problems) {
      if (part.startsWith(`${key}:`) && toldAt <= before) problems.delete(part);
    }
  }

  private parkedRows(pair: string, unit: string): readonly Parked[] {
    return [...this.state.parked.values()].filter((row) => row.pair === pair && row.unit === unit);
  }

  private intentsOf(pair: string, row: StoredDirty, link: Link | null): readonly Intent[] {
    if (link === null) return this.state.openIntentsFrom(pair, row.ref.system, row.ref.id);
    return (['hubspot', 'salesforce'] as const).flatMap((system) =>
      this.state.openIntentsFrom(pair, system, link.ids[system]),
    );
  }

  private isCurrent({ pair, linkId, linkVersion, source }: NewIntent): boolean {
    if (linkId === null) return this.state.liveLinkOf(pair, source.system, source.id) === undefined;
    const link = this.state.links.get(linkId);
    return link?.ended === null && link.version === linkVersion;
  }

  private giveBack(unit: string, dueMs: number): void {
    const { state } = this;
    endLease(state, unit);
    for (const [key, row] of state.rowsOf(unit)) {
      if (row.due > state.now()) state.dirty.set(key, { ...row, due: state.now() + dueMs });
    }
  }
}

/** A live link before an ended one, the one that ended later before the other. */
const isBetter = (link: Link, known: Link): boolean =>
  known.ended !== null && (link.ended === null || link.ended.at >= known.ended.at);

const toDirtyRow = ({ due: _due, held: _held, ...row }: StoredDirty) => row;

/** One mark per record: what one commit says counts as one signal. */
const foldMarks = (marks: readonly DirtyMark[]): Iterable<DirtyMark> => {
  const folded = new Map<string, DirtyMark>();
  for (const mark of marks) {
    const key = `${mark.pair} ${formatRef(mark.ref)}`;
    const known = folded.get(key);
    folded.set(key, known === undefined ? mark : join(known, mark));
  }
  return folded.values();
};

const join = (a: DirtyMark, b: DirtyMark): DirtyMark => ({
  ...b,
  class: stronger(a.class, b.class),
  stamp: a.stamp === null || b.stamp === null ? (a.stamp ?? b.stamp) : Math.max(a.stamp, b.stamp),
  ...(a.changed || b.changed ? { changed: { ...a.changed, ...b.changed } } : {}),
  ...(a.erased || b.erased ? { erased: true } : {}),
});
