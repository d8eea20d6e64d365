import type { Sides } from '../../model/system.ts';

/** Tandem's own fields of people that the lifecycle writes or reads; what they are for is in the contract. */
export const ownFields: Sides<readonly string[]> = {
  hubspot: [
    'tandem_stage',
    'tandem_score',
    'tandem_fit',
    'tandem_engagement',
    'tandem_score_reasons',
    'tandem_definition',
    'tandem_program',
    'tandem_disposition',
    'tandem_return_reason',
    'tandem_recontact_on',
    'tandem_quality',
    'tandem_competitor',
    'tandem_suppressed',
    'tandem_rep',
    'tandem_ready_at',
    'tandem_handed_at',
    'tandem_returned_at',
  ],
  salesforce: [
    'Tandem_Stage__c',
    'Tandem_Definition__c',
    'Tandem_Score__c',
    'Tandem_Fit__c',
    'Tandem_Engagement__c',
    'Tandem_Why_Now__c',
    'Tandem_Digest__c',
    'Tandem_Ready_At__c',
    'Tandem_Due_At__c',
    'Tandem_Touched_At__c',
    'Tandem_Disposition__c',
    'Tandem_Reason__c',
    'Tandem_Recontact_On__c',
  ],
};
