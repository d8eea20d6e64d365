import { holdsSeveral, type PropertyDefinition } from '../schema/property.ts';

/** Why HubSpot does not take a value. */
export interface InvalidValue {
  readonly message: string;
  readonly error: string;
  readonly name: string;
}

/** The value as HubSpot keeps it (null: blank), or why it is refused. */
export type CheckedValue = { readonly value: string | null } | { readonly invalid: InvalidValue };

export interface ValueContext {
  /** The value the record has, for `;` that appends. */
  readonly previous: string | null;
  isOwner(id: string): boolean;
  /** Whether somebody with this address was erased (GDPR delete): HubSpot never takes it again. */
  isErasedEmail(address: string): boolean;
}

/** Longest text (https://developers.hubspot.com/docs/api/crm/properties). */
export const textLengthMax = 65_536;

type Check = (property: PropertyDefinition, text: string, context: ValueContext) => CheckedValue;

const refuse = (property: PropertyDefinition, error: string, message: string): CheckedValue => ({
  invalid: { message, error, name: property.name },
});

const localPart = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
const domainLabel = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const topLevel = /^([a-z]{2,63}|xn--[a-z0-9-]{2,59})$/;

/** A plain ASCII address with a dotted domain; quotes, comments and address literals are not taken. Lower case expected. */
export const isEmailAddress = (address: string): boolean => {
  const at = address.lastIndexOf('@');
  const labels = address.slice(at + 1).split('.');
  return (
    at > 0 &&
    at <= 64 &&
    address.length <= 254 &&
    localPart.test(address.slice(0, at)) &&
    labels.length >= 2 &&
    labels.every((label) => domainLabel.test(label)) &&
    topLevel.test(labels.at(-1) ?? '')
  );
};

/** Emails are kept trimmed and in lower case. */
export const normalizeEmail = (text: string): string => text.trim().toLowerCase();

export const checkEmail: Check = (property, text, context) => {
  const address = normalizeEmail(text);
  if (address === '') return { value: null };
  if (context.isErasedEmail(address)) {
    const message = `Email address ${text} belongs to a contact that was permanently deleted and is blocklisted`;
    return refuse(property, 'BLOCKLISTED_EMAIL', message);
  }
  return isEmailAddress(address)
    ? { value: address }
    : refuse(property, 'INVALID_EMAIL', `Email address ${text} is invalid`);
};

const checkText: Check = (property, text) =>
  text.length > textLengthMax
    ? refuse(
        property,
        'STRING_TOO_LONG',
        `${property.name} is too long: ${text.length} characters, at most ${textLengthMax} are allowed`,
      )
    : { value: text };

const checkNumber: Check = (property, text) => {
  const number = text.trim();
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(number)
    ? { value: number.replace(/^\+/, '') }
    : refuse(property, 'INVALID_INTEGER', `${text} was not a valid number`);
};

/** ISO 8601 or milliseconds since 1970; NaN when it is neither. */
export const parseInstant = (text: string): number => {
  const trimmed = text.trim();
  if (/^-?\d{1,16}$/.test(trimmed)) return Number(trimmed);
  return /^\d{4}-\d{2}-\d{2}/.test(trimmed) ? Date.parse(trimmed) : Number.NaN;
};

const toIso = (ms: number): string | null => {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
};

const checkDatetime: Check = (property, text) => {
  const iso = toIso(parseInstant(text));
  return iso === null ? refuse(property, 'INVALID_LONG', `${text} was not a valid long.`) : { value: iso };
};

/** A date is midnight UTC; anything else is a mistake of the sender that HubSpot does not round away. */
const checkDate: Check = (property, text) => {
  const iso = toIso(parseInstant(text));
  if (iso === null) return refuse(property, 'INVALID_DATE', `${text} was not a valid date.`);
  const time = iso.slice(-13, -1);
  return time === '00:00:00.000'
    ? { value: iso.slice(0, -14) }
    : refuse(property, 'INVALID_DATE', `${text} is at ${time} UTC, not midnight!`);
};

const invalidOption = (property: PropertyDefinition, value: string): CheckedValue => {
  const allowed = (property.options ?? []).map((option) => option.value).join(', ');
  return refuse(property, 'INVALID_OPTION', `${value} was not one of the allowed options: [${allowed}]`);
};

const checkEnumeration: Check = (property, text, context) => {
  // Whether such a stage exists, and in which pipeline, is checked once both are known.
  if (property.pipelineReference !== undefined) return { value: text };
  const isOption = (value: string): boolean =>
    property.ownerReference === true
      ? context.isOwner(value)
      : (property.options ?? []).some((option) => option.value === value);
  if (!holdsSeveral(property)) return isOption(text) ? { value: text } : invalidOption(property, text);
  const parts = text.split(';').filter((part) => part !== '');
  const bad = parts.find((part) => !isOption(part));
  if (bad !== undefined) return invalidOption(property, bad);
  const kept = text.startsWith(';') ? (context.previous ?? '').split(';').filter((part) => part !== '') : [];
  return { value: [...new Set([...kept, ...parts])].join(';') || null };
};

const checkBool: Check = (property, text) => {
  const value = text.trim().toLowerCase();
  return value === 'true' || value === 'false' ? { value } : invalidOption(property, text);
};

const checks: Record<PropertyDefinition['type'], Check> = {
  string: checkText,
  phone_number: checkText,
  number: checkNumber,
  date: checkDate,
  datetime: checkDatetime,
  enumeration: checkEnumeration,
  bool: checkBool,
};

/** Brings one value into the form HubSpot keeps. A blank text clears, whatever the type. */
export const checkValue = (
  property: PropertyDefinition,
  text: string,
  context: ValueContext,
): CheckedValue => {
  if (text === '') return { value: null };
  const checked = checks[property.type](property, text, context);
  return 'value' in checked && checked.value === '' ? { value: null } : checked;
};
