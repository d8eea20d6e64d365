import type { RawValue } from './value.ts';

/** A part as it is compared: ids of Salesforce by their first 15 characters, which are the id whatever form it is given in. */
export const partText = (raw: RawValue): string => {
  const text = raw === null ? '' : String(raw);
  return /^[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?$/.test(text) && /^0/.test(text) ? text.slice(0, 15) : text;
};

/** Two values as one: `88590007/closedwon`. The first is an id, and has no slash in it. Both blank are null. */
export const joinParts = (first: RawValue, second: RawValue): string | null => {
  const [a, b] = [first, second].map((part) => (part === null ? '' : String(part)));
  return a === '' && b === '' ? null : `${a}/${b}`;
};

/** The two values of such a text; a blank is null. */
export const splitParts = (raw: RawValue): readonly [RawValue, RawValue] => {
  if (typeof raw !== 'string' || raw === '') return [null, null];
  const at = raw.indexOf('/');
  const [a, b] = at < 0 ? ['', raw] : [raw.slice(0, at), raw.slice(at + 1)];
  return [a === '' ? null : a, b === '' ? null : b];
};
