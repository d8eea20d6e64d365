import { longId } from '../../mapping/codecs/reference.ts';
import { type System, systems } from '../../model/system.ts';
import { type AccountEntry, entryKey, type HandOffAccount, type Term, termOf, termsOf } from './account.ts';
import { observedOnly } from './leaf.ts';

/** What a system counts by itself, by the ids of its records; a term that it was not asked about is not there. */
export type OwnCounts = Readonly<Partial<Record<System, Readonly<Partial<Record<Term, readonly string[]>>>>>>;

/** Why a record counts otherwise in a system than here. */
export interface Reason {
  readonly why: string;
  /** Whether nothing is wrong: the record shows what it has to show. */
  readonly explained: boolean;
}

/** One record by which a system's own count differs from ours. */
export interface Difference {
  readonly system: System;
  readonly term: Term;
  /** `missing`: counted by us and not by the system; `extra`: the other way round. */
  readonly kind: 'missing' | 'extra';
  /** Id of the record in that system; null where we know of none. */
  readonly id: string | null;
  /** `journey/turn`, where it is one of ours. */
  readonly record: string | null;
  /** `extra`: the term in which we have it; null: we do not have it at all. */
  readonly ours: Term | null;
  /** In words; null: nobody asked. */
  readonly why: string | null;
  readonly explained: boolean;
}

type Bare = Omit<Difference, keyof Reason>;

/** Why a difference is one; without an answer nobody asked. */
export type ReasonOf = (difference: Bare) => Reason;

export interface Comparison {
  readonly system: System;
  readonly term: Term;
  /** Records, each once however many turns it had. */
  readonly theirs: number;
  readonly ours: number;
  readonly differences: readonly Difference[];
}

const idIn = (system: System, entry: AccountEntry): string | null => {
  const id = entry[system];
  return id === null || system === 'hubspot' ? id : longId(id);
};

const compareTerm = (
  account: HandOffAccount,
  system: System,
  term: Term,
  ids: readonly string[],
  reasonOf: ReasonOf | undefined,
): Comparison => {
  const theirs = new Set(ids.map((id) => (system === 'salesforce' ? longId(id) : id)));
  // Neither system is shown what was only observed.
  const entries = termOf(account, term).entries.filter(({ why }) => why !== observedOnly);
  const known = new Set(entries.map((entry) => idIn(system, entry)));
  const missing = entries.filter((entry) => {
    const id = idIn(system, entry);
    return id === null || !theirs.has(id);
  });
  // Two turns of one record that is missing are one difference: the last one.
  const byId = new Map(missing.map((entry) => [idIn(system, entry) ?? entryKey(entry), entry]));
  const elsewhere = new Map(account.ready.entries.map((entry) => [idIn(system, entry), entry]));
  const base = { system, term };
  const explained = (difference: Bare): Difference => ({
    ...difference,
    ...(reasonOf?.(difference) ?? { why: null, explained: false }),
  });
  return {
    ...base,
    theirs: theirs.size,
    ours: new Set(entries.map((entry) => idIn(system, entry) ?? entryKey(entry))).size,
    differences: [
      ...[...byId.values()].map(
        (entry): Difference =>
          explained({
            ...base,
            kind: 'missing',
            id: idIn(system, entry),
            record: entryKey(entry),
            ours: term,
          }),
      ),
      ...[...theirs]
        .filter((id) => !known.has(id))
        .map((id): Difference => {
          const entry = elsewhere.get(id);
          return explained({
            ...base,
            kind: 'extra',
            id,
            record: entry === undefined ? null : entryKey(entry),
            ours: entry?.leaf ?? null,
          });
        }),
    ],
  };
};

/** What both systems count beside ours, each difference a record, with its reason where `reasonOf` is there. Pure. Ids of Salesforce may have 15 or 18 characters. */
export const compareCounts = (
  account: HandOffAccount,
  counts: OwnCounts,
  reasonOf?: ReasonOf,
): readonly Comparison[] =>
  systems.flatMap((system) =>
    termsOf(account).flatMap(({ term }) => {
      const ids = counts[system]?.[term];
      return ids === undefined ? [] : [compareTerm(account, system, term, ids, reasonOf)];
    }),
  );
