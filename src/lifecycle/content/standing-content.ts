import type { Standing } from '../effects/standing.ts';
import type { LifecycleContext } from '../run/context.ts';
import type { Mode } from '../stage/journey.ts';
import { salesStages } from '../stage/stages.ts';
import { type Recommendation, recommend } from './recommend.ts';

/** Whether content is recommended, recorded or neither: without a catalogue it is off, whatever the behaviour says. */
export const contentMode = ({ models }: Pick<LifecycleContext, 'models'>): Mode =>
  models.content === undefined ? 'off' : models.lifecycle.behaviours.content;

/** What is recommended for somebody whom sales has; null: nothing is, since it is off or sales has them not. Pure. */
export const recommendationFor = (
  context: Pick<LifecycleContext, 'models'>,
  { stored, person, activities, now }: Pick<Standing, 'stored' | 'person' | 'activities' | 'now'>,
): Recommendation | null => {
  const { content } = context.models;
  const { stage } = stored.journey;
  if (content === undefined || contentMode(context) === 'off' || !salesStages.has(stage)) return null;
  const { contact, sales } = person;
  const facts = { stage, dealStage: null, contact: contact.fields, lead: sales?.fields ?? {}, activities };
  return recommend(facts, content, now);
};
