/** The field types that describe answers; what a value of each may be is in ../values. */
export const fieldTypes = [
  'id',
  'string',
  'textarea',
  'email',
  'phone',
  'url',
  'picklist',
  'combobox',
  'multipicklist',
  'boolean',
  'int',
  'double',
  'currency',
  'percent',
  'date',
  'datetime',
  'time',
  'reference',
  'address',
  'anyType',
] as const;
export type FieldType = (typeof fieldTypes)[number];

/**
 * A value as it is kept: text as entered after the vendor's own changes, dates as `YYYY-MM-DD`, times as `hh:mm:ss.000Z`, datetimes as
 * whole seconds since 1970 (the API's resolution, and a small integer in memory).
 */
export type StoredValue = string | number | boolean | null;

/** A value as the API gives it: addresses are objects, the children of a record have a list. */
export type ApiValue = StoredValue | { readonly [part: string]: ApiValue } | readonly ApiValue[];

/** Reads another field of the same record, by API name. */
export type ReadSibling = (field: string) => StoredValue;

/** What a computed field may use beside its record: the time in seconds. */
export type Compute = (read: ReadSibling, nowSeconds: number) => StoredValue;

export interface PicklistEntry {
  readonly value: string;
  readonly label?: string;
  readonly isDefault?: boolean;
  /** Of a country or state: the text that stands in the address; default: the label. */
  readonly integration?: string;
  /** The values of the controlling field with which it may be chosen. */
  readonly validFor?: readonly string[];
}

/** A field as data. What is absent takes the default of its type; see `describeField` for the whole form. */
export interface FieldDefinition {
  readonly name: string;
  readonly label: string;
  readonly type: FieldType;
  /** Longest text in UTF-16 units. */
  readonly length?: number;
  readonly precision?: number;
  readonly scale?: number;
  /** Digits of an int. */
  readonly digits?: number;
  /** False: required. Default true. */
  readonly nillable?: boolean;
  /** Default true. */
  readonly createable?: boolean;
  /** Default: as createable. */
  readonly updateable?: boolean;
  readonly defaultedOnCreate?: boolean;
  readonly defaultValue?: StoredValue;
  /** What a blank reads as: a field that was added later and is never blank. */
  readonly blankReadsAs?: StoredValue;
  readonly externalId?: boolean;
  readonly unique?: boolean;
  readonly caseSensitive?: boolean;
  /** May be the match field of an upsert; ids and external ids always may. */
  readonly idLookup?: boolean;
  readonly picklist?: readonly (string | PicklistEntry)[];
  /** Only the listed values are accepted. */
  readonly restricted?: boolean;
  /** Described as restricted; what refuses other values says so in words of its own. */
  readonly listed?: boolean;
  /** The field that decides which values may be chosen. */
  readonly controllerName?: string;
  readonly referenceTo?: readonly string[];
  readonly relationshipName?: string;
  /** Name of the list of children on the parent; such a field is indexed. */
  readonly childRelationshipName?: string;
  /** Whether the record goes into the recycle bin with its parent. */
  readonly cascadeDelete?: boolean;
  /** Found without reading every row; so are emails, external ids, unique fields and references with a list of children. */
  readonly indexed?: boolean;
  /** The code that refuses the id of another object; default MALFORMED_ID. */
  readonly wrongObjectCode?: string;
  readonly compoundFieldName?: string;
  readonly nameField?: boolean;
  readonly extraTypeInfo?: string;
  /** A formula or other value that is never stored; `formula` is what describe shows. */
  readonly compute?: Compute;
  readonly formula?: string;
  /** The parts of an address, by the key each has in the answer. */
  readonly addressParts?: Readonly<Record<string, string>>;
  readonly filterable?: boolean;
}

export interface ObjectDefinition {
  readonly name: string;
  readonly label: string;
  readonly labelPlural: string;
  readonly keyPrefix: string;
  /** Where its ids begin to count: objects that share a key prefix (all histories are 017) must not share ids. Default 0. */
  readonly sequenceBase?: number;
  /** Whether the API can create, update and delete records. Default true. */
  readonly createable?: boolean;
  readonly updateable?: boolean;
  readonly deletable?: boolean;
  /** The object whose changes it records. */
  readonly historyOf?: string;
  readonly fields: readonly FieldDefinition[];
}

/** Text above 255 characters is a long text area: it can be neither filtered nor sorted by. */
export const isLongText = (field: FieldDefinition): boolean =>
  field.type === 'textarea' && (field.length ?? 0) > 255;

/** Whether WHERE may name the field. */
export const isFilterable = (field: FieldDefinition): boolean =>
  field.filterable ?? !(isLongText(field) || field.type === 'address');

export const isCreateable = (field: FieldDefinition): boolean =>
  field.compute === undefined &&
  field.type !== 'id' &&
  field.type !== 'address' &&
  (field.createable ?? true);

export const isUpdateable = (field: FieldDefinition): boolean =>
  field.compute === undefined &&
  field.type !== 'id' &&
  field.type !== 'address' &&
  (field.updateable ?? field.createable ?? true);

/** A create must fill it, as nothing else does. */
export const isRequired = (field: FieldDefinition): boolean =>
  field.nillable === false &&
  isCreateable(field) &&
  field.defaultedOnCreate !== true &&
  field.type !== 'boolean';

/** Whether a write may leave it blank; a checkbox is never blank anyway. */
export const isClearable = (field: FieldDefinition): boolean =>
  field.nillable !== false || field.type === 'boolean';

/** Whether an upsert or a GET may find a record by this field. */
export const isLookup = (field: FieldDefinition): boolean =>
  field.type === 'id' || field.externalId === true || field.idLookup === true;

export const picklistEntries = (field: FieldDefinition): readonly PicklistEntry[] =>
  (field.picklist ?? []).map((entry) => (typeof entry === 'string' ? { value: entry } : entry));
