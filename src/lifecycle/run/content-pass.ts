import { contentKey } from '../content/content-note.ts';
import { contentMode } from '../content/standing-content.ts';
import type { LifecycleContext } from './context.ts';

/** People and deals of one pass: what another catalogue changes everywhere is shown little by little, after all else. */
const renewMax = 100;

/**
 * Orders to show anew what another catalogue, another mode or an expired piece makes old. Answers how much it ordered. People are shown only what hand-offs
 * show, so none where those do not act.
 */
export const renewContent = async (context: LifecycleContext): Promise<number> => {
  const { store, models } = context;
  const { content, lifecycle } = models;
  const mode = contentMode(context);
  if (content === undefined || mode === 'off' || lifecycle.behaviours['hand-off'] !== 'act') return 0;
  return store.renewContent(contentKey(content, mode), renewMax);
};
