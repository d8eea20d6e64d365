import { longId } from '../../mapping/codecs/reference.ts';
import { type System, systems } from '../../model/system.ts';
import { protectedStages, type Stage, salesStages, stages } from '../stage/stages.ts';
import { type AccountEntry, entryKey, type HandOffAccount } from './account.ts';
import { observedOnly } from './leaf.ts';

/*
 * What became of those who were handed over, as they stand now: by the newest turn of each person here, by the stage that their record shows in
 * either system. Turns before the newest show nowhere any more, so that the account's own terms have no count beside them there.
 */

export const standings = ['touched-now', 'accepted-now', 'returned-now'] as const;
export type StandingNow = (typeof standings)[number];

const accepted: ReadonlySet<Stage> = new Set([...protectedStages, 'accepted', 'lost', 'win-back']);
const isStage = (text: string): text is Stage => stages.some((stage) => stage === text);

/**
 * Where somebody counts who was handed over and stands in this stage: whoever is accepted was touched, too; returned is whoever is with marketing
 * again. A stage that is not known, and disqualified, count nowhere.
 */
export const standingsOf = (stage: string): readonly StandingNow[] => {
  if (!isStage(stage) || stage === 'disqualified') return [];
  if (accepted.has(stage)) return ['touched-now', 'accepted-now'];
  if (stage === 'working') return ['touched-now'];
  return salesStages.has(stage) ? [] : ['returned-now'];
};

/** A record of a system that shows when it was handed over, and its stage there. */
export interface ShownStage {
  readonly id: string;
  readonly stage: string;
}

export type ShownStages = Readonly<Partial<Record<System, readonly ShownStage[]>>>;

/** One record that stands elsewhere in a system than here. */
export interface StandingDifference {
  readonly system: System;
  readonly term: StandingNow;
  readonly kind: 'missing' | 'extra';
  readonly id: string | null;
  readonly record: string | null;
  /** Stages: that of the system, null where it shows none; and ours, null where we have nobody there. */
  readonly theirs: string | null;
  readonly ours: string | null;
}

export interface StandingCount {
  readonly term: StandingNow;
  readonly count: number;
  readonly theirs: Readonly<Record<System, number | null>>;
  readonly records: readonly string[];
  readonly differences: readonly StandingDifference[];
}

const idIn = (system: System, id: string): string => (system === 'salesforce' ? longId(id) : id);

/** The newest turn of each person who was handed over, and is shown to both systems. */
const newestOf = (account: HandOffAccount): readonly AccountEntry[] =>
  [
    ...Map.groupBy(
      account.ready.entries.filter(({ why }) => why !== observedOnly),
      ({ journey }) => journey,
    ).values(),
  ]
    .flatMap((turns) => turns.toSorted((a, b) => b.turn - a.turn).slice(0, 1))
    .filter(({ handedAt, stage }) => handedAt !== null && stage !== null);

const compare = (
  term: StandingNow,
  system: System,
  newest: readonly AccountEntry[],
  shown: readonly ShownStage[],
): readonly StandingDifference[] => {
  const theirs = new Map(shown.map(({ id, stage }) => [idIn(system, id), stage]));
  const ours = new Map(
    newest.map((entry) => [entry[system] === null ? null : idIn(system, entry[system]), entry]),
  );
  const base = { system, term };
  return [
    ...newest.flatMap((entry): readonly StandingDifference[] => {
      const id = entry[system] === null ? null : idIn(system, entry[system]);
      const stage = id === null ? null : (theirs.get(id) ?? null);
      if (!standingsOf(entry.stage ?? '').includes(term) || standingsOf(stage ?? '').includes(term))
        return [];
      return [{ ...base, kind: 'missing', id, record: entryKey(entry), theirs: stage, ours: entry.stage }];
    }),
    ...[...theirs].flatMap(([id, stage]): readonly StandingDifference[] => {
      const entry = ours.get(id);
      if (!standingsOf(stage).includes(term) || standingsOf(entry?.stage ?? '').includes(term)) return [];
      const record = entry === undefined ? null : entryKey(entry);
      return [{ ...base, kind: 'extra', id, record, theirs: stage, ours: entry?.stage ?? null }];
    }),
  ];
};

/** How they stand now, here and in each system that was asked, each difference a record. Pure. Ids of Salesforce may have 15 or 18 characters. */
export const standingNow = (account: HandOffAccount, shown: ShownStages): readonly StandingCount[] => {
  const newest = newestOf(account);
  return standings.map((term) => {
    const ours = newest.filter(({ stage }) => standingsOf(stage ?? '').includes(term));
    const countOf = (system: System): number | null =>
      shown[system]?.filter(({ stage }) => standingsOf(stage).includes(term)).length ?? null;
    return {
      term,
      count: ours.length,
      theirs: { hubspot: countOf('hubspot'), salesforce: countOf('salesforce') },
      records: ours.map(entryKey),
      differences: systems.flatMap((system) => {
        const theirs = shown[system];
        return theirs === undefined ? [] : compare(term, system, newest, theirs);
      }),
    };
  });
};
