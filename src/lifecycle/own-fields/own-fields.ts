import { reasons, repReasons, stages } from '../../model/stages.ts';
import type { System } from '../../model/system.ts';
import { requestWords } from '../requests/request.ts';
import type { LifecycleBehaviour } from '../stage/journey.ts';

/** What an own field has to be, so that what Tandem writes there fits, and what people choose there is understood. */
export type OwnFieldType =
  | { readonly kind: 'text'; readonly charsMax: number; readonly externalId?: 'unique' | 'not unique' }
  | { readonly kind: 'long-text'; readonly charsMax: number }
  | { readonly kind: 'number' | 'date' | 'datetime' | 'checkbox' | 'formula' }
  | { readonly kind: 'picklist'; readonly values: readonly string[] };

/** A field that Tandem has in a company's system, beside those that a mapping names. */
export interface OwnField {
  readonly system: System;
  /** The objects that have it, by their API names. */
  readonly objects: readonly string[];
  readonly name: string;
  readonly type: OwnFieldType;
  /** Who fills it: Tandem, people (who are read), or people whose word Tandem empties once it is heard. */
  readonly by: 'tandem' | 'people' | 'both';
  /** The behaviours that cannot do all of their work without it; `align`: every mapping. None: it only adds something. */
  readonly needs: readonly (LifecycleBehaviour | 'align')[];
  /** What it is for, in a line. */
  readonly use: string;
}

type Row = readonly [
  name: string,
  type: OwnFieldType,
  by: OwnField['by'],
  needs: OwnField['needs'],
  use: string,
];

const rows = (system: System, objects: readonly string[], list: readonly Row[]): readonly OwnField[] =>
  list.map(([name, type, by, needs, use]) => ({ system, objects, name, type, by, needs, use }));

const text = (charsMax: number): OwnFieldType => ({ kind: 'text', charsMax });
/** The longest that Salesforce has a text field (Help: Custom Field Types). */
const line = text(255);
const longText: OwnFieldType = { kind: 'long-text', charsMax: 32_768 };
const picklist = (...values: readonly string[]): OwnFieldType => ({ kind: 'picklist', values });
const number: OwnFieldType = { kind: 'number' };
const date: OwnFieldType = { kind: 'date' };
const datetime: OwnFieldType = { kind: 'datetime' };

const fit = picklist('A', 'B', 'C', 'D');
const engagement = picklist('1', '2', '3', '4');
const dispositions = picklist('Accepted', 'Rejected', 'Return to nurture');
const quality = picklist('1', '2', '3', '4', '5');
const goodBecause = picklist('Right person', 'Right time', 'Well informed', 'Right company');
const contentFeedback = picklist('Helped', 'Did not help', 'Not used');
/** The values of `Tandem_Loss_Reason__c`. */
export const lossWords = ['Price', 'Product', 'Timing', 'Competitor', 'No decision', 'Other'] as const;
const lossReasons = picklist(...lossWords);
const requests = picklist(...requestWords);

const people = ['Lead', 'Contact'];
const deals = ['Opportunity'];
const peopleAndDeals = [...people, ...deals];

const inSalesforce: readonly OwnField[] = [
  ...rows(
    'salesforce',
    [...people, 'Account', 'Opportunity'],
    [
      [
        'HubSpot_Id__c',
        { kind: 'text', charsMax: 32, externalId: 'unique' },
        'tandem',
        ['align'],
        "the identity: HubSpot's id of the record; `identity` of the mapping names it",
      ],
    ],
  ),
  ...rows('salesforce', people, [
    [
      'Tandem_Stage__c',
      picklist(...stages),
      'tandem',
      ['stages', 'hand-off'],
      'the stage of the one pipeline',
    ],
    [
      'Tandem_Definition__c',
      text(80),
      'tandem',
      ['stages', 'hand-off'],
      'the version of sales-ready that fired',
    ],
    ['Tandem_Score__c', number, 'tandem', ['score', 'hand-off'], 'the score, 0 to 100'],
    ['Tandem_Fit__c', fit, 'tandem', ['score', 'hand-off'], 'what somebody is: A is the best'],
    [
      'Tandem_Engagement__c',
      engagement,
      'tandem',
      ['score', 'hand-off'],
      'what somebody does: 1 is the best',
    ],
    ['Tandem_Why_Now__c', line, 'tandem', ['hand-off'], 'one line for list views: why now'],
    ['Tandem_Digest__c', longText, 'tandem', ['hand-off'], 'the history that made the lead'],
    ['Tandem_Next_Step__c', line, 'tandem', ['hand-off'], 'what to do next'],
    ['Tandem_Content__c', longText, 'tandem', ['content'], 'what to send, and why'],
    ['Tandem_Ready_At__c', datetime, 'tandem', ['stages', 'hand-off'], 'since when sales-ready in this turn'],
    ['Tandem_Due_At__c', datetime, 'tandem', ['hand-off'], 'until when the first touch is due'],
    ['Tandem_Touched_At__c', datetime, 'tandem', ['stages', 'hand-off'], 'the first touch by the rep'],
    [
      'Tandem_Sla__c',
      { kind: 'formula' },
      'people',
      [],
      'Waiting, On time or Late, for list views and reports: a formula over the two times before',
    ],
    [
      'Tandem_Disposition__c',
      dispositions,
      'both',
      ['stages', 'return'],
      "the rep's verdict, where the status does not say it; emptied by the next hand-over",
    ],
    [
      'Tandem_Reason__c',
      picklist(...repReasons),
      'both',
      ['stages', 'return'],
      'why the rep gives a lead back',
    ],
    [
      'Tandem_Recontact_On__c',
      date,
      'both',
      ['stages', 'return'],
      "'call me in March': comes back to the same rep on that day",
    ],
  ]),
  ...rows('salesforce', deals, [
    ['Tandem_Next_Step__c', line, 'tandem', [], 'what to do next in the deal'],
    ['Tandem_Content__c', longText, 'tandem', [], 'what to send, by the stage of the deal'],
    [
      'Tandem_Loss_Reason__c',
      lossReasons,
      'people',
      [],
      'why a deal was lost; without it the rep is asked by a task',
    ],
  ]),
  ...rows('salesforce', peopleAndDeals, [
    ['Tandem_Quality__c', quality, 'people', [], 'how good the lead was: 5 is the best'],
    ['Tandem_Good_Because__c', goodBecause, 'people', [], 'why it was good'],
    ['Tandem_Competitor__c', line, 'people', [], 'a competitor whom the rep met'],
    ['Tandem_Content_Feedback__c', contentFeedback, 'people', [], 'whether the recommended content helped'],
    ['Tandem_Request__c', requests, 'both', ['requests'], 'what a rep asks for; emptied once it is done'],
    [
      'Tandem_Request_Detail__c',
      line,
      'both',
      ['requests'],
      'the program, stage, day or reason of a request',
    ],
    ['Tandem_Request_Result__c', line, 'tandem', ['requests'], 'what became of the request, and when'],
  ]),
  ...rows(
    'salesforce',
    ['Task'],
    [
      [
        'Tandem_Key__c',
        { kind: 'text', charsMax: 255, externalId: 'not unique' },
        'tandem',
        ['hand-off', 'return'],
        'names a task that Tandem made, so that none is made twice and none counts as a touch; without it none is made',
      ],
    ],
  ),
];

/** HubSpot keeps a text of any length in one type (properties guide). */
const hubspotText = text(65_536);
const outcome = ['stages'] as const;

const inHubspot: readonly OwnField[] = [
  ...rows(
    'hubspot',
    ['contacts', 'companies', 'deals'],
    [
      [
        'tandem_salesforce_id',
        { kind: 'text', charsMax: 32, externalId: 'unique' },
        'tandem',
        ['align'],
        "the identity: Salesforce's id of the record; `identity` of the mapping names it",
      ],
    ],
  ),
  ...rows(
    'hubspot',
    ['contacts'],
    [
      [
        'tandem_stage',
        picklist(...stages),
        'tandem',
        ['stages', 'hand-off'],
        'the stage of the one pipeline',
      ],
      ['tandem_score', number, 'tandem', ['score', 'hand-off'], 'the score, 0 to 100'],
      ['tandem_fit', fit, 'tandem', ['score', 'hand-off'], 'what somebody is: A is the best'],
      ['tandem_engagement', engagement, 'tandem', ['score', 'hand-off'], 'what somebody does: 1 is the best'],
      ['tandem_score_reasons', hubspotText, 'tandem', ['score', 'hand-off'], 'why the score is what it is'],
      [
        'tandem_definition',
        hubspotText,
        'tandem',
        ['stages', 'hand-off'],
        'the version of sales-ready that fired',
      ],
      [
        'tandem_program',
        hubspotText,
        'tandem',
        ['stages', 'return'],
        'the nurture program that somebody is in',
      ],
      ['tandem_disposition', dispositions, 'tandem', outcome, "the rep's verdict"],
      [
        'tandem_return_reason',
        picklist(...reasons),
        'tandem',
        ['stages', 'return'],
        'why somebody came back',
      ],
      [
        'tandem_recontact_on',
        date,
        'tandem',
        ['stages', 'return'],
        'the day on which the rep has them again',
      ],
      ['tandem_quality', quality, 'tandem', outcome, 'how good the rep found the lead: 5 is the best'],
      ['tandem_good_because', hubspotText, 'tandem', outcome, 'why the rep found the lead good'],
      [
        'tandem_content_feedback',
        hubspotText,
        'tandem',
        outcome,
        'whether the recommended content helped, as the rep says',
      ],
      ['tandem_competitor', hubspotText, 'tandem', outcome, 'a competitor whom the rep met'],
      ['tandem_rep', hubspotText, 'tandem', ['stages', 'hand-off'], 'the rep who has them'],
      ['tandem_sales_stage', hubspotText, 'tandem', outcome, 'the stage of their deal'],
      ['tandem_amount', number, 'tandem', outcome, 'what their open deals add up to'],
      ['tandem_revenue', number, 'tandem', outcome, 'what their won deals add up to'],
      ['tandem_loss_reason', hubspotText, 'tandem', outcome, 'why their last lost deal was lost'],
      [
        'tandem_suppressed',
        { kind: 'checkbox' },
        'tandem',
        ['requests'],
        'taken out of campaigns on request: leave them out of your own lists by it',
      ],
      ['tandem_ready_at', datetime, 'tandem', ['stages', 'hand-off'], 'since when sales-ready in this turn'],
      ['tandem_handed_at', datetime, 'tandem', ['stages', 'hand-off'], 'when sales got them'],
      ['tandem_returned_at', datetime, 'tandem', ['stages', 'return'], 'when sales gave them back'],
      [
        'tandem_sla',
        picklist('waiting', 'on_time', 'late'),
        'tandem',
        ['stages', 'hand-off'],
        'how the first contact stands',
      ],
      ['tandem_request', requests, 'both', ['requests'], 'what a marketer asks for; emptied once it is done'],
      [
        'tandem_request_detail',
        hubspotText,
        'both',
        ['requests'],
        'the program, stage, day or reason of a request',
      ],
      ['tandem_request_result', hubspotText, 'tandem', ['requests'], 'what became of the request, and when'],
    ],
  ),
];

/**
 * Every field that Tandem owns: the one list of them (docs/admins/fields.md is made from it). Each behaviour leaves out what is not there, so that
 * a missing field keeps nobody from being handed over; `missingOwnFields` tells what is lost by it.
 */
export const ownFields: readonly OwnField[] = [...inHubspot, ...inSalesforce];
