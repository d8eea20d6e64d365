import {
  type FieldDefinition,
  isCreateable,
  isFilterable,
  isLookup,
  isUpdateable,
  type PicklistEntry,
  picklistEntries,
} from '../schema/field.ts';

const textTypes = ['string', 'textarea', 'email', 'phone', 'url', 'picklist', 'multipicklist', 'combobox'];
const numberTypes = ['double', 'currency', 'percent'];

const soapTypeOf = (field: FieldDefinition): string => {
  switch (field.type) {
    case 'id':
    case 'reference':
      return 'tns:ID';
    case 'boolean':
    case 'int':
    case 'double':
    case 'date':
    case 'time':
      return `xsd:${field.type}`;
    case 'currency':
    case 'percent':
      return 'xsd:double';
    case 'datetime':
      return 'xsd:dateTime';
    case 'address':
      return 'urn:address';
    case 'anyType':
      return 'xsd:anyType';
    default:
      return 'xsd:string';
  }
};

const lengthOf = (field: FieldDefinition): number => {
  if (field.type === 'id' || field.type === 'reference') return 18;
  return textTypes.includes(field.type) ? (field.length ?? 255) : 0;
};

/** Ids are ASCII; other text may take three bytes a character. */
const byteLengthOf = (field: FieldDefinition): number =>
  field.type === 'id' || field.type === 'reference' ? 18 : lengthOf(field) * 3;

/** The places of the controlling values as bits, the first one highest, in Base64 (SOAP API guide: PicklistEntry, validFor). */
const bitsOf = (validFor: readonly string[], controlling: readonly PicklistEntry[]): string => {
  const bytes = Buffer.alloc(Math.ceil(controlling.length / 8));
  for (const [at, { value }] of controlling.entries()) {
    if (validFor.includes(value)) bytes[at >> 3] = (bytes[at >> 3] ?? 0) | (0x80 >> (at & 7));
  }
  return bytes.toString('base64');
};

const picklistValuesOf = (
  field: FieldDefinition,
  controlling: readonly PicklistEntry[],
): readonly unknown[] =>
  picklistEntries(field).map(({ value, label, isDefault, validFor }) => ({
    active: true,
    defaultValue: isDefault ?? false,
    label: label ?? value,
    validFor: validFor === undefined ? null : bitsOf(validFor, controlling),
    value,
  }));

/** Whether field-level security can take it away: not what the system keeps, needs, or puts together. */
const isPermissionable = (field: FieldDefinition): boolean =>
  (field.nillable ?? true) &&
  field.compoundFieldName !== 'Name' &&
  (isUpdateable(field) || field.type === 'address' || field.formula !== undefined);

/** A field as describe shows it, with every key of a live org's answer (API 59). `controlling` are the values of the field that controls it. */
export const describeField = (
  field: FieldDefinition,
  isReadOnly: boolean,
  controlling: readonly PicklistEntry[] = [],
): Record<string, unknown> => {
  const filterable = isFilterable(field);
  const isNumber = numberTypes.includes(field.type);
  const isPolymorphic = (field.referenceTo?.length ?? 0) > 1;
  const groupable = filterable && !['datetime', 'multipicklist', ...numberTypes].includes(field.type);
  const custom = field.name.endsWith('__c');
  return {
    aggregatable: filterable && field.type !== 'boolean',
    aiPredictionField: false,
    autoNumber: false,
    byteLength: byteLengthOf(field),
    calculated: field.formula !== undefined,
    calculatedFormula: field.formula ?? null,
    cascadeDelete: false,
    caseSensitive: field.caseSensitive ?? false,
    compoundFieldName: field.compoundFieldName ?? null,
    controllerName: field.controllerName ?? null,
    createable: isCreateable(field) && !isReadOnly,
    custom,
    defaultValue: field.defaultValue ?? null,
    defaultValueFormula: null,
    defaultedOnCreate: field.defaultedOnCreate ?? false,
    dependentPicklist: field.controllerName !== undefined,
    deprecatedAndHidden: false,
    digits: field.type === 'int' ? (field.digits ?? 9) : 0,
    displayLocationInDecimal: false,
    encrypted: false,
    externalId: field.externalId ?? false,
    extraTypeInfo: field.extraTypeInfo ?? (field.type === 'textarea' ? 'plaintextarea' : null),
    filterable,
    filteredLookupInfo: null,
    formulaTreatNullNumberAsZero: false,
    groupable,
    highScaleNumber: false,
    htmlFormatted: false,
    idLookup: isLookup(field),
    inlineHelpText: null,
    label: field.label,
    length: lengthOf(field),
    mask: null,
    maskType: null,
    name: field.name,
    nameField: field.nameField ?? false,
    namePointing: isPolymorphic,
    nillable: field.nillable ?? true,
    permissionable: isPermissionable(field),
    picklistValues: picklistValuesOf(field, controlling),
    polymorphicForeignKey: isPolymorphic,
    precision: isNumber ? (field.precision ?? 18) : 0,
    queryByDistance: false,
    referenceTargetField: null,
    referenceTo: field.referenceTo ?? [],
    relationshipName: field.relationshipName ?? null,
    relationshipOrder: null,
    restrictedDelete: false,
    restrictedPicklist: field.restricted ?? field.listed ?? false,
    scale: isNumber ? (field.scale ?? 0) : 0,
    searchPrefilterable: false,
    soapType: soapTypeOf(field),
    sortable: filterable && field.type !== 'multipicklist',
    type: field.type,
    unique: field.unique ?? false,
    updateable: isUpdateable(field) && !isReadOnly,
    writeRequiresMasterRead: false,
  };
};
