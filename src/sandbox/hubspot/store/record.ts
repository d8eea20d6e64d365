/** Who wrote, as property history names it. */
export interface ChangeSource {
  readonly sourceType: string;
  /** Empty where the portal names none (EMAIL, most of CALCULATED). */
  readonly sourceId: string;
  readonly userId?: number;
}

/** Values by the place of their property; a hole, undefined and null are all blank. */
export type Values = readonly (string | null | undefined)[];

/** A record's contents at one time. Never changed: a write makes a new version, so that search and history can keep old ones. */
export interface Version {
  readonly values: Values;
  readonly modifiedAt: number;
}

/** One property's new value; null when it was cleared. */
export interface Change {
  readonly slot: number;
  readonly value: string | null;
  readonly at: number;
  readonly source: ChangeSource;
}

/**
 * A record. Its history is its birth and the changes since, so that a record that never changed costs one array;
 * 100,000 of them stay far below a gigabyte.
 */
export interface StoredRecord {
  readonly id: number;
  readonly createdAt: number;
  readonly origin: ChangeSource;
  readonly birth: Values;
  version: Version;
  changes: Change[] | null;
  archivedAt: number | null;
  /** What search knows; null while it has not seen the record at all. */
  indexed: Version | null;
}

/** Values of one property that a history shows, the newest ones. HubSpot's histories end as well; where is not documented for v3. */
export const historyMax = 45;

/** After so many changes a record's log is looked through for values that no history shows any more. */
const forgetEvery = 256;

/** Without the values that no history shows any more, so that a visitor's thousandth page view costs no more than the hundredth. */
export const forgetOld = (changes: Change[], added: number): Change[] => {
  const lookedAt = Math.floor((changes.length - added) / forgetEvery);
  if (Math.floor(changes.length / forgetEvery) === lookedAt) return changes;
  const kept = new Map<number, number>();
  return changes
    .toReversed()
    .filter(({ slot }) => {
      const count = (kept.get(slot) ?? 0) + 1;
      kept.set(slot, count);
      return count <= historyMax;
    })
    .toReversed();
};

export interface HistoryEntry {
  readonly value: string;
  readonly at: number;
  readonly source: ChangeSource;
}

/** Every value that a property had, newest first; a clearing is an entry with an empty value. */
export const historyOf = (record: StoredRecord, slot: number): HistoryEntry[] => {
  const entries = (record.changes ?? [])
    .filter((change) => change.slot === slot)
    .map(({ value, at, source }) => ({ value: value ?? '', at, source }))
    .reverse();
  const first = record.birth[slot];
  const all =
    first === undefined || first === null
      ? entries
      : [...entries, { value: first, at: record.createdAt, source: record.origin }];
  return all.slice(0, historyMax);
};
