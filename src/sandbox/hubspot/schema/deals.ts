import { computed, labelledOptions, plainOptions, recordProperties, standard } from './build.ts';
import { trafficSources } from './contact-options.ts';
import type { ObjectDefinition } from './object.ts';
import type { PropertyDefinition, RecordView } from './property.ts';
import { tandemSalesforceId } from './tandem-properties.ts';

const info = standard('dealinformation');
const activity = standard('deal_activity');
const analytics = standard('analyticsinformation');
const readOnly = { readOnly: true } as const;
const multiline = { fieldType: 'textarea' } as const;

const weightedAmount = (record: RecordView): string | null => {
  const amount = record.read('amount');
  const probability = record.read('hs_deal_stage_probability');
  return amount === null || probability === null ? null : String(Number(amount) * Number(probability));
};

const stored: readonly PropertyDefinition[] = [
  info('dealname', 'Deal Name', 'string'),
  info('pipeline', 'Pipeline', 'enumeration', { pipelineReference: 'pipeline' }),
  info('dealstage', 'Deal Stage', 'enumeration', { fieldType: 'radio', pipelineReference: 'stage' }),
  info('amount', 'Amount', 'number'),
  info('closedate', 'Close Date', 'datetime'),
  info('hs_deal_stage_probability', 'Deal Probability', 'number', readOnly),
  info('hs_is_closed', 'Is Deal Closed?', 'bool', readOnly),
  info('hs_is_closed_won', 'Is Closed Won', 'bool', readOnly),
  info('hubspot_owner_id', 'Deal owner', 'enumeration', { ownerReference: true }),
  info('hs_primary_associated_company', 'Primary Associated Company', 'number', readOnly),
  tandemSalesforceId,
  info('dealtype', 'Deal Type', 'enumeration', {
    fieldType: 'radio',
    options: labelledOptions({ newbusiness: 'New Business', existingbusiness: 'Existing Business' }),
  }),
  info('description', 'Deal Description', 'string', multiline),
  info('hs_priority', 'Priority', 'enumeration', {
    options: labelledOptions({ low: 'Low', medium: 'Medium', high: 'High' }),
  }),
  info('hs_next_step', 'Next step', 'string'),
  info('deal_currency_code', 'Currency', 'enumeration', { options: plainOptions('USD') }),
  info('closed_lost_reason', 'Closed Lost Reason', 'string', multiline),
  info('closed_won_reason', 'Closed Won Reason', 'string', multiline),
  info('hs_merged_object_ids', 'Merged record IDs', 'enumeration', { fieldType: 'checkbox', readOnly: true }),
  analytics('hs_analytics_source', 'Original Source Type', 'enumeration', {
    options: trafficSources,
    ...readOnly,
  }),
  activity('notes_last_contacted', 'Last Contacted', 'datetime', readOnly),
  activity('notes_last_updated', 'Last Activity Date', 'datetime', readOnly),
];

/** https://developers.hubspot.com/docs/api/crm/deals. */
export const deals: ObjectDefinition = {
  name: 'deals',
  singular: 'deal',
  typeId: '0-3',
  defaultProperties: [
    'amount',
    'closedate',
    'createdate',
    'dealname',
    'dealstage',
    'hs_lastmodifieddate',
    'hs_object_id',
    'pipeline',
  ],
  modifiedProperty: 'hs_lastmodifieddate',
  createdProperty: 'createdate',
  queryProperties: ['dealname', 'pipeline', 'dealstage', 'description', 'dealtype'],
  requiredAnyOf: [],
  requiredAllOf: ['dealname', 'dealstage'],
  email: null,
  lifecycle: null,
  pipeline: { property: 'pipeline', stage: 'dealstage' },
  primaryCompanyProperty: 'hs_primary_associated_company',
  groups: [
    { name: 'dealinformation', label: 'Deal information' },
    { name: 'deal_activity', label: 'Deal activity' },
    { name: 'analyticsinformation', label: 'Web analytics history' },
    { name: 'tandem', label: 'Tandem' },
  ],
  properties: [
    ...stored,
    info('hs_forecast_amount', 'Forecast amount', 'number', computed(weightedAmount)),
    info(
      'amount_in_home_currency',
      'Amount in company currency',
      'number',
      computed((record) => record.read('amount')),
    ),
    info(
      'hs_createdate',
      'HubSpot Create Date',
      'datetime',
      computed((record) => new Date(record.createdAt).toISOString()),
    ),
    ...recordProperties('dealinformation', 'hs_lastmodifieddate'),
  ],
};
