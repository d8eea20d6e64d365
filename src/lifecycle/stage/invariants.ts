import { type Advance, futureToleranceMs } from './advance.ts';
import { hasBought } from './bought.ts';
import type { LifecycleDefinition } from './definition.ts';
import { beginsTurn } from './enter.ts';
import type { Facts } from './facts.ts';
import type { Journey } from './journey.ts';
import { stageToShow } from './observed.ts';
import { isWaitingForAct, isWaitingObserved } from './owed.ts';
import { isInRepair, withoutProgram } from './programs.ts';
import { protectedStages, type Stage, salesStages } from './stages.ts';
import { nextTimer } from './timers.ts';

/** One call of `advance`, with what went in and what came out. */
export interface Advanced {
  readonly before: Journey;
  readonly facts: Facts;
  readonly definition: LifecycleDefinition;
  readonly now: number;
  readonly result: Advance;
}

type Check = (advanced: Advanced) => string | null;

const firstOf = <T>(items: readonly T[], wrong: (item: T, index: number) => string | null): string | null => {
  for (const [index, item] of items.entries()) {
    const why = wrong(item, index);
    if (why !== null) return why;
  }
  return null;
};

/** What a rep or an SDR says or does. */
const words = new Set(['qualified', 'touched', 'accepted', 'rejected', 'sent-back', 'disqualified']);

/** What happens by itself after a hand-off or a return. */
const following = new Set(['untouched', 'nudge', 'stalled', 'placed']);

const decided = new Set(['known', 'activity', 'scored', 'cooled', 'stage-set']);

/**
 * The numbered invariants of docs/developers/lifecycle.md, each with its check: null where it holds, else what is wrong. A worker may run
 * them after each call; the tests do.
 */
export const invariants: Readonly<Record<string, Check>> = {
  '1 one stage, in use': ({ before, definition, result: { journey } }) =>
    journey.stage === before.stage || definition.stages[journey.stage].used
      ? null
      : `${journey.stage} is not in use`,

  '2 transitions are a chain': ({ before, result: { journey, transitions } }) => {
    let stage: Stage = before.stage;
    for (const { from, to } of transitions) {
      if (from !== stage) return `a transition from ${from} while in ${stage}`;
      stage = to;
    }
    return stage === journey.stage ? null : `ends in ${journey.stage}, not ${stage}`;
  },

  '3 each transition says why': ({ definition, result: { transitions } }) =>
    firstOf(transitions, ({ evidence, by, version, cause }) =>
      evidence !== '' && by !== '' && version === definition.version
        ? null
        : `${cause} does not say by whom or what`,
    ),

  '4 time does not run back': ({ before, now, result: { journey, transitions } }) => {
    const wrong = firstOf(transitions, ({ at }, index) => {
      const least = transitions[index - 1]?.at ?? before.lastAt;
      return at >= least && at <= Math.max(now + futureToleranceMs, before.lastAt)
        ? null
        : `${at} after ${least}, now ${now}`;
    });
    return wrong ?? (journey.since >= before.since ? null : 'since went back');
  },

  '5 a fact counts once': ({ before, result: { transitions } }) => {
    const seen = new Set(before.seen.map(({ key }) => key));
    return firstOf(transitions, ({ evidence }) =>
      seen.has(evidence) || seen.size === seen.add(evidence).size ? `${evidence} counted twice` : null,
    );
  },

  '6 a turn is one hand-off': ({ before, result: { journey, transitions } }) => {
    let { turn } = before;
    let isObserved = isWaitingObserved(before);
    const wrong = firstOf(transitions, ({ from, to, turn: told, effects, mode }) => {
      const begins = beginsTurn(from, to);
      if (begins) turn += 1;
      if (told !== turn) return `turn ${told}, not ${turn}`;
      // One that was only observed is owed, and may follow in its turn.
      const isOwed = isObserved && from === to && mode === 'act';
      isObserved = begins ? mode === 'observe' : isObserved && from === to && !effects.includes('hand-off');
      return effects.includes('hand-off') === (begins || (isOwed && effects.includes('hand-off')))
        ? null
        : `${from} to ${to} in turn ${turn} hands over or not`;
    });
    return wrong ?? (journey.turn === turn ? null : `ends in turn ${journey.turn}`);
  },

  '7 deals and customers are not recycled': ({ before, facts, result: { transitions } }) => {
    // Who is lost in the meantime is a customer no more.
    const buys = hasBought(before) && !facts.events.some(({ kind }) => kind === 'churned');
    return firstOf(transitions, ({ from, to, cause }) => {
      const isLetGo = ['returned', 'nurture', 'disqualified'].includes(to);
      const isOfSales = salesStages.has(from) || from === 'opportunity';
      if (isLetGo && isOfSales && buys && cause !== 'excluded')
        return `${from} to ${to} by ${cause}, and bought`;
      const isRecycled = protectedStages.has(from) && isLetGo;
      return isRecycled && !(from === 'opportunity' && cause === 'deal-lost')
        ? `${from} to ${to} by ${cause}`
        : null;
    });
  },

  '8 who is excluded is not handed over': ({ result: { journey, transitions } }) => {
    const last = transitions.at(-1);
    if (last === undefined || !journey.excluded || last.at < (journey.exclusionAt ?? 0)) return null;
    return last.effects.includes('hand-off') ? 'an excluded person was handed over' : null;
  },

  '9 the cool-down holds': ({ before, result: { transitions } }) =>
    firstOf(transitions, ({ from, cause, effects, at }, index) => {
      const isFirst = index === 0 && effects.includes('hand-off') && before.stage === from;
      return isFirst && cause === 'scored' && before.cooledAt !== null && at < before.cooledAt
        ? 'handed over while cooling'
        : null;
    }),

  '10 nothing new, no new turn': ({ facts, before, result: { transitions } }) =>
    firstOf(transitions, ({ from, cause, evidence, effects }, index) => {
      if (cause !== 'scored' || !effects.includes('hand-off') || before.returnedAt === null || index > 0)
        return null;
      const fact = facts.events.find(({ key }) => key === evidence);
      const recycled: readonly Stage[] = ['nurture', 'returned', 'lost', 'win-back'];
      if (!recycled.includes(from)) return null;
      return (fact?.score?.newestAt ?? 0) > before.returnedAt ? null : 'ready again with nothing new';
    }),

  '11 decisions keep to the allowed moves': ({ result: { transitions } }) =>
    firstOf(transitions, ({ legal, cause, from, to }) =>
      legal || !decided.has(cause) ? null : `${from} to ${to} by ${cause}`,
    ),

  '12 what is off does nothing, what is observed shows nothing': ({
    before,
    definition,
    result: { journey, transitions },
  }) => {
    const wrong = firstOf(transitions, ({ behaviour, mode, cause }, index) => {
      const isSame = definition.behaviours[behaviour] === mode;
      // What only follows from an observed move is observed as well, whatever the behaviour is now.
      const last = transitions[index - 1];
      const isOfObserved = last === undefined ? before.owed.length > 0 : last.mode === 'observe';
      const follows = mode === 'observe' && isOfObserved && following.has(cause);
      const asked = definition.behaviours[behaviour];
      return isSame || (follows && asked === 'act') ? null : `${behaviour} is ${asked}, not ${mode}`;
    });
    const shown = transitions.findLast(({ mode }) => mode === 'act')?.to ?? stageToShow(before);
    return wrong ?? (stageToShow(journey) === shown ? null : `shows ${stageToShow(journey)}, not ${shown}`);
  },

  '13 nobody waits without a clock': ({ definition, result: { journey } }) => {
    const needsClock = salesStages.has(journey.stage) || journey.waiting !== null;
    // Who is held back by the first start waits for a word, in the account and in `status`.
    if (!needsClock || definition.behaviours.return === 'off' || journey.heldAt !== null) return null;
    // Whose hand-off, or way to another rep, was only observed waits for these to act.
    if (isWaitingForAct(journey) && (journey.owedAt ?? null) === null) return null;
    return nextTimer(journey, definition) === null ? `${journey.stage} waits for nothing` : null;
  },

  '14 the future has not happened': ({ before, now, result: { journey, waiting } }) => {
    const known = new Set(before.seen.map(({ key }) => key));
    const early = journey.seen.find(({ key, at }) => !known.has(key) && at > now + futureToleranceMs);
    if (early !== undefined) return `${early.key} was taken before its time`;
    return firstOf(waiting, ({ key, at }) =>
      at > now + futureToleranceMs ? null : `${key} waits though it happened`,
    );
  },

  '15 what is due has happened': ({ definition, now, result: { journey } }) => {
    const timer = nextTimer(journey, definition);
    return timer !== null && timer.at <= now ? `${timer.kind} was due` : null;
  },

  '16 a later word stands': ({ before, facts, result: { transitions } }) =>
    firstOf(transitions, ({ cause, evidence }) => {
      const fact = facts.events.find(({ key }) => key === evidence);
      if (fact === undefined || !words.has(cause)) return null;
      const heard = Math.max(before.verdictAt ?? 0, before.turnAt ?? 0);
      return fact.at < heard ? `${cause} of ${fact.at} after a word of ${heard}` : null;
    }),

  '17 the past alone hands nobody over': ({ before, facts, result: { journey, transitions } }) =>
    firstOf(transitions, ({ cause, evidence, effects, turn }) => {
      const { pastAt } = before;
      const isByScore = cause === 'scored' && effects.includes('hand-off') && turn === 1;
      if (!isByScore || pastAt === null || journey.letGoAt !== null) return null;
      const newestAt = facts.events.find(({ key }) => key === evidence)?.score?.newestAt ?? 0;
      return newestAt >= pastAt ? null : 'handed over by what was before the lifecycle was on';
    }),

  '18 nobody has a program while a rep works them, or before they are mended': ({ result: { journey } }) =>
    journey.program !== null && (withoutProgram.has(journey.stage) || isInRepair(journey))
      ? `${journey.stage} with the program ${journey.program}`
      : null,
};

/** All that is broken, as `number name: what`. */
export const brokenInvariants = (advanced: Advanced): readonly string[] =>
  Object.entries(invariants).flatMap(([name, check]) => {
    const why = check(advanced);
    return why === null ? [] : [`${name}: ${why}`];
  });
