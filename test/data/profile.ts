import { type Company, companyOf, jobTitleOf } from './companies.ts';
import { asciiLetters, nameMaker } from './names.ts';
import type { Profile } from './person.ts';
import { invent } from './phones.ts';
import { type Random, randomOf } from './random.ts';
import type { LeadRow, Sources } from './sources.ts';

/** People of one company; colleagues share a company name and an email domain. */
const peoplePerCompany = 9;

const fallbackLetters = ['amber', 'birch', 'cedar', 'delta', 'ember', 'fjord', 'grove', 'heath', 'inlet'];

/**
 * The part of the address before the @: the name's letters as companies build them, then the person's number after a
 * hyphen. No name yields a hyphen or a digit, so that no two people share an address, twins' variants included.
 */
const localPart = (given: string, surname: string, mark: string, random: Random): string => {
  const first = asciiLetters(given) || random.pick(fallbackLetters);
  const last = asciiLetters(surname) || random.pick(fallbackLetters);
  const shape = random.below(4);
  const letters =
    shape === 0 ? `${first.charAt(0)}${last}` : shape === 1 ? `${first}_${last}` : `${first}.${last}`;
  return `${letters.slice(0, 40)}-${mark}`;
};

const messageOf = (row: LeadRow, random: Random): string => {
  if (row.specialization === '') return '';
  const lines = [`Interested in ${row.specialization}.`, row.source === '' ? '' : `Came by ${row.source}.`];
  return lines.filter(Boolean).join(random.chance(0.3) ? '\n' : ' ');
};

const surroundings = (row: LeadRow, company: Company, random: Random) => ({
  website: random.chance(0.4) ? `https://www.${company.domain}` : '',
  zip: random.chance(0.5) ? String(100_000 + random.below(900_000)) : '',
  city: row.city,
  country: row.country,
  message: messageOf(row, random),
});

/**
 * Makes what is true of person `index` from its lead row; the same seed and index always give the same person.
 * `second` makes somebody else in the same place: who a twin would be without the likeness.
 */
export const profileMaker = (
  sources: Sources,
  seed: number,
): ((index: number, row: LeadRow, second?: boolean) => Profile) => {
  const makeName = nameMaker(sources.names);
  return (index, row, second = false) => {
    const random = randomOf(seed, second ? 'second' : 'person', index);
    const name = makeName(random);
    const companyIndex = Math.floor(index / peoplePerCompany);
    const company = companyOf(seed, companyIndex);
    const phone = () => (random.chance(0.8) ? invent(sources.phones, row.country, random) : '');
    return {
      ...name,
      email: `${localPart(name.given, name.surname, second ? `${index}b` : `${index}`, random)}@${company.domain}`,
      phone: phone(),
      mobile: random.chance(0.3) ? phone() : '',
      company: random.chance(0.85) ? company.name : '',
      formerCompany: companyOf(seed, companyIndex + 1).name,
      title: jobTitleOf(row.occupation, random),
      ...surroundings(row, company, random),
    };
  };
};
