import type { Sides } from '../../model/system.ts';
import { blank, type Canonical, type RawValue, type SideCodec } from '../../model/value.ts';
import { cleanText } from '../clean-text.ts';
import { type CodecKind, clearedHubspot, clearedSalesforce, plainKind } from './codec-kind.ts';

// Local part: a dot-atom of RFC 5322 (quoted strings are refused by both systems). Domain: host labels of RFC 1123 with a
// top-level domain that starts with a letter, which leaves out addresses of machines ('a@[127.0.0.1]', 'root@localhost').
// The length is checked first, so that a text made to be slow has 254 characters at most.
const atom = "[a-z0-9!#$%&'*+/=?^_`{|}~-]+";
const label = '[a-z0-9](?:[a-z0-9-]*[a-z0-9])?';
const address = new RegExp(`^${atom}(?:\\.${atom})*@((?:${label}\\.)+[a-z](?:[a-z0-9-]*[a-z0-9]))$`);

// RFC 5321 section 4.5.3.1 and RFC 1035 section 2.3.4.
const localLengthMax = 64;
const addressLengthMax = 254;
const labelLengthMax = 63;

/** Whether a trimmed, lower-case text is an address that mail can be sent to from both systems. */
const isAddress = (text: string): boolean => {
  if (text.length > addressLengthMax) return false;
  const domain = address.exec(text)?.[1];
  if (domain === undefined || text.length - domain.length - 1 > localLengthMax) return false;
  return domain.length <= labelLengthMax || domain.split('.').every((part) => part.length <= labelLengthMax);
};

/** Of the 26 letters alone: full lower-casing makes the Kelvin sign (U+212A) a k, hence somebody else's address. */
const lowerCase = (text: string): string => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

const decode = (raw: RawValue): Canonical => {
  const text = lowerCase(cleanText(raw));
  if (text === '') return blank;
  if (isAddress(text)) return { kind: 'value', key: text, text };
  return { kind: 'foreign', raw, why: 'not an email address that both systems accept' };
};

const sides: Sides<SideCodec> = {
  hubspot: { decode, encode: (value) => (value.kind === 'blank' ? clearedHubspot : value.text) },
  salesforce: { decode, encode: (value) => (value.kind === 'blank' ? clearedSalesforce : value.text) },
};

/**
 * Email addresses. Written in lower case, as HubSpot stores them (and Salesforce too, by most reports): sent otherwise they
 * would come back different. What is not an address stays where it is.
 */
export const email: CodecKind = { ...plainKind, findable: true, make: () => sides };
