import { type System, systems } from '../../src/model/system.ts';
import { randomFrom } from '../../test/random.ts';
import type { LinkedIds } from '../kit/people.ts';

/** What is edited, by both names; no two fields of one group, since those are settled together. */
export const traceFields = [
  { hubspot: 'jobtitle', salesforce: 'Title' },
  { hubspot: 'city', salesforce: 'City' },
  { hubspot: 'message', salesforce: 'Description' },
] as const;

/** A person's edit of one field; null empties it. */
export interface TraceEdit {
  readonly person: LinkedIds;
  readonly from: System;
  readonly field: (typeof traceFields)[number];
  readonly value: string | null;
}

/** Somebody new, entered where `on` says; belongs on both sides in the end, once on each. */
export interface Newcomer {
  readonly email: string;
  readonly on: readonly System[];
  readonly name: string;
}

/** What people do while no worker runs. */
export interface Part {
  readonly edits: readonly TraceEdit[];
  readonly newcomers: readonly Newcomer[];
  /** Where the address of somebody who came earlier is put right, and the address. */
  readonly correction: { readonly from: System; readonly email: string };
}

/** One seed: `calm` is brought over without a kill; in `rough`, the worker is killed once after each part. */
export interface SeedTrace {
  readonly calm: Part;
  readonly rough: readonly [Part, Part];
  /** When it is killed, as shares of the time that it took for the calm part. */
  readonly kills: readonly [number, number];
}

const clearShare = 0.125;
/** Who comes in one part, by where they are entered. */
const arrivals: readonly (readonly System[])[] = [
  ['hubspot'],
  ['hubspot'],
  ['salesforce'],
  ['salesforce'],
  systems,
];
/** Told apart from the seeds of the calm parts. */
const roughSeeds = 1_000_000;

/**
 * The edits of one seed. Everybody is edited on one side or on both, there in different fields: no edit stands against another, so that
 * each of them has to be on both sides in the end, and no rule can excuse a lost one. One field in eight is emptied.
 */
export const makeTrace = (people: readonly LinkedIds[], seed: number): readonly TraceEdit[] => {
  const random = randomFrom(seed);
  return people.flatMap((person, index) => {
    const first = Math.floor(random() * traceFields.length);
    const side = Math.floor(random() * 3);
    const sides = side === 2 ? systems : [systems[side] ?? 'hubspot'];
    return sides.map((from, at): TraceEdit => {
      const field = traceFields[(first + at) % traceFields.length] ?? traceFields[0];
      const value = random() < clearShare ? null : `${field.hubspot} ${index} of seed ${seed}`;
      return { person, from, field, value };
    });
  });
};

const makePart = (edits: readonly TraceEdit[], tag: string, random: () => number): Part => ({
  edits,
  newcomers: arrivals.map((on, at) => ({
    email: `${tag}-${at}@newcomers.example.com`,
    on,
    name: `Newcomer ${tag}-${at}`,
  })),
  correction: {
    from: random() < 0.5 ? 'hubspot' : 'salesforce',
    email: `${tag}-corrected@newcomers.example.com`,
  },
});

/**
 * All of one seed. In the rough half nobody stops typing while the worker is down: of two edits of one person the second comes after the
 * first kill.
 */
export const makeSeedTrace = (people: readonly LinkedIds[], seed: number): SeedTrace => {
  const random = randomFrom(-seed);
  const rough = makeTrace(people, seed + roughSeeds);
  const isSecond = (edit: TraceEdit, at: number): boolean => rough[at - 1]?.person === edit.person;
  return {
    calm: makePart(makeTrace(people, seed), `seed-${seed}`, random),
    rough: [
      makePart(
        rough.filter((edit, at) => !isSecond(edit, at)),
        `seed-${seed}-first`,
        random,
      ),
      makePart(rough.filter(isSecond), `seed-${seed}-second`, random),
    ],
    kills: [random(), random()],
  };
};
