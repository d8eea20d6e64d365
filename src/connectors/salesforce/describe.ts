import { z } from 'zod';
import type { CallContext } from '../../model/budget.ts';
import type { Described, FieldDescription, ObjectDescription, RecordKind } from '../../model/record.ts';
import { toId18 } from '../../model/salesforce-id.ts';
import type { Api } from './api.ts';
import { getTogether, subrequestsMax } from './composite.ts';
import { chunksOf } from './read-many.ts';
import { soqlName } from './soql.ts';

const fieldSchema = z.object({
  name: z.string(),
  label: z.string(),
  type: z.string(),
  length: z.number(),
  nillable: z.boolean(),
  createable: z.boolean(),
  updateable: z.boolean(),
  defaultedOnCreate: z.boolean(),
  unique: z.boolean().optional(),
  externalId: z.boolean().optional(),
  restrictedPicklist: z.boolean().optional(),
  picklistValues: z
    .array(
      z.object({
        value: z.string(),
        active: z.boolean(),
        label: z.string().nullish(),
        defaultValue: z.boolean().optional(),
      }),
    )
    .nullish(),
  referenceTo: z.array(z.string()).nullish(),
  relationshipName: z.string().nullish(),
});

const recordTypeSchema = z.object({
  recordTypeId: z.string(),
  name: z.string(),
  developerName: z.string().nullish(),
  active: z.boolean().optional(),
  master: z.boolean().optional(),
  defaultRecordTypeMapping: z.boolean().optional(),
});

const describeSchema = z.object({
  name: z.string(),
  fields: z.array(fieldSchema),
  recordTypeInfos: z.array(recordTypeSchema).nullish(),
});

const choicesOf = (field: z.infer<typeof fieldSchema>): Pick<FieldDescription, 'choices'> =>
  (field.picklistValues ?? []).length === 0
    ? {}
    : {
        choices: (field.picklistValues ?? []).map((option) => ({
          value: option.value,
          label: option.label ?? option.value,
          active: option.active,
          isDefault: option.defaultValue ?? false,
        })),
      };

const referencesOf = (field: z.infer<typeof fieldSchema>): Pick<FieldDescription, 'references'> =>
  (field.referenceTo ?? []).length === 0
    ? {}
    : { references: { types: field.referenceTo ?? [], relationship: field.relationshipName ?? null } };

/** The master is every object's own, and no kind that a record could be told apart by. */
const toKind = (info: z.infer<typeof recordTypeSchema>): RecordKind[] =>
  info.master === true
    ? []
    : [
        {
          id: toId18(info.recordTypeId) ?? info.recordTypeId,
          name: info.developerName ?? info.name,
          label: info.name,
          active: info.active ?? true,
          isDefault: info.defaultRecordTypeMapping ?? false,
        },
      ];

const toDescription = (field: z.infer<typeof fieldSchema>): FieldDescription => ({
  name: field.name,
  label: field.label,
  type: field.type,
  // A field that can be set at creation alone (CampaignMember.CampaignId) cannot be kept in line.
  writable: field.createable && field.updateable,
  ...(field.updateable && !field.createable ? { updateOnly: true } : {}),
  requiredOnCreate: field.createable && !field.nillable && !field.defaultedOnCreate,
  // Numbers, dates and checkboxes say 0.
  maxLength: field.length > 0 ? field.length : null,
  // An upsert finds a record by an external id; only a unique one makes it find one alone.
  unique: field.unique === true && field.externalId === true,
  // An unrestricted picklist takes any text through the API; its values are only proposals.
  options:
    field.restrictedPicklist === true
      ? (field.picklistValues ?? []).filter((option) => option.active).map((option) => option.value)
      : null,
  ...choicesOf(field),
  ...referencesOf(field),
});

const toObject = (body: z.infer<typeof describeSchema>): ObjectDescription => ({
  type: body.name,
  fields: new Map(body.fields.map((field) => [field.name, toDescription(field)])),
  kinds: (body.recordTypeInfos ?? []).flatMap(toKind),
});

const describePath = (type: string): string => `/sobjects/${soqlName(type)}/describe`;

/** What this user may see of the object: a field hidden from it is not there at all. */
export const describe = async (api: Api, type: string, context: CallContext): Promise<ObjectDescription> => {
  const { body } = await api.read(context, { method: 'GET', path: describePath(type) }, describeSchema);
  return toObject(body);
};

/** Several objects in one call; see Connector.describeMany. */
export const describeMany = async (
  api: Api,
  types: readonly string[],
  context: CallContext,
): Promise<ReadonlyMap<string, Described>> => {
  const described = new Map<string, Described>();
  for (const some of chunksOf(types, subrequestsMax)) {
    const answers = await getTogether(api, some.map(describePath), describeSchema, context);
    for (const [at, type] of some.entries()) {
      const one = answers[at];
      if (!one) continue;
      described.set(
        type,
        one.kind === 'answered' ? { description: toObject(one.answer.body) } : { failure: one.failure },
      );
    }
  }
  return described;
};
