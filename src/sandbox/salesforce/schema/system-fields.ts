import type { FieldDefinition } from './field.ts';

const stamp = (name: string, label: string): FieldDefinition => ({
  name,
  label,
  type: 'datetime',
  nillable: false,
  createable: false,
  defaultedOnCreate: true,
});

const user = (name: string, label: string, relationshipName: string): FieldDefinition => ({
  name,
  label,
  type: 'reference',
  nillable: false,
  createable: false,
  defaultedOnCreate: true,
  referenceTo: ['User'],
  relationshipName,
});

export const idField = (label: string): FieldDefinition => ({
  name: 'Id',
  label,
  type: 'id',
  length: 18,
  nillable: false,
  defaultedOnCreate: true,
});

export const isDeletedField: FieldDefinition = {
  name: 'IsDeleted',
  label: 'Deleted',
  type: 'boolean',
  nillable: false,
  createable: false,
  defaultedOnCreate: true,
  defaultValue: false,
};

/** Who made and changed a record and when; all whole seconds. SystemModstamp also moves for automation. */
export const auditFields: readonly FieldDefinition[] = [
  stamp('CreatedDate', 'Created Date'),
  user('CreatedById', 'Created By ID', 'CreatedBy'),
  stamp('LastModifiedDate', 'Last Modified Date'),
  user('LastModifiedById', 'Last Modified By ID', 'LastModifiedBy'),
  stamp('SystemModstamp', 'System Modstamp'),
];

/** Dates that the system keeps about a record's use; the simulator has no web page, so they stay empty. */
export const usageFields: readonly FieldDefinition[] = [
  { name: 'LastActivityDate', label: 'Last Activity', type: 'date', createable: false },
  { name: 'LastViewedDate', label: 'Last Viewed Date', type: 'datetime', createable: false },
  { name: 'LastReferencedDate', label: 'Last Referenced Date', type: 'datetime', createable: false },
];

export const masterRecordField = (object: string): FieldDefinition => ({
  name: 'MasterRecordId',
  label: 'Master Record ID',
  type: 'reference',
  createable: false,
  referenceTo: [object],
  relationshipName: 'MasterRecord',
});

export const userOwnerField: FieldDefinition = {
  name: 'OwnerId',
  label: 'Owner ID',
  type: 'reference',
  nillable: false,
  defaultedOnCreate: true,
  referenceTo: ['User'],
  relationshipName: 'Owner',
};

export const userOrQueueOwnerField: FieldDefinition = { ...userOwnerField, referenceTo: ['Group', 'User'] };
