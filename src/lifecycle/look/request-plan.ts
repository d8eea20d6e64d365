import { flapMinutes } from '../requests/flap.ts';
import { isSameText, type RequestPlan, requestWordOf } from '../requests/request.ts';
import * as results from '../requests/results.ts';
import type { Advance } from '../stage/advance.ts';
import type { LifecycleDefinition } from '../stage/definition.ts';
import { type Fact, isReason } from '../stage/facts.ts';
import type { Journey } from '../stage/journey.ts';
import { isInRepair } from '../stage/programs.ts';
import { protectedStages, type Stage, salesStages, stages } from '../stage/stages.ts';
import type { SeenPerson } from './person.ts';
import type { FreshRequest } from './requests.ts';
import { dayOf } from './sales-facts.ts';

/** The start of the day that a hold is for; null: none was named. */
const heldUntil = ({
  detail,
  system,
  record,
}: Pick<FreshRequest, 'detail' | 'system' | 'record'>): number | null => {
  const day = system === 'salesforce' && detail === '' ? record.fields.Tandem_Recontact_On__c : detail;
  return dayOf(day) ?? null;
};

const stageNamed = (name: string, definition: LifecycleDefinition): Stage | null =>
  stages.find((stage) => isSameText(stage, name) || isSameText(definition.stages[stage].label, name)) ?? null;

/** The stage that a request is about; null: it is about none, or names none. */
const wantedStage = (
  request: Pick<FreshRequest, 'word' | 'detail' | 'system' | 'record'>,
  { stage }: Journey,
  definition: LifecycleDefinition,
): Stage | null => {
  const word = requestWordOf(request);
  if (word === 'Set stage') return stageNamed(request.detail, definition);
  // Whoever asks is to have the lead: marketing what sales has, sales what marketing has.
  if (word === 'Ask for a lead back' && request.system === 'hubspot')
    return salesStages.has(stage) ? 'nurture' : null;
  if (word === 'Ask for a lead back') return salesStages.has(stage) ? null : 'sales-ready';
  // Held anew: the day alone is another one.
  if (word === 'Hold')
    return heldUntil(request) === null ? null : stage === 'nurture' ? 'returned' : 'nurture';
  // Whoever is with sales is named already, and is not moved back to the beginning.
  return word === 'Name a prospect' && !salesStages.has(stage) ? 'sales-ready' : null;
};

/** Why, and until when, as far as the request says so, or the lead where the rep wrote it. */
const wordsOf = (
  request: FreshRequest,
): {
  readonly reason: string | null;
  readonly recontactAt: number | null;
  readonly heldUntil: number | null;
} => {
  const { detail, system } = request;
  const { Tandem_Reason__c: typed, Tandem_Recontact_On__c: day } = request.record.fields;
  const written = typeof typed === 'string' && typed !== '' ? typed : null;
  const word = requestWordOf(request);
  if (word === 'Hold') {
    const until = heldUntil(request);
    // A rep has the lead back on that day; marketing wants nobody to have it before.
    return system === 'salesforce'
      ? { reason: written ?? 'Not now', recontactAt: until, heldUntil: null }
      : { reason: 'Not now', recontactAt: null, heldUntil: until };
  }
  const named = word === 'Ask for a lead back' && isReason(detail) ? detail : null;
  return { reason: named ?? written, recontactAt: dayOf(day) ?? null, heldUntil: null };
};

/** What the stage machine is told of requests: the stages that people ask for, with the rep's reason and day where those stand on the lead. */
export const requestFacts = (
  requests: readonly FreshRequest[],
  journey: Journey,
  definition: LifecycleDefinition,
): readonly Fact[] =>
  requests.flatMap((request): Fact[] => {
    const stage = wantedStage(request, journey, definition);
    if (stage === null || request.tooMany !== null) return [];
    const { reason, recontactAt, heldUntil: held } = wordsOf(request);
    return [
      {
        kind: 'stage-set',
        key: request.key,
        at: request.at,
        by: request.by,
        stage,
        ...(reason === null ? {} : { reason }),
        ...(recontactAt === null ? {} : { recontactAt }),
        ...(held === null ? {} : { heldUntil: held }),
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

/** What is to be done for a request, once the stage machine has looked at it. Pure. */
export const planOf = (
  request: FreshRequest,
  person: SeenPerson,
  before: Journey,
  advanced: Advance,
  definition: LifecycleDefinition,
): RequestPlan => {
  const { detail, tooMany } = request;
  if (tooMany !== null) return { kind: 'stop', text: results.cameTooOften(tooMany, flapMinutes) };
  const say = (text: string): RequestPlan => ({ kind: 'say', text });
  const { programs } = definition;
  switch (requestWordOf(request)) {
    case null:
      return say(results.unknownRequest(request.word));
    case 'Enroll in program': {
      if (detail === '') return say(results.missingProgram(programs));
      const program = programs.find((each) => isSameText(each, detail));
      if (program === undefined) return say(results.unknownProgram(detail, programs));
      if (isInRepair(advanced.journey)) return say(results.inRepair(advanced.journey.reason));
      const isOptedOut = String(person.contact.fields.hs_email_optout) === 'true';
      return isOptedOut ? say(results.optedOut) : { kind: 'join', program };
    }
    case 'Remove from campaigns':
      return { kind: 'leave', programs };
    case 'Set stage':
      if (detail === '') return say(results.missingStage(definition));
      if (stageNamed(detail, definition) === null) return say(results.unknownStage(detail, definition));
      return say(stagePlan(request, before, advanced, definition));
    case 'Hold':
      if (heldUntil(request) === null) return say(results.missingDay);
      return say(stagePlan(request, before, advanced, definition));
    case 'Ask for a lead back':
    case 'Name a prospect':
      return say(stagePlan(request, before, advanced, definition));
  }
};
