import { checkboxField, descriptionField, phoneField, textField } from '../common-fields.ts';
import type { FieldDefinition, ObjectDefinition } from '../field.ts';
import { auditFields, idField, isDeletedField, usageFields, userOwnerField } from '../system-fields.ts';

const currency = (name: string, label: string): FieldDefinition => ({
  name,
  label,
  type: 'currency',
  precision: 18,
  scale: 0,
});

/** Counted from members and deals (store/campaigns.ts). */
const countFields: readonly FieldDefinition[] = [
  ...(
    [
      ['NumberOfLeads', 'Leads in Campaign'],
      ['NumberOfConvertedLeads', 'Converted Leads in Campaign'],
      ['NumberOfContacts', 'Contacts in Campaign'],
      ['NumberOfResponses', 'Responses in Campaign'],
      ['NumberOfOpportunities', 'Opportunities in Campaign'],
      ['NumberOfWonOpportunities', 'Won Opportunities in Campaign'],
    ] as const
  ).map(
    ([name, label]) => ({ name, label, type: 'int', digits: 8, createable: false, blankReadsAs: 0 }) as const,
  ),
  {
    ...currency('AmountAllOpportunities', 'Value Opportunities in Campaign'),
    createable: false,
    blankReadsAs: 0,
  },
  { ...currency('AmountWonOpportunities', 'Value Won Opportunities'), createable: false, blankReadsAs: 0 },
];

const campaignTypes = [
  'Conference',
  'Webinar',
  'Trade Show',
  'Public Relations',
  'Partners',
  'Referral Program',
  'Advertisement',
  'Banner Ads',
  'Direct Mail',
  'Email',
  'Telemarketing',
  'Other',
];

/** Campaign (object reference), without hierarchies' totals and record types of members. Every caller is a marketing user. */
export const campaign: ObjectDefinition = {
  name: 'Campaign',
  label: 'Campaign',
  labelPlural: 'Campaigns',
  keyPrefix: '701',
  fields: [
    idField('Campaign ID'),
    isDeletedField,
    textField('Name', 'Name', 80, { nillable: false, nameField: true }),
    {
      name: 'ParentId',
      label: 'Parent Campaign ID',
      type: 'reference',
      referenceTo: ['Campaign'],
      relationshipName: 'Parent',
      childRelationshipName: 'ChildCampaigns',
    },
    { name: 'Type', label: 'Type', type: 'picklist', length: 40, picklist: campaignTypes },
    {
      name: 'Status',
      label: 'Status',
      type: 'picklist',
      length: 40,
      defaultedOnCreate: true,
      defaultValue: 'Planned',
      picklist: [{ value: 'Planned', isDefault: true }, 'In Progress', 'Completed', 'Aborted'],
    },
    { name: 'StartDate', label: 'Start Date', type: 'date' },
    { name: 'EndDate', label: 'End Date', type: 'date' },
    currency('ExpectedRevenue', 'Expected Revenue'),
    currency('BudgetedCost', 'Budgeted Cost'),
    currency('ActualCost', 'Actual Cost'),
    { name: 'ExpectedResponse', label: 'Expected Response (%)', type: 'percent', precision: 10, scale: 2 },
    { name: 'NumberSent', label: 'Num Sent', type: 'double', precision: 18, scale: 0 },
    checkboxField('IsActive', 'Active'),
    descriptionField('Description'),
    ...countFields,
    userOwnerField,
    ...auditFields,
    ...usageFields,
  ],
};

const person = (
  name: 'LeadId' | 'ContactId',
  label: string,
  object: 'Lead' | 'Contact',
): FieldDefinition => ({
  name,
  label,
  type: 'reference',
  updateable: false,
  referenceTo: [object],
  relationshipName: object,
  childRelationshipName: 'CampaignMembers',
  cascadeDelete: true,
});

/** What a member shows of its lead or contact (store/campaigns.ts); nothing of it can be written. */
export const memberPersonFields: readonly FieldDefinition[] = [
  textField('Salutation', 'Salutation', 40),
  textField('FirstName', 'First Name', 40),
  textField('LastName', 'Last Name', 80),
  textField('Title', 'Title', 128),
  { name: 'Street', label: 'Street', type: 'textarea', length: 255 } as const,
  textField('City', 'City', 40),
  textField('State', 'State/Province', 80),
  textField('PostalCode', 'Zip/Postal Code', 20),
  textField('Country', 'Country', 80),
  { name: 'Email', label: 'Email', type: 'string', length: 80 } as const,
  phoneField('Phone', 'Phone'),
  phoneField('Fax', 'Fax'),
  phoneField('MobilePhone', 'Mobile'),
  descriptionField('Description'),
  checkboxField('DoNotCall', 'Do Not Call'),
  checkboxField('HasOptedOutOfEmail', 'Email Opt Out'),
  checkboxField('HasOptedOutOfFax', 'Fax Opt Out'),
  textField('LeadSource', 'Lead Source', 255),
  textField('CompanyOrAccount', 'Company (Account)', 255),
  {
    name: 'LeadOrContactOwnerId',
    label: 'Lead or Contact Owner',
    type: 'reference',
    referenceTo: ['Group', 'User'],
    relationshipName: 'LeadOrContactOwner',
  } as const,
].map((field) => ({ ...field, createable: false }));

/** A lead or contact in a campaign. Who it is stays for good; a lead that is converted keeps its place and gains the contact. */
export const campaignMember: ObjectDefinition = {
  name: 'CampaignMember',
  label: 'Campaign Member',
  labelPlural: 'Campaign Members',
  keyPrefix: '00v',
  fields: [
    idField('Campaign Member ID'),
    isDeletedField,
    {
      name: 'CampaignId',
      label: 'Campaign ID',
      type: 'reference',
      nillable: false,
      updateable: false,
      referenceTo: ['Campaign'],
      relationshipName: 'Campaign',
      childRelationshipName: 'CampaignMembers',
      cascadeDelete: true,
    },
    person('LeadId', 'Lead ID', 'Lead'),
    person('ContactId', 'Contact ID', 'Contact'),
    {
      name: 'Status',
      label: 'Status',
      type: 'picklist',
      length: 40,
      // Each campaign has its own (CampaignMemberStatus); describe shows what every new one begins with.
      picklist: ['Sent', 'Responded'],
    },
    checkboxField('HasResponded', 'Responded', { createable: false }),
    ...auditFields,
    { name: 'FirstRespondedDate', label: 'First Responded Date', type: 'date', createable: false },
    textField('Type', 'Type', 40, { compute: (read) => (read('ContactId') === null ? 'Lead' : 'Contact') }),
    {
      name: 'LeadOrContactId',
      label: 'Related Record ID',
      type: 'reference',
      referenceTo: ['Contact', 'Lead'],
      compute: (read) => read('ContactId') ?? read('LeadId'),
    },
    textField('Name', 'Name', 121, {
      nameField: true,
      compute: (read) =>
        [read('FirstName'), read('LastName')].filter((part) => part !== null).join(' ') || null,
    }),
    ...memberPersonFields,
  ],
};

/** The statuses of one campaign's members. */
export const campaignMemberStatus: ObjectDefinition = {
  name: 'CampaignMemberStatus',
  label: 'Campaign Member Status',
  labelPlural: 'Campaign Member Statuses',
  keyPrefix: '01Y',
  fields: [
    idField('Campaign Member Status ID'),
    isDeletedField,
    {
      name: 'CampaignId',
      label: 'Campaign ID',
      type: 'reference',
      nillable: false,
      updateable: false,
      referenceTo: ['Campaign'],
      relationshipName: 'Campaign',
      childRelationshipName: 'CampaignMemberStatuses',
      cascadeDelete: true,
    },
    textField('Label', 'Label', 765, { nillable: false, updateable: false, nameField: true }),
    { name: 'SortOrder', label: 'Sort Order', type: 'int', digits: 9 },
    checkboxField('IsDefault', 'Is Default'),
    checkboxField('HasResponded', 'Has Responded'),
    ...auditFields,
  ],
};
