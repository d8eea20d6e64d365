import type { Profile } from './person.ts';
import { retype } from './phones.ts';
import type { Random } from './random.ts';

const mixedCase = (text: string, random: Random): string =>
  [...text].map((letter) => (random.chance(0.4) ? letter.toUpperCase() : letter)).join('');

/** The same address as other people type it. Case and surrounding blanks say nothing: it must match all the same. */
export const retypeEmail = (email: string, random: Random): string =>
  random.pick([
    email,
    email,
    email.toUpperCase(),
    mixedCase(email, random),
    ` ${email}`,
    `${email}  `,
    `\t${mixedCase(email, random)} `,
  ]);

const olderTitle = (title: string): string => title.replace(/^(Senior|Lead|Chief|Principal)\b/, 'Junior');

/** Salesforce's lengths of Lead.FirstName and Lead.LastName (salesforce_describe/Lead.json): no more can be typed in there. */
export const fitsSalesforce = (name: Pick<Profile, 'given' | 'surname'>): boolean =>
  name.given.length <= 40 && name.surname.length <= 80;

const retypeName = (profile: Profile, random: Random): Pick<Profile, 'given' | 'surname'> => {
  const typed = nameVariant(profile, random);
  // Other case and decomposition can lengthen a text ('ﬁ' → 'FI').
  return fitsSalesforce(typed) ? typed : { given: profile.given, surname: profile.surname };
};

const nameVariant = (profile: Profile, random: Random): Pick<Profile, 'given' | 'surname'> => ({
  given: random.pick([
    profile.given,
    profile.informal,
    profile.given.normalize('NFD'),
    `${profile.given} `,
    '',
  ]),
  surname: random.pick([
    profile.surname,
    profile.surname,
    profile.surname.toUpperCase(),
    ` ${profile.surname}`,
  ]),
});

const blankable = [
  'phone',
  'mobile',
  'company',
  'title',
  'website',
  'city',
  'country',
  'zip',
  'message',
] as const;

/**
 * The same person as the other system knows them: a third of the records agree, the others differ in the ways of life:
 * case and blanks, another form of the same number, values that were true once, values that only one side has. The
 * address always stays the same person's, and is never blanked: by it, and it alone, the two records must find each other.
 */
export const seenElsewhere = (profile: Profile, random: Random): Profile => {
  const email = retypeEmail(profile.email, random);
  if (random.chance(0.33)) return { ...profile, email };
  const seen: Profile = {
    ...profile,
    email,
    ...(random.chance(0.3) ? retypeName(profile, random) : {}),
    phone: profile.phone === '' ? '' : retype(profile.phone, profile.country, random),
    mobile: profile.mobile === '' ? '' : retype(profile.mobile, profile.country, random),
    title: random.chance(0.2) ? olderTitle(profile.title) : profile.title,
    company: random.chance(0.1) ? profile.formerCompany : profile.company,
    city: random.chance(0.1) ? 'Pune' : profile.city,
  };
  const blanked = blankable.filter(() => random.chance(0.12));
  return { ...seen, ...Object.fromEntries(blanked.map((field) => [field, ''])) };
};
