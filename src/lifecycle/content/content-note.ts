import type { ContentNote } from '../../model/journeys.ts';
import type { Standing } from '../effects/standing.ts';
import type { LifecycleContext } from '../run/context.ts';
import type { Catalogue } from './model.ts';
import type { Recommended } from './recommend.ts';
import { contentMode, isContentPaused, recommendationFor } from './standing-content.ts';

/** By what a record's content was made: another catalogue, whatever it calls itself, or another mode has another one. */
export const contentKey = ({ fingerprint }: Catalogue, mode: 'observe' | 'act'): string =>
  `${mode}/${fingerprint}`;

/** When the first of these pieces expires; null: none does. */
export const expiryOf = (recommended: readonly Recommended[]): number | null => {
  const times = recommended.flatMap(({ piece }) => piece.expiresAt ?? []);
  return times.length === 0 ? null : Math.min(...times);
};

/**
 * What is to be remembered of what somebody's record shows now, or would show; absent where content is off. Whoever sales has no longer is
 * recommended nothing. In a pause it is remembered that the texts are to be made anew after it. Pure.
 */
export const noteOf = (
  context: Pick<LifecycleContext, 'models' | 'contentPaused'>,
  standing: Standing,
): { readonly content?: ContentNote; readonly isContentStale?: true } => {
  if (isContentPaused(context)) return { isContentStale: true };
  const { content } = context.models;
  const mode = contentMode(context);
  if (content === undefined || mode === 'off') return {};
  const { stored, person, now } = standing;
  const recommended = person.sales === null ? [] : (recommendationFor(context, standing)?.recommended ?? []);
  return {
    content: {
      journeyId: stored.id,
      record: person.sales?.ref.id ?? '',
      turn: stored.journey.turn,
      stage: stored.journey.stage,
      dealStage: null,
      mode,
      version: content.version,
      key: contentKey(content, mode),
      expiresAt: expiryOf(recommended),
      at: now,
      pieces: recommended.map(({ piece }) => piece.id),
    },
  };
};
