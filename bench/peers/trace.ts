import { type System, systems } from '../../src/model/system.ts';
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

const clearShare = 0.125;

/** A small generator with a seed (mulberry32): the same trace for whoever is measured. */
export const makeRandom = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

/**
 * The edits of one seed. Everybody is edited on one side or on both, there in different fields: no edit stands against another, so that
 * each of them has to be on both sides in the end, and no rule can excuse a lost one. One field in eight is emptied.
 */
export const makeTrace = (people: readonly LinkedIds[], seed: number): readonly TraceEdit[] => {
  const random = makeRandom(seed);
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
