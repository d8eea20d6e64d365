import type { VendorError } from './vendor-error.ts';

/** Longest text of the vendor's that is passed on, in characters. */
const messageMax = 240;

/** Shorter values (a country code) tell of nobody, and taking them out would break the words around them. */
const valueMin = 3;

/** What Salesforce puts the value into, after the field's label. The label and the limit are kept, the value is not. */
const labelled: readonly [RegExp, (label: string, rest: string) => string][] = [
  [
    /^(.{1,80}?): data value too large:(.*)$/s,
    (label, rest) => {
      const limit = /\(max length=(\d+)\)\s*$/.exec(rest)?.[1];
      return limit === undefined ? `${label}: too long` : `${label}: longer than ${limit} characters`;
    },
  ],
  [
    /^(.{1,80}?): bad value for restricted picklist field:(.*)$/s,
    (label) => `${label}: not an option of this restricted picklist`,
  ],
  [/^(.{1,80}?): invalid email address:(.*)$/s, (label) => `${label}: not an email address`],
  [
    /^(.{1,80}?): (?:value outside of valid range on numeric field|value not of required type):(.*)$/s,
    (label) => `${label}: outside the range or type of the field`,
  ],
  [
    /^(.{1,80}?): id value of incorrect type:(.*)$/s,
    (label) => `${label}: not an id of the type that the field refers to`,
  ],
  [
    /^The (\w{1,80}) field contains (.*), which isn't an available (state|country\/territory)\..*$/s,
    (label) => `${label}: a code that is none of the org's states or countries`,
  ],
  [/^(.{1,80}?): this ID value isn't valid/s, (label) => `${label}: an id that this user may not use here`],
];

/** Codes whose text is made of the request or of a record: replaced whole, not cleaned. */
const replaced: Readonly<Record<string, string>> = {
  STRING_TOO_LONG: 'a text is longer than its field',
  INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST: 'not an option of a restricted picklist',
  INVALID_EMAIL_ADDRESS: 'not an email address',
  NUMBER_OUTSIDE_VALID_RANGE: 'a number is outside the range of its field',
  MALFORMED_QUERY: 'the query was not understood',
  INVALID_TYPE: 'the object does not exist or is hidden from this user',
  JSON_PARSER_ERROR: 'the request body, or the type of one of its values, was not understood',
  MALFORMED_ID: 'an id is malformed',
};

/** `No such column 'X' on entity 'Lead'` is the one part of an INVALID_FIELD text that does not quote the query. */
const missingField = (text: string): string => {
  const found = /No such column '([A-Za-z0-9_.]+)' on (?:entity|sobject of type) '?([A-Za-z0-9_]+)/.exec(
    text,
  );
  return found === null
    ? 'a field does not exist or is hidden from this user'
    : `no field ${found[1]} on ${found[2]}, or it is hidden from this user`;
};

const looksPersonal = /[^\s@'"<>:,;]+@[^\s@'"<>:,;]+|\+?\d[\d\s()./-]{6,}\d/g;

/** Removes the values that were sent and what looks like an email or a phone number: triggers and flows quote records. */
const withoutValues = (text: string, sent: Iterable<unknown>): string => {
  const values = [...sent]
    .filter((value) => typeof value === 'string' || typeof value === 'number')
    .map((value) => String(value).trim())
    .filter((value) => value.length >= valueMin)
    .sort((a, b) => b.length - a.length);
  const cleaned = values.reduce((rest, value) => rest.replaceAll(value, '…'), text);
  return cleaned.replace(looksPersonal, '…');
};

/**
 * What Salesforce said, without people's data: its messages hold whole values (`data value too large: <value>`), queries
 * and records. The field's label and limits stay, as do the texts that an admin wrote into a validation rule.
 */
export const harmlessMessage = (error: VendorError, sent: Iterable<unknown>): string => {
  for (const [pattern, say] of labelled) {
    const match = pattern.exec(error.message);
    if (match !== null) return say(match[1] ?? '', match[2] ?? '');
  }
  if (error.code === 'INVALID_FIELD') return missingField(error.message);
  const fixed = replaced[error.code];
  if (fixed !== undefined) return fixed;
  // The id of the other record is not personal, and the person needs it to look.
  if (error.code === 'DUPLICATE_VALUE')
    return withoutValues(error.message.replace(/ on record with id:.*$/s, ' on another record'), sent);
  const cleaned = withoutValues(error.message, sent).replace(/\s+/g, ' ').trim();
  return cleaned.length > messageMax ? `${cleaned.slice(0, messageMax)}…` : cleaned || 'no reason given';
};
