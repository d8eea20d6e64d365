/** The limits that `POST /_sandbox/limits` can change. Each system has those that its vendor has. */
export const limitNames = ['burst', 'search', 'daily', 'concurrent'] as const;
export type LimitName = (typeof limitNames)[number];

/** Null: no limit. */
export type LimitValues = Readonly<Record<LimitName, number | null>>;

export interface LimitChange extends Partial<Record<LimitName, number | null | undefined>> {
  readonly reset?: boolean | undefined;
}

/** The limits in force; they begin as the vendor's. How calls are counted against them is each system's own. */
export class LimitSettings {
  readonly #vendor: LimitValues;
  #values: LimitValues;

  constructor(vendor: LimitValues) {
    this.#vendor = vendor;
    this.#values = vendor;
  }

  get values(): LimitValues {
    return this.#values;
  }

  /** `reset` restores the vendor's first; then each limit that is named takes its value. */
  change(change: LimitChange): void {
    const values = { ...(change.reset === true ? this.#vendor : this.#values) };
    for (const name of limitNames) {
      const value = change[name];
      if (value !== undefined) values[name] = value;
    }
    this.#values = values;
  }
}
