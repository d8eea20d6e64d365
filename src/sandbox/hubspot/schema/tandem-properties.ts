import { reasons, stages } from '../../../model/stages.ts';
import { custom, labelledOptions, plainOptions } from './build.ts';
import type { PropertyDefinition, PropertyOption } from './property.ts';

const property = custom('tandem');

const sentence = (value: string): string =>
  value.slice(0, 1).toUpperCase() + value.slice(1).replaceAll('-', ' ');
const stageOptions: readonly PropertyOption[] = stages.map((value) => ({ value, label: sentence(value) }));

const requests = plainOptions(
  'Enroll in program',
  'Remove from campaigns',
  'Set stage',
  'Name a prospect',
  'Ask for a lead back',
  'Hold',
);

/** On every object that is aligned; unique within each. */
export const tandemSalesforceId = property('tandem_salesforce_id', 'Salesforce ID', 'string', {
  unique: true,
});

/** Tandem's own contact properties (docs: the fields that Tandem owns); the tandem_salesforce_id of each object is unique. */
export const tandemContactProperties: readonly PropertyDefinition[] = [
  tandemSalesforceId,
  property('tandem_stage', 'Stage', 'enumeration', { options: stageOptions }),
  property('tandem_score', 'Score', 'number'),
  property('tandem_fit', 'Fit', 'enumeration', { options: plainOptions('A', 'B', 'C', 'D') }),
  property('tandem_engagement', 'Engagement', 'enumeration', { options: plainOptions('1', '2', '3', '4') }),
  property('tandem_score_reasons', 'Score reasons', 'string', { fieldType: 'textarea' }),
  property('tandem_definition', 'Definition of sales-ready', 'string'),
  property('tandem_program', 'Program', 'string'),
  property('tandem_disposition', 'Disposition', 'enumeration', {
    options: plainOptions('Accepted', 'Rejected', 'Return to nurture'),
  }),
  property('tandem_return_reason', 'Return reason', 'enumeration', { options: plainOptions(...reasons) }),
  property('tandem_recontact_on', 'Contact again on', 'date'),
  property('tandem_quality', 'Lead quality', 'enumeration', {
    options: plainOptions('1', '2', '3', '4', '5'),
  }),
  property('tandem_rep', 'Sales rep', 'string'),
  property('tandem_sales_stage', 'Sales stage', 'string'),
  property('tandem_amount', 'Open amount', 'number'),
  property('tandem_revenue', 'Revenue', 'number'),
  property('tandem_good_because', 'Good because', 'string'),
  property('tandem_content_feedback', 'Content feedback', 'string'),
  property('tandem_competitor', 'Competitor', 'string'),
  property('tandem_loss_reason', 'Loss reason', 'string'),
  property('tandem_suppressed', 'Suppressed', 'bool'),
  property('tandem_ready_at', 'Ready at', 'datetime'),
  property('tandem_handed_at', 'Handed over at', 'datetime'),
  property('tandem_returned_at', 'Returned at', 'datetime'),
  property('tandem_sla', 'Follow-up', 'enumeration', {
    options: labelledOptions({ waiting: 'Waiting', on_time: 'On time', late: 'Late' }),
  }),
  property('tandem_request', 'Request', 'enumeration', { options: requests }),
  property('tandem_request_detail', 'Request detail', 'string'),
  property('tandem_request_result', 'Request result', 'string'),
];
