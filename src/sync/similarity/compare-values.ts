import type { Canonical } from '../../model/value.ts';
import { codeSimilarity, textSimilarity } from './text.ts';
import type { Comparison } from './weights.ts';

/** How alike two values are, 0 to 1, and why, in words for the person who decides. */
export interface Likeness {
  readonly similarity: number;
  readonly why: string;
}

/** A value as a person reads it; null where there is none. A value that its codec cannot read is shown as it stands. */
export const shownText = (value: Canonical): string | null => {
  if (value.kind === 'blank') return null;
  return value.kind === 'foreign' ? String(value.raw) : String(value.text);
};

/** Numbers of one line differ in their beginning, which is written or not; so many digits at the end make it one number. */
const lineDigits = 7;

const phones = (one: string, other: string): Likeness => {
  const [here, there] = [one.replace(/\D/g, ''), other.replace(/\D/g, '')];
  const isLine = here.length >= lineDigits && here.slice(-lineDigits) === there.slice(-lineDigits);
  if (isLine) return { similarity: 0.9, why: 'same number but for its beginning' };
  const similarity = codeSimilarity(here, there);
  return { similarity, why: similarity > 0 ? 'one digit apart' : 'different' };
};

/** Both parts of an address, the person's name before the @ counting more than what all colleagues share. */
const emails = (one: string, other: string): Likeness => {
  const [here, there] = [one.lastIndexOf('@'), other.lastIndexOf('@')];
  const names = textSimilarity(one.slice(0, here), other.slice(0, there));
  const sameDomain = one.slice(here + 1) === other.slice(there + 1);
  const alike = names >= 0.85 ? 'name before the @ alike' : 'another name before the @';
  return {
    similarity: 0.7 * names + (sameDomain ? 0.25 : 0),
    why: `${alike}, ${sameDomain ? 'same domain' : 'another domain'}`,
  };
};

const hostOf = (text: string): string =>
  text
    .toLowerCase()
    .replace(/^[a-z]+:\/\//, '')
    .replace(/^www\./, '')
    .replace(/[/?#:].*$/, '');

const hosts = (one: string, other: string): Likeness =>
  hostOf(one) === hostOf(other) ? { similarity: 1, why: 'same host' } : { similarity: 0, why: 'different' };

const words = (similarity: number): string => {
  if (similarity === 1) return 'equal but for case, accents or punctuation';
  return similarity >= 0.85 ? 'alike' : 'different';
};

/** Compares two canonical values. Null where one is blank or neither can be read: nothing can be said. */
export const compareValues = (by: Comparison, one: Canonical, other: Canonical): Likeness | null => {
  const [here, there] = [shownText(one), shownText(other)];
  if (here === null || there === null) return null;
  const keys = [one, other].map((value) => (value.kind === 'value' ? value.key : String(shownText(value))));
  const [ownKey = '', otherKey = ''] = keys;
  if (ownKey === otherKey) return { similarity: 1, why: 'equal' };
  switch (by) {
    case 'email':
      return emails(ownKey, otherKey);
    case 'phone':
      return phones(ownKey, otherKey);
    case 'host':
      return hosts(here, there);
    case 'code': {
      const similarity = codeSimilarity(ownKey, otherKey);
      return { similarity, why: similarity > 0 ? 'one slip apart' : 'different' };
    }
    case 'text': {
      const similarity = textSimilarity(here, there);
      return { similarity, why: words(similarity) };
    }
    case 'exact':
      return { similarity: 0, why: 'different' };
  }
};
