/** Something that happened, of one owner (a contact, an address, a form). */
export interface Timed {
  /** Milliseconds. */
  readonly at: number;
  /** Rises with each entry of the portal; settles the order of what happened at the same time. */
  readonly ordinal: number;
  readonly owner: string;
}

export const isBefore = (a: Timed, b: Timed): boolean =>
  a.at < b.at || (a.at === b.at && a.ordinal < b.ordinal);

const insert = <T extends Timed>(list: T[], entry: T): void => {
  let low = 0;
  let high = list.length;
  // Nearly everything happens after everything else.
  const last = list.at(-1);
  if (last === undefined || isBefore(last, entry)) low = high;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = list[middle];
    if (other !== undefined && isBefore(other, entry)) low = middle + 1;
    else high = middle;
  }
  list.splice(low, 0, entry);
};

/**
 * What happened, in the order of time, as a whole and by owner. Holds at most `max` entries and, beyond that, forgets the oldest tenth:
 * a portal that is visited for ever must not grow for ever.
 */
export class TimedLog<T extends Timed> {
  readonly #max: number;
  #all: T[] = [];
  #byOwner = new Map<string, T[]>();

  constructor(max: number) {
    this.#max = max;
  }

  add(entry: T): void {
    insert(this.#all, entry);
    const own = this.#byOwner.get(entry.owner);
    if (own === undefined) this.#byOwner.set(entry.owner, [entry]);
    else insert(own, entry);
    if (this.#all.length > this.#max) this.#fill(this.#all.slice(Math.ceil(this.#max / 10)));
  }

  /** Oldest first. */
  all(): readonly T[] {
    return this.#all;
  }

  /** Of these owners, oldest first. */
  of(...owners: readonly string[]): readonly T[] {
    const lists = owners.flatMap((owner) => {
      const own = this.#byOwner.get(owner);
      return own === undefined ? [] : [own];
    });
    const [first = []] = lists;
    return lists.length < 2 ? first : lists.flat().sort((a, b) => (isBefore(a, b) ? -1 : 1));
  }

  /** Takes entries out for good. */
  remove(isGone: (entry: T) => boolean): void {
    this.#fill(this.#all.filter((entry) => !isGone(entry)));
  }

  exportState(): readonly T[] {
    return this.#all;
  }

  importState(entries: readonly T[]): void {
    this.#fill([...entries]);
  }

  /** `entries` in order. */
  #fill(entries: T[]): void {
    this.#all = entries;
    this.#byOwner = Map.groupBy(entries, (entry) => entry.owner);
  }
}
