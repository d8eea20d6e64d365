import { repReasons, stages } from '../../../model/stages.ts';
import type { Compute, FieldDefinition } from './field.ts';

/** When a person may be contacted late: the formula of Tandem_Sla__c. */
const slaFormula =
  'IF(ISBLANK(Tandem_Due_At__c), NULL, IF(NOT(ISBLANK(Tandem_Touched_At__c)), IF(Tandem_Touched_At__c <= Tandem_Due_At__c, "On time", "Late"), IF(NOW() > Tandem_Due_At__c, "Late", "Waiting")))';

const sla: Compute = (read, nowSeconds) => {
  const due = read('Tandem_Due_At__c');
  if (typeof due !== 'number') return null;
  const touched = read('Tandem_Touched_At__c');
  if (typeof touched === 'number') return touched <= due ? 'On time' : 'Late';
  return nowSeconds > due ? 'Late' : 'Waiting';
};

const picklist = (name: string, label: string, values: readonly string[]): FieldDefinition => ({
  name,
  label,
  type: 'picklist',
  length: 255,
  picklist: values,
  restricted: true,
});
const text = (name: string, label: string, length: number): FieldDefinition => ({
  name,
  label,
  type: 'string',
  length,
});
const longText = (name: string, label: string): FieldDefinition => ({
  name,
  label,
  type: 'textarea',
  length: 32_768,
});
const datetime = (name: string, label: string): FieldDefinition => ({ name, label, type: 'datetime' });

/** The other side's id: what an upsert of Tandem matches by. Compared without regard to case. */
export const hubspotIdField: FieldDefinition = {
  name: 'HubSpot_Id__c',
  label: 'HubSpot Id',
  type: 'string',
  length: 32,
  externalId: true,
  unique: true,
};

/** `link/turn/kind` of a task that Tandem made; nothing keeps two tasks from having one key. */
export const taskKeyField: FieldDefinition = {
  name: 'Tandem_Key__c',
  label: 'Tandem Key',
  type: 'string',
  length: 255,
  externalId: true,
};

/** Tandem's own fields on Lead and Contact, as docs of the product list them. */
export const tandemPersonFields: readonly FieldDefinition[] = [
  hubspotIdField,
  picklist('Tandem_Stage__c', 'Tandem Stage', stages),
  text('Tandem_Definition__c', 'Tandem Definition', 80),
  { name: 'Tandem_Score__c', label: 'Tandem Score', type: 'double', precision: 3, scale: 0 },
  picklist('Tandem_Fit__c', 'Tandem Fit', ['A', 'B', 'C', 'D']),
  picklist('Tandem_Engagement__c', 'Tandem Engagement', ['1', '2', '3', '4']),
  text('Tandem_Why_Now__c', 'Tandem Why Now', 255),
  longText('Tandem_Digest__c', 'Tandem Digest'),
  text('Tandem_Next_Step__c', 'Tandem Next Step', 255),
  longText('Tandem_Content__c', 'Tandem Content'),
  picklist('Tandem_Content_Feedback__c', 'Tandem Content Feedback', ['Helped', 'Did not help', 'Not used']),
  datetime('Tandem_Ready_At__c', 'Tandem Ready At'),
  datetime('Tandem_Due_At__c', 'Tandem Due At'),
  datetime('Tandem_Touched_At__c', 'Tandem Touched At'),
  { ...text('Tandem_Sla__c', 'Tandem SLA', 1_300), compute: sla, formula: slaFormula },
  picklist('Tandem_Disposition__c', 'Tandem Disposition', ['Accepted', 'Rejected', 'Return to nurture']),
  picklist('Tandem_Reason__c', 'Tandem Reason', repReasons),
  { name: 'Tandem_Recontact_On__c', label: 'Tandem Recontact On', type: 'date' },
  picklist('Tandem_Quality__c', 'Tandem Quality', ['1', '2', '3', '4', '5']),
  picklist('Tandem_Good_Because__c', 'Tandem Good Because', [
    'Right person',
    'Right time',
    'Well informed',
    'Right company',
  ]),
  text('Tandem_Competitor__c', 'Tandem Competitor', 255),
  picklist('Tandem_Request__c', 'Tandem Request', [
    'Enroll in program',
    'Remove from campaigns',
    'Set stage',
    'Name a prospect',
    'Ask for a lead back',
    'Hold',
  ]),
  text('Tandem_Request_Detail__c', 'Tandem Request Detail', 255),
  text('Tandem_Request_Result__c', 'Tandem Request Result', 255),
];

const alsoOnOpportunity = [
  'Tandem_Next_Step__c',
  'Tandem_Content__c',
  'Tandem_Content_Feedback__c',
  'Tandem_Quality__c',
  'Tandem_Good_Because__c',
  'Tandem_Competitor__c',
  'Tandem_Request__c',
  'Tandem_Request_Detail__c',
  'Tandem_Request_Result__c',
];

/** Tandem's own fields on Opportunity, beside the identity. */
export const tandemOpportunityFields: readonly FieldDefinition[] = [
  ...tandemPersonFields.filter((field) => alsoOnOpportunity.includes(field.name)),
  picklist('Tandem_Loss_Reason__c', 'Tandem Loss Reason', [
    'Price',
    'Product',
    'Timing',
    'Competitor',
    'No decision',
    'Other',
  ]),
];
