import { type System, systems } from '../../model/system.ts';
import {
  isSameText,
  type RequestPlan,
  type RequestText,
  requestIn,
  requestWordOf,
  type SeenRequest,
} from '../requests/request.ts';
import * as results from '../requests/results.ts';
import type { Advance } from '../stage/advance.ts';
import type { LifecycleDefinition } from '../stage/definition.ts';
import type { Fact } from '../stage/facts.ts';
import type { Journey } from '../stage/journey.ts';
import { protectedStages, type Stage, salesStages, stages } from '../stage/stages.ts';
import type { SeenPerson, SeenRecord } from './person.ts';
import { dayOf } from './sales-facts.ts';
import type { EffectOrder, StoredJourney } from './stored.ts';

/** A request that nobody has seen before. */
export interface FreshRequest extends RequestText {
  readonly system: System;
  readonly record: SeenRecord;
  readonly key: string;
  readonly number: number;
  /** When it counts as made: never before what the journey has seen, for it stands there now. */
  readonly at: number;
}

const recordOf = (person: SeenPerson, system: System): SeenRecord | null =>
  system === 'hubspot' ? person.contact : person.sales;

/**
 * Whether a text is another request than the one seen last. One that was answered may be asked again in the same words: HubSpot tells by a newer
 * stamp (an old read may come late there), Salesforce by the text that is there again.
 */
const isFresh = (
  system: System,
  text: RequestText,
  { stamp }: SeenRecord,
  seen: SeenRequest | undefined,
): boolean => {
  if (seen === undefined) return true;
  if (seen.state === 'open') return text.word !== seen.word || text.detail !== seen.detail;
  return system === 'salesforce' || stamp > seen.stamp;
};

/** The requests of both sides that are new at this look. Pure. */
export const freshRequests = (
  { requests, journey }: StoredJourney,
  person: SeenPerson,
  { behaviours }: LifecycleDefinition,
  now: number,
): readonly FreshRequest[] =>
  behaviours.requests === 'off'
    ? []
    : systems.flatMap((system): FreshRequest[] => {
        const record = recordOf(person, system);
        const text = record === null ? null : requestIn(system, record.fields);
        const seen = requests[system];
        if (record === null || text === null || !isFresh(system, text, record, seen)) return [];
        const number = seen?.stamp === record.stamp ? seen.number + 1 : 1;
        const key = `request/${system}:${record.ref.id}/${record.stamp}/${number}`;
        const at = Math.max(Math.min(record.stamp, now), journey.lastAt, journey.since);
        return [{ ...text, system, record, key, number, at }];
      });

const stageNamed = (name: string, definition: LifecycleDefinition): Stage | null =>
  stages.find((stage) => isSameText(stage, name) || isSameText(definition.stages[stage].label, name)) ?? null;

/** The stage that a request is about; null: it is about none, or names none. */
const wantedStage = (
  request: RequestText,
  { stage }: Journey,
  definition: LifecycleDefinition,
): Stage | null => {
  const word = requestWordOf(request);
  if (word === 'Set stage') return stageNamed(request.detail, definition);
  // Whoever is with sales is named already, and is not moved back to the beginning.
  return word === 'Name a prospect' && !salesStages.has(stage) ? 'sales-ready' : null;
};

/** What the stage machine is told of requests: the stages that people ask for, with the rep's reason and day where those stand on the lead. */
export const requestFacts = (
  requests: readonly FreshRequest[],
  journey: Journey,
  definition: LifecycleDefinition,
): readonly Fact[] =>
  requests.flatMap((request): Fact[] => {
    const stage = wantedStage(request, journey, definition);
    if (stage === null) return [];
    const { fields } = request.record;
    const reason = fields.Tandem_Reason__c;
    const recontactAt = dayOf(fields.Tandem_Recontact_On__c);
    return [
      {
        kind: 'stage-set',
        key: request.key,
        at: request.at,
        by: request.system,
        stage,
        ...(typeof reason === 'string' && reason !== '' ? { reason } : {}),
        ...(recontactAt === undefined ? {} : { recontactAt }),
      },
    ];
  });

const stagePlan = (
  request: FreshRequest,
  before: Journey,
  { journey, transitions, unmoved }: Advance,
  definition: LifecycleDefinition,
): string => {
  const wanted = wantedStage(request, before, definition);
  if (wanted === null) return results.standsThere(before.stage, definition);
  const moved = transitions.find(({ evidence }) => evidence === request.key);
  if (moved !== undefined) return results.movedTo(moved.to, journey, definition);
  const refusal = unmoved.find(({ key }) => key === request.key);
  if (refusal !== undefined) return results.refusedMove(refusal.why, refusal.stage, wanted, definition);
  if (protectedStages.has(before.stage))
    return results.refusedMove('protected', before.stage, wanted, definition);
  return journey.stage === wanted
    ? results.standsThere(wanted, definition)
    : results.refusedMove('not-allowed', before.stage, wanted, definition);
};

const planOf = (
  request: FreshRequest,
  person: SeenPerson,
  before: Journey,
  advanced: Advance,
  definition: LifecycleDefinition,
): RequestPlan => {
  const { detail } = request;
  const say = (text: string): RequestPlan => ({ kind: 'say', text });
  const { programs } = definition;
  switch (requestWordOf(request)) {
    case null:
      return say(results.unknownRequest(request.word));
    case 'Enroll in program': {
      if (detail === '') return say(results.missingProgram(programs));
      const program = programs.find((each) => isSameText(each, detail));
      if (program === undefined) return say(results.unknownProgram(detail, programs));
      const isOptedOut = String(person.contact.fields.hs_email_optout) === 'true';
      return isOptedOut ? say(results.optedOut) : { kind: 'join', program };
    }
    case 'Remove from campaigns':
      return { kind: 'leave', programs };
    case 'Set stage':
      if (detail === '') return say(results.missingStage(definition));
      if (stageNamed(detail, definition) === null) return say(results.unknownStage(detail, definition));
      return say(stagePlan(request, before, advanced, definition));
    case 'Name a prospect':
      return say(stagePlan(request, before, advanced, definition));
  }
};

/** What is kept of requests after a look: the fresh ones with their plans; of the others whether their field was emptied. */
export const requestsAfter = (
  stored: StoredJourney,
  fresh: readonly FreshRequest[],
  person: SeenPerson,
  advanced: Advance,
  definition: LifecycleDefinition,
): StoredJourney['requests'] => {
  const entries = systems.flatMap((system): [System, SeenRequest][] => {
    const request = fresh.find((each) => each.system === system);
    if (request !== undefined) {
      const { key, number, word, detail, record } = request;
      const plan = planOf(request, person, stored.journey, advanced, definition);
      return [[system, { key, number, word, detail, stamp: record.stamp, state: 'open', plan }]];
    }
    const seen = stored.requests[system];
    if (seen === undefined) return [];
    const record = recordOf(person, system);
    const isGone = record !== null && record.stamp >= seen.stamp && requestIn(system, record.fields) === null;
    return [[system, isGone ? { ...seen, state: 'gone' } : seen]];
  });
  return Object.fromEntries(entries);
};

/** The orders to do and to answer requests. What is only observed is answered by nobody. */
export const requestOrders = (
  journeyId: string,
  turn: number,
  fresh: readonly FreshRequest[],
  { behaviours }: LifecycleDefinition,
): readonly EffectOrder[] =>
  behaviours.requests !== 'act'
    ? []
    : fresh.map(({ key, at }) => ({
        key: `${journeyId}/${key}`,
        kind: 'request',
        turn,
        at,
        evidence: key,
      }));
