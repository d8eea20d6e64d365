import { advance } from '../stage/advance.ts';
import type { LifecycleDefinition } from '../stage/definition.ts';
import { type Fact, noRecord, type Reason, reasons } from '../stage/facts.ts';
import {
  type Journey,
  type LifecycleBehaviour,
  lifecycleBehaviours,
  type Mode,
  newJourney,
  type Transition,
} from '../stage/journey.ts';
import { dayMs, nextTimer } from '../stage/timers.ts';

/** A way round that nobody asked for, as a person would tell it. */
export interface Loop {
  readonly reason: Reason;
  /** `day 0 scored → sales-ready · day 1 rejected → returned · …` */
  readonly example: string;
}

/** As if everything acted, whatever is switched on today: a loop is to be found before it runs. */
const acting = Object.fromEntries(lifecycleBehaviours.map((name) => [name, 'act'])) as Record<
  LifecycleBehaviour,
  Mode
>;

const untilDays = 800;

const told = (transitions: readonly Transition[]): string =>
  transitions.map(({ at, cause, to }) => `day ${Math.floor(at / dayMs)} ${cause} → ${to}`).join(' · ');

const ready = (at: number): Fact => ({
  kind: 'scored',
  key: `scored/${at}`,
  at,
  by: 'tandem',
  score: { score: 100, fit: 'A', engagement: 1, ready: { definition: 'any' }, newestAt: 0 },
});

/** What brings somebody back for this reason: the rep's word, or the days under pull. */
const wayBack = (reason: Reason): readonly Fact[] => {
  if (reason === 'No touch') return [];
  const touched: Fact = { kind: 'touched', key: 'touched', at: dayMs / 2, by: 'rep' };
  return reason === 'Stalled'
    ? [touched]
    : [touched, { kind: 'rejected', key: 'rejected', at: dayMs, by: 'rep', reason }];
};

/** Four looks a day; whoever is to be handed over is at the next one. */
const play = (
  events: readonly Fact[],
  rules: LifecycleDefinition,
): { readonly journey: Journey; readonly transitions: readonly Transition[] } => {
  let journey = newJourney('example', 0);
  const transitions: Transition[] = [];
  for (let now = 0, last = -1; now <= untilDays * dayMs; last = now, now += dayMs / 4) {
    const isWaiting = journey.stage === 'sales-ready' && journey.handedAt === null;
    const handed: Fact = { kind: 'handed', key: `handed/${now}`, at: now, by: 'tandem', to: 'rep' };
    const fresh = [...events.filter(({ at }) => at > last && at <= now), ...(isWaiting ? [handed] : [])];
    if (fresh.length === 0 && (nextTimer(journey, rules)?.at ?? Number.POSITIVE_INFINITY) > now) continue;
    const done = advance(journey, { events: fresh, record: noRecord }, rules, now);
    ({ journey } = done);
    transitions.push(...done.transitions);
  }
  return { journey, transitions };
};

/**
 * Plays for each reason: ready, given back, and then two years in which nothing happens but the score being told again every month. Whoever
 * is with sales again at the end of it, or goes round more often than the file allows, is in a loop.
 */
export const findLoops = (definition: LifecycleDefinition, reroutesMax: number): readonly Loop[] => {
  const rules: LifecycleDefinition = { ...definition, behaviours: acting };
  return reasons.flatMap((reason): Loop[] => {
    const scores = Array.from({ length: Math.floor(untilDays / 30) }, (_, month) =>
      ready((month + 1) * 30 * dayMs),
    );
    // Who was given back is in the program a day later.
    const placed: Fact = { kind: 'placed', key: 'placed', at: 2 * dayMs, by: 'tandem' };
    const events = [ready(0), ...wayBack(reason), placed, ...scores];
    const { transitions, journey } = play(events, rules);
    const [, ...later] = transitions;
    const again = later.findIndex(({ effects }) => effects.includes('hand-off'));
    if (again !== -1) return [{ reason, example: told(transitions.slice(0, again + 2)) }];
    return journey.reroutes > Math.max(reroutesMax, 1)
      ? [{ reason, example: told(transitions.filter(({ effects }) => effects.length > 0).slice(0, 4)) }]
      : [];
  });
};
