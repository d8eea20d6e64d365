import { deriveSeed, makeRandom, type Random } from '../core/random.ts';
import { type PeopleLocale, peopleLocales } from './locales.ts';

/** A mobile number in its parts, so that each side can write it in its own way. */
export interface PhoneNumber {
  readonly callingCode: string;
  readonly trunk: string;
  readonly national: string;
}

/** Somebody whom both systems may know; blank means unknown. */
export interface Person {
  readonly firstName: string;
  readonly lastName: string;
  /** Unique among all people of a plan, lower case, below example.com so that no mail can reach anybody. */
  readonly email: string;
  readonly company: string;
  readonly title: string;
  readonly phone: PhoneNumber;
  readonly mobile: PhoneNumber | null;
  readonly street: string;
  readonly city: string;
  readonly state: string;
  readonly postalCode: string;
  readonly country: string;
  readonly countryCode: string;
  readonly website: string;
  readonly description: string;
}

const remarks = [
  'Asked for a price list.',
  'Met at the autumn trade fair; wants a call after the holidays.',
  "Downloaded the buyer's guide.\nInterested in the annual plan.",
  'Referred by a customer.',
  'Compares us with two others; decision by the end of the quarter.',
  'Prefers e-mail.',
  'Budget approved — wants a demo for five people.',
  'Came back after a year; knows the old product.',
];

const totalWeight = peopleLocales.reduce((sum, locale) => sum + locale.weight, 0);

const pickLocale = (random: Random): PeopleLocale => {
  let left = random.next() * totalWeight;
  for (const locale of peopleLocales) {
    left -= locale.weight;
    if (left < 0) return locale;
  }
  return random.pick(peopleLocales);
};

/** Latin letters and digits joined by dashes; blank where the text has none (Chinese, Arabic). */
const slug = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');

/** Cut so that an address stays below the 80 characters that Salesforce takes. */
const latin = (text: string, lengthMax: number, fallback: string): string => {
  const letters = slug(text).slice(0, lengthMax).replace(/-+$/, '');
  return letters.length >= 2 ? letters : fallback;
};

const drawPhone = (locale: PeopleLocale, random: Random): PhoneNumber => ({
  callingCode: locale.callingCode,
  trunk: locale.trunk,
  national: locale.mobile.slice(0, -4) + String(random.integer(0, 9_999)).padStart(4, '0'),
});

/** The person with this number; the same for the same seed and number, whatever else is drawn. */
export const makePerson = (seed: number, index: number): Person => {
  const random = makeRandom(deriveSeed(seed, `person ${index}`));
  const locale = pickLocale(random);
  const { faker } = locale;
  faker.seed(random.integer(0, 0x7fff_ffff));
  const firstName = faker.person.firstName();
  const lastName = faker.person.lastName();
  const company = faker.company.name();
  const domain = `${latin(company, 20, `firma-${index % 977}`)}.example.com`;
  return {
    firstName,
    lastName,
    email: `${latin(firstName, 14, 'info')}.${latin(lastName, 18, locale.countryCode.toLowerCase())}.${index}@${domain}`,
    company,
    title: faker.person.jobTitle(),
    phone: drawPhone(locale, random),
    mobile: random.chance(0.3) ? drawPhone(locale, random) : null,
    street: faker.location.streetAddress(),
    city: faker.location.city(),
    state: locale.hasStates ? faker.location.state() : '',
    postalCode: faker.location.zipCode(),
    country: locale.country,
    countryCode: locale.countryCode,
    website: `https://www.${domain}`,
    description: random.chance(0.3) ? random.pick(remarks) : '',
  };
};

/** `+49 1512 3456789`. */
export const formatInternational = ({ callingCode, national }: PhoneNumber): string =>
  `+${callingCode} ${national.slice(0, -7)} ${national.slice(-7)}`;
