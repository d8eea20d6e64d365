import type { RecordRef } from './system.ts';

/** What is erased of a person in one pair: everything that is kept of these records, and of links that ended with them. */
export interface Erasure {
  readonly refs: readonly RecordRef[];
  /** The person's match keys, in the form that both sides share. */
  readonly keys: readonly string[];
  /** Pairs whose records name the person among their contact roles. */
  readonly rolesIn?: readonly string[];
  /** Why, in the words of the links' tombstones. */
  readonly cause: string;
}

/** By what a record is known among the erased. A Salesforce id is of one object alone; HubSpot counts each object for itself. */
export const recordName = ({ system, type, id }: RecordRef): string =>
  system === 'salesforce' ? `record:salesforce:${id}` : `record:${system}:${type}/${id}`;

/** By what a match key is known among the erased. */
export const keyName = (key: string): string => `key:${key}`;

/** Every name that an erasure leaves a tombstone of. */
export const namesOfErasure = ({ refs, keys }: Pick<Erasure, 'refs' | 'keys'>): readonly string[] => [
  ...new Set([...refs.map(recordName), ...keys.map(keyName)]),
];

/** How the lock of a match key is called; it holds the key, so it goes with the person. */
export const lockName = (pair: string, key: string): string => `key:${pair}:${key}`;
