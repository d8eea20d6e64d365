import { en, Faker } from '@faker-js/faker';
import { asciiLetters } from './names.ts';
import { type Random, randomOf } from './random.ts';

export interface Company {
  readonly name: string;
  readonly domain: string;
}

/** A faker that draws from our generator, so that one seed decides everything. */
const fakerOf = (random: Random): Faker =>
  new Faker({ locale: en, randomizer: { next: () => random.next(), seed: () => undefined } });

/**
 * Company `index` of the data set. Its domain lies under example.com, -.org or -.net (reserved by RFC 2606), so that no
 * address can ever belong to a real person, and carries the index, so that no two companies share one.
 */
export const companyOf = (seed: number, index: number): Company => {
  const random = randomOf(seed, 'company', index);
  const name = fakerOf(random).company.name();
  const tld = random.pick(['com', 'com', 'org', 'net']);
  return { name, domain: `${asciiLetters(name).slice(0, 18)}${index}.example.${tld}` };
};

const titleByOccupation: Readonly<Record<string, string>> = {
  Student: 'Student',
  Housewife: 'Homemaker',
  Businessman: 'Owner',
};

/** A job title that fits what the lead answered about the occupation; blank where it has none. */
export const jobTitleOf = (occupation: string, random: Random): string => {
  if (occupation === 'Unemployed') return random.chance(0.3) ? 'Between jobs' : '';
  return titleByOccupation[occupation] ?? fakerOf(random).person.jobTitle();
};
