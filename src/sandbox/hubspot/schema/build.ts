import type { PropertyDefinition, PropertyOption, PropertyType, RecordView } from './property.ts';

type Extra = Partial<Omit<PropertyDefinition, 'name' | 'label' | 'type' | 'groupName'>>;

const fieldTypes: Record<PropertyType, string> = {
  string: 'text',
  number: 'number',
  date: 'date',
  datetime: 'date',
  enumeration: 'select',
  bool: 'booleancheckbox',
  phone_number: 'phonenumber',
};

const yesNo: readonly PropertyOption[] = [
  { value: 'true', label: 'Yes' },
  { value: 'false', label: 'No' },
];

/** A property of HubSpot's own, with the usual field type of its kind. */
export const standard =
  (groupName: string) =>
  (name: string, label: string, type: PropertyType, extra: Extra = {}): PropertyDefinition => ({
    name,
    label,
    type,
    groupName,
    fieldType: fieldTypes[type],
    hubspotDefined: true,
    createdAt: null,
    ...(type === 'bool' ? { options: yesNo } : {}),
    ...extra,
  });

/** A property that somebody added. */
export const custom =
  (groupName: string) =>
  (name: string, label: string, type: PropertyType, extra: Extra = {}): PropertyDefinition =>
    standard(groupName)(name, label, type, { hubspotDefined: false, ...extra });

/** A read-only property that follows from the record. */
export const computed = (compute: (record: RecordView) => string | null): Extra => ({
  readOnly: true,
  compute,
});

/** Options whose value is their label. */
export const plainOptions = (...values: readonly string[]): readonly PropertyOption[] =>
  values.map((value) => ({ value, label: value }));

/** Options written as `value: label`. */
export const labelledOptions = (options: Readonly<Record<string, string>>): readonly PropertyOption[] =>
  Object.entries(options).map(([value, label]) => ({ value, label }));

const iso = (ms: number): string => new Date(ms).toISOString();

/** Sources that people see under another name (recorded: NangoHQ/integration-templates, update-company.test.json). */
const sourceLabels: Readonly<Record<string, string>> = { COMPANIES: 'CRM_SETTING' };

/**
 * What every object has. `modified` is lastmodifieddate for contacts and hs_lastmodifieddate for the others; `created` is hs_createdate for
 * engagements and createdate for the others.
 */
export const recordProperties = (
  groupName: string,
  modified: string,
  created = 'createdate',
): PropertyDefinition[] => {
  const property = standard(groupName);
  return [
    property(
      'hs_object_id',
      'Record ID',
      'number',
      computed((record) => record.id),
    ),
    property(
      created,
      'Create Date',
      'datetime',
      computed((record) => iso(record.createdAt)),
    ),
    property(
      modified,
      'Last Modified Date',
      'datetime',
      computed((record) => iso(record.modifiedAt)),
    ),
    property(
      'hs_object_source',
      'Record creation source',
      'string',
      computed((r) => r.origin.sourceType),
    ),
    property(
      'hs_object_source_label',
      'Record source',
      'string',
      computed((r) => sourceLabels[r.origin.sourceType] ?? r.origin.sourceType),
    ),
    property(
      'hs_object_source_id',
      'Record creation source ID',
      'string',
      computed((r) => r.origin.sourceId || null),
    ),
    property(
      'hs_object_source_user_id',
      'Record creation source user ID',
      'number',
      computed(({ origin }) => (origin.userId === undefined ? null : String(origin.userId))),
    ),
  ];
};
