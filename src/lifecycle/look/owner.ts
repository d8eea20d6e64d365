import { ownerReference, type PairMapping } from '../../model/mapping.ts';
import type { RawFields } from '../../model/value.ts';

/** HubSpot's own property for whoever looks after a contact. */
export const contactOwner = 'hubspot_owner_id';

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

/**
 * Whose a person is, as a Salesforce id: the owner of the lead, and where there is no lead yet, or nobody has it (Tandem's own user, a queue), the contact's owner in
 * HubSpot, by who is who in the mapping. Null: nobody's, as far as is known. Pure but for what the mapping has learned of owners.
 */
export const ownerOfPerson = (
  { fields }: Pick<PairMapping, 'fields'>,
  contact: RawFields,
  lead: RawFields | null,
): string | null => {
  const own = textOf(lead?.OwnerId);
  const field = fields.find(
    ({ reference, fields: names }) => reference?.of === ownerReference && names.salesforce === 'OwnerId',
  );
  if (field === undefined) return own;
  if (own !== null && field.codecs.salesforce.decode(own).kind !== 'blank') return own;
  const theirs = field.codecs.hubspot.decode(contact[field.fields.hubspot] ?? null);
  return theirs.kind === 'value' ? textOf(field.codecs.salesforce.encode(theirs)) : own;
};
