import type { RawFields, RawValue } from '../../model/value.ts';
import type { LifecycleDefinition } from './definition.ts';
import { attractingStages } from './first-start.ts';
import type { Journey } from './journey.ts';
import { isStageObserved, stageToShow } from './observed.ts';

/** HubSpot's own order of lifecyclestage (https://knowledge.hubspot.com/records/use-lifecycle-stages); it only moves forward. */
const hubspotOrder = [
  'subscriber',
  'lead',
  'marketingqualifiedlead',
  'salesqualifiedlead',
  'opportunity',
  'customer',
  'evangelist',
  'other',
];

export interface ShownFields {
  readonly hubspot: RawFields;
  readonly salesforce: RawFields;
  /** True where lifecyclestage must be emptied in a call before: HubSpot answers 2xx to a step back and keeps what it has. */
  readonly clearFirst: boolean;
}

/**
 * Whether HubSpot would have to move its stage back. A stage of the company's own has a number for a name and no place in HubSpot's order that
 * we know: to or from it counts as back, so that it is only written where the file says `both`.
 */
const isBack = (now: string, wanted: string): boolean => {
  const [from, to] = [hubspotOrder.indexOf(now), hubspotOrder.indexOf(wanted)];
  return from === -1 || to === -1 || to < from;
};

const dateTime = (at: number | null): RawValue => (at === null ? null : new Date(at).toISOString());

/** Since when somebody is ready who is not handed over yet; null: nobody is kept from it. */
const readyAndHeld = ({ stage, heldAt }: Journey): number | null =>
  attractingStages.has(stage) ? heldAt : null;

const lifecycleStage = (
  definition: LifecycleDefinition,
  wanted: string | null,
  now: string | null,
): { fields: RawFields; clearFirst: boolean } => {
  const none = { fields: {}, clearFirst: false };
  if (wanted === null || wanted === now || definition.lifecyclestage === 'never') return none;
  const back = now !== null && now !== '' && isBack(now, wanted);
  if (back && definition.lifecyclestage === 'forward') return none;
  return { fields: { lifecyclestage: wanted }, clearFirst: back };
};

/**
 * What shows a journey in both systems. Pure; `lifecyclestage` is what HubSpot has now. What was only observed is left out, and stays as it is there. Turns show in tandem_stage, hs_lead_status and the
 * dates (the rep's own date is aligned as any field); HubSpot's lifecyclestage stays where it is when somebody comes back, unless the file says `both`.
 */
export const shownFields = (
  journey: Journey,
  definition: LifecycleDefinition,
  lifecyclestage: string | null,
): ShownFields => {
  const stage = stageToShow(journey);
  const isWhole = !isStageObserved(journey);
  const isTurn = journey.observedTurn !== true;
  const rule = definition.stages[stage];
  const { fields, clearFirst } = lifecycleStage(definition, rule.lifecyclestage, lifecyclestage);
  return {
    hubspot: {
      tandem_stage: stage,
      ...(isWhole ? { tandem_program: journey.program } : {}),
      ...(isTurn
        ? {
            tandem_definition: journey.definition,
            // Who is ready and held back by the first start is counted as ready by both.
            tandem_ready_at: dateTime(journey.turnAt ?? readyAndHeld(journey)),
            tandem_handed_at: dateTime(journey.handedAt),
          }
        : {}),
      ...(journey.observedReturn === true
        ? {}
        : { tandem_return_reason: journey.reason, tandem_returned_at: dateTime(journey.returnedAt) }),
      ...(rule.leadStatus === null ? {} : { hs_lead_status: rule.leadStatus }),
      ...fields,
    },
    salesforce: {
      Tandem_Stage__c: stage,
      ...(isTurn
        ? { Tandem_Definition__c: journey.definition, Tandem_Ready_At__c: dateTime(journey.turnAt) }
        : {}),
      ...(isWhole ? { Tandem_Touched_At__c: dateTime(journey.touchedAt) } : {}),
      ...(rule.salesforceStatus === null ? {} : { Status: rule.salesforceStatus }),
    },
    clearFirst,
  };
};
