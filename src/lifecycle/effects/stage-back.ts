import type { StoredJourney } from '../look/stored.ts';
import { callFor, type LifecycleContext } from '../run/context.ts';
import { isStageOfPast } from '../stage/first-start.ts';
import { shownFields } from '../stage/shown-fields.ts';
import type { StepResult } from './effect.ts';
import { showsStage } from './stage-fields.ts';
import type { Standing } from './standing.ts';
import { outcomeOf } from './step.ts';

const field = 'lifecyclestage';

/** Whether HubSpot's lifecyclestage would be moved back, which it only does where it is emptied first. */
const isBack = ({ models }: LifecycleContext, { stored, person }: Standing): boolean => {
  const now = person.contact.fields[field];
  return shownFields(stored.journey, models.lifecycle, typeof now === 'string' ? now : null).clearFirst;
};

/**
 * Whether a value of HubSpot's is the company's own of before Tandem knew the person, whom nobody handed over since and whose stage Tandem never wrote: the
 * first start counts its step back, once. Any other one counts by the day.
 */
export const isValueOfPast = ({ journey, shown }: Pick<StoredJourney, 'journey' | 'shown'>): boolean =>
  isStageOfPast(journey) && !Object.hasOwn(shown.hubspot, field);

export interface StageBack {
  /** Whose value stays as it is: a cap holds it back. */
  readonly held: ReadonlySet<Standing>;
  /** Whose value could not be emptied, with what became of it. */
  readonly failed: ReadonlyMap<Standing, StepResult>;
}

/**
 * Before contacts are written: of those whose lifecyclestage is to move back (`lifecyclestage: both`), holds back whom the first start or the cap of a day holds, and
 * empties that of the others, for HubSpot answers a step back with success and keeps what it has
 * (https://knowledge.hubspot.com/records/use-lifecycle-stages). A death after it leaves an empty value, and the next try writes the stage. `moved`: contacts whose
 * value was moved back in this round, whatever it was when they were read.
 * @throws CallFailed where HubSpot refuses the whole call
 */
export const moveStagesBack = async (
  context: LifecycleContext,
  standings: readonly Standing[],
  moved: Set<string>,
): Promise<StageBack> => {
  const nobody = { held: new Set<Standing>(), failed: new Map<Standing, StepResult>() };
  const { lifecycle } = context.models;
  if (lifecycle.lifecyclestage !== 'both') return nobody;
  // What shows no stage says nothing of it.
  const showing = standings.filter(({ effect }) => showsStage(lifecycle, effect));
  const back = showing.filter(
    (standing) => isBack(context, standing) && !moved.has(standing.effect.contactId),
  );
  const idsOf = (own: readonly Standing[]): readonly string[] => [
    ...new Set(own.map(({ stored }) => stored.id)),
  ];
  if (showing.length === 0) return nobody;
  const letGo = await context.store.holdStages(
    {
      past: idsOf(back.filter(({ stored }) => isValueOfPast(stored))),
      later: idsOf(back.filter(({ stored }) => !isValueOfPast(stored))),
      free: idsOf(showing.filter((standing) => !back.includes(standing))),
    },
    lifecycle.firstStart['stage-back'],
  );
  const held = new Set(back.filter(({ stored }) => !letGo.has(stored.id)));
  const moving = back.filter((standing) => !held.has(standing));
  if (moving.length === 0) return { ...nobody, held };
  const outcomes = await context.systems.hubspot.writeMany(
    context.pair.types.hubspot,
    moving.map(({ person }) => ({
      op: 'update',
      key: context.makeId(),
      id: person.contact.ref.id,
      fields: { [field]: null },
    })),
    callFor(context, 'write'),
  );
  const results = moving.map((standing, at) => [standing, outcomeOf(standing, outcomes[at])] as const);
  const done = results.flatMap(([standing, { kind }]) => (kind === 'done' ? [standing] : []));
  for (const { effect } of done) moved.add(effect.contactId);
  await context.store.stagesMoved(idsOf(done));
  return { held, failed: new Map(results.filter(([, { kind }]) => kind !== 'done')) };
};
