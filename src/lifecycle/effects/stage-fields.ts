import type { RawFields, RawValue } from '../../model/value.ts';
import { meansNo, statusWords } from '../look/lead-status.ts';
import { untouchedStages } from '../look/left-orders.ts';
import type { LifecycleDefinition } from '../stage/definition.ts';
import type { Journey } from '../stage/journey.ts';
import { stageToShow } from '../stage/observed.ts';
import { shownFields } from '../stage/shown-fields.ts';
import { isHanding } from './effect.ts';

/**
 * Whether an effect shows where somebody stands. Where stages are only observed, those alone do that are a move themselves: a lead that is handed over, or
 * given back, must not be called otherwise.
 */
export const showsStage = (
  { behaviours }: Pick<LifecycleDefinition, 'behaviours'>,
  effect: { readonly kind: string },
): boolean => behaviours.stages === 'act' || isHanding(effect) || effect.kind === 'return';

/** What says that a lead came by a hand-off, and which one: on none that waits for it, for Salesforce counts by it what it got. */
const ofHandOff: ReadonlySet<string> = new Set(['Tandem_Ready_At__c', 'Tandem_Definition__c']);

const without = (fields: RawFields, names: ReadonlySet<string>): RawFields =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !names.has(name)));

/**
 * The stage as Salesforce shows it. Pure; `status` is what the record has. Before a rep has begun, the status is the rep's own and may say more than the
 * stage: a hand-over opens a lead that was closed by a no, since the next no by status would not be seen, and leaves every other status alone. `hasCome`: whether the lead came to sales in this turn.
 */
export const stageFields = (
  journey: Journey,
  definition: LifecycleDefinition,
  status: RawValue | undefined,
  isOpening: boolean,
  hasCome = isOpening,
): RawFields => {
  const { Status, ...shown } = shownFields(journey, definition, null).salesforce;
  const others = hasCome ? shown : without(shown, ofHandOff);
  const isClosed = typeof status === 'string' && meansNo(status, statusWords(definition));
  const isKept = untouchedStages.has(stageToShow(journey)) && !(isOpening && isClosed);
  return Status === undefined || isKept ? others : { ...others, Status };
};
