import { blank, type Canonical, type RawValue } from '../../model/value.ts';
import { cleanText } from '../clean-text.ts';
import { type CodecKind, clearedHubspot, clearedSalesforce, plainKind } from './codec-kind.ts';
import { textSides } from './text-sides.ts';

/**
 * Names in wide use beside the English one and the two-letter code, as `plain` leaves them: what people type, and ISO's own names, which
 * are Salesforce's default (help: Standard Countries and Territories for Address Picklists, read 2026-12-01).
 */
const aliases: Readonly<Record<string, string>> = {
  usa: 'US',
  'u.s.': 'US',
  'u.s.a.': 'US',
  'united states of america': 'US',
  uk: 'GB',
  'great britain': 'GB',
  'czech republic': 'CZ',
  'the netherlands': 'NL',
  uae: 'AE',
  turkey: 'TR',
  'south korea': 'KR',
  russia: 'RU',
  'bolivia, plurinational state of': 'BO',
  'bonaire, sint eustatius and saba': 'BQ',
  'brunei darussalam': 'BN',
  'cabo verde': 'CV',
  congo: 'CG',
  'congo, the democratic republic of the': 'CD',
  'falkland islands (malvinas)': 'FK',
  'heard island and mcdonald islands': 'HM',
  'holy see (vatican city state)': 'VA',
  'hong kong': 'HK',
  'iran, islamic republic of': 'IR',
  'ivory coast': 'CI',
  "korea, democratic people's republic of": 'KP',
  'korea, republic of': 'KR',
  "lao people's democratic republic": 'LA',
  macao: 'MO',
  'macedonia, the former yugoslav republic of': 'MK',
  'micronesia, federated states of': 'FM',
  'moldova, republic of': 'MD',
  myanmar: 'MM',
  palestine: 'PS',
  'russian federation': 'RU',
  'saint helena, ascension and tristan da cunha': 'SH',
  'saint martin (french part)': 'MF',
  'sint maarten (dutch part)': 'SX',
  swaziland: 'SZ',
  'syrian arab republic': 'SY',
  'tanzania, united republic of': 'TZ',
  'venezuela, bolivarian republic of': 'VE',
  'viet nam': 'VN',
  'virgin islands, british': 'VG',
};

/** English names that nobody writes so. */
const writtenNames: Readonly<Record<string, string>> = {
  HK: 'Hong Kong',
  MM: 'Myanmar',
  MO: 'Macao',
  TR: 'Turkey',
};

/** Small letters without accents; `&` and `St.` are written out, as one list has them and another has not. */
const plain = (name: string): string =>
  name
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replaceAll('’', "'")
    .replaceAll('&', 'and')
    .replace(/^st\. /, 'saint ');

/** The English names of ISO 3166's codes of two letters. */
const englishNames = (): Intl.DisplayNames =>
  new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });

/** ISO 3166 codes of two letters that have an English name, by name and by code, as `plain` leaves them. */
const codesByName = (): ReadonlyMap<string, string> => {
  const names = englishNames();
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
  const found = new Map<string, string>(Object.entries(aliases));
  for (const code of letters.flatMap((first) => letters.map((second) => first + second))) {
    // Codes that stand for another one (UK for GB, FX for FR) are written under that one, so that names stay unique.
    if (new Intl.Locale('und', { region: code }).region !== code) continue;
    const name = plain(names.of(code) ?? '');
    if (name === '' || name === 'unknown region') continue;
    if (!found.has(name)) found.set(name, code);
    if (!found.has(code.toLowerCase())) found.set(code.toLowerCase(), code);
  }
  return found;
};

/**
 * Countries as text: a code of two letters, or the English name. Salesforce orgs with country picklists answer `United States`
 * where `US` was written (reference: section 12.7), so the two are equal. Other texts are compared exactly. Written as typed.
 */
export const country: CodecKind = {
  ...plainKind,
  make: () => {
    const codes = codesByName();
    return textSides((text) => codes.get(plain(text)) ?? text);
  },
};

/**
 * A country that Salesforce keeps as its code of two letters (`CountryCode`, `BillingCountryCode` of an org with State and Country/Territory
 * Picklists). HubSpot's text may be a code or a name; it is written the English name. A text that is no country is foreign: it is kept where
 * it is and told, for Salesforce would refuse it.
 */
export const countryCode: CodecKind = {
  ...plainKind,
  make: () => {
    const codes = codesByName();
    const names = englishNames();
    const decode = (raw: RawValue): Canonical => {
      const text = cleanText(raw);
      if (text === '') return blank;
      const code = codes.get(plain(text));
      if (code === undefined) return { kind: 'foreign', raw, why: 'not the name or code of a country' };
      return { kind: 'value', key: code, text: code };
    };
    return {
      hubspot: {
        decode,
        encode: (value) => {
          if (value.kind === 'blank') return clearedHubspot;
          const code = String(value.text);
          return writtenNames[code] ?? names.of(code) ?? code;
        },
      },
      salesforce: {
        decode,
        encode: (value) => (value.kind === 'blank' ? clearedSalesforce : String(value.text)),
      },
    };
  },
};
