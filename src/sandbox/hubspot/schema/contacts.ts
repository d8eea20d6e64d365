import { parsePhoneNumberFromString } from 'libphonenumber-js';
import { computed, custom, recordProperties, standard } from './build.ts';
import {
  bounceReasons,
  buyingRoles,
  employeeRanges,
  languages,
  leadStatuses,
  legalBases,
  lifecycleStages,
  trafficSources,
} from './contact-options.ts';
import { conversionRollUps, emailRollUps, engagementRollUps, visitRollUps } from './contact-roll-ups.ts';
import type { ObjectDefinition } from './object.ts';
import type { PropertyDefinition, RecordView } from './property.ts';
import { tandemContactProperties } from './tandem-properties.ts';

const info = standard('contactinformation');
const activity = standard('contact_activity');
const sales = standard('sales_properties');
const analytics = standard('analyticsinformation');
const email = standard('emailinformation');
const deals = standard('deal_information');
const readOnly = { readOnly: true } as const;
const multiline = { fieldType: 'textarea' } as const;
const phone = { fieldType: 'phonenumber' } as const;

/** Search sees area code and local number alone (https://developers.hubspot.com/docs/api/crm/search, 'phone'). */
const searchablePhone =
  (name: string) =>
  (record: RecordView): string | null => {
    const raw = record.read(name);
    if (raw === null) return null;
    return parsePhoneNumberFromString(raw, 'US')?.nationalNumber ?? (raw.replace(/\D/g, '') || null);
  };

const mergedIds = (record: RecordView): readonly string[] =>
  (record.read('hs_merged_object_ids') ?? '').split(';').filter((id) => id !== '');

const fullName = (record: RecordView): string | null =>
  [record.read('firstname'), record.read('lastname')].filter((part) => part !== null).join(' ') ||
  record.read('email');

/**
 * The stored properties come first in the order in which they are most often filled: a record's values are an array
 * that is only as long as its last filled place.
 */
const storedFirst: readonly PropertyDefinition[] = [
  info('email', 'Email', 'string', { description: "A contact's email address" }),
  info('firstname', 'First Name', 'string'),
  info('lastname', 'Last Name', 'string'),
  info('company', 'Company Name', 'string'),
  info('jobtitle', 'Job Title', 'string'),
  info('phone', 'Phone Number', 'string', phone),
  info('lifecyclestage', 'Lifecycle Stage', 'enumeration', { fieldType: 'radio', options: lifecycleStages }),
  info('hs_lifecyclestage_lead_date', 'Became a Lead Date', 'datetime', readOnly),
  info('city', 'City', 'string'),
  info('zip', 'Postal Code', 'string'),
  info('country', 'Country/Region', 'string'),
  info('website', 'Website URL', 'string'),
  info('address', 'Street Address', 'string'),
  info('state', 'State/Region', 'string'),
  activity('message', 'Message', 'string', multiline),
  info('mobilephone', 'Mobile Phone Number', 'string', phone),
  sales('hubspot_owner_id', 'Contact owner', 'enumeration', { ownerReference: true }),
  info('associatedcompanyid', 'Primary Associated Company ID', 'number', readOnly),
  sales('hs_lead_status', 'Lead Status', 'enumeration', { fieldType: 'radio', options: leadStatuses }),
  ...tandemContactProperties,
  // The company's own, as the setup asks for it: HubSpot brings none.
  custom('contactinformation')('do_not_call', 'Do not call', 'bool'),
];

const stageDates = lifecycleStages
  .filter((stage) => stage.value !== 'lead')
  .map((stage) =>
    info(`hs_lifecyclestage_${stage.value}_date`, `Became a ${stage.label} Date`, 'datetime', readOnly),
  );

const seldomFilled: readonly PropertyDefinition[] = [
  info('hs_additional_emails', 'Additional email addresses', 'enumeration', {
    fieldType: 'checkbox',
    ...readOnly,
  }),
  info('salutation', 'Salutation', 'string'),
  info('fax', 'Fax Number', 'string', phone),
  info('industry', 'Industry', 'string'),
  info('annualrevenue', 'Annual Revenue', 'string'),
  info('numemployees', 'Number of Employees', 'enumeration', { options: employeeRanges }),
  info('date_of_birth', 'Date of birth', 'string'),
  info('twitterhandle', 'Twitter Username', 'string'),
  info('hs_language', 'Preferred language', 'enumeration', { options: languages }),
  info('hs_timezone', 'Time Zone', 'string'),
  info('hs_buying_role', 'Buying Role', 'enumeration', { fieldType: 'checkbox', options: buyingRoles }),
  info('hs_merged_object_ids', 'Merged record IDs', 'enumeration', { fieldType: 'checkbox', ...readOnly }),
  info('hs_lastmodifieddate', 'Object last modified date/time', 'datetime', readOnly),
  info(
    'hs_pipeline',
    'Pipeline',
    'string',
    computed(() => 'contacts-lifecycle-pipeline'),
  ),
  email('hs_legal_basis', "Legal basis for processing contact's data", 'enumeration', {
    fieldType: 'checkbox',
    options: legalBases,
  }),
  email('hs_email_optout', 'Unsubscribed from all email', 'bool', readOnly),
  email('hs_email_bounce', 'Marketing emails bounced', 'number', readOnly),
  email('hs_email_hard_bounce_reason_enum', 'Email hard bounce reason', 'enumeration', {
    options: bounceReasons,
    ...readOnly,
  }),
  ...emailRollUps,
  sales('hubspot_owner_assigneddate', 'Owner assigned date', 'datetime', readOnly),
  sales('hubspotscore', 'HubSpot Score', 'number', readOnly),
  analytics('hs_analytics_source', 'Original Source', 'enumeration', { options: trafficSources }),
  analytics('hs_latest_source', 'Latest Source', 'enumeration', { options: trafficSources, ...readOnly }),
  analytics('hs_latest_source_timestamp', 'Latest Source Date', 'datetime', readOnly),
  ...visitRollUps,
  ...engagementRollUps,
  ...conversionRollUps,
  deals('closedate', 'Close Date', 'datetime'),
  deals('num_associated_deals', 'Number of Associated Deals', 'number', readOnly),
  deals('total_revenue', 'Total Revenue', 'number', readOnly),
  info(
    'hs_email_domain',
    'Email Domain',
    'string',
    computed((record) => record.read('email')?.split('@')[1] ?? null),
  ),
  info('hs_full_name_or_email', 'Full name or email', 'string', computed(fullName)),
  info(
    'hs_is_contact',
    'Is a contact',
    'bool',
    computed(() => 'true'),
  ),
  info('hs_all_contact_vids', 'All vids for a contact', 'enumeration', {
    fieldType: 'checkbox',
    ...computed((record) => [record.id, ...mergedIds(record)].join(';')),
  }),
  info('hs_calculated_merged_vids', 'Merged vids with timestamps of a contact', 'enumeration', {
    fieldType: 'checkbox',
    ...readOnly,
  }),
  info(
    'hs_searchable_calculated_phone_number',
    'Calculated Phone Number',
    'phone_number',
    computed(searchablePhone('phone')),
  ),
  info(
    'hs_searchable_calculated_mobile_number',
    'Calculated Mobile Number',
    'phone_number',
    computed(searchablePhone('mobilephone')),
  ),
];

export const contacts: ObjectDefinition = {
  name: 'contacts',
  singular: 'contact',
  typeId: '0-1',
  defaultProperties: ['createdate', 'email', 'firstname', 'hs_object_id', 'lastmodifieddate', 'lastname'],
  modifiedProperty: 'lastmodifieddate',
  createdProperty: 'createdate',
  queryProperties: [
    'firstname',
    'lastname',
    'email',
    'phone',
    'hs_additional_emails',
    'fax',
    'mobilephone',
    'company',
  ],
  requiredAnyOf: ['email', 'firstname', 'lastname'],
  email: { primary: 'email', additional: 'hs_additional_emails' },
  lifecycle: { property: 'lifecyclestage', initial: 'lead' },
  primaryCompanyProperty: 'associatedcompanyid',
  groups: [
    { name: 'contactinformation', label: 'Contact information' },
    { name: 'contact_activity', label: 'Contact activity' },
    { name: 'sales_properties', label: 'Sales properties' },
    { name: 'analyticsinformation', label: 'Web analytics history' },
    { name: 'emailinformation', label: 'Email information' },
    { name: 'conversioninformation', label: 'Conversion information' },
    { name: 'deal_information', label: 'Deal information' },
    { name: 'tandem', label: 'Tandem' },
  ],
  properties: [
    ...storedFirst,
    ...stageDates,
    ...seldomFilled,
    ...recordProperties('contactinformation', 'lastmodifieddate'),
  ],
};
