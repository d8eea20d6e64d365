/**
 * A memo of at most `2 * sizeMax` entries: two generations, the older dropped whole when the younger is full. Nearly as
 * good as least-recently-used and without its bookkeeping on every hit.
 */
export class BoundedCache<V> {
  readonly #sizeMax: number;
  #young = new Map<string, V>();
  #old = new Map<string, V>();

  constructor(sizeMax: number) {
    this.#sizeMax = sizeMax;
  }

  /** The value of `key`, made by `make` if it is not there. `make` must be pure. */
  get(key: string, make: (key: string) => V): V {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const value = this.#old.get(key) ?? make(key);
    if (this.#young.size >= this.#sizeMax) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
    return value;
  }

  /** How many entries are kept now. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }
}
