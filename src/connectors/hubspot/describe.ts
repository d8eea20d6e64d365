import type { CallContext } from '../../model/budget.ts';
import type { FieldDescription, ObjectDescription } from '../../model/record.ts';
import type { HubSpotHttp } from './http.ts';
import { readPipelines } from './pipelines.ts';
import { propertiesSchema } from './wire.ts';
import { hasOptOut, optOutProperty } from './write-opt-out.ts';

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

/** Properties whose values are pipelines and stages; the properties API gives them no options. */
const pipelineProperties = new Set(['pipeline', 'hs_pipeline']);
const stageProperties = new Set(['dealstage', 'hs_pipeline_stage']);

/** The values of those properties, where the object has stages; one more call. */
const readPipelineOptions = async (
  http: HubSpotHttp,
  type: string,
  names: readonly string[],
  context: CallContext,
): Promise<ReadonlyMap<string, readonly string[]>> => {
  if (!names.some((name) => stageProperties.has(name))) return new Map();
  const pipelines = await readPipelines(http, type, context);
  const stages = pipelines.flatMap((pipeline) => pipeline.stages.map((stage) => stage.id));
  return new Map([
    ...[...pipelineProperties].map((name) => [name, pipelines.map((one) => one.id)] as const),
    ...[...stageProperties].map((name) => [name, stages] as const),
  ]);
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
  const ofPipelines = await readPipelineOptions(
    http,
    type,
    answer.body.results.filter((property) => property.type === 'enumeration').map(({ name }) => name),
    context,
  );
  const fields = answer.body.results.map((property): FieldDescription => {
    const isEnumeration = property.type === 'enumeration';
    const given = (property.options ?? []).map((option) => option.value);
    const fromPipelines = isEnumeration && given.length === 0 ? ofPipelines.get(property.name) : undefined;
    const closed = isEnumeration && property.externalOptions !== true;
    return {
      name: property.name,
      label: property.label,
      type: property.type,
      // Read-only as a property; writeMany takes it all the same, through the subscriptions API.
      writable:
        (hasOptOut(type) && property.name === optOutProperty) ||
        (property.modificationMetadata?.readOnlyValue !== true && property.calculated !== true),
      requiredOnCreate: required.includes(property.name),
      maxLength: property.type === 'string' ? textCharsMax : null,
      ...(typeof property.hasUniqueValue === 'boolean' ? { unique: property.hasUniqueValue } : {}),
      options: fromPipelines ?? (closed ? given : null),
    };
  });
  return { type, fields: new Map(fields.map((field) => [field.name, field])) };
};
