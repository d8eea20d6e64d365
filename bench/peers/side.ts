import type { PeerField, PeerValues } from './fields.ts';

/** A person in one system. */
export interface PeerRecord {
  readonly id: string;
  /** In lower case; a peer matches by it. */
  readonly email: string;
  /** The system's own stamp, in ms since 1970. */
  readonly modifiedAt: number;
  readonly values: PeerValues;
}

/** What a peer writes: a new record without an id. Only these fields are sent. */
export interface PeerWrite {
  readonly id: string | null;
  readonly email: string;
  readonly values: PeerValues;
  readonly fields: readonly PeerField[];
}

/**
 * One system through its official client, as a competent engineer wraps it in a day: pages, batches, the client's own retries. Whatever
 * fails in spite of them rejects.
 */
export interface Side {
  /** Everybody with an address who was modified since, as they are now. Looks back a little further than told, for changes that came to be seen late. */
  changedSince(sinceMs: number): Promise<readonly PeerRecord[]>;
  /** Who has these addresses now, not as a search remembers it; of several the oldest. */
  byEmail(emails: readonly string[]): Promise<ReadonlyMap<string, PeerRecord>>;
  /** Writes in batches. A record that the system refuses for its data is left out, and does not hold up the others; answers how many were taken. */
  write(writes: readonly PeerWrite[]): Promise<number>;
}

/** Cuts into lots of at most `size`. */
export const lotsOf = <T>(items: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size));

/** The newest stamp of these, or what it was before. */
export const newestOf = (records: readonly PeerRecord[], before: number): number =>
  records.reduce((newest, { modifiedAt }) => Math.max(newest, modifiedAt), before);
