import type { System } from '../../src/model/system.ts';

/** A record as the loader sends it: API field names to texts; a field that is absent was never filled. */
export type Entered = Readonly<Record<string, string>>;

export const expectations = ['both', 'hubspot-only', 'salesforce-only'] as const;
/** Where the person must be once the mirror is idle. */
export type Expectation = (typeof expectations)[number];

/** One person of the data set, before the records have ids. */
export interface Person {
  /** Stable name of the person: the lead's number, the round through the file, and what is special (`660737/2/twin`). */
  readonly key: string;
  /** What is entered in HubSpot, as a contact; null where the person begins in Salesforce alone. */
  readonly contact: Entered | null;
  /** What is entered in Salesforce, as a lead; null where the person begins in HubSpot alone. */
  readonly lead: Entered | null;
  readonly expect: Expectation;
  readonly why: string;
  /** The address that the person has, before anybody retyped it; blank where there is none. */
  readonly email: string;
  /** Keys of people who look alike and must never be taken for this one. */
  readonly apartFrom: readonly string[];
}

/** The address in the form in which both sides are matched, or null where it can match nobody (blank, foreign). */
export type EmailKey = (raw: string | null | undefined) => string | null;

/** Why a system would refuse to create a record with this address, or null where it takes it. */
export type VendorRefusal = (system: System, email: string) => string | null;

/** What decides whether a person can be matched and created: the product's rule for addresses, and the vendors'. */
export interface EmailRules {
  readonly key: EmailKey;
  readonly refusal: VendorRefusal;
}

/** What is true of a person apart from how each side wrote it down. */
export interface Profile {
  readonly given: string;
  readonly informal: string;
  readonly surname: string;
  readonly email: string;
  readonly phone: string;
  readonly mobile: string;
  readonly company: string;
  readonly formerCompany: string;
  readonly website: string;
  readonly title: string;
  readonly city: string;
  readonly country: string;
  readonly zip: string;
  readonly message: string;
}

const filled = (fields: Record<string, string>): Entered =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''));

export const contactOf = (profile: Profile): Entered =>
  filled({
    email: profile.email,
    firstname: profile.given,
    lastname: profile.surname,
    phone: profile.phone,
    mobilephone: profile.mobile,
    company: profile.company,
    jobtitle: profile.title,
    website: profile.website,
    city: profile.city,
    zip: profile.zip,
    country: profile.country,
    message: profile.message,
  });

/** Salesforce takes no lead without LastName and Company: somebody who types one in puts these. */
const unknownName = 'Unknown';
const unknownCompany = 'n/a';

export const leadOf = (profile: Profile): Entered =>
  filled({
    Email: profile.email,
    FirstName: profile.given,
    LastName: profile.surname.trim() === '' ? unknownName : profile.surname,
    Phone: profile.phone,
    MobilePhone: profile.mobile,
    Company: profile.company.trim() === '' ? unknownCompany : profile.company,
    Title: profile.title,
    Website: profile.website,
    City: profile.city,
    PostalCode: profile.zip,
    Country: profile.country,
    Description: profile.message,
  });
