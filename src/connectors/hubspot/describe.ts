import type { CallContext } from '../../model/budget.ts';
import type { FieldDescription, ObjectDescription } from '../../model/record.ts';
import type { HubSpotHttp } from './http.ts';
import { propertiesSchema } from './wire.ts';

/** Longest text of a `string` property (properties guide, developers.hubspot.com, read 2026-11-24). */
const textCharsMax = 65_536;

/** What HubSpot requires at creation; its properties API does not say (object guides, developers.hubspot.com). */
const requiredOnCreate: Readonly<Record<string, readonly string[]>> = {
  deals: ['dealname', 'dealstage'],
  tickets: ['subject', 'hs_pipeline_stage'],
  leads: ['hs_lead_name'],
  tasks: ['hs_timestamp'],
  notes: ['hs_timestamp'],
  calls: ['hs_timestamp'],
  meetings: ['hs_timestamp'],
  emails: ['hs_timestamp', 'hs_email_direction'],
};

/** What the object's properties are; see Connector.describe. */
export const describeObject = async (
  http: HubSpotHttp,
  type: string,
  context: CallContext,
): Promise<ObjectDescription> => {
  const answer = await http.read(context, {
    method: 'GET',
    path: `/crm/v3/properties/${encodeURIComponent(type)}`,
    schema: propertiesSchema,
  });
  const required = requiredOnCreate[type] ?? [];
  const fields = answer.body.results.map((property): FieldDescription => {
    const closed = property.type === 'enumeration' && property.externalOptions !== true;
    return {
      name: property.name,
      label: property.label,
      type: property.type,
      writable: property.modificationMetadata?.readOnlyValue !== true && property.calculated !== true,
      requiredOnCreate: required.includes(property.name),
      maxLength: property.type === 'string' ? textCharsMax : null,
      ...(typeof property.hasUniqueValue === 'boolean' ? { unique: property.hasUniqueValue } : {}),
      options: closed ? (property.options ?? []).map((option) => option.value) : null,
    };
  });
  return { type, fields: new Map(fields.map((field) => [field.name, field])) };
};
