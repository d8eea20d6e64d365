import type { FieldDefinition, ReadSibling, StoredValue } from './field.ts';

const text = (
  name: string,
  label: string,
  length: number,
  more: Partial<FieldDefinition> = {},
): FieldDefinition => ({ name, label, type: 'string', length, ...more });

export const phoneField = (name: string, label: string): FieldDefinition => ({
  name,
  label,
  type: 'phone',
  length: 40,
});

export const textField = text;

const fullName = (read: ReadSibling): StoredValue => {
  const parts = [read('FirstName'), read('LastName')].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.join(' ');
};

/** A person's name: the compound Name cannot be written, its parts can. LastName is required. */
export const personNameFields: readonly FieldDefinition[] = [
  text('LastName', 'Last Name', 80, {
    nillable: false,
    compoundFieldName: 'Name',
    extraTypeInfo: 'personname',
  }),
  text('FirstName', 'First Name', 40, { compoundFieldName: 'Name', extraTypeInfo: 'personname' }),
  {
    name: 'Salutation',
    label: 'Salutation',
    type: 'picklist',
    length: 40,
    compoundFieldName: 'Name',
    extraTypeInfo: 'personname',
    picklist: ['Mr.', 'Ms.', 'Mrs.', 'Dr.', 'Prof.', 'Mx.'],
  },
  text('Name', 'Full Name', 121, {
    nillable: false,
    nameField: true,
    extraTypeInfo: 'personname',
    compute: fullName,
  }),
];

const accuracies = [
  'Address',
  'NearAddress',
  'Block',
  'Street',
  'ExtendedZip',
  'Zip',
  'Neighborhood',
  'City',
  'County',
  'State',
  'Unknown',
];

/** The parts of an address and the compound that reads them; `prefix` is '', 'Mailing', 'Billing' … */
export const addressFields = (prefix: string): readonly FieldDefinition[] => {
  const compoundFieldName = `${prefix}Address`;
  const label = (part: string): string => (prefix === '' ? part : `${prefix} ${part}`);
  const coordinate = (part: string): FieldDefinition => ({
    name: prefix + part,
    label: label(part),
    type: 'double',
    precision: 18,
    scale: 15,
    compoundFieldName,
  });
  return [
    { name: `${prefix}Street`, label: label('Street'), type: 'textarea', length: 255, compoundFieldName },
    text(`${prefix}City`, label('City'), 40, { compoundFieldName }),
    text(`${prefix}State`, label('State/Province'), 80, { compoundFieldName }),
    text(`${prefix}PostalCode`, label('Zip/Postal Code'), 20, { compoundFieldName }),
    text(`${prefix}Country`, label('Country'), 80, { compoundFieldName }),
    coordinate('Latitude'),
    coordinate('Longitude'),
    {
      name: `${prefix}GeocodeAccuracy`,
      label: label('Geocode Accuracy'),
      type: 'picklist',
      length: 40,
      picklist: accuracies,
      restricted: true,
      compoundFieldName,
    },
    {
      name: compoundFieldName,
      label: label('Address'),
      type: 'address',
      addressParts: {
        city: `${prefix}City`,
        country: `${prefix}Country`,
        geocodeAccuracy: `${prefix}GeocodeAccuracy`,
        latitude: `${prefix}Latitude`,
        longitude: `${prefix}Longitude`,
        postalCode: `${prefix}PostalCode`,
        state: `${prefix}State`,
        street: `${prefix}Street`,
      },
    },
  ];
};

export const industries = [
  'Agriculture',
  'Apparel',
  'Banking',
  'Biotechnology',
  'Chemicals',
  'Communications',
  'Construction',
  'Consulting',
  'Education',
  'Electronics',
  'Energy',
  'Engineering',
  'Entertainment',
  'Environmental',
  'Finance',
  'Food & Beverage',
  'Government',
  'Healthcare',
  'Hospitality',
  'Insurance',
  'Machinery',
  'Manufacturing',
  'Media',
  'Not For Profit',
  'Recreation',
  'Retail',
  'Shipping',
  'Technology',
  'Telecommunications',
  'Transportation',
  'Utilities',
  'Other',
];

export const leadSources = ['Web', 'Phone Inquiry', 'Partner Referral', 'Purchased List', 'Other'];

export const descriptionField = (label: string): FieldDefinition => ({
  name: 'Description',
  label,
  type: 'textarea',
  length: 32_000,
});

export const employeesField: FieldDefinition = {
  name: 'NumberOfEmployees',
  label: 'Employees',
  type: 'int',
  digits: 8,
};

export const revenueField: FieldDefinition = {
  name: 'AnnualRevenue',
  label: 'Annual Revenue',
  type: 'currency',
  precision: 18,
  scale: 0,
};

/** `createable` differs: a Lead's can only be updated, a Contact's can be created with. */
export const bounceFields = (createable: boolean): readonly FieldDefinition[] => [
  text('EmailBouncedReason', 'Email Bounced Reason', 255, { createable, updateable: true }),
  {
    name: 'EmailBouncedDate',
    label: 'Email Bounced Date',
    type: 'datetime',
    createable,
    updateable: true,
  },
];

/** A checkbox: never null, false unless something is said. */
export const checkboxField = (
  name: string,
  label: string,
  more: Partial<FieldDefinition> = {},
): FieldDefinition => ({
  name,
  label,
  type: 'boolean',
  nillable: false,
  defaultedOnCreate: true,
  defaultValue: false,
  ...more,
});
