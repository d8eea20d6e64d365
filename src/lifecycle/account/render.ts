import { type System, systemLabel, systems } from '../../model/system.ts';
import { type AccountEntry, type AccountTerm, entryKey, type HandOffAccount, type Term } from './account.ts';
import type { Comparison, Difference } from './differences.ts';
import { type Leaf, leaves } from './leaf.ts';
import { handWords, type NextHand, type NextHands } from './next-hand.ts';
import type { StandingCount, StandingDifference, StandingNow } from './standing-now.ts';
import { labels, minuteText } from './words.ts';

const standingLabels: Readonly<Record<StandingNow, string>> = {
  'touched-now': 'touched, and with sales',
  'accepted-now': 'accepted',
  'returned-now': 'with marketing again',
};

const isLeaf = (term: Term): term is Leaf => leaves.some((leaf) => leaf === term);

/** So many records of a term, and differences, are named in the text; JSON has all. */
const namedMax = 10;

const time = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());
const entryJson = (entry: AccountEntry) => ({
  record: entryKey(entry),
  journey: entry.journey,
  turn: entry.turn,
  readyAt: time(entry.readyAt),
  handedAt: time(entry.handedAt),
  definition: entry.definition,
  why: entry.why,
  hubspot: entry.hubspot,
  salesforce: entry.salesforce,
});

export interface TermJson {
  readonly term: Term;
  readonly count: number;
  /** The systems' own counts; null where none was asked for. */
  readonly theirs: Readonly<Record<System, number | null>>;
  readonly whys: AccountTerm['whys'];
  /** Who has the next step with those in it; null where they are in parts, or nobody asked. */
  readonly next: NextHand | null;
  /** Names of the turns, as `journey/turn`. */
  readonly records: readonly string[];
  /** The turns themselves, where they are not in parts. */
  readonly entries: readonly ReturnType<typeof entryJson>[];
  readonly parts: readonly TermJson[];
}

const theirsOf = (
  term: Term,
  comparisons: readonly Comparison[],
): Readonly<Record<System, number | null>> => {
  const of = (system: System): number | null =>
    comparisons.find((each) => each.system === system && each.term === term)?.theirs ?? null;
  return { hubspot: of('hubspot'), salesforce: of('salesforce') };
};

const handOf = (term: Term, hands: NextHands | undefined): NextHand | null =>
  isLeaf(term) ? (hands?.[term] ?? null) : null;

const termJson = (
  term: AccountTerm,
  comparisons: readonly Comparison[],
  hands: NextHands | undefined,
): TermJson => ({
  term: term.term,
  count: term.count,
  theirs: theirsOf(term.term, comparisons),
  whys: term.whys,
  next: handOf(term.term, hands),
  records: term.entries.map(entryKey),
  entries: term.parts.length === 0 ? term.entries.map(entryJson) : [],
  parts: term.parts.map((part) => termJson(part, comparisons, hands)),
});

/**
 * The account as plain data for JSON: `{asOf, cohort: {name, from, to}, ready: {term, count, theirs, whys, next, records, entries, parts}, now, differences}`. Times
 * are ISO 8601 UTC, unknown figures null. Pure.
 */
export const accountJson = (
  { cohort, asOf, ready }: HandOffAccount,
  comparisons: readonly Comparison[] = [],
  now: readonly StandingCount[] = [],
  hands?: NextHands,
) => ({
  asOf: time(asOf),
  cohort: { name: cohort.name, from: time(cohort.from), to: time(cohort.to) },
  ready: termJson(ready, comparisons, hands),
  now: now.map(({ term, count, theirs, records }) => ({ term, count, theirs, records })),
  differences: [
    ...comparisons.flatMap(({ differences }) => differences),
    ...now.flatMap(({ differences }) => differences),
  ],
});

const theirsText = (theirs: Readonly<Record<System, number | null>>): string => {
  const told = systems.flatMap((system) =>
    theirs[system] === null ? [] : [`${systemLabel[system]} ${theirs[system]}`],
  );
  return told.length === 0 ? '' : ` (${told.join(', ')})`;
};

const termLines = (
  term: AccountTerm,
  comparisons: readonly Comparison[],
  hands: NextHands | undefined,
  depth: number,
): readonly string[] => {
  const indent = '  '.repeat(depth);
  const hand = term.count === 0 ? null : handOf(term.term, hands);
  return [
    `${indent}${labels[term.term]} ${term.count}${theirsText(theirsOf(term.term, comparisons))}${hand === null ? '' : ` · next: ${handWords(hand)}`}`,
    ...term.whys.map(({ why, count }) => `${indent}  - ${why}: ${count}`),
    ...term.parts.flatMap((part) => termLines(part, comparisons, hands, depth + 1)),
  ];
};

const differenceText = ({ system, term, kind, id, record, ours, why }: Difference): string => {
  const name = systemLabel[system];
  const what =
    id === null ? `${record ?? '?'} (no id there)` : `${id}${record === null ? '' : ` (${record})`}`;
  const because = why === null ? '' : `: ${why}`;
  if (kind === 'missing') return `${name} does not count ${what} as ${labels[term]}${because}`;
  const where = ours === null ? 'not in this account' : `here ${labels[ours]}`;
  return `${name} counts ${what} as ${labels[term]}, ${where}${because}`;
};

const standingText = ({ system, term, kind, id, record, why }: StandingDifference): string => {
  const what = [id ?? 'no id there', ...(record === null ? [] : [`(${record})`])].join(' ');
  const counts = kind === 'missing' ? 'does not count' : 'counts';
  return `${systemLabel[system]} ${counts} ${what} as ${standingLabels[term]}: ${why}`;
};

const standingLines = (now: readonly StandingCount[]): readonly string[] =>
  now.length === 0
    ? []
    : [
        '',
        'As they stand now, by the newest turn of each:',
        ...now.map(({ term, count, theirs }) => `  ${standingLabels[term]} ${count}${theirsText(theirs)}`),
      ];

/** The first of a long list. */
export const someOf = (all: readonly string[]): readonly string[] =>
  all.length <= namedMax
    ? all
    : [...all.slice(0, namedMax), `and ${all.length - namedMax} more; --json lists all`];

const cohortText = ({ name, from, to }: HandOffAccount['cohort']): string =>
  from === null && to === null
    ? name
    : `${name} (${from === null ? 'the beginning' : minuteText(from)} to ${to === null ? 'now' : minuteText(to)} UTC)`;

/** The account as text for a terminal: the tree with counts, reasons and who has the next step, then each difference. Pure. */
export const accountText = (
  account: HandOffAccount,
  comparisons: readonly Comparison[] = [],
  now: readonly StandingCount[] = [],
  hands?: NextHands,
): string => {
  const explained = [
    ...comparisons.flatMap((each) => each.differences.filter((one) => one.explained)),
    ...now.flatMap((each) => each.differences.filter((one) => one.explained)),
  ].length;
  const differences = [
    ...comparisons.flatMap((comparison) => comparison.differences.map(differenceText)),
    ...now.flatMap((each) => each.differences.map(standingText)),
  ];
  return [
    `Ready: ${cohortText(account.cohort)}, as of ${minuteText(account.asOf)} UTC`,
    ...termLines(account.ready, comparisons, hands, 0),
    ...standingLines(now),
    ...(comparisons.length === 0
      ? []
      : [
          '',
          differences.length === 0
            ? 'No differences'
            : `Differences: ${differences.length}${explained === 0 ? '' : `, ${explained} of them explained`}`,
        ]),
    ...someOf(differences).map((line) => `- ${line}`),
  ].join('\n');
};
