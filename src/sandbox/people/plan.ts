import { deriveSeed, makeRandom, type Random } from '../core/random.ts';
import { formatInternational, makePerson, type Person, type PhoneNumber } from './person.ts';

/** A person as one of the systems holds them: plain text fields, blank where nothing was entered. */
export interface PersonEntry {
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly company: string;
  readonly title: string;
  readonly phone: string;
  readonly mobile: string;
  readonly street: string;
  readonly city: string;
  readonly state: string;
  readonly postalCode: string;
  readonly country: string;
  readonly website: string;
  readonly description: string;
}

/**
 * Who is in which system. Both simulators make the same plan from the same seed and numbers, so that they agree on
 * who is who without talking. 60% of the leads are people who are also contacts.
 */
export interface PeoplePlan {
  readonly contacts: number;
  readonly leads: number;
  readonly shared: number;
  /** HubSpot's entry of contact `index` (from 0). */
  contact(index: number): PersonEntry;
  /** Salesforce's entry of lead `index` (from 0); `contact` is the index of the same person in HubSpot, or null. */
  lead(index: number): { readonly entry: PersonEntry; readonly contact: number | null };
}

const sharedShare = 0.6;

const enter = (person: Person): PersonEntry => ({
  firstName: person.firstName,
  lastName: person.lastName,
  email: person.email,
  company: person.company,
  title: person.title,
  phone: formatInternational(person.phone),
  mobile: person.mobile === null ? '' : formatInternational(person.mobile),
  street: person.street,
  city: person.city,
  state: person.state,
  postalCode: person.postalCode,
  country: person.country,
  website: person.website,
  description: person.description,
});

/** The ways in which colleagues type one number. */
const phoneStyles: readonly ((phone: PhoneNumber) => string)[] = [
  formatInternational,
  ({ callingCode, national }) => `+${callingCode}${national}`,
  ({ callingCode, national }) => `+${callingCode}-${national.slice(0, -6)}-${national.slice(-6)}`,
  ({ callingCode, national }) => `00${callingCode} ${national}`,
  ({ trunk, national }) => `${trunk}${national.slice(0, -4)} ${national.slice(-4)}`,
  ({ trunk, national }) => `(${trunk}${national.slice(0, 3)}) ${national.slice(3)}`,
];

const capitalise = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

const otherCase = (email: string, random: Random): string =>
  random.chance(0.3) ? email.toUpperCase() : email.split('.').map(capitalise).join('.');

/** The same person as another team entered them some time ago: case, blanks, formats, stale values. */
const enterDifferently = (person: Person, earlier: Person, random: Random): PersonEntry => {
  const same = enter(person);
  const phone = random.chance(0.5) ? random.pick(phoneStyles)(person.phone) : same.phone;
  const blankOr = (share: number, value: string): string => (random.chance(share) ? '' : value);
  return {
    firstName: random.chance(0.05) ? same.firstName.toUpperCase() : blankOr(0.05, same.firstName),
    lastName: random.chance(0.05) ? same.lastName.toUpperCase() : same.lastName,
    email: random.chance(0.2) ? otherCase(same.email, random) : same.email,
    company: random.chance(0.06) ? earlier.company : same.company,
    title: random.chance(0.12) ? earlier.title : blankOr(0.15, same.title),
    phone: random.chance(0.04) ? formatInternational(earlier.phone) : blankOr(0.12, phone),
    mobile: blankOr(0.4, same.mobile),
    street: blankOr(0.3, same.street),
    city: random.chance(0.05) ? earlier.city : blankOr(0.12, same.city),
    state: blankOr(0.3, same.state),
    postalCode: random.chance(0.1) ? same.postalCode.replace(/[ -]/g, '') : blankOr(0.12, same.postalCode),
    country: random.chance(0.15) ? person.countryCode : blankOr(0.1, same.country),
    website: random.chance(0.25) ? same.website.replace('https://www.', '') : blankOr(0.2, same.website),
    description: blankOr(0.6, same.description),
  };
};

/** Makes the plan; people are made when asked for, so that a plan of any size costs nothing. */
export const makePeoplePlan = (seed: number, contacts: number, leads: number): PeoplePlan => {
  const shared = Math.min(contacts, Math.round(leads * sharedShare));
  const sharedBefore = (index: number): number => Math.floor((index * shared) / Math.max(leads, 1));
  return {
    contacts,
    leads,
    shared,
    contact: (index) => enter(makePerson(seed, index)),
    lead: (index) => {
      const ordinal = sharedBefore(index);
      if (sharedBefore(index + 1) === ordinal) {
        const newcomer = index - ordinal;
        return { entry: enter(makePerson(seed, contacts + newcomer)), contact: null };
      }
      // Spread evenly over the contacts; distinct, since there are at least as many contacts as shared people.
      const contact = Math.floor((ordinal * contacts) / shared);
      const random = makeRandom(deriveSeed(seed, `differences ${contact}`));
      const earlier = makePerson(seed, 2_000_000 + contact);
      return { entry: enterDifferently(makePerson(seed, contact), earlier, random), contact };
    },
  };
};
