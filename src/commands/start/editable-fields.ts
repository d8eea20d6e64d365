import { UsageError } from '../../model/failure.ts';
import type { PairMapping } from '../../model/mapping.ts';
import type { Sides } from '../../model/system.ts';
import { formatInternational, type Person } from '../../sandbox/people/person.ts';

/** A field that the two colleagues edit. */
export interface EditableField {
  /** What people call it. */
  readonly label: string;
  readonly fields: Sides<string>;
  /** Whether a colleague empties it now and then. */
  readonly canClear: boolean;
  /** A value as this person would have it; blank: none. */
  readonly takeFrom: (person: Person) => string;
}

const field = (
  label: string,
  hubspot: string,
  salesforce: string,
  takeFrom: (person: Person) => string,
  canClear = false,
): EditableField => ({ label, fields: { hubspot, salesforce }, canClear, takeFrom });

const candidates: readonly EditableField[] = [
  field('job title', 'jobtitle', 'Title', (person) => person.title, true),
  field('phone', 'phone', 'Phone', (person) => formatInternational(person.phone)),
  field(
    'mobile phone',
    'mobilephone',
    'MobilePhone',
    (person) => formatInternational(person.mobile ?? person.phone),
    true,
  ),
  field('city', 'city', 'City', (person) => person.city, true),
  field('company', 'company', 'Company', (person) => person.company),
  field('note', 'message', 'Description', (person) => person.description, true),
];

/** What a new record gets beside its email, and how a person is renamed. */
export const nameFields = {
  first: field('first name', 'firstname', 'FirstName', (person) => person.firstName),
  last: field('last name', 'lastname', 'LastName', (person) => person.lastName),
  email: field('email', 'email', 'Email', (person) => person.email),
} as const;

/** The objects whose records the colleagues edit. */
export const storyTypes: Sides<string> = { hubspot: 'contacts', salesforce: 'Lead' };

/** The pair of the configuration that the story is about, and the fields that its mapping carries both ways. */
export interface StoryPair {
  readonly pair: PairMapping;
  readonly fields: readonly EditableField[];
}

/**
 * Finds what the colleagues can edit so that it flows.
 * @throws UsageError when the configuration does not carry contacts and leads both ways.
 */
export const findStoryPair = (pairs: readonly PairMapping[], configDir: string): StoryPair => {
  const pair = pairs.find(
    ({ types }) => types.hubspot === storyTypes.hubspot && types.salesforce === storyTypes.salesforce,
  );
  const fields = candidates.filter(({ fields }) =>
    pair?.fields.some(
      (mapped) =>
        mapped.direction === 'both' &&
        mapped.fields.hubspot === fields.hubspot &&
        mapped.fields.salesforce === fields.salesforce,
    ),
  );
  if (pair === undefined || fields.length < 2) {
    throw new UsageError(
      `The mappings in ${configDir} do not carry people (contacts and Lead) both ways, so there is nothing to show.`,
      'Leave --config away to see the demonstration with the shipped configuration.',
    );
  }
  return { pair, fields };
};
