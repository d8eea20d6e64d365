import {
  addressFields,
  bounceFields,
  checkboxField,
  descriptionField,
  employeesField,
  industries,
  leadSources,
  personNameFields,
  phoneField,
  revenueField,
  textField,
} from '../common-fields.ts';
import type { ObjectDefinition } from '../field.ts';
import { leadStatuses } from '../sales-process.ts';
import {
  auditFields,
  idField,
  isDeletedField,
  masterRecordField,
  usageFields,
  userOrQueueOwnerField,
} from '../system-fields.ts';
import { tandemPersonFields } from '../tandem-fields.ts';

/** Written by conversion; as in a live describe, a lead can be created converted, which imports do. */
const conversionFields = [
  checkboxField('IsConverted', 'Converted', { updateable: false }),
  { name: 'ConvertedDate', label: 'Converted Date', type: 'date', createable: false },
  ...(['Account', 'Contact', 'Opportunity'] as const).map(
    (object) =>
      ({
        name: `Converted${object}Id`,
        label: `Converted ${object} ID`,
        type: 'reference',
        createable: false,
        referenceTo: [object],
        relationshipName: `Converted${object}`,
      }) as const,
  ),
  checkboxField('IsUnreadByOwner', 'Unread By Owner'),
] as const;

/** Lead as a live org describes it (API 59), without the Data.com fields; Status and Industry are not restricted. */
export const lead: ObjectDefinition = {
  name: 'Lead',
  label: 'Lead',
  labelPlural: 'Leads',
  keyPrefix: '00Q',
  fields: [
    idField('Lead ID'),
    isDeletedField,
    masterRecordField('Lead'),
    ...personNameFields,
    textField('Title', 'Title', 128),
    textField('Company', 'Company', 255, { nillable: false }),
    ...addressFields(''),
    phoneField('Phone', 'Phone'),
    phoneField('MobilePhone', 'Mobile Phone'),
    phoneField('Fax', 'Fax'),
    { name: 'Email', label: 'Email', type: 'email', length: 80, idLookup: true },
    { name: 'Website', label: 'Website', type: 'url', length: 255 },
    descriptionField('Description'),
    { name: 'LeadSource', label: 'Lead Source', type: 'picklist', length: 255, picklist: leadSources },
    {
      name: 'Status',
      label: 'Status',
      type: 'picklist',
      length: 255,
      nillable: false,
      defaultedOnCreate: true,
      defaultValue: 'Open - Not Contacted',
      picklist: leadStatuses.map(({ name, isDefault }) => ({ value: name, isDefault })),
    },
    { name: 'Industry', label: 'Industry', type: 'picklist', length: 255, picklist: industries },
    { name: 'Rating', label: 'Rating', type: 'picklist', length: 255, picklist: ['Hot', 'Warm', 'Cold'] },
    revenueField,
    employeesField,
    userOrQueueOwnerField,
    checkboxField('HasOptedOutOfEmail', 'Email Opt Out'),
    checkboxField('HasOptedOutOfFax', 'Fax Opt Out'),
    checkboxField('DoNotCall', 'Do Not Call'),
    ...conversionFields,
    ...auditFields,
    ...usageFields,
    ...bounceFields(false),
    ...tandemPersonFields,
  ],
};
