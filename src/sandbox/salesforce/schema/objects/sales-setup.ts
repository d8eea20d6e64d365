import { checkboxField, textField } from '../common-fields.ts';
import type { FieldDefinition, ObjectDefinition } from '../field.ts';
import { forecastCategories } from '../sales-process.ts';
import { auditFields, idField } from '../system-fields.ts';

/** Set up by the administrator's own pages; the API reads them. */
const readOnly = { createable: false, updateable: false, deletable: false } as const;

const fixed = (fields: readonly FieldDefinition[]): readonly FieldDefinition[] =>
  fields.map((field) => ({ ...field, createable: false }));

const sortOrder: FieldDefinition = { name: 'SortOrder', label: 'Order', type: 'int', digits: 9 };

/** The statuses that a lead can have, and which of them conversion accepts. */
export const leadStatus: ObjectDefinition = {
  name: 'LeadStatus',
  label: 'Lead Status Value',
  labelPlural: 'Lead Status Values',
  keyPrefix: '01J',
  ...readOnly,
  fields: [
    idField('Lead Status Value ID'),
    ...fixed([
      textField('MasterLabel', 'Master Label', 255, { nameField: true }),
      textField('ApiName', 'Api Name', 255, { nillable: false }),
      sortOrder,
      checkboxField('IsDefault', 'Is Default'),
      checkboxField('IsConverted', 'Is Converted'),
    ]),
    ...auditFields,
  ],
};

/** The stages of an opportunity and what each says of it. */
export const opportunityStage: ObjectDefinition = {
  name: 'OpportunityStage',
  label: 'Opportunity Stage',
  labelPlural: 'Opportunity Stages',
  keyPrefix: '01J',
  sequenceBase: 10_000,
  ...readOnly,
  fields: [
    idField('Opportunity Stage ID'),
    ...fixed([
      textField('MasterLabel', 'Master Label', 255, { nameField: true }),
      textField('ApiName', 'Api Name', 255, { nillable: false }),
      checkboxField('IsActive', 'Is Active'),
      sortOrder,
      checkboxField('IsClosed', 'Is Closed'),
      checkboxField('IsWon', 'Is Won'),
      {
        name: 'ForecastCategory',
        label: 'Forecast Category',
        type: 'picklist',
        length: 40,
        picklist: Object.keys(forecastCategories),
        restricted: true,
      },
      {
        name: 'ForecastCategoryName',
        label: 'Forecast Category Name',
        type: 'picklist',
        length: 40,
        picklist: Object.values(forecastCategories),
      },
      { name: 'DefaultProbability', label: 'Default Probability', type: 'percent', precision: 3, scale: 0 },
      textField('Description', 'Description', 255),
    ]),
    ...auditFields,
  ],
};

/** The statuses that a task can have, and which of them close it. */
export const taskStatus: ObjectDefinition = {
  name: 'TaskStatus',
  label: 'Task Status Value',
  labelPlural: 'Task Status Values',
  keyPrefix: '01J',
  sequenceBase: 20_000,
  ...readOnly,
  fields: [
    idField('Task Status Value ID'),
    ...fixed([
      textField('MasterLabel', 'Master Label', 255, { nameField: true }),
      textField('ApiName', 'Api Name', 255, { nillable: false }),
      sortOrder,
      checkboxField('IsDefault', 'Is Default'),
      checkboxField('IsClosed', 'Is Closed'),
    ]),
    ...auditFields,
  ],
};

export const taskPriority: ObjectDefinition = {
  name: 'TaskPriority',
  label: 'Task Priority Value',
  labelPlural: 'Task Priority Values',
  keyPrefix: '01J',
  sequenceBase: 30_000,
  ...readOnly,
  fields: [
    idField('Task Priority Value ID'),
    ...fixed([
      textField('MasterLabel', 'Master Label', 255, { nameField: true }),
      textField('ApiName', 'Api Name', 255, { nillable: false }),
      sortOrder,
      checkboxField('IsDefault', 'Is Default'),
      checkboxField('IsHighPriority', 'Is High Priority'),
    ]),
    ...auditFields,
  ],
};

/** The rules that give leads an owner; the sandbox evaluates what dml/assignment.ts holds of each. */
export const assignmentRule: ObjectDefinition = {
  name: 'AssignmentRule',
  label: 'Assignment Rule',
  labelPlural: 'Assignment Rules',
  keyPrefix: '01Q',
  ...readOnly,
  fields: [
    idField('Rule ID'),
    ...fixed([
      textField('Name', 'Name', 120, { nameField: true }),
      textField('SobjectType', 'SObject Type', 40),
      checkboxField('Active', 'Active'),
    ]),
    ...auditFields,
  ],
};

/** The currencies of a company that uses several; in others the object does not exist. */
export const currencyType: ObjectDefinition = {
  name: 'CurrencyType',
  label: 'Currency Type',
  labelPlural: 'Currency Types',
  keyPrefix: '01L',
  ...readOnly,
  fields: [
    idField('Currency Type ID'),
    ...fixed([
      textField('IsoCode', 'Currency ISO Code', 3, { nillable: false }),
      { name: 'ConversionRate', label: 'Conversion Rate', type: 'double', precision: 18, scale: 6 },
      { name: 'DecimalPlaces', label: 'Decimal Places', type: 'int', digits: 1 },
      checkboxField('IsActive', 'Active'),
      checkboxField('IsCorporate', 'Corporate Currency'),
    ]),
    ...auditFields,
  ],
};
