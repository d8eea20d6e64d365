import type { Standing } from '../effects/standing.ts';
import type { LifecycleModels } from '../run/context.ts';
import type { Mode } from '../stage/journey.ts';
import { salesStages } from '../stage/stages.ts';
import { type ContentFacts, type Recommendation, recommend } from './recommend.ts';

/** The two files that say what is recommended, and whether. */
export interface ContentContext {
  readonly models: Pick<LifecycleModels, 'lifecycle' | 'content'>;
  readonly contentPaused?: true;
}

/** Whether content is recommended, recorded or neither, by the files: without a catalogue it is off, whatever the behaviour says. */
export const filedContentMode = ({ models }: ContentContext): Mode =>
  models.content === undefined ? 'off' : models.lifecycle.behaviours.content;

/** What it does now: nothing while it is paused. */
export const contentMode = (context: ContentContext): Mode =>
  context.contentPaused === true ? 'off' : filedContentMode(context);

/** Whether what is written in a pause has to be written anew after it. */
export const isContentPaused = (context: ContentContext): boolean =>
  context.contentPaused === true && filedContentMode(context) !== 'off';

/** What is recommended for somebody whom sales has; null: nothing is, since it is off or sales has them not. Pure. */
export const recommendationOf = (
  context: ContentContext,
  facts: Omit<ContentFacts, 'dealStage'>,
  now: number,
): Recommendation | null => {
  const { content } = context.models;
  if (content === undefined || contentMode(context) === 'off' || !salesStages.has(facts.stage)) return null;
  return recommend({ ...facts, dealStage: null }, content, now);
};

/** The same of somebody as an effect finds them. Pure. */
export const recommendationFor = (
  context: ContentContext,
  { stored, person, activities, now }: Pick<Standing, 'stored' | 'person' | 'activities' | 'now'>,
): Recommendation | null =>
  recommendationOf(
    context,
    {
      stage: stored.journey.stage,
      ...{ contact: person.contact.fields, lead: person.sales?.fields ?? {}, activities },
    },
    now,
  );
