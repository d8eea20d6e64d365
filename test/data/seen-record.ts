import { z } from 'zod';

/** What the checker needs of a record of either system. */
export interface SeenRecord {
  readonly id: string;
  readonly email: string | null;
  /** The other side's id as the identity field holds it; null where it is blank. */
  readonly pointsTo: string | null;
}

const text = z.string().nullish();
const hubspotShape = z.object({
  id: z.string(),
  archived: z.boolean().default(false),
  properties: z.object({ email: text, tandem_salesforce_id: text }),
});
const salesforceShape = z.object({
  Id: z.string(),
  IsDeleted: z.boolean().default(false),
  Email: text,
  HubSpot_Id__c: text,
});

/** A raw contact as `/_sandbox/records` gives it; null where it is archived. */
export const seenContact = (raw: unknown): SeenRecord | null => {
  const { id, archived, properties } = hubspotShape.parse(raw);
  if (archived) return null;
  return { id, email: properties.email ?? null, pointsTo: properties.tandem_salesforce_id || null };
};

/** A raw lead or contact as `/_sandbox/records` gives it; null where it is in the recycle bin. */
export const seenLead = (raw: unknown): SeenRecord | null => {
  const { Id, IsDeleted, Email, HubSpot_Id__c } = salesforceShape.parse(raw);
  return IsDeleted ? null : { id: Id, email: Email ?? null, pointsTo: HubSpot_Id__c || null };
};
