import { checkboxField, phoneField, textField } from '../common-fields.ts';
import type { FieldDefinition, ObjectDefinition } from '../field.ts';
import { auditFields, idField } from '../system-fields.ts';

/** Users, queues and the company itself can be read; the administrator's own pages change them. */
const readOnly = { createable: false, updateable: false, deletable: false } as const;

const fixed = (fields: readonly FieldDefinition[]): readonly FieldDefinition[] =>
  fields.map((field) => (field.compute === undefined ? { ...field, createable: false } : field));

/** People who can sign in and own records. */
export const user: ObjectDefinition = {
  name: 'User',
  label: 'User',
  labelPlural: 'Users',
  keyPrefix: '005',
  ...readOnly,
  fields: [
    idField('User ID'),
    ...fixed([
      textField('Username', 'Username', 80, { nillable: false }),
      textField('LastName', 'Last Name', 80, { nillable: false, compoundFieldName: 'Name' }),
      textField('FirstName', 'First Name', 40, { compoundFieldName: 'Name' }),
      textField('Name', 'Full Name', 121, {
        nameField: true,
        compute: (read) => [read('FirstName'), read('LastName')].filter((part) => part !== null).join(' '),
      }),
      textField('CompanyName', 'Company Name', 80),
      textField('Title', 'Title', 80),
      { name: 'Email', label: 'Email', type: 'email', length: 128, nillable: false },
      phoneField('Phone', 'Phone'),
      textField('Alias', 'Alias', 8, { nillable: false }),
      checkboxField('IsActive', 'Active', { defaultValue: true }),
      textField('TimeZoneSidKey', 'Time Zone', 40),
      textField('LocaleSidKey', 'Locale', 40),
      textField('LanguageLocaleKey', 'Language', 40),
      textField('EmailEncodingKey', 'Email Encoding', 40),
      {
        name: 'UserType',
        label: 'User Type',
        type: 'picklist',
        length: 40,
        // Object reference, User; the last two are not listed there, and every org has them.
        picklist:
          'Standard PowerPartner CSPLitePortal CustomerSuccess PowerCustomerSuccess CsnOnly Guest AutomatedProcess CloudIntegrationUser'.split(
            ' ',
          ),
        restricted: true,
      },
      {
        name: 'ManagerId',
        label: 'Manager ID',
        type: 'reference',
        referenceTo: ['User'],
        relationshipName: 'Manager',
        childRelationshipName: 'ManagedUsers',
      },
    ]),
    ...auditFields,
  ],
};

/** Queues (and public groups); a Lead can be owned by a queue. */
export const group: ObjectDefinition = {
  name: 'Group',
  label: 'Group',
  labelPlural: 'Group',
  keyPrefix: '00G',
  ...readOnly,
  fields: [
    idField('Group ID'),
    ...fixed([
      textField('Name', 'Name', 40, { nillable: false, nameField: true }),
      textField('DeveloperName', 'Developer Name', 80),
      {
        name: 'Type',
        label: 'Type',
        type: 'picklist',
        length: 40,
        picklist: ['Regular', 'Queue', 'Organization'],
        restricted: true,
      },
      { name: 'Email', label: 'Email', type: 'email', length: 255 },
      checkboxField('DoesSendEmailToMembers', 'Send Email to Members'),
      checkboxField('DoesIncludeBosses', 'Include Bosses'),
    ]),
    ...auditFields,
  ],
};

/** Which objects a queue can own. */
export const queueSobject: ObjectDefinition = {
  name: 'QueueSobject',
  label: 'Queue Sobject',
  labelPlural: 'Queue Sobject',
  keyPrefix: '03g',
  ...readOnly,
  fields: [
    idField('Queue Sobject ID'),
    ...fixed([
      {
        name: 'QueueId',
        label: 'Group ID',
        type: 'reference',
        nillable: false,
        referenceTo: ['Group'],
        relationshipName: 'Queue',
        childRelationshipName: 'QueueSobjects',
      },
      textField('SobjectType', 'Sobject Type', 40, { nillable: false }),
    ]),
    ...auditFields,
  ],
};

/** Who is in a queue or public group. Of its stamps the API shows SystemModstamp alone (object reference, GroupMember). */
export const groupMember: ObjectDefinition = {
  name: 'GroupMember',
  label: 'Group Member',
  labelPlural: 'Group Members',
  keyPrefix: '011',
  ...readOnly,
  fields: [
    idField('Group Member ID'),
    ...fixed([
      {
        name: 'GroupId',
        label: 'Group ID',
        type: 'reference',
        nillable: false,
        referenceTo: ['Group'],
        relationshipName: 'Group',
        childRelationshipName: 'GroupMembers',
      },
      {
        name: 'UserOrGroupId',
        label: 'User/Group ID',
        type: 'reference',
        nillable: false,
        referenceTo: ['Group', 'User'],
        indexed: true,
      },
    ]),
    ...auditFields.filter(({ name }) => name === 'SystemModstamp'),
  ],
};

/** The kinds of record of an object, where a company distinguishes some. */
export const recordType: ObjectDefinition = {
  name: 'RecordType',
  label: 'Record Type',
  labelPlural: 'Record Types',
  keyPrefix: '012',
  ...readOnly,
  fields: [
    idField('Record Type ID'),
    ...fixed([
      textField('Name', 'Name', 80, { nillable: false, nameField: true }),
      textField('DeveloperName', 'Record Type Name', 80, { nillable: false }),
      textField('Description', 'Description', 255),
      textField('SobjectType', 'Sobject Type', 40, { nillable: false }),
      checkboxField('IsActive', 'Active', { defaultValue: true }),
    ]),
    ...auditFields,
  ],
};

/** The one row about the company. */
export const organization: ObjectDefinition = {
  name: 'Organization',
  label: 'Organization',
  labelPlural: 'Organizations',
  keyPrefix: '00D',
  ...readOnly,
  fields: [
    idField('Organization ID'),
    ...fixed([
      textField('Name', 'Name', 80, { nameField: true }),
      textField('Country', 'Country', 80),
      textField('LanguageLocaleKey', 'Language', 40),
      textField('TimeZoneSidKey', 'Time Zone', 40),
      textField('DefaultLocaleSidKey', 'Locale', 40),
      textField('OrganizationType', 'Edition', 40),
      textField('InstanceName', 'Instance Name', 5),
      checkboxField('IsSandbox', 'Is Sandbox'),
    ]),
    ...auditFields,
  ],
};
