import type { LifecycleDefinition } from '../stage/definition.ts';
import { stageToShow } from '../stage/observed.ts';
import { isInRepair, isWithRep, ownPrograms, programEntered, withoutProgram } from '../stage/programs.ts';
import { type Stage, stages } from '../stage/stages.ts';
import type { Standing } from './standing.ts';

/** What of a standing tells of programs. */
export type ProgramStanding = Pick<Standing, 'effect' | 'stored' | 'transitions'>;

/**
 * Where the moves that acted have put somebody: the program that they are in now, and all since a rep had them last; by today's file. `isAmongReps`: the order's own
 * move was from a rep to a rep, on whose wish or the nudge's alone they are in any.
 */
const playedOut = (
  { effect, transitions }: ProgramStanding,
  definition: LifecycleDefinition,
): {
  readonly now: string | null;
  readonly before: ReadonlySet<string>;
  readonly isAmongReps: boolean;
} => {
  const { nudge } = definition.pull;
  const own = transitions.findIndex(({ evidence }) => evidence === effect.evidence);
  const end = own === -1 ? transitions.length : own;
  let [now, shown]: [string | null, Stage | null] = [null, null];
  let before = new Set<string>();
  let isAmongReps = false;
  for (const [at, { to, cause, reason, mode, effects }] of transitions.entries()) {
    if (mode !== 'act') continue;
    const stage = stages.find((each) => each === to) ?? null;
    const comesToRep = stage !== null && isWithRep(stage) && (shown === null || !isWithRep(shown));
    if (at === own) isAmongReps = [stage, shown].every((each) => each !== null && isWithRep(each));
    shown = stage;
    // What an earlier move to a rep left is left; what this order is about is not yet.
    if (comesToRep && at < end) before = new Set();
    const entered = programEntered({ to, cause, reason, effects }, definition);
    if (entered !== undefined) now = entered;
    const nudged = effects.includes('nudge') && nudge?.as === 'program' ? nudge.program : null;
    for (const program of [entered ?? null, nudged]) {
      if (program !== null && at <= end) before.add(program);
    }
  }
  return { now, before, isAmongReps };
};

interface Enrollment {
  readonly program: string;
  /** Whether it came after the order to leave: one of the same second did, unless it was done already. */
  readonly isLater: boolean;
}

/** The programs that people asked for by the requests that are known still. */
const enrollments = ({ effect, stored }: ProgramStanding): readonly Enrollment[] =>
  Object.values(stored.requests).flatMap(({ plan, stamp, state }) =>
    plan.kind === 'join'
      ? [{ program: plan.program, isLater: stamp > effect.at || (stamp === effect.at && state === 'open') }]
      : [],
  );

/**
 * The program that somebody is to be in by where both systems see them; null: none. By an observed move they are where they were: what the journey
 * says then is of nobody to see.
 */
export const programNow = (standing: ProgramStanding, definition: LifecycleDefinition): string | null => {
  const { journey } = standing.stored;
  return stageToShow(journey) === journey.stage ? journey.program : programByMoves(standing, definition);
};

/** The program that the moves that acted have put somebody into, by today's file; null: none. */
export const programByMoves = (standing: ProgramStanding, definition: LifecycleDefinition): string | null =>
  playedOut(standing, definition).now;

/** What somebody is taken out of. */
export interface Leaving {
  /** Programs that they may have been put into, as far as is known here. */
  readonly known: readonly string[];
  /** Programs that they are taken out of where they are in them. */
  readonly others: readonly string[];
}

/**
 * Which programs somebody leaves, by where they stand in the moment of it: an order that waited takes nobody out of what a newer move, or a person, has put
 * them into since. Pure.
 *
 * - with a rep: every program that Tandem puts people into; what a request alone may name (an invitation) is the person's who asked for it
 * - disqualified, or to be mended first: every program
 * - anywhere else, and by a move from a rep to a rep: what earlier moves have put them into, the nudge among them
 */
export const leavingOf = (standing: ProgramStanding, definition: LifecycleDefinition): Leaving => {
  const { stored } = standing;
  const stage = stageToShow(stored.journey);
  const wanted = programNow(standing, definition);
  const asked = enrollments(standing);
  const isMending = isInRepair(stored.journey);
  const isAskedSince = (program: string): boolean =>
    !isMending && asked.some((each) => each.isLater && each.program === program);
  const isLeft = (program: string): boolean => program !== wanted && !isAskedSince(program);
  const { before, isAmongReps } = playedOut(standing, definition);
  const own = ownPrograms(definition);
  const isEnd = isMending || stage === 'disqualified';
  if (!isEnd && (isAmongReps || !withoutProgram.has(stage)))
    return { known: [...before].filter(isLeft), others: [] };
  const all = definition.programs.filter((program) => isEnd || own.has(program));
  const requested = asked.map(({ program }) => program).filter((program) => all.includes(program));
  const known = new Set([...before, ...requested].filter(isLeft));
  return { known: [...known], others: all.filter((program) => isLeft(program) && !known.has(program)) };
};
