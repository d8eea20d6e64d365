import { type RowError, SalesforceError } from '../errors.ts';
import { toId18 } from '../ids.ts';
import { type FieldDefinition, picklistEntries, type StoredValue } from '../schema/field.ts';
import { formatDate, parseDate, parseDatetime, parseTime } from './datetime.ts';
import { cleanText, isEmailAddress } from './text.ts';

/** What the API's JSON parser calls the tokens it meets. */
const tokenOf = (raw: unknown): string => {
  if (typeof raw === 'string') return `VALUE_STRING value ${raw}`;
  if (typeof raw === 'number') {
    return `${Number.isInteger(raw) ? 'VALUE_NUMBER_INT' : 'VALUE_NUMBER_FLOAT'} value ${raw}`;
  }
  if (typeof raw === 'boolean') return raw ? 'VALUE_TRUE value true' : 'VALUE_FALSE value false';
  return Array.isArray(raw) ? 'START_ARRAY' : 'START_OBJECT';
};

/** A value of the wrong kind is a parser error of the whole request; the position in the body is always given as 1:1. */
const cannotRead = (type: string, raw: unknown): SalesforceError =>
  new SalesforceError(
    {
      code: 'JSON_PARSER_ERROR',
      message: `Cannot deserialize instance of ${type} from ${tokenOf(raw)} or request may be missing a required field at [line:1, column:1]`,
    },
    { wholeRequest: true },
  );

const refuseField = (code: string, message: string, field: FieldDefinition): SalesforceError =>
  new SalesforceError({ code, message, fields: [field.name] } satisfies RowError);

/** Like the vendor's, the message holds the label and the whole value. */
const fitLength = (field: FieldDefinition, text: string): string => {
  const length = field.length ?? 255;
  if (text.length <= length) return text;
  throw refuseField(
    'STRING_TOO_LONG',
    `${field.label}: data value too large: ${text} (max length=${length})`,
    field,
  );
};

const readText = (field: FieldDefinition, raw: unknown): StoredValue => {
  if (typeof raw !== 'string') throw cannotRead('string', raw);
  const text = cleanText(raw);
  return text === null ? null : fitLength(field, text);
};

const readEmail = (field: FieldDefinition, raw: unknown): StoredValue => {
  const text = readText(field, raw);
  if (typeof text !== 'string') return null;
  if (!isEmailAddress(text)) {
    throw refuseField('INVALID_EMAIL_ADDRESS', `${field.label}: invalid email address: ${text}`, field);
  }
  // Stored in lower case (unverified).
  return text.toLowerCase();
};

const badPicklist = (field: FieldDefinition, value: string): SalesforceError =>
  refuseField(
    'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
    `${field.label}: bad value for restricted picklist field: ${value}`,
    field,
  );

const readPicklist = (field: FieldDefinition, raw: unknown): StoredValue => {
  const text = readText(field, raw);
  if (typeof text !== 'string' || field.restricted !== true) return text;
  if (!picklistEntries(field).some((entry) => entry.value === text)) throw badPicklist(field, text);
  return text;
};

/** Known values in the order of their definition, then the others (order unverified). */
const readMultiPicklist = (field: FieldDefinition, raw: unknown): StoredValue => {
  const text = readText(field, raw);
  if (typeof text !== 'string') return null;
  const values = new Set(
    text
      .split(';')
      .map((value) => value.trim())
      .filter((value) => value !== ''),
  );
  const known = picklistEntries(field)
    .map((entry) => entry.value)
    .filter((value) => values.has(value));
  const unknown = [...values].filter((value) => !known.includes(value));
  if (field.restricted === true && unknown[0] !== undefined) throw badPicklist(field, unknown[0]);
  return cleanText([...known, ...unknown].join(';'));
};

const numberText = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Half away from zero, as decimal arithmetic rounds. */
const roundTo = (value: number, scale: number): number => {
  const shifted = Number(`${Math.abs(value)}e${scale}`);
  const rounded = Number.isNaN(shifted) ? Math.abs(value) : Number(`${Math.round(shifted)}e-${scale}`);
  return rounded === 0 ? 0 : Math.sign(value) * rounded;
};

const readNumber = (field: FieldDefinition, raw: unknown): StoredValue => {
  if (raw === '') return null;
  const value =
    typeof raw === 'number'
      ? raw
      : typeof raw === 'string' && numberText.test(raw.trim())
        ? Number(raw)
        : null;
  if (value === null || !Number.isFinite(value)) {
    throw cannotRead(field.type === 'int' ? 'int' : field.type === 'currency' ? 'currency' : 'double', raw);
  }
  const scale = field.type === 'int' ? 0 : (field.scale ?? 0);
  const digits = field.type === 'int' ? (field.digits ?? 9) : (field.precision ?? 18) - scale;
  const rounded = roundTo(value, scale);
  if (Math.abs(rounded) >= 10 ** digits) {
    throw refuseField(
      'NUMBER_OUTSIDE_VALID_RANGE',
      `${field.label}: value outside of valid range on numeric field: ${value}`,
      field,
    );
  }
  return rounded;
};

const readBoolean = (raw: unknown): StoredValue => {
  if (typeof raw === 'boolean') return raw;
  if (raw === '') return false;
  if (typeof raw === 'string' && /^(?:true|1)$/i.test(raw)) return true;
  if (typeof raw === 'string' && /^(?:false|0)$/i.test(raw)) return false;
  throw cannotRead('boolean', raw);
};

const readDate = (raw: unknown): StoredValue => {
  if (raw === '') return null;
  const text = typeof raw === 'string' ? raw.trim() : '';
  const date = parseDate(text);
  if (date !== null) return date;
  const seconds = parseDatetime(text);
  if (seconds === null) throw cannotRead('date', raw);
  return formatDate(seconds);
};

const readDatetime = (raw: unknown): StoredValue => {
  if (raw === '') return null;
  const text = typeof raw === 'string' ? raw.trim() : '';
  const seconds = parseDatetime(parseDate(text) === null ? text : `${text}T00:00:00Z`);
  if (seconds === null) throw cannotRead('datetime', raw);
  return seconds;
};

const readTime = (raw: unknown): StoredValue => {
  if (raw === '') return null;
  const time = typeof raw === 'string' ? parseTime(raw.trim()) : null;
  if (time === null) throw cannotRead('time', raw);
  return time;
};

const readReference = (field: FieldDefinition, raw: unknown): StoredValue => {
  if (typeof raw !== 'string') throw cannotRead('reference', raw);
  const text = cleanText(raw);
  if (text === null) return null;
  const id = toId18(text);
  if (id === null) {
    throw refuseField('MALFORMED_ID', `${field.label}: id value of incorrect type: ${text}`, field);
  }
  return id;
};

const readers: Readonly<
  Record<FieldDefinition['type'], (field: FieldDefinition, raw: unknown) => StoredValue>
> = {
  id: readReference,
  string: readText,
  textarea: readText,
  email: readEmail,
  phone: readText,
  url: readText,
  picklist: readPicklist,
  combobox: readText,
  multipicklist: readMultiPicklist,
  boolean: (_field, raw) => readBoolean(raw),
  int: readNumber,
  double: readNumber,
  currency: readNumber,
  percent: readNumber,
  date: (_field, raw) => readDate(raw),
  datetime: (_field, raw) => readDatetime(raw),
  time: (_field, raw) => readTime(raw),
  reference: readReference,
  address: (_field, raw) => {
    throw cannotRead('address', raw);
  },
  anyType: (_field, raw) => {
    throw cannotRead('anyType', raw);
  },
};

/**
 * The value that a write leaves: what the vendor makes of it on the way in. Throws SalesforceError in the vendor's words
 * for a value that does not fit (the row is refused) or is of the wrong kind (the whole request is). A checkbox that is
 * set to null becomes false.
 */
export const coerceValue = (field: FieldDefinition, raw: unknown): StoredValue => {
  if (raw === null || raw === undefined) return field.type === 'boolean' ? false : null;
  return readers[field.type](field, raw);
};
