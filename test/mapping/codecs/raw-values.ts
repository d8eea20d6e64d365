import fc from 'fast-check';
import type { CodecOptions } from '../../../src/mapping/codecs/codec-kind.ts';
import type { ReferenceTable } from '../../../src/mapping/codecs/reference.ts';
import type { KindName } from '../../../src/mapping/codecs/registry.ts';
import type { RawValue } from '../../../src/model/value.ts';

/** Every UTF-16 unit: control characters, U+0000, lone surrogates, right-to-left marks. */
const anyUnits = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 60 })
  .map((units) => String.fromCharCode(...units));

/** Made of the characters that codecs treat specially, so that the interesting cases are dense. */
const marks = fc
  .array(
    fc.constantFrom(
      ...' \t\r\n\0\u00a0\u2003\u3000\ud800\udc00aAzZ019+-.,:;/@eE()#?',
      '\r\n',
      '😀',
      'ß',
      'İ',
      'ab',
      'x.co',
      '00',
      'T',
      'Z',
    ),
    { maxLength: 24 },
  )
  .map((parts) => parts.join(''));

const padded = (inner: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .tuple(fc.constantFrom('', ' ', '\u00a0', '\r\n'), inner, fc.constantFrom('', ' ', '\0', '\t'))
    .map((parts) => parts.join(''));

/** Texts that look like values of the typed kinds. */
const likely = padded(
  fc.oneof(
    fc.emailAddress(),
    fc.webUrl(),
    fc.double().map(String),
    fc.integer().map(String),
    fc.maxSafeInteger().map(String),
    fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }).map(String),
    fc.tuple(fc.integer(), fc.nat(999_999)).map(([whole, rest]) => `${whole}.${rest}`),
    fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
    fc.date({ noInvalidDate: true }).map((date) => date.toISOString().slice(0, 10)),
    fc.date({ noInvalidDate: true }).map((date) => String(date.getTime())),
    fc.constantFrom(
      'true',
      'FALSE',
      'True',
      'NEW',
      'OPEN',
      'Open',
      'Closed',
      'US',
      'germany',
      '-0',
      '1.0E7',
      ';',
      ';a;b',
      'b;a;b',
      'NEW;Open',
    ),
    fc.stringMatching(/^\+?[0-9 ().-]{3,18}( ext\. ?[0-9]{1,4})?$/),
  ),
);

const long = fc
  .constantFrom('x', ' ', '9', '@a.', '😀', '\r\n', '://a/')
  .map((part) => part.repeat(32_000 / part.length));

/** Spellings of the variants' tables. */
const choices = fc.constantFrom(
  '1',
  '2',
  '12',
  '13',
  '005000000000001',
  '005000000000002AAA',
  'NEW',
  'OPEN',
  'Open',
  'DONE',
  'Closed',
  'a',
  'b;a',
  ' NEW;a',
);

/** Every raw value that either API can give, and a good deal more. */
export const rawValues: fc.Arbitrary<RawValue> = fc.oneof(
  { weight: 6, arbitrary: likely },
  { weight: 2, arbitrary: choices },
  { weight: 4, arbitrary: marks },
  { weight: 4, arbitrary: anyUnits },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
  { weight: 1, arbitrary: long },
  {
    weight: 3,
    arbitrary: fc.oneof(fc.double(), fc.integer(), fc.boolean(), fc.constant(null), fc.constant(-0)),
  },
);

/** A text of each kind that both sides can hold: random ones alone may miss a kind of few values in a whole run. */
export const plausible: readonly string[] = [
  'a',
  'a@example.com',
  '+1 202-555-0143',
  'https://example.com/',
  'US',
  '12',
  '1-5',
  'true',
  '2024-02-29',
  '2024-02-29T12:00:00.000Z',
  'Open',
  'NEW',
  'b;a',
];

/** Who is who: two owners are one user, one of them told by an id of 15 characters. */
const users = new Map([
  ['1', '005000000000001AAA'],
  ['2', '005000000000002AAA'],
  ['12', '005000000000002'],
]);
const ownersOfUsers = new Map([
  ['005000000000001AAA', '1'],
  ['005000000000002AAA', '2'],
]);
export const owners: ReferenceTable = {
  toSalesforce: (id) => users.get(id),
  toHubspot: (id) => ownersOfUsers.get(id),
};

/** Every kind, with each option that changes what it does. */
export const variants: readonly (readonly [KindName, CodecOptions])[] = [
  ['text', {}],
  ['long-text', {}],
  ['email', {}],
  ['phone', {}],
  ['phone', { country: 'US' }],
  ['phone', { country: 'DE' }],
  ['url', {}],
  ['country', {}],
  ['country-code', {}],
  ['number', {}],
  ['number', { scale: 3 }],
  ['integer', {}],
  ['range', { ranges: ['1-5', '5-25', '25-100', '1000+'] }],
  ['currency', {}],
  ['currency', { scale: 0 }],
  ['percent', {}],
  ['percent', { scale: 0 }],
  ['boolean', {}],
  ['date', {}],
  ['date', { zone: 'America/Sao_Paulo' }],
  ['date', { zone: 'Pacific/Apia' }],
  ['reference', { of: 'owner', references: owners }],
  ['datetime', {}],
  ['enum', {}],
  ['enum', { values: { NEW: 'Open', OPEN: 'Open', DONE: 'Closed' } }],
  ['multi-enum', {}],
  ['multi-enum', { values: { NEW: 'Open', OPEN: 'Open', a: 'b', b: 'a' } }],
];
