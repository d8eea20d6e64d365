import type { MadeTask } from '../../model/journeys.ts';
import { callFor, type LifecycleContext } from '../run/context.ts';
import { isReason } from '../stage/facts.ts';
import type { Standing } from './standing.ts';

/** The question for a reason outlives the return that asks it. */
export const isAskedBy = ({ kind, evidence, journeyId }: MadeTask, { effect }: Standing): boolean =>
  kind === 'ask-reason' && journeyId === effect.journeyId && evidence === effect.evidence;

/** A reason that came before it was asked for. */
export const isAnswered = ({ effect, stored }: Standing): boolean =>
  effect.kind === 'ask-reason' &&
  (stored.journey.reason !== 'Unknown' || stored.journey.turn !== effect.turn);

/** The program of the return that this one mends, where a reason came late; null: there was none, or it is the same. */
const mendedProgram = (
  context: LifecycleContext,
  { effect, stored, transitions }: Standing,
): string | null => {
  const at = transitions.findIndex(({ evidence }) => evidence === effect.evidence);
  const before = transitions
    .slice(0, Math.max(at, 0))
    .findLast(({ turn, effects }) => turn === effect.turn && effects.includes('return'));
  const word = before?.reason ?? undefined;
  const program = isReason(word) ? context.models.lifecycle.reasons[word].program : null;
  return program === stored.journey.program ? null : program;
};

/** Takes people out of the programs that their returns without a reason put them in: the late reason leads to another. @throws CallFailed */
export const leaveMended = async (
  context: LifecycleContext,
  standings: readonly Standing[],
): Promise<void> => {
  const left = Map.groupBy(standings, (standing) => mendedProgram(context, standing));
  for (const [program, own] of left) {
    if (program === null) continue;
    const ids = own.map(({ effect }) => effect.contactId);
    await context.leavePrograms([program], ids, callFor(context, 'write'));
  }
};
