/** The other record of an association, and the types it has, seen from this end. */
export interface Link {
  readonly toId: number;
  /** Rising; shared between links, never changed. */
  readonly types: readonly number[];
}

export type LinksState = readonly (readonly [string, readonly (readonly [number, readonly Link[]])[]])[];

const pairKey = (from: string, to: string): string => `${from}>${to}`;

/** Lists of types are few: each is kept once, however many links have it. */
const interned = new Map<string, readonly number[]>();
const intern = (types: Iterable<number>): readonly number[] => {
  const sorted = [...new Set(types)].sort((a, b) => a - b);
  const key = sorted.join(',');
  const known = interned.get(key);
  if (known !== undefined) return known;
  interned.set(key, sorted);
  return sorted;
};

/** All associations, one direction at a time: who is tied to whom, with which types. Checks nothing, and knows no inverse. */
export class Links {
  readonly #pairs = new Map<string, Map<number, Link[]>>();

  clear(): void {
    this.#pairs.clear();
  }

  /** In order of the other record's id. */
  of(from: string, id: number, to: string): readonly Link[] {
    return this.#pairs.get(pairKey(from, to))?.get(id) ?? [];
  }

  typesBetween(from: string, id: number, to: string, toId: number): readonly number[] {
    return this.of(from, id, to).find((link) => link.toId === toId)?.types ?? [];
  }

  /** Sets the types between two records, in this direction; none ends the link. */
  set(from: string, id: number, to: string, toId: number, types: Iterable<number>): void {
    const key = pairKey(from, to);
    let byId = this.#pairs.get(key);
    if (byId === undefined) {
      byId = new Map();
      this.#pairs.set(key, byId);
    }
    const list = byId.get(id) ?? [];
    const at = firstFrom(list, toId);
    const isThere = list[at]?.toId === toId;
    const next = intern(types);
    if (next.length > 0) list.splice(at, isThere ? 1 : 0, { toId, types: next });
    else if (isThere) list.splice(at, 1);
    if (list.length === 0) byId.delete(id);
    else byId.set(id, list);
  }

  /** Everything that a record of this object is tied to, as [the other object's type id, link]. */
  *everythingOf(from: string, id: number): Iterable<readonly [string, Link]> {
    for (const [key, byId] of this.#pairs) {
      if (!key.startsWith(`${from}>`)) continue;
      const to = key.slice(from.length + 1);
      for (const link of [...(byId.get(id) ?? [])]) yield [to, link];
    }
  }

  usesType(from: string, to: string, typeId: number): boolean {
    for (const links of this.#pairs.get(pairKey(from, to))?.values() ?? []) {
      if (links.some((link) => link.types.includes(typeId))) return true;
    }
    return false;
  }

  exportState(): LinksState {
    return [...this.#pairs].map(([key, byId]) => [key, [...byId]] as const);
  }

  importState(state: LinksState): void {
    this.#pairs.clear();
    for (const [key, byId] of state) {
      const lists = byId.map(([id, links]) => {
        return [id, links.map(({ toId, types }) => ({ toId, types: intern(types) }))] as const;
      });
      this.#pairs.set(key, new Map(lists));
    }
  }
}

const firstFrom = (list: readonly Link[], toId: number): number => {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((list[middle]?.toId ?? 0) < toId) low = middle + 1;
    else high = middle;
  }
  return low;
};
