import { type Sides, systems } from '../../src/model/system.ts';
import { readRecords } from '../../test/data/sandbox-records.ts';
import type { CallKind } from '../kit/calls.ts';
import type { LinkedIds } from '../kit/people.ts';
import type { Workspace } from '../kit/workspace.ts';
import type { Newcomer, Part } from './trace.ts';

/** What became of the trace, over all seeds. */
export interface Tally {
  /** Edits, newcomers and corrected addresses. */
  changes: number;
  /** Of the changes: not on both sides in the end. */
  lost: { edits: number; newcomers: number; corrections: number };
  clears: number;
  /** Of the clears, and of the lost: the value is still there on a side. */
  clearsLost: number;
  /** Records made that nobody asked for, of newcomers, of people whose address was put right, and of others. */
  duplicates: { newcomers: number; corrected: number; others: number };
  calls: Record<CallKind, number>;
  /** Runs that ended without having come to rest. */
  gaveUp: number;
  /** Kills that met a running process. */
  kills: number;
}

export const emptyTally = (): Tally => ({
  ...{ changes: 0, clears: 0, clearsLost: 0, gaveUp: 0, kills: 0 },
  lost: { edits: 0, newcomers: 0, corrections: 0 },
  duplicates: { newcomers: 0, corrected: 0, others: 0 },
  calls: { read: 0, write: 0, query: 0, search: 0, other: 0 },
});

export const addCalls = ({ calls }: Tally, byKind: Readonly<Record<CallKind, number>>): void => {
  calls.read += byKind.read;
  calls.write += byKind.write;
  calls.query += byKind.query;
  calls.search += byKind.search;
  calls.other += byKind.other;
};

/** All kinds of one count together. */
export const total = (count: Readonly<Record<string, number>>): number =>
  Object.values(count).reduce((sum, each) => sum + each, 0);

type Records = ReadonlyMap<string, Readonly<Record<string, unknown>>>;
/** Every live record of both systems, by id. */
export type Both = Readonly<Sides<Records>>;

/** Reads both systems past their APIs: no peer is charged for it. */
export const readBoth = async ({ sandbox }: Workspace): Promise<Both> => {
  const hubspot = new Map<string, Readonly<Record<string, unknown>>>();
  for await (const page of readRecords(sandbox.url.hubspot, 'contacts'))
    for (const { id, archived, properties } of page)
      if (archived !== true) hubspot.set(String(id), Object(properties));
  const salesforce = new Map<string, Readonly<Record<string, unknown>>>();
  for await (const page of readRecords(sandbox.url.salesforce, 'Lead'))
    for (const lead of page) if (lead.IsDeleted !== true) salesforce.set(String(lead.Id), lead);
  return { hubspot, salesforce };
};

const email = { hubspot: 'email', salesforce: 'Email' } as const;

/** The ids of a newcomer on both sides; null unless they are on each with the name they were given. */
export const arrived = (both: Both, { email: address, name }: Newcomer): LinkedIds | null => {
  const find = (system: keyof Both): string | undefined => {
    const lastName = system === 'hubspot' ? 'lastname' : 'LastName';
    const found = [...both[system]].find(
      ([, record]) => record[email[system]] === address && record[lastName] === name,
    );
    return found?.[0];
  };
  const [hubspot, salesforce] = [find('hubspot'), find('salesforce')];
  return hubspot === undefined || salesforce === undefined ? null : { hubspot, salesforce };
};

/** Who was there before the part and whose address it put right. */
export interface Corrected {
  readonly ids: LinkedIds;
  readonly before: string;
}

const countDuplicates = (
  tally: Tally,
  before: Both,
  after: Both,
  parts: readonly Part[],
  corrected: readonly (Corrected | undefined)[],
): void => {
  const newcomers = new Set(parts.flatMap((part) => part.newcomers.map((each) => each.email)));
  const put = new Set([
    ...parts.map(({ correction }) => correction.email),
    ...corrected.flatMap((each) => (each === undefined ? [] : [each.before])),
  ]);
  for (const system of systems) {
    const seen = new Set<string>();
    for (const [id, record] of after[system]) {
      if (before[system].has(id)) continue;
      const address = String(record[email[system]]);
      if (put.has(address)) tally.duplicates.corrected += 1;
      else if (!newcomers.has(address)) tally.duplicates.others += 1;
      else if (seen.has(address)) tally.duplicates.newcomers += 1;
      seen.add(address);
    }
  }
};

/** Adds what became of these parts: `before` was read before the first, `after` when the peer had come to rest. */
export const count = (
  tally: Tally,
  before: Both,
  after: Both,
  parts: readonly Part[],
  corrected: readonly (Corrected | undefined)[],
): void => {
  const settle = (kind: keyof Tally['lost'], isThere: boolean): void => {
    tally.changes += 1;
    if (!isThere) tally.lost[kind] += 1;
  };
  for (const [at, { edits, newcomers, correction }] of parts.entries()) {
    for (const { person, field, value } of edits) {
      const isThere = systems.every(
        (system) => (after[system].get(person[system])?.[field[system]] || null) === value,
      );
      settle('edits', isThere);
      if (value === null) tally.clears += 1;
      if (value === null && !isThere) tally.clearsLost += 1;
    }
    for (const newcomer of newcomers) settle('newcomers', arrived(after, newcomer) !== null);
    const ids = corrected[at]?.ids;
    if (ids)
      settle(
        'corrections',
        systems.every((system) => after[system].get(ids[system])?.[email[system]] === correction.email),
      );
  }
  countDuplicates(tally, before, after, parts, corrected);
};
