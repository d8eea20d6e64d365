import { type CountryCode, type PhoneNumber, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { Random } from './random.ts';

/** The countries that occur in the lead rows; anybody else has a number of any region. */
const regionByCountry: Readonly<Record<string, string>> = {
  India: 'IN',
  'United States': 'US',
  'United Arab Emirates': 'AE',
  Singapore: 'SG',
  'Saudi Arabia': 'SA',
  Australia: 'AU',
  Bahrain: 'BH',
  'United Kingdom': 'GB',
  Oman: 'OM',
  Qatar: 'QA',
  'Hong Kong': 'HK',
  Kuwait: 'KW',
  Belgium: 'BE',
  Canada: 'CA',
  Germany: 'DE',
  Italy: 'IT',
  'South Africa': 'ZA',
  Ghana: 'GH',
  France: 'FR',
  'Sri Lanka': 'LK',
  Sweden: 'SE',
  Nigeria: 'NG',
  Tanzania: 'TZ',
  Netherlands: 'NL',
  Philippines: 'PH',
  Bangladesh: 'BD',
  Vietnam: 'VN',
  Indonesia: 'ID',
};

/**
 * A number in E.164 like the region's examples: the last four digits are drawn, and where that makes no valid number
 * of the region, the example itself is given.
 */
export const invent = (
  phones: ReadonlyMap<string, readonly string[]>,
  country: string,
  random: Random,
): string => {
  const region = regionByCountry[country] ?? random.pick([...phones.keys()]);
  const example = random.pick(phones.get(region) ?? ['+442079460000']);
  const digits = String(random.below(10_000)).padStart(4, '0');
  const varied = example.slice(0, -4) + digits;
  return parsePhoneNumberFromString(varied)?.country === (region as CountryCode) ? varied : example;
};

const international: readonly ((number: PhoneNumber) => string)[] = [
  (number) => number.number,
  (number) => number.formatInternational(),
  (number) => number.formatInternational().replaceAll(' ', '-'),
  (number) => number.formatInternational().replaceAll(' ', '.'),
  (number) => `00${number.number.slice(1)}`,
  (number) => number.getURI(),
  (number) => ` ${number.formatInternational()}  `,
];
const national = (number: PhoneNumber): string => number.formatNational();

/** The same number as somebody else would type it; in national form only where the record's country tells which it is. */
export const retype = (e164: string, country: string, random: Random): string => {
  const number = parsePhoneNumberFromString(e164);
  if (number === undefined) return e164;
  const known = regionByCountry[country] === number.country;
  return random.pick(known ? [...international, national, national, national] : international)(number);
};
