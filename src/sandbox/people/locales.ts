import type { Faker } from '@faker-js/faker';
// Single locales: the package's index loads all of them, which takes a second more at start.
import { faker as arabic } from '@faker-js/faker/locale/ar';
import { faker as czech } from '@faker-js/faker/locale/cs_CZ';
import { faker as german } from '@faker-js/faker/locale/de';
import { faker as greek } from '@faker-js/faker/locale/el';
import { faker as english } from '@faker-js/faker/locale/en';
import { faker as british } from '@faker-js/faker/locale/en_GB';
import { faker as french } from '@faker-js/faker/locale/fr';
import { faker as hebrew } from '@faker-js/faker/locale/he';
import { faker as japanese } from '@faker-js/faker/locale/ja';
import { faker as georgian } from '@faker-js/faker/locale/ka_GE';
import { faker as korean } from '@faker-js/faker/locale/ko';
import { faker as nepali } from '@faker-js/faker/locale/ne';
import { faker as polish } from '@faker-js/faker/locale/pl';
import { faker as brazilian } from '@faker-js/faker/locale/pt_BR';
import { faker as russian } from '@faker-js/faker/locale/ru';
import { faker as thai } from '@faker-js/faker/locale/th';
import { faker as turkish } from '@faker-js/faker/locale/tr';
import { faker as ukrainian } from '@faker-js/faker/locale/uk';
import { faker as vietnamese } from '@faker-js/faker/locale/vi';
import { faker as chinese } from '@faker-js/faker/locale/zh_CN';

/** Where a person lives, with everything that follows from it. */
export interface PeopleLocale {
  readonly faker: Faker;
  readonly country: string;
  /** ISO 3166 code: what some colleague types instead of the country's name. */
  readonly countryCode: string;
  readonly callingCode: string;
  /** A mobile number valid there, national part; its last four digits are drawn anew. */
  readonly mobile: string;
  /** Prefix of national notation: 0 in most of Europe, none in others. */
  readonly trunk: string;
  /** Whether faker has this country's own states; elsewhere it would answer with American ones. */
  readonly hasStates: boolean;
  /** Out of all people, in relative numbers. */
  readonly weight: number;
}

const locale = (
  faker: Faker,
  country: string,
  codes: readonly [country: string, calling: string],
  phone: readonly [mobile: string, trunk: string],
  hasStates: boolean,
  weight: number,
): PeopleLocale => ({
  faker,
  country,
  countryCode: codes[0],
  callingCode: codes[1],
  mobile: phone[0],
  trunk: phone[1],
  hasStates,
  weight,
});

/** Mostly business in English and in Europe, and every script that a name may come in. */
export const peopleLocales: readonly PeopleLocale[] = [
  locale(english, 'United States', ['US', '1'], ['2015550123', ''], true, 26),
  locale(british, 'United Kingdom', ['GB', '44'], ['7400123456', '0'], false, 10),
  locale(german, 'Germany', ['DE', '49'], ['15123456789', '0'], true, 10),
  locale(french, 'France', ['FR', '33'], ['612345678', '0'], true, 8),
  locale(brazilian, 'Brazil', ['BR', '55'], ['11961234567', '0'], true, 5),
  locale(polish, 'Poland', ['PL', '48'], ['512345678', ''], true, 4),
  locale(czech, 'Czechia', ['CZ', '420'], ['601123456', ''], true, 3),
  locale(turkish, 'Turkey', ['TR', '90'], ['5012345678', '0'], false, 3),
  locale(vietnamese, 'Vietnam', ['VN', '84'], ['912345678', '0'], false, 3),
  locale(russian, 'Kazakhstan', ['KZ', '7'], ['7710009998', '8'], false, 4),
  locale(ukrainian, 'Ukraine', ['UA', '380'], ['501234567', '0'], true, 3),
  locale(greek, 'Greece', ['GR', '30'], ['6912345678', ''], false, 3),
  locale(arabic, 'Egypt', ['EG', '20'], ['1001234567', '0'], false, 4),
  locale(hebrew, 'Israel', ['IL', '972'], ['502345678', '0'], false, 2),
  locale(chinese, 'China', ['CN', '86'], ['13123456789', ''], true, 5),
  locale(japanese, 'Japan', ['JP', '81'], ['9012345678', '0'], true, 4),
  locale(korean, 'South Korea', ['KR', '82'], ['1020000000', '0'], true, 3),
  locale(thai, 'Thailand', ['TH', '66'], ['812345678', '0'], true, 2),
  locale(nepali, 'Nepal', ['NP', '977'], ['9841234567', ''], false, 2),
  locale(georgian, 'Georgia', ['GE', '995'], ['555123456', ''], false, 1),
];
