import type { RawFields, RawValue } from '../../model/value.ts';
import type { Fact } from '../stage/facts.ts';
import type { KeptRecord, SeenPerson, SeenRecord } from './person.ts';
import type { StoredJourney } from './stored.ts';

/** By what somebody is found, reached and told apart, as each system calls it: the values that a rep means by bad data. */
export const mendable = [
  { hubspot: 'email', salesforce: 'Email' },
  { hubspot: 'phone', salesforce: 'Phone' },
  { hubspot: 'firstname', salesforce: 'FirstName' },
  { hubspot: 'lastname', salesforce: 'LastName' },
  { hubspot: 'company', salesforce: 'Company' },
] as const;

/** As it is compared: another way of writing the same value mends nothing, and each system writes phone numbers in its own. */
const plain = (raw: RawValue | undefined, field: string): string => {
  const text = typeof raw === 'string' ? raw.trim().toLowerCase() : '';
  return field.toLowerCase() === 'phone' ? text.replace(/\D/g, '') : text.replace(/\s+/g, ' ');
};

const has = (fields: RawFields | undefined, field: string): fields is RawFields =>
  fields !== undefined && Object.hasOwn(fields, field);

/** Whether one of the values is another one now, and not the one that the other system had already: that is Tandem's own alignment of an older edit. */
const isMended = (
  system: 'hubspot' | 'salesforce',
  seen: SeenRecord,
  kept: KeptRecord | null,
  other: KeptRecord | null,
): boolean =>
  kept !== null &&
  mendable.some((names) => {
    const field = names[system];
    const theirs = names[system === 'hubspot' ? 'salesforce' : 'hubspot'];
    if (!has(seen.fields, field) || !has(kept.fields, field)) return false;
    const now = plain(seen.fields[field], field);
    if (now === '' || now === plain(kept.fields[field], field)) return false;
    return !(has(other?.fields, theirs) && plain(other.fields[theirs], theirs) === now);
  });

/** Which record tells that the person was merged with another, or is linked with another lead than before. A conversion is a word of sales. */
const joined = ({ contact, sales }: StoredJourney, person: SeenPerson): SeenRecord | null => {
  const merged = 'hs_merged_object_ids';
  const ids = person.contact.fields[merged] ?? null;
  if (
    contact !== null &&
    (contact.id !== person.contact.ref.id || (ids !== null && ids !== (contact.fields[merged] ?? null)))
  )
    return person.contact;
  const isOther =
    sales !== null &&
    person.sales !== null &&
    sales.id !== person.sales.ref.id &&
    sales.type === person.sales.ref.type;
  return isOther ? person.sales : null;
};

/**
 * Whether somebody whom sales gave back to be mended has been since: a duplicate by a merge or another link, anything else by another email, phone, name
 * or company in one of the systems. Pure. What was changed in the same save as the rep's no, or before anybody looked at it, is part of the no and mends
 * nothing; so does a change of Tandem's own, which brings what the other system had.
 */
export const repairedFacts = (before: StoredJourney, person: SeenPerson, now: number): readonly Fact[] => {
  const { stage, place, reason, returnedAt, turn } = before.journey;
  if (stage !== 'returned' || place !== 'repair' || returnedAt === null) return [];
  const { contact, sales } = person;
  const byValue = (): SeenRecord | null => {
    if (isMended('hubspot', contact, before.contact, before.sales)) return contact;
    const isSame = sales !== null && before.sales?.id === sales.ref.id;
    return isSame && isMended('salesforce', sales, before.sales, before.contact) ? sales : null;
  };
  const record = reason === 'Duplicate' ? joined(before, person) : byValue();
  if (record === null) return [];
  // A stamp of Salesforce has lost its milliseconds, and a clock of a vendor may run ahead.
  const at = Math.max(Math.min(record.stamp, now), returnedAt);
  return [{ kind: 'repaired', key: `repaired/${turn}/${at}`, at, by: record.ref.system }];
};
