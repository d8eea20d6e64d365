import { longId } from '../../mapping/codecs/reference.ts';
import { type System, systems } from '../../model/system.ts';
import { protectedStages, type Stage, salesStages, stages } from '../stage/stages.ts';
import { type AccountEntry, type Cohort, entryKey, everybody, type HandOffAccount, isIn } from './account.ts';
import type { Reason } from './differences.ts';
import { observedOnly } from './leaf.ts';
import { isShownIn, type Shown } from './shown.ts';
import { minuteText } from './words.ts';

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

/** A record of a system that shows when it was handed over, its stage there, and when it became ready (milliseconds; null: it does not say). */
export interface ShownStage {
  readonly id: string;
  readonly stage: string;
  readonly readyAt: number | null;
}

export type ShownStages = Readonly<Partial<Record<System, readonly ShownStage[]>>>;

/** The records of each system that show that they were handed over. */
export const handedIn = ({ hubspot, salesforce }: Shown): ShownStages => ({
  ...(hubspot === undefined ? {} : { hubspot: hubspot.records.filter(({ handedAt }) => handedAt !== null) }),
  ...(salesforce === undefined
    ? {}
    : { salesforce: salesforce.records.filter(({ readyAt }) => readyAt !== null) }),
});

/** One record that stands elsewhere in a system than here. */
export interface StandingDifference extends Reason {
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

/** Of whom it is asked, and who of those that nobody of ours is was erased here, by system and id. */
export interface StandingOptions {
  readonly cohort?: Cohort;
  readonly erased?: Readonly<Record<System, ReadonlySet<string>>>;
}

const compare = (
  term: StandingNow,
  system: System,
  newest: readonly AccountEntry[],
  shown: readonly ShownStage[],
  { cohort = everybody, erased }: StandingOptions,
): readonly StandingDifference[] => {
  const theirs = new Map(shown.map((each) => [idIn(system, each.id), each]));
  const ours = new Map(
    newest.map((entry) => [entry[system] === null ? null : idIn(system, entry[system]), entry]),
  );
  const base = { system, term };
  const isOurs = (entry: AccountEntry | undefined): boolean =>
    entry !== undefined && isIn(cohort, entry.readyAt) && standingsOf(entry.stage ?? '').includes(term);
  const isTheirs = (each: ShownStage | undefined): boolean =>
    each !== undefined && isShownIn(cohort, each.readyAt) && standingsOf(each.stage).includes(term);
  const reasonOf = (
    id: string | null,
    each: ShownStage | undefined,
    entry: AccountEntry | undefined,
  ): Reason => {
    if (entry === undefined && id !== null && erased?.[system].has(id))
      return { why: 'the person was erased here', explained: true };
    const isSame = [each?.stage, entry?.stage].every((stage) => standingsOf(stage ?? '').includes(term));
    const date = each?.readyAt === null || each === undefined ? 'no date' : `${minuteText(each.readyAt)} UTC`;
    const why =
      isSame && entry !== undefined
        ? `it shows ${date}, and here the newest turn began ${minuteText(entry.readyAt)}`
        : `it is ${each?.stage ?? 'in no stage'} there, ${entry?.stage ?? 'not in this account'} here`;
    return { why, explained: false };
  };
  return [
    ...newest.flatMap((entry): readonly StandingDifference[] => {
      const id = entry[system] === null ? null : idIn(system, entry[system]);
      const each = id === null ? undefined : theirs.get(id);
      if (!isOurs(entry) || isTheirs(each)) return [];
      const told = { kind: 'missing', id, record: entryKey(entry), theirs: each?.stage ?? null } as const;
      return [{ ...base, ...told, ours: entry.stage, ...reasonOf(id, each, entry) }];
    }),
    ...[...theirs].flatMap(([id, each]): readonly StandingDifference[] => {
      const entry = ours.get(id);
      if (!isTheirs(each) || isOurs(entry)) return [];
      const record = entry === undefined ? null : entryKey(entry);
      const told = { kind: 'extra', id, record, theirs: each.stage, ours: entry?.stage ?? null } as const;
      return [{ ...base, ...told, ...reasonOf(id, each, entry) }];
    }),
  ];
};

/**
 * How they stand now, here and in each system that was asked, each difference a record. `cohort`: of those alone whose newest turn began in it, here,
 * or whose record shows such a date. Pure. Ids of Salesforce may have 15 or 18 characters.
 */
export const standingNow = (
  account: HandOffAccount,
  shown: ShownStages,
  options: StandingOptions = {},
): readonly StandingCount[] => {
  const { cohort = everybody } = options;
  const newest = newestOf(account);
  const own = newest.filter(({ readyAt }) => isIn(cohort, readyAt));
  return standings.map((term) => {
    const ours = own.filter(({ stage }) => standingsOf(stage ?? '').includes(term));
    const countOf = (system: System): number | null =>
      shown[system]?.filter(
        ({ stage, readyAt }) => isShownIn(cohort, readyAt) && standingsOf(stage).includes(term),
      ).length ?? null;
    return {
      term,
      count: ours.length,
      theirs: { hubspot: countOf('hubspot'), salesforce: countOf('salesforce') },
      records: ours.map(entryKey),
      differences: systems.flatMap((system) => {
        const theirs = shown[system];
        return theirs === undefined ? [] : compare(term, system, newest, theirs, options);
      }),
    };
  });
};
