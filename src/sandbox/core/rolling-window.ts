/** Counts events of the last `windowMs`. Holds one number per event inside the window. */
export class RollingWindow {
  readonly #windowMs: number;
  readonly #times: number[] = [];
  #head = 0;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  /** Events in (now - windowMs, now]. */
  count(now: number): number {
    while (this.#head < this.#times.length && (this.#times[this.#head] ?? 0) <= now - this.#windowMs)
      this.#head += 1;
    if (this.#head > 1_024 && this.#head * 2 > this.#times.length) {
      this.#times.splice(0, this.#head);
      this.#head = 0;
    }
    return this.#times.length - this.#head;
  }

  add(now: number): void {
    this.#times.push(now);
  }

  /** The events that a window ending at `now` holds. */
  exportState(now: number): readonly number[] {
    this.count(now);
    return this.#times.slice(this.#head);
  }

  importState(times: readonly number[]): void {
    this.clear();
    for (const time of times) this.add(time);
  }

  clear(): void {
    this.#times.length = 0;
    this.#head = 0;
  }
}
