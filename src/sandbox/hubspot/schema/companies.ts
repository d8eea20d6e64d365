import { computed, recordProperties, standard } from './build.ts';
import { companyTypes, industries } from './company-options.ts';
import { leadStatuses, lifecycleStages, trafficSources } from './contact-options.ts';
import type { ObjectDefinition } from './object.ts';
import type { PropertyDefinition } from './property.ts';
import { tandemSalesforceId } from './tandem-properties.ts';

const info = standard('companyinformation');
const analytics = standard('analyticsinformation');
const social = standard('socialmediainformation');
const activity = standard('company_activity');
const readOnly = { readOnly: true } as const;
const multiline = { fieldType: 'textarea' } as const;
const phone = { fieldType: 'phonenumber' } as const;
const manyIds = { fieldType: 'checkbox', readOnly: true } as const;

/** The most often filled come first: a record's values are an array as long as its last filled place. */
const stored: readonly PropertyDefinition[] = [
  info('name', 'Company name', 'string'),
  info('domain', 'Company Domain Name', 'string'),
  info('lifecyclestage', 'Lifecycle Stage', 'enumeration', { fieldType: 'radio', options: lifecycleStages }),
  info('hs_lifecyclestage_lead_date', 'Became a Lead Date', 'datetime', readOnly),
  info('website', 'Website URL', 'string'),
  info('phone', 'Phone Number', 'string', phone),
  info('address', 'Street Address', 'string'),
  info('city', 'City', 'string'),
  info('state', 'State/Region', 'string'),
  info('zip', 'Postal Code', 'string'),
  info('country', 'Country/Region', 'string'),
  info('industry', 'Industry', 'enumeration', { options: industries }),
  info('numberofemployees', 'Number of Employees', 'number'),
  info('annualrevenue', 'Annual Revenue', 'number'),
  info('hubspot_owner_id', 'Company owner', 'enumeration', { ownerReference: true }),
  tandemSalesforceId,
  info('address2', 'Street Address 2', 'string'),
  info('description', 'Description', 'string', multiline),
  info('about_us', 'About Us', 'string', multiline),
  info('type', 'Type', 'enumeration', { options: companyTypes }),
  info('hs_lead_status', 'Lead Status', 'enumeration', { fieldType: 'radio', options: leadStatuses }),
  info('founded_year', 'Year Founded', 'string'),
  info('is_public', 'Is Public', 'bool'),
  info('timezone', 'Time Zone', 'string'),
  // Anybody may write it (recorded: readOnlyValue false), though it has no options: any domain is one.
  info('hs_additional_domains', 'Additional Domains', 'enumeration', { fieldType: 'checkbox' }),
  info('hs_merged_object_ids', 'Merged record IDs', 'enumeration', manyIds),
  info('hubspot_owner_assigneddate', 'Owner Assigned Date', 'datetime', readOnly),
  social('twitterhandle', 'Twitter Handle', 'string'),
  social('linkedin_company_page', 'LinkedIn Company Page', 'string'),
  social('facebook_company_page', 'Facebook Company Page', 'string'),
  analytics('hs_analytics_source', 'Original Source Type', 'enumeration', {
    options: trafficSources,
    ...readOnly,
  }),
  activity('notes_last_contacted', 'Last Contacted', 'datetime', readOnly),
  activity('notes_last_updated', 'Last Activity Date', 'datetime', readOnly),
];

const stageDates = lifecycleStages
  .filter((stage) => stage.value !== 'lead')
  .map((stage) =>
    info(`hs_lifecyclestage_${stage.value}_date`, `Became a ${stage.label} Date`, 'datetime', readOnly),
  );

/** https://developers.hubspot.com/docs/api/crm/companies. The domain is not unique: the API makes as many of one as it is told to. */
export const companies: ObjectDefinition = {
  name: 'companies',
  singular: 'company',
  typeId: '0-2',
  defaultProperties: ['createdate', 'domain', 'hs_lastmodifieddate', 'hs_object_id', 'name'],
  modifiedProperty: 'hs_lastmodifieddate',
  createdProperty: 'createdate',
  queryProperties: ['website', 'phone', 'name', 'domain'],
  requiredAnyOf: ['domain', 'name'],
  email: null,
  domain: { primary: 'domain', additional: 'hs_additional_domains' },
  lifecycle: { property: 'lifecyclestage', initial: 'lead' },
  lookups: ['domain'],
  groups: [
    { name: 'companyinformation', label: 'Company information' },
    { name: 'company_activity', label: 'Company activity' },
    { name: 'analyticsinformation', label: 'Web analytics history' },
    { name: 'socialmediainformation', label: 'Social media information' },
    { name: 'tandem', label: 'Tandem' },
  ],
  properties: [
    ...stored,
    ...stageDates,
    info(
      'hs_pipeline',
      'Pipeline',
      'string',
      computed(() => 'companies-lifecycle-pipeline'),
    ),
    ...recordProperties('companyinformation', 'hs_lastmodifieddate'),
  ],
};
