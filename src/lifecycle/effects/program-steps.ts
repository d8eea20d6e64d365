import { CallFailed } from '../../model/failure.ts';
import { isSuppressed } from '../look/suppressed.ts';
import { keptOff } from '../requests/results.ts';
import { callFor, type LifecycleContext } from '../run/context.ts';
import { stageToShow } from '../stage/observed.ts';
import { isWithRep } from '../stage/programs.ts';
import type { StepResult } from './effect.ts';
import { leavingOf, programByMoves, programNow } from './programs.ts';
import type { Standing } from './standing.ts';
import { done, refusal, type Step } from './step.ts';

const listScopes =
  "Give the private app the scopes 'crm.lists.read' and 'crm.lists.write'; it is tried again by itself.";

const contactsOf = (standings: readonly Standing[]): readonly string[] => [
  ...new Set(standings.map(({ effect }) => effect.contactId)),
];

/** A call for the lists of some people. HubSpot's refusal of it is theirs alone: whoever is handed over in the same round waits for no list. */
const unlessRefused = async (
  standings: readonly Standing[],
  results: Map<Standing, StepResult>,
  call: (open: readonly Standing[]) => Promise<void>,
): Promise<void> => {
  const open = standings.filter((standing) => !results.has(standing));
  if (open.length === 0) return;
  try {
    await call(open);
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
    const { failure } = error;
    for (const standing of open) {
      const result = refusal(standing, failure);
      const isHidden = result.kind === 'refused' && failure.category === 'permission';
      results.set(standing, isHidden ? { ...result, next: listScopes } : result);
    }
  }
};

/**
 * Takes people out of the programs that they are not to be in any more: what they may be in by Tandem's own doing without asking, for HubSpot may show a new
 * membership late; anything else where HubSpot says that they are in it. Leaving again changes nothing.
 */
export const leaveStep: Step = async (context, standings) => {
  const { programsOf, leavePrograms, models } = context;
  const results = new Map<Standing, StepResult>();
  const leaving = standings.map((standing) => ({ standing, ...leavingOf(standing, models.lifecycle) }));
  const names = new Map(leaving.map(({ standing, known }) => [standing, new Set(known)]));
  const asking = leaving.filter(({ others }) => others.length > 0);
  const others = new Set(asking.flatMap((each) => each.others));
  await unlessRefused(
    asking.map(({ standing }) => standing),
    results,
    async (open) => {
      const on = await programsOf([...others], contactsOf(open), callFor(context, 'read'));
      for (const each of asking) {
        for (const program of on.get(each.standing.effect.contactId) ?? []) {
          if (each.others.includes(program)) names.get(each.standing)?.add(program);
        }
      }
    },
  );
  for (const program of new Set([...names.values()].flatMap((own) => [...own]))) {
    const own = standings.filter((standing) => names.get(standing)?.has(program) === true);
    await unlessRefused(own, results, async (open) => {
      await leavePrograms([program], contactsOf(open), callFor(context, 'write'));
    });
  }
  return standings.map((standing) => results.get(standing) ?? done);
};

/**
 * The program that an effect puts somebody into; null: none. `isOut`: they were taken out of campaigns on request, and the journey names none for them: what the
 * moves say is what they are kept off.
 */
const programFor = (
  { models: { lifecycle } }: LifecycleContext,
  standing: Standing,
  isOut: boolean,
): string | null => {
  const { effect, stored } = standing;
  if (effect.kind === 'nudge') {
    const { nudge } = lifecycle.pull;
    return nudge?.as === 'program' ? nudge.program : null;
  }
  // A file may name a program for a stage whose people a rep works by now, and a move may be observed after this order.
  if (isWithRep(stageToShow(stored.journey))) return null;
  return isOut ? programByMoves(standing, lifecycle) : programNow(standing, lifecycle);
};

/** Puts people into their program: that of the nudge, of the reason, or of the stage; not whom a person took out of all. */
export const listStep: Step = async (context, standings) => {
  const results = new Map<Standing, StepResult>();
  const wanted = standings.map((standing) => {
    // Asked anew in this moment: they may have been taken out since the look.
    const isOut = isSuppressed(standing.person, standing.stored.requests, context.models.lifecycle);
    return { standing, isOut, program: programFor(context, standing, isOut) };
  });
  for (const { standing, isOut, program } of wanted) {
    if (isOut && program !== null) results.set(standing, { kind: 'done', said: keptOff(program) });
  }
  for (const [program, rows] of Map.groupBy(wanted, (each) => each.program)) {
    if (program === null) continue;
    const own = rows.map(({ standing }) => standing);
    await unlessRefused(own, results, async (open) => {
      const refused = await context.joinProgram(program, contactsOf(open), callFor(context, 'write'));
      for (const standing of open) {
        const why: string | null = refused.get(standing.effect.contactId) ?? null;
        if (why === null) continue;
        const next = `Make the HubSpot list '${program}', or name another program in lifecycle.yaml.`;
        results.set(standing, { kind: 'refused', why, next });
      }
    });
  }
  return standings.map((standing) => results.get(standing) ?? done);
};
