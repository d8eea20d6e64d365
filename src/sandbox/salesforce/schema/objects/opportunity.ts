import { checkboxField, descriptionField, leadSources, textField } from '../common-fields.ts';
import type { Compute, FieldDefinition, ObjectDefinition } from '../field.ts';
import { contactRoles, forecastCategories, opportunityStages } from '../sales-process.ts';
import { auditFields, idField, isDeletedField, usageFields, userOwnerField } from '../system-fields.ts';
import { hubspotIdField, tandemOpportunityFields } from '../tandem-fields.ts';

const expectedRevenue: Compute = (read) => {
  const amount = read('Amount');
  const probability = read('Probability');
  return typeof amount === 'number' && typeof probability === 'number'
    ? Math.round(amount * probability) / 100
    : null;
};

/** The company's year begins in January. */
const closeYear: Compute = (read) => Number(String(read('CloseDate') ?? '').slice(0, 4)) || null;
const closeQuarter: Compute = (read) => {
  const month = Number(String(read('CloseDate') ?? '').slice(5, 7));
  return month === 0 ? null : Math.ceil(month / 3);
};
const fiscal: Compute = (read, now) => {
  const year = closeYear(read, now);
  return year === null ? null : `${year} ${closeQuarter(read, now)}`;
};

/** Set by the stage (dml/derive.ts). */
const stageFields: readonly FieldDefinition[] = [
  { ...checkboxField('IsClosed', 'Closed'), createable: false },
  { ...checkboxField('IsWon', 'Won'), createable: false },
  {
    name: 'ForecastCategory',
    label: 'Forecast Category',
    type: 'picklist',
    length: 40,
    createable: false,
    picklist: Object.entries(forecastCategories).map(([value, label]) => ({ value, label })),
    restricted: true,
  },
  {
    name: 'ForecastCategoryName',
    label: 'Forecast Category',
    type: 'picklist',
    length: 40,
    picklist: Object.values(forecastCategories),
  },
];

/** Opportunity as a live org describes it (API 59), without products and territories. */
export const opportunity: ObjectDefinition = {
  name: 'Opportunity',
  label: 'Opportunity',
  labelPlural: 'Opportunities',
  keyPrefix: '006',
  fields: [
    idField('Opportunity ID'),
    isDeletedField,
    {
      name: 'AccountId',
      label: 'Account ID',
      type: 'reference',
      referenceTo: ['Account'],
      relationshipName: 'Account',
      childRelationshipName: 'Opportunities',
      cascadeDelete: true,
    },
    textField('Name', 'Name', 120, { nillable: false, nameField: true }),
    descriptionField('Description'),
    {
      name: 'StageName',
      label: 'Stage',
      type: 'picklist',
      length: 255,
      nillable: false,
      picklist: opportunityStages.map((stage) => stage.name),
    },
    { name: 'Amount', label: 'Amount', type: 'currency', precision: 18, scale: 2 },
    { name: 'Probability', label: 'Probability (%)', type: 'percent', precision: 3, scale: 0 },
    {
      name: 'ExpectedRevenue',
      label: 'Expected Amount',
      type: 'currency',
      precision: 18,
      scale: 2,
      compute: expectedRevenue,
    },
    { name: 'CloseDate', label: 'Close Date', type: 'date', nillable: false },
    {
      name: 'Type',
      label: 'Opportunity Type',
      type: 'picklist',
      length: 255,
      picklist: [
        'Existing Customer - Upgrade',
        'Existing Customer - Replacement',
        'Existing Customer - Downgrade',
        'New Customer',
      ],
    },
    textField('NextStep', 'Next Step', 255),
    { name: 'LeadSource', label: 'Lead Source', type: 'picklist', length: 255, picklist: leadSources },
    {
      name: 'CampaignId',
      label: 'Campaign ID',
      type: 'reference',
      referenceTo: ['Campaign'],
      relationshipName: 'Campaign',
      childRelationshipName: 'Opportunities',
    },
    ...stageFields,
    checkboxField('HasOpportunityLineItem', 'Has Line Item', { createable: false }),
    userOwnerField,
    ...auditFields,
    ...usageFields,
    { name: 'FiscalQuarter', label: 'Fiscal Quarter', type: 'int', digits: 9, compute: closeQuarter },
    { name: 'FiscalYear', label: 'Fiscal Year', type: 'int', digits: 9, compute: closeYear },
    { name: 'Fiscal', label: 'Fiscal Period', type: 'string', length: 6, compute: fiscal },
    hubspotIdField,
    ...tandemOpportunityFields,
  ],
};

/** Who of the people takes which part in a deal. The pair of records is fixed at creation (for ContactId unverified). */
export const opportunityContactRole: ObjectDefinition = {
  name: 'OpportunityContactRole',
  label: 'Opportunity Contact Role',
  labelPlural: 'Opportunity Contact Role',
  keyPrefix: '00K',
  fields: [
    idField('Contact Role ID'),
    {
      name: 'OpportunityId',
      label: 'Opportunity ID',
      type: 'reference',
      nillable: false,
      updateable: false,
      referenceTo: ['Opportunity'],
      relationshipName: 'Opportunity',
      childRelationshipName: 'OpportunityContactRoles',
      cascadeDelete: true,
    },
    {
      name: 'ContactId',
      label: 'Contact ID',
      type: 'reference',
      nillable: false,
      updateable: false,
      referenceTo: ['Contact'],
      relationshipName: 'Contact',
      childRelationshipName: 'OpportunityContactRoles',
      cascadeDelete: true,
    },
    { name: 'Role', label: 'Role', type: 'picklist', length: 40, picklist: contactRoles },
    checkboxField('IsPrimary', 'Primary'),
    ...auditFields,
    isDeletedField,
  ],
};
