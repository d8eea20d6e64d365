import { textField } from '../common-fields.ts';
import type { ObjectDefinition } from '../field.ts';
import { idField, isDeletedField } from '../system-fields.ts';

/** Ids of all histories begin with 017; each object counts in a range of its own. */
const idRange = 1_000_000_000;

/** The objects whose fields can be tracked, and what their history is called (object reference, LeadHistory and others). */
const histories = [
  { parent: 'Account', name: 'AccountHistory' },
  { parent: 'Contact', name: 'ContactHistory' },
  { parent: 'Lead', name: 'LeadHistory' },
  { parent: 'Opportunity', name: 'OpportunityFieldHistory' },
] as const;

/** One row for each change of a tracked field; values cannot be filtered by. */
const makeHistory = (parent: string, name: string, at: number): ObjectDefinition => ({
  name,
  label: `${parent} History`,
  labelPlural: `${parent} History`,
  keyPrefix: '017',
  sequenceBase: at * idRange,
  createable: false,
  updateable: false,
  deletable: false,
  historyOf: parent,
  fields: [
    idField(`${parent} History ID`),
    {
      name: `${parent}Id`,
      label: `${parent} ID`,
      type: 'reference',
      nillable: false,
      createable: false,
      referenceTo: [parent],
      relationshipName: parent,
      childRelationshipName: 'Histories',
    },
    {
      name: 'CreatedById',
      label: 'Created By ID',
      type: 'reference',
      nillable: false,
      createable: false,
      referenceTo: ['User'],
      relationshipName: 'CreatedBy',
    },
    { name: 'CreatedDate', label: 'Created Date', type: 'datetime', nillable: false, createable: false },
    textField('Field', 'Changed Field', 255, { nillable: false, createable: false }),
    { name: 'OldValue', label: 'Old Value', type: 'anyType', createable: false, filterable: false },
    { name: 'NewValue', label: 'New Value', type: 'anyType', createable: false, filterable: false },
    isDeletedField,
  ],
});

export const historyObjects: readonly ObjectDefinition[] = histories.map(({ parent, name }, at) =>
  makeHistory(parent, name, at),
);
