import { z } from 'zod';
import type { Recommendation } from '../../lifecycle/content/recommend.ts';
import { recommendationOf } from '../../lifecycle/content/standing-content.ts';
import { toActivity, toStored } from '../../lifecycle/run/rows.ts';
import type { Store } from '../../store/open-store.ts';

/** Activities by which it is known what somebody has. */
const activitiesMax = 200;

const fieldsOutline = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));

/**
 * What is recommended for somebody at this moment, and why each other piece of the catalogue is not; null where content is off, or sales has them not. As
 * the records were last looked at: no system is asked.
 */
export const contentNow = async (
  { lifecycle }: Pick<Store, 'lifecycle'>,
  configDir: string,
  contactIds: readonly string[],
): Promise<Recommendation | null> => {
  const [row] = (await lifecycle.journeys(contactIds)).values();
  if (row === undefined) return null;
  // Loaded here: it brings tables of holidays, and nobody needs them for a record without a journey.
  const { readLifecycle } = await import('../load-lifecycle.ts');
  const { lifecycle: definition, content } = readLifecycle(configDir);
  if (definition === null || content === null) return null;
  const { journey, contact, sales } = toStored(row);
  const [timelines, now] = await Promise.all([lifecycle.timeline([row.id], activitiesMax), lifecycle.now()]);
  const fieldsOf = (kept: typeof contact) => fieldsOutline.catch({}).parse(kept?.fields ?? {});
  return recommendationOf(
    { models: { lifecycle: definition, content } },
    {
      stage: journey.stage,
      ...{ contact: fieldsOf(contact), lead: fieldsOf(sales) },
      activities: (timelines.get(row.id) ?? []).map(toActivity),
    },
    now,
  );
};

export const contentJson = ({ recommended, left }: Recommendation) => ({
  recommended: recommended.map(({ piece: { id, title, url }, why }) => ({ id, title, url, why })),
  left: left.map(({ piece: { id, title }, reason, why }) => ({ id, title, reason, why })),
});

export const contentWords = ({ recommended, left }: Recommendation): readonly string[] => [
  recommended.length === 0 ? 'Content: nothing fits now' : 'Content that fits now:',
  ...recommended.map(({ piece, why }) => `  ${piece.title} (${why.join('; ')})`),
  ...left.map(({ piece, why }) => `  not ${piece.title}: ${why}`),
];
