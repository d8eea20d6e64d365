/** HubSpot's types of property values (https://developers.hubspot.com/docs/api/crm/properties). */
export const propertyTypes = [
  'string',
  'number',
  'date',
  'datetime',
  'enumeration',
  'bool',
  'phone_number',
] as const;
export type PropertyType = (typeof propertyTypes)[number];

export interface PropertyOption {
  readonly value: string;
  readonly label: string;
}

/** What a calculated property can see of its record. */
export interface RecordView {
  readonly id: string;
  readonly createdAt: number;
  readonly modifiedAt: number;
  /** Who created the record: hs_object_source and its relatives. */
  readonly origin: { readonly sourceType: string; readonly sourceId: string; readonly userId?: number };
  /** A stored value by property name; null when blank. */
  read(name: string): string | null;
}

/** A property as data. A property with `compute` holds nothing itself. */
export interface PropertyDefinition {
  readonly name: string;
  readonly label: string;
  readonly type: PropertyType;
  readonly fieldType: string;
  readonly groupName: string;
  readonly description?: string;
  readonly options?: readonly PropertyOption[];
  readonly readOnly?: boolean;
  readonly unique?: boolean;
  readonly hubspotDefined: boolean;
  /** Its options are the owners: any owner's id is accepted. */
  readonly ownerReference?: boolean;
  /** Its options are the account's pipelines or their stages, which the properties API does not list. */
  readonly pipelineReference?: 'pipeline' | 'stage';
  readonly compute?: (record: RecordView) => string | null;
  /** Milliseconds; null for those that HubSpot brings. */
  readonly createdAt: number | null;
}

/** A checkbox enumeration holds several options, `a;b`. */
export const holdsSeveral = (property: PropertyDefinition): boolean =>
  property.type === 'enumeration' && property.fieldType === 'checkbox';

const optionJson = (option: PropertyOption, displayOrder: number) => ({
  label: option.label,
  value: option.value,
  description: '',
  displayOrder,
  hidden: false,
});

/** The property as the properties API shows it; `readOnly` is what holds for the caller. */
export const propertyJson = (property: PropertyDefinition, readOnly: boolean): Record<string, unknown> => {
  const at = new Date(property.createdAt ?? Date.UTC(2020, 0, 1)).toISOString();
  return {
    updatedAt: at,
    createdAt: at,
    name: property.name,
    label: property.label,
    type: property.type,
    fieldType: property.fieldType,
    description: property.description ?? '',
    groupName: property.groupName,
    options: (property.options ?? []).map(optionJson),
    ...(property.ownerReference === true ? { referencedObjectType: 'OWNER' } : {}),
    displayOrder: -1,
    calculated: property.compute !== undefined,
    externalOptions: property.ownerReference === true || property.pipelineReference !== undefined,
    archived: false,
    hasUniqueValue: property.unique === true,
    hidden: false,
    hubspotDefined: property.hubspotDefined,
    modificationMetadata: {
      archivable: !property.hubspotDefined,
      readOnlyDefinition: property.hubspotDefined,
      readOnlyOptions: property.hubspotDefined,
      readOnlyValue: readOnly,
    },
    formField: !readOnly,
    dataSensitivity: 'non_sensitive',
  };
};
