import type { LifecycleDefinition } from './definition.ts';
import type { Fact, Facts, StageEvent } from './facts.ts';
import type { Journey, Refusal, Transition, Unmoved } from './journey.ts';
import { isLate, withSeen } from './late.ts';
import { type Step, step } from './step.ts';
import { nextTimer, timerEvent } from './timers.ts';

/** Clocks of vendors may run ahead of ours by this much; what is later than that has not happened yet. */
export const futureToleranceMs = 5 * 60_000;

/** A journey makes some transitions in a year; timers that are this many at once are a defect. */
const timersMax = 10_000;

/** Most events move nobody and were never meant to. */
const quiet: ReadonlySet<Refusal> = new Set(['other', 'entry', 'not-ready']);

export interface Advance {
  readonly journey: Journey;
  readonly transitions: readonly Transition[];
  readonly unmoved: readonly Unmoved[];
  /** Facts from the future: told again when their time has come, not lost. */
  readonly waiting: readonly Fact[];
}

/** Of one moment: who is excluded in it is not handed over by what else happened. */
const rankOf = ({ kind }: Fact): number => (kind === 'excluded' ? 0 : 1);

/** Older first; of one moment, exclusions and then by key, so that any order of arrival in one call is one story. */
const inOrder = (facts: readonly Fact[]): readonly Fact[] =>
  [...facts].sort(
    (a, b) => a.at - b.at || rankOf(a) - rankOf(b) || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0),
  );

const unheard = (journey: Journey, facts: readonly Fact[]): readonly Fact[] => {
  const known = new Set(journey.seen.map(({ key }) => key));
  return facts.filter(({ key }) => !known.has(key) && known.add(key));
};

class Story {
  journey: Journey;
  readonly transitions: Transition[] = [];
  readonly unmoved: Unmoved[] = [];
  readonly #definition: LifecycleDefinition;
  readonly #record: Facts['record'];
  #timersLeft = timersMax;

  constructor(journey: Journey, definition: LifecycleDefinition, record: Facts['record']) {
    this.journey = journey;
    this.#definition = definition;
    this.#record = record;
  }

  #take(event: StageEvent): void {
    const { stage } = this.journey;
    const done: Step = step(this.journey, event, { definition: this.#definition, record: this.#record });
    this.journey = done.journey;
    if (done.refusal !== null && !quiet.has(done.refusal)) {
      this.unmoved.push({ key: event.key, kind: event.kind, stage, why: done.refusal });
    }
    const { transition } = done;
    if (transition === null) return;
    this.transitions.push(transition);
    // Nobody carries out what is only observed, so nobody would tell that it is done.
    if (transition.to === 'returned' && transition.mode === 'observe') {
      this.#take({ kind: 'placed', key: `${event.key}/observed`, at: transition.at, by: 'tandem' });
    }
  }

  /** Fires what is due before `end` (inclusive where nothing else happened at that moment). */
  timersUntil(end: number): void {
    for (;;) {
      const timer = nextTimer(this.journey, this.#definition);
      if (timer === null || timer.at > end) return;
      if (this.#timersLeft === 0) throw new Error(`timer ${timer.kind} of a journey fires without end`);
      this.#timersLeft -= 1;
      this.#take(timerEvent(timer, this.journey));
    }
  }

  tell(fact: Fact): void {
    const { journey } = this;
    const told = { key: fact.key, kind: fact.kind, stage: journey.stage };
    // What they bought is old by nature, and said again it changes nothing.
    const isOldByNature = fact.kind === 'bought';
    if (!isOldByNature && journey.forgottenAt !== null && fact.at <= journey.forgottenAt) {
      this.unmoved.push({ ...told, why: 'too-old' });
      return;
    }
    this.journey = withSeen(journey, fact);
    if (isLate(journey, fact)) this.unmoved.push({ ...told, why: 'late' });
    else this.#take(fact);
  }
}

/**
 * Moves a journey by what happened since and by its own clocks. Pure: the same journey, facts, definition and `now` give the same
 * transitions, and facts told in order in several calls give what one call gives. A fact told again changes nothing; a late one moves
 * nobody past a later word; one from the future waits. `now` is milliseconds by the store's clock; one that went back fires nothing twice.
 */
export const advance = (
  journey: Journey,
  facts: Facts,
  definition: LifecycleDefinition,
  now: number,
): Advance => {
  const story = new Story(journey, definition, facts.record);
  const isFuture = ({ at }: Fact): boolean => at > now + futureToleranceMs;
  for (const fact of inOrder(
    unheard(
      journey,
      facts.events.filter((each) => !isFuture(each)),
    ),
  )) {
    story.timersUntil(Math.min(fact.at - 1, now));
    story.tell(fact);
  }
  story.timersUntil(now);
  return {
    journey: story.journey,
    transitions: story.transitions,
    unmoved: story.unmoved,
    waiting: facts.events.filter(isFuture),
  };
};
