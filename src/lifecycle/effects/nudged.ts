import { callFor, type LifecycleContext } from '../run/context.ts';
import type { Standing } from './standing.ts';

/** Whether this turn was nudged by a program before it came back. */
const wasNudged = ({ effect, transitions }: Standing): boolean =>
  transitions.some(
    ({ turn, mode, effects }) => turn === effect.turn && mode === 'act' && effects.includes('nudge'),
  );

/**
 * Takes people who come back out of the program of the nudge: the program of their reason is the one that talks to them from now on. Who is returned into
 * the same program stays. @throws CallFailed
 */
export const leaveNudged = async (
  context: LifecycleContext,
  standings: readonly Standing[],
): Promise<void> => {
  const { nudge } = context.models.lifecycle.pull;
  const program = nudge?.as === 'program' ? nudge.program : null;
  if (program === null) return;
  const left = standings.filter(
    (standing) => wasNudged(standing) && standing.stored.journey.program !== program,
  );
  if (left.length === 0) return;
  const ids = left.map(({ effect }) => effect.contactId);
  await context.leavePrograms([program], ids, callFor(context, 'write'));
};
