import type { LifecycleDefinition } from './definition.ts';
import type { StageEvent } from './facts.ts';
import { isReason, reasons } from './facts.ts';
import { scoreOf } from './guards.ts';
import type { Journey, Transition } from './journey.ts';
import { stageToShow } from './observed.ts';
import { type Stage, salesStages, stages } from './stages.ts';

/*
 * Programs: HubSpot lists that workflows listen to. `journey.program` is the one that the stage, or the reason of the return, puts somebody into; nobody is in
 * one of them while a rep works them, and nobody who is to be mended first is in any (decision 0067).
 */

/** Stages in which a rep, or nobody at all, talks to the person: no program of their own, and what was joined before is left. */
export const withoutProgram: ReadonlySet<Stage> = new Set([...salesStages, 'opportunity', 'disqualified']);

/** Whether a rep has the next word with somebody of this stage. */
export const isWithRep = (stage: Stage): boolean => salesStages.has(stage) || stage === 'opportunity';

/** Whether somebody was given back to be mended (bad data, a duplicate), and is mailed nothing before; not by a return that was only observed. */
export const isInRepair = (journey: Pick<Journey, 'stage' | 'shownStage' | 'place'>): boolean =>
  journey.place === 'repair' && journey.stage === 'returned' && (journey.shownStage ?? null) === null;

/** The programs that Tandem itself puts people into; what a request alone may name is none of them. */
export const ownPrograms = (definition: LifecycleDefinition): ReadonlySet<string> =>
  new Set(
    [
      ...reasons.map((reason) => definition.reasons[reason].program),
      definition.pull.nudge?.program ?? null,
      ...stages.map((stage) => definition.stages[stage].program),
    ].filter((program) => program !== null),
  );

/**
 * Whether an event tells of what was so before the lifecycle was on, or before anybody looked: it brings people where they stand, all of a company at
 * once, and puts nobody into a program.
 */
const isOldNews = ({ pastAt }: Journey, event: StageEvent): boolean => {
  if ('standing' in event && event.standing === true) return true;
  if (pastAt === null) return false;
  const score = scoreOf(event);
  return score === undefined ? event.at <= pastAt : (score.newestAt ?? 0) < pastAt;
};

/** The program of a stage for somebody who enters it by an event; null: none, also where `return`, which puts people into programs, does not act. */
export const stageProgram = (
  journey: Journey,
  to: Stage,
  event: StageEvent,
  { stages: rules, behaviours }: Pick<LifecycleDefinition, 'stages' | 'behaviours'>,
): string | null => (behaviours.return !== 'act' || isOldNews(journey, event) ? null : rules[to].program);

/** What of a move tells of programs. */
export type ProgramMove = Pick<Transition, 'to' | 'cause' | 'reason' | 'effects'>;

/** The program that a move that acted put somebody into, by today's file; undefined: it left them where they were. */
export const programEntered = (
  {
    to,
    cause,
    reason,
    effects,
  }: { to: string; cause: string; reason: string | null; effects: readonly string[] },
  definition: LifecycleDefinition,
): string | null | undefined => {
  const word = reason ?? undefined;
  if (effects.includes('return')) return isReason(word) ? definition.reasons[word].program : null;
  if (cause === 'placed') return undefined;
  const stage = stages.find((each) => each === to);
  return stage === undefined ? null : definition.stages[stage].program;
};

/** Whether a move takes people out of programs, where programs act: the hand-over itself does wherever it acts. */
const isOwn = ({ effects }: Pick<Transition, 'effects'>, { behaviours }: LifecycleDefinition): boolean =>
  behaviours.return === 'act' || effects.includes('hand-off');

/**
 * The moves after which somebody's programs are other ones, but for returns, which see to it themselves. Pure; `before` is the journey before them. What is only
 * observed changes nothing, and what both systems see counts: who was handed over by an observed move alone is still with marketing.
 */
export const movesOfPrograms = (
  before: Journey,
  transitions: readonly Transition[],
  definition: LifecycleDefinition,
): readonly Transition[] => {
  const hasProgram = (stage: Stage): boolean =>
    stage === 'returned' || stage === 'nurture' || definition.stages[stage].program !== null;
  // Whom a program nudged where they stood still leaves it with the next move: a rep works them again.
  const canNudge = definition.pull.nudge?.as === 'program';
  let nudged = canNudge && (before.nudgedAt ?? Number.NEGATIVE_INFINITY) >= before.since;
  let shown = stageToShow(before);
  return transitions.filter((move) => {
    if (move.mode === 'observe') return false;
    const [from, wasNudged] = [shown, nudged];
    shown = move.to;
    nudged = canNudge && (move.effects.includes('nudge') || (wasNudged && from === move.to));
    if (from === move.to || move.cause === 'placed' || move.effects.includes('return')) return false;
    const isLeft = withoutProgram.has(move.to) && !(isWithRep(from) && isWithRep(move.to));
    return (isLeft || wasNudged || hasProgram(from) || hasProgram(move.to)) && isOwn(move, definition);
  });
};
