import { callFor, type LifecycleContext } from '../run/context.ts';
import { isStageOfPast } from '../stage/first-start.ts';
import { shownFields } from '../stage/shown-fields.ts';
import type { StepResult } from './effect.ts';
import { showsStage } from './stage-fields.ts';
import type { Standing } from './standing.ts';
import { outcomeOf } from './step.ts';

const field = 'lifecyclestage';

/** Whether HubSpot's lifecyclestage would be moved back, which it only does where it is emptied first. */
const isBack = ({ models }: LifecycleContext, { effect, stored, person }: Standing): boolean => {
  if (!showsStage(models.lifecycle, effect)) return false;
  const now = person.contact.fields[field];
  return shownFields(stored.journey, models.lifecycle, typeof now === 'string' ? now : null).clearFirst;
};

export interface StageBack {
  /** Whose value stays as it is: the first start holds it back. */
  readonly held: ReadonlySet<Standing>;
  /** Whose value could not be emptied, with what became of it. */
  readonly failed: ReadonlyMap<Standing, StepResult>;
}

/**
 * Before contacts are written: of those whose lifecyclestage is to move back (`lifecyclestage: both`), holds back whom the first start holds, and empties
 * that of the others, for HubSpot answers a step back with success and keeps what it has
 * (https://knowledge.hubspot.com/records/use-lifecycle-stages). A death after it leaves an empty value, and the next try writes the stage.
 * @throws CallFailed where HubSpot refuses the whole call
 */
export const moveStagesBack = async (
  context: LifecycleContext,
  standings: readonly Standing[],
): Promise<StageBack> => {
  const nobody = { held: new Set<Standing>(), failed: new Map<Standing, StepResult>() };
  if (context.models.lifecycle.lifecyclestage !== 'both') return nobody;
  const back = standings.filter((standing) => isBack(context, standing));
  const past = standings.filter(({ stored }) => isStageOfPast(stored.journey));
  const idsOf = (own: readonly Standing[]): readonly string[] => own.map(({ stored }) => stored.id);
  const letGo = await context.store.holdStages(
    idsOf(past.filter((standing) => back.includes(standing))),
    idsOf(past.filter((standing) => !back.includes(standing))),
  );
  const held = new Set(back.filter((standing) => past.includes(standing) && !letGo.has(standing.stored.id)));
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
  const failed = new Map(
    moving.flatMap((standing, at): [Standing, StepResult][] => {
      const result = outcomeOf(standing, outcomes[at]);
      return result.kind === 'done' ? [] : [[standing, result]];
    }),
  );
  return { held, failed };
};
