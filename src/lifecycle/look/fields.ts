import type { Expression } from '../../mapping/expression.ts';
import type { LoadedLifecycle } from '../config/load.ts';
import { feedbackFields } from '../feedback/feedback.ts';
import { stages } from '../stage/stages.ts';
import { loggedAt, loggedCount } from './details.ts';
import { contactOwner } from './owner.ts';
import { rollUps } from './roll-ups.ts';

/** HubSpot properties that a look at a contact needs whatever the rules ask: who it is, and what shows its stage. */
export const contactFields: readonly string[] = [
  'email',
  'firstname',
  'lastname',
  'company',
  'jobtitle',
  'phone',
  'lifecyclestage',
  'hs_lead_status',
  'hs_email_optout',
  'hs_merged_object_ids',
  'associatedcompanyid',
  'tandem_request',
  'tandem_request_detail',
  'tandem_quality',
  'tandem_competitor',
  'tandem_good_because',
  'tandem_content_feedback',
  'tandem_suppressed',
  loggedAt,
  loggedCount,
];

/** Salesforce fields that a look at a lead needs: who has it, how far it is, and what the rep said. */
export const salesFields: readonly string[] = [
  'AccountId',
  'OwnerId',
  'Status',
  'IsConverted',
  'FirstName',
  'LastName',
  'Company',
  'Email',
  'Phone',
  'Title',
  'Tandem_Disposition__c',
  'Tandem_Reason__c',
  'Tandem_Recontact_On__c',
  ...Object.values(feedbackFields),
  'Tandem_Request__c',
  'Tandem_Request_Detail__c',
];

const expressionsOf = ({
  lifecycle,
  scoring,
  routing,
  sla,
  content,
}: LoadedLifecycle): readonly Expression[] =>
  [
    ...stages.map((stage) => lifecycle?.stages[stage].entry),
    ...(scoring?.fit.rules ?? []).map(({ when }) => when),
    ...(scoring?.excluded ?? []).map(({ when }) => when),
    ...(scoring?.definitions ?? []).flatMap(({ when, pilot }) => [when, pilot?.segment]),
    ...(routing?.rules ?? []).map(({ when }) => when),
    routing?.sdr?.when,
    ...(sla?.pauses ?? []).map(({ when }) => when),
    ...[...(content?.segments ?? []), ...(content?.personas ?? [])].map(({ when }) => when),
  ].flatMap((expression) => expression ?? []);

/** The fields that looks read, by what the rules call the record. */
export interface LookFields {
  readonly contact: readonly string[];
  /** Of the lead, or of the contact that it became; a field that the object does not have is not asked for. */
  readonly lead: readonly string[];
}

/** The fields that looks at people need, with those that the rules of this configuration name. Pure. */
export const lookFieldsOf = (loaded: LoadedLifecycle): LookFields => {
  const named = expressionsOf(loaded);
  const of = (name: string): readonly string[] => named.flatMap((expression) => expression.fieldsOf(name));
  const campaign = loaded.lifecycle?.campaigns?.from ?? null;
  const { source = null, segment = null } = loaded.lifecycle?.signals ?? {};
  const score = loaded.scoring?.from ?? null;
  const language = loaded.content?.language.from ?? null;
  // Whom a pilot is tried on may follow from who looks after them before there is a lead.
  const isByOwner = (loaded.scoring?.definitions ?? []).some(({ pilot }) => (pilot?.owners.size ?? 0) > 0);
  const owner = isByOwner ? contactOwner : null;
  const properties = [score, campaign, source, segment, language, owner].filter((name) => name !== null);
  return {
    contact: [
      ...new Set([
        ...contactFields,
        ...rollUps.flatMap(({ at, names }) => [at, ...Object.values(names)]),
        ...properties,
        ...of('contact'),
      ]),
    ],
    lead: [...new Set([...salesFields, ...of('lead')])],
  };
};
