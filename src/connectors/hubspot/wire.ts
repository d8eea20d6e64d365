import { z } from 'zod';

/** Shapes of HubSpot's CRM v3 answers, as far as the connector reads them (HubSpot's public specification, crm-objects v3). */

/** Contacts, as lists and workflows number the objects. */
export const contactsTypeId = '0-1';

export const instant = z.string().transform((text, context) => {
  const at = Date.parse(text);
  if (!Number.isNaN(at)) return at;
  context.addIssue({ code: 'custom', message: 'not an ISO 8601 instant' });
  return z.NEVER;
});

const historyEntry = z.object({
  timestamp: instant,
  value: z.string().nullable().catch(null),
  sourceType: z.string().catch('UNKNOWN'),
  sourceId: z.string().nullish(),
});

export const recordSchema = z.object({
  id: z.string(),
  properties: z.record(z.string(), z.string().nullable()),
  createdAt: instant,
  updatedAt: instant,
  archived: z.boolean().optional(),
  archivedAt: instant.nullish(),
  propertiesWithHistory: z.record(z.string(), z.array(historyEntry)).nullish(),
});
export type HubSpotRecord = z.output<typeof recordSchema>;

/** Context values are lists of strings by the specification; a bare string or number is taken as a list of one. */
const contextList = z.preprocess(
  (value) => (Array.isArray(value) ? value.map(String) : [String(value)]),
  z.array(z.string()),
);
const context = z.record(z.string(), contextList).nullish();

const errorDetail = z.object({ code: z.string().nullish(), message: z.string().nullish(), context });

/** One error: the body of a refusal, or one entry of a 207. Everything is optional in HubSpot's own words. */
export const errorSchema = z.object({
  category: z.string().nullish(),
  subCategory: z.string().nullish(),
  message: z.string().nullish(),
  correlationId: z.string().nullish(),
  policyName: z.string().nullish(),
  context,
  errors: z.array(errorDetail).nullish(),
});
export type HubSpotError = z.output<typeof errorSchema>;

const writtenSchema = z.object({
  id: z.string(),
  properties: z.record(z.string(), z.string().nullable()).nullish(),
  updatedAt: instant.nullish(),
  new: z.boolean().optional(),
  objectWriteTraceId: z.string().nullish(),
});
export type WrittenRecord = z.output<typeof writtenSchema>;

export const batchReadSchema = z.object({
  results: z.array(recordSchema),
  errors: z.array(errorSchema).nullish(),
});
export const batchWriteSchema = z.object({
  results: z.array(writtenSchema),
  errors: z.array(errorSchema).nullish(),
});
export type BatchWriteAnswer = z.output<typeof batchWriteSchema>;

export const paging = z.object({ next: z.object({ after: z.string() }).nullish() }).nullish();
export const pageSchema = z.object({ results: z.array(recordSchema), paging });

/** Custom objects (schemas guide); their properties and associations are not read here. */
export const schemasSchema = z.object({
  results: z.array(
    z.object({
      name: z.string(),
      objectTypeId: z.string().min(1),
      fullyQualifiedName: z.string().nullish(),
    }),
  ),
});

export const propertiesSchema = z.object({
  results: z.array(
    z.object({
      name: z.string(),
      label: z.string().catch(''),
      type: z.string(),
      calculated: z.boolean().nullish(),
      externalOptions: z.boolean().nullish(),
      hasUniqueValue: z.boolean().nullish(),
      options: z.array(z.object({ value: z.string() })).nullish(),
      modificationMetadata: z.object({ readOnlyValue: z.boolean().nullish() }).nullish(),
    }),
  ),
});

/** `uiDomain` differs by where the data is hosted, as app-eu1.hubspot.com (account-info v3). */
export const accountSchema = z.object({
  portalId: z.coerce.string(),
  uiDomain: z.string().nullish(),
});
export const tokenInfoSchema = z.object({ appId: z.coerce.string(), scopes: z.array(z.string()).nullish() });

/** Ids here are JSON numbers, whatever the specification says (recorded replies). */
const numericId = z.union([z.string(), z.number()]).transform(String);
const linkTypeSchema = z.object({
  category: z.string(),
  typeId: z.number(),
  label: z
    .string()
    .nullish()
    .transform((label) => label ?? null),
});
/** One type of an association; the plain one has no label. */
export type LinkType = z.output<typeof linkTypeSchema>;
const linkSchema = z.object({ toObjectId: numericId, associationTypes: z.array(linkTypeSchema) });
export const labelsSchema = z.object({ results: z.array(linkTypeSchema) });
export const associationsReadSchema = z.object({
  results: z.array(z.object({ from: z.object({ id: numericId }), to: z.array(linkSchema), paging })),
  errors: z.array(errorSchema).nullish(),
});
/** Of a write only what was refused is of interest; an archive answers with an empty body. */
export const associationsWriteSchema = z.object({ errors: z.array(errorSchema).nullish() }).optional();
/** For answers whose body says nothing that is needed, or that have none. */
export const anyAnswer = z.unknown();

export const pipelinesSchema = z.object({
  results: z.array(
    z.object({
      id: z.string(),
      label: z.string(),
      stages: z.array(
        z.object({
          id: z.string(),
          label: z.string(),
          displayOrder: z.number().catch(0),
          metadata: z.record(z.string(), z.unknown()).nullish(),
        }),
      ),
    }),
  ),
});

export const ownersSchema = z.object({
  results: z.array(
    z.object({
      id: z.string(),
      type: z.string().nullish(),
      email: z.string().nullish(),
      firstName: z.string().nullish(),
      lastName: z.string().nullish(),
    }),
  ),
  paging,
});
