import type { Stage } from '../stage/stages.ts';
import { type Leaf, type Place, placeOf } from './leaf.ts';
import { type AccountRows, turnKey } from './rows.ts';
import { type TurnStory, turnsOf } from './turns.ts';

/**
 * The tree: each term is the sum of its parts. ready = held + handed; handed = received + in flight + in flight (late) + failed; received = touched + not yet due +
 * overdue + moved; touched = accepted + returned + rejected + disqualified + being worked.
 */
const tree = {
  ready: ['handed', 'held'],
  handed: ['received', 'in-flight', 'in-flight-late', 'failed'],
  received: ['touched', 'not-yet-due', 'overdue', 'moved'],
  touched: ['accepted', 'returned', 'rejected', 'disqualified', 'being-worked'],
} as const satisfies Readonly<Record<string, readonly (Leaf | 'handed' | 'received' | 'touched')[]>>;

type Sum = keyof typeof tree;
export type Term = Leaf | Sum;

/** Every term, those that hold others before their parts. */
export const terms: readonly Term[] = ['ready', ...Object.values(tree).flat()];

/** One turn in the account. Times are milliseconds. */
export interface AccountEntry extends Place {
  readonly journey: string;
  readonly turn: number;
  readonly readyAt: number;
  readonly handedAt: number | null;
  /** The version of sales-ready that fired; null where none did, or it is not stored. */
  readonly definition: string | null;
  readonly hubspot: string | null;
  readonly salesforce: string | null;
  /** Where the person stands by the last move of the turn that both systems are to see; null where none is stored. */
  readonly stage: Stage | null;
}

export interface AccountTerm {
  readonly term: Term;
  readonly count: number;
  /** Every turn in it, by the time when they became ready. */
  readonly entries: readonly AccountEntry[];
  /** How many for which reason, most first; leaves without reasons have none. */
  readonly whys: readonly { readonly why: string; readonly count: number }[];
  readonly parts: readonly AccountTerm[];
}

/** Those who became ready from `from` on and before `to`, milliseconds; null: without bound. */
export interface Cohort {
  readonly name: string;
  readonly from: number | null;
  readonly to: number | null;
}

export interface HandOffAccount {
  readonly cohort: Cohort;
  /** The moment at which it is true, milliseconds. */
  readonly asOf: number;
  readonly ready: AccountTerm;
}

const isSum = (term: Term): term is Sum => Object.hasOwn(tree, term);

const whysOf = (entries: readonly AccountEntry[]): AccountTerm['whys'] =>
  [...Map.groupBy(entries, ({ why }) => why)]
    .flatMap(([why, own]) => (why === null ? [] : [{ why, count: own.length }]))
    .sort((a, b) => b.count - a.count || (a.why < b.why ? -1 : 1));

/** By the time when they became ready; of one moment by name, so that the same rows give the same list. */
const inOrder = (a: AccountEntry, b: AccountEntry): number =>
  a.readyAt - b.readyAt || (a.journey < b.journey ? -1 : a.journey > b.journey ? 1 : a.turn - b.turn);

/** A sum has no entries of its own: it is made of its parts, so that it cannot differ from their sum. */
const makeTerm = (term: Term, byLeaf: ReadonlyMap<Leaf, readonly AccountEntry[]>): AccountTerm => {
  if (!isSum(term)) {
    const entries = (byLeaf.get(term) ?? []).toSorted(inOrder);
    return { term, count: entries.length, entries, whys: whysOf(entries), parts: [] };
  }
  const parts = tree[term].map((part) => makeTerm(part, byLeaf));
  const entries = parts.flatMap((part) => part.entries).sort(inOrder);
  return { term, count: entries.length, entries, whys: [], parts };
};

const entryOf = (turn: TurnStory, now: number): AccountEntry => ({
  journey: turn.journey,
  turn: turn.turn,
  readyAt: turn.readyAt,
  handedAt: turn.handOff?.handedAt ?? null,
  definition: turn.transitions.find(({ definition }) => definition !== null)?.definition ?? null,
  hubspot: turn.handOff?.hubspot ?? null,
  salesforce: turn.handOff?.salesforce ?? null,
  stage: turn.transitions.findLast(({ mode }) => mode === 'act')?.to ?? null,
  ...placeOf(turn, now),
});

export const isIn = ({ from, to }: Cohort, at: number): boolean =>
  (from === null || at >= from) && (to === null || at < to);

/** Everybody, whenever they became ready. */
export const everybody: Cohort = { name: 'all', from: null, to: null };

/** The account of turns up to `now`, as `turnsOf` gives them. Pure. */
export const accountOf = (turns: readonly TurnStory[], now: number, cohort: Cohort): HandOffAccount => {
  const entries = turns.filter(({ readyAt }) => isIn(cohort, readyAt)).map((turn) => entryOf(turn, now));
  return {
    cohort,
    asOf: now,
    ready: makeTerm(
      'ready',
      Map.groupBy(entries, ({ leaf }) => leaf),
    ),
  };
};

/**
 * The hand-off account: where every turn is that became ready in a cohort, as of `now`. Exhaustive and disjoint by construction: each turn gets one
 * leaf, and sums are made of leaves. Pure; what happened after `now` is left out, but the state of a hand-off is the present one.
 */
export const handOffAccount = (rows: AccountRows, now: number, cohort: Cohort = everybody): HandOffAccount =>
  accountOf(turnsOf(rows, now), now, cohort);

/** Every term of an account, those that hold others first. */
export const termsOf = ({ ready }: HandOffAccount): readonly AccountTerm[] => {
  const all = (term: AccountTerm): readonly AccountTerm[] => [term, ...term.parts.flatMap(all)];
  return all(ready);
};

export const termOf = (account: HandOffAccount, name: Term): AccountTerm => {
  const found = termsOf(account).find(({ term }) => term === name);
  if (found === undefined) throw new Error(`the account's tree lost its term '${name}'`);
  return found;
};

/** The name of an entry's turn, as records are listed. */
export const entryKey = (entry: AccountEntry): string => turnKey(entry);
