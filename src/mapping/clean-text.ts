import type { RawValue } from '../model/value.ts';

/**
 * Whether a UTF-16 unit is white space that a vendor may cut off an end. Salesforce trims (reference: Apex string rules,
 * 'they can never include leading and trailing whitespace'), while no-break spaces survive there. Which white space
 * exactly is not published, so we cut all that Java's `trim` or `isWhitespace` would: what is sent has none of it left
 * at its ends, hence comes back as it was sent whichever of the two the vendor means.
 */
const isTrimmed = (unit: number): boolean =>
  unit <= 0x20 ||
  unit === 0x1680 ||
  (unit >= 0x2000 && unit <= 0x200a && unit !== 0x2007) ||
  unit === 0x2028 ||
  unit === 0x2029 ||
  unit === 0x205f ||
  unit === 0x3000;

const trimEnds = (text: string): string => {
  let start = 0;
  let end = text.length;
  while (start < end && isTrimmed(text.charCodeAt(start))) start += 1;
  while (end > start && isTrimmed(text.charCodeAt(end - 1))) end -= 1;
  return start === 0 && end === text.length ? text : text.slice(start, end);
};

/** A carriage return that is no part of a CRLF: what a system makes of one when it unifies line ends is anybody's guess. */
const loneReturn = /\r(?!\n)/g;

/**
 * A raw value as the text both systems can keep: ends trimmed, U+0000 removed and lone surrogates replaced (no JSON
 * store, Postgres included, keeps those two), lone carriage returns made line feeds. '' means blank. Total over every
 * raw value, and idempotent.
 */
export const cleanText = (raw: RawValue): string => {
  if (raw === null) return '';
  const text = typeof raw === 'string' ? raw : String(raw);
  const wellFormed = text.isWellFormed() ? text : text.toWellFormed();
  const storable = wellFormed.includes('\0') ? wellFormed.replaceAll('\0', '') : wellFormed;
  return trimEnds(storable.includes('\r') ? storable.replace(loneReturn, '\n') : storable);
};

/** A clean text with its line ends as one thing: Salesforce's page writes CRLF where its API keeps what was sent. */
export const unifyLineEnds = (text: string): string =>
  text.includes('\r') ? text.replaceAll('\r\n', '\n') : text;
