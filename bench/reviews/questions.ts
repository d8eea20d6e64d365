import type { PairMapping } from '../../src/model/mapping.ts';
import type { RecordSnapshot } from '../../src/model/record.ts';
import { matchKeysOf } from '../../src/sync/match.ts';
import type { FebrlRow } from '../../test/data/febrl.ts';
import { randomOf } from '../../test/data/random.ts';
import { recordOf } from './people.ts';

/** A wrong copy of a person as a contact, and the leads that it may be. */
export interface Question {
  readonly record: RecordSnapshot;
  /** In an order that says nothing. The right one's id is `right`. */
  readonly candidates: readonly RecordSnapshot[];
  /** Whether the match keys alone bring the right one. */
  readonly found: boolean;
}

export const rightId = 'right';
/** Ids of the two that FEBRL has not: somebody else of the same household, and a namesake who lives elsewhere. */
export const inventedIds: readonly string[] = ['household', 'namesake'];

/** Strangers that look most alike, besides those of the match keys. */
const nearMax = 8;
const prefix = 3;

const textOf = (row: FebrlRow): string =>
  [row.given, row.surname, row.street, row.suburb, row.postcode, row.state].join(' ').toLowerCase();

const bigrams = (text: string): ReadonlySet<string> =>
  new Set(Array.from({ length: Math.max(0, text.length - 1) }, (_, at) => text.slice(at, at + 2)));

/** Dice's coefficient of two whole rows: a measure that the ranking does not use, so that it cannot choose its own opponents. */
const dice = (one: ReadonlySet<string>, other: ReadonlySet<string>): number => {
  let common = 0;
  for (const each of one) if (other.has(each)) common += 1;
  return (2 * common) / (one.size + other.size || 1);
};

type KeysOf = (row: FebrlRow) => readonly string[];

/** Looks rows up that share a key with one. */
const blocksOf = (rows: readonly FebrlRow[], keysOf: KeysOf): ((row: FebrlRow) => readonly FebrlRow[]) => {
  const byKey = new Map<string, FebrlRow[]>();
  for (const row of rows) {
    for (const key of keysOf(row)) byKey.set(key, [...(byKey.get(key) ?? []), row]);
  }
  return (row) => [...new Set(keysOf(row).flatMap((key) => byKey.get(key) ?? []))];
};

/** Each match rule's key of a row, as the engine makes it. */
const engineKeys =
  (pair: PairMapping): KeysOf =>
  (row) => {
    const record = recordOf(pair, 'hubspot', '', row);
    return pair.match.flatMap((rule, index) =>
      matchKeysOf({ ...pair, match: [rule] }, record).map((key) => `${index} ${key.toLowerCase()}`),
    );
  };

const nameKeys = ({ given, surname }: FebrlRow): readonly string[] => [
  ...(given === '' ? [] : [`given ${given.slice(0, prefix)}`]),
  ...(surname === '' ? [] : [`surname ${surname.slice(0, prefix)}`]),
];

/**
 * One question for each copy: the person it is a copy of among everybody who shares a match key with it, the strangers that look most
 * alike, somebody else of the same household and a namesake who lives elsewhere. The last two are invented, for FEBRL has no families,
 * and they are what makes the question hard: they share more with the person than the copy often does.
 */
export const makeQuestions = (pair: PairMapping, rows: readonly FebrlRow[]): readonly Question[] => {
  const people = rows.filter(({ duplicate }) => duplicate === null);
  const byPerson = new Map(people.map((row) => [row.person, row]));
  const keyed = blocksOf(people, engineKeys(pair));
  const named = blocksOf(people, nameKeys);
  const grams = new Map(people.map((row) => [row, bigrams(textOf(row))]));
  return rows.flatMap((copy): Question[] => {
    const right = byPerson.get(copy.person);
    if (copy.duplicate === null || right === undefined) return [];
    const random = randomOf('reviews', copy.person, copy.duplicate);
    const sharing = keyed(copy);
    const own = bigrams(textOf(copy));
    const near = named(copy)
      .filter((row) => row !== right && !sharing.includes(row))
      .map((row) => ({ row, likeness: dice(own, grams.get(row) ?? new Set()) }))
      .sort((a, b) => b.likeness - a.likeness)
      .slice(0, nearMax);
    const [one, two] = [random.pick(people), random.pick(people)];
    const household: FebrlRow = { ...right, given: one.given, born: one.born };
    const namesake: FebrlRow = { ...two, given: right.given, surname: right.surname };
    const others = [...sharing.filter((row) => row !== right), ...near.map(({ row }) => row)];
    const leads: readonly (readonly [string, FebrlRow])[] = [
      [rightId, right],
      ...others.map((row, index) => [`other-${index}`, row] as const),
      ['household', household],
      ['namesake', namesake],
    ];
    const candidates = leads.map(([id, row]) => recordOf(pair, 'salesforce', id, row));
    const shuffled = candidates
      .map((candidate) => ({ candidate, at: random.next() }))
      .sort((a, b) => a.at - b.at)
      .map(({ candidate }) => candidate);
    return [
      {
        record: recordOf(pair, 'hubspot', 'copy', copy),
        candidates: shuffled,
        found: sharing.includes(right),
      },
    ];
  });
};

/** The same questions with FEBRL's own people alone. */
export const withoutInvented = (questions: readonly Question[]): readonly Question[] =>
  questions.map((question) => ({
    ...question,
    candidates: question.candidates.filter(({ ref }) => !inventedIds.includes(ref.id)),
  }));
