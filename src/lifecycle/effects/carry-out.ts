import type { EffectSave } from '../../model/journeys.ts';
import type { RawFields } from '../../model/value.ts';
import { noteOf } from '../content/content-note.ts';
import { shownOn } from '../look/shown-orders.ts';
import type { LifecycleContext } from '../run/context.ts';
import { toClockRow, toEffect } from '../run/rows.ts';
import { readTouches } from '../run/touch-pass.ts';
import { isPerson } from '../staff/staff.ts';
import type { Fact } from '../stage/facts.ts';
import { type Assigned, isAssigned, readAssigned } from './assigned.ts';
import { retryMs } from './backoff.ts';
import { isClockStep, mootReason } from './clock-steps.ts';
import { type Effect, isHanding, nextStep, type StepName, type StepResult } from './effect.ts';
import { hasLeftSales, withoutTelling } from './left-sales.ts';
import { loadStandings } from './load-standings.ts';
import { heldResult } from './route-step.ts';
import { clocksOf, ownerOf, readingOf } from './sales-values.ts';
import type { Standing } from './standing.ts';
import { makeSteps } from './steps.ts';
import { withTaker } from './taken-since.ts';

/** Steps that a second call would show: that they are about to be made is stored before. */
const rememberedBefore: ReadonlySet<StepName> = new Set(['task', 'tell', 'timeline']);

/**
 * Of messages one at a time, where somebody is told at all: a death leaves one of which nobody knows whether it was said, and not all that stood at the
 * step, none of whom would be told any more. Channels and mail servers take them one by one anyhow.
 */
const together = ({ tell, mail }: LifecycleContext, step: StepName): number =>
  step === 'tell' && (tell !== undefined || mail !== undefined) ? 1 : Number.POSITIVE_INFINITY;

/** What is done seldom when a person has to do something first. */
const refusedAgainMs = 10 * 60_000;

/** An effect under way, and what became of it in this round. */
interface UnderWay {
  standing: Standing;
  dueMs: number | null;
  why: string | null;
  next: string | null;
  attempts: number;
  /** Nothing of it is to be done any more. */
  moot?: true;
}

/** What a completed effect tells the journey. */
const factOf = ({ standing }: UnderWay): Fact | null => {
  const { effect, staff, now } = standing;
  const told = (kind: 'handed' | 'placed', more: Partial<Fact> = {}): Fact => ({
    kind,
    key: `${kind}/${effect.key}`,
    // What HubSpot shows as the moment of it, where it shows one; never before the move that asked for it, whose stamp is of a vendor's clock that
    // may run ahead of ours: the journey would take it for late, and wait for it for ever.
    at: Math.max(effect.steps.hubspot?.at ?? now, effect.at),
    by: 'tandem',
    ...more,
  });
  if (effect.kind === 'return') return told('placed');
  if (!isHanding(effect)) return null;
  const owner = ownerOf(standing);
  const has = staff.owners.get(owner ?? '');
  const isSomebody = has !== undefined && isPerson(has);
  const to = effect.route?.decision.kind === 'owner' ? effect.route.decision.stage : 'rep';
  return told('handed', { to, ...(isSomebody ? { owner: has.id } : {}) });
};

const markStep = (
  { standing, ...rest }: UnderWay,
  step: StepName,
  state: 'sent' | 'done' | null,
  result?: Extract<StepResult, { kind: 'done' }>,
): UnderWay => {
  const { [step]: _, ...others } = standing.effect.steps;
  const mark =
    state === null
      ? {}
      : {
          [step]: {
            state,
            at: standing.now,
            ...(result?.id === undefined ? {} : { id: result.id }),
            ...(result?.said === undefined ? {} : { said: result.said }),
          },
        };
  return {
    ...rest,
    standing: {
      ...standing,
      effect: {
        ...standing.effect,
        steps: { ...others, ...mark },
        route: result?.route ?? standing.effect.route,
      },
    },
  };
};

type Wrote = Readonly<Record<'hubspot' | 'salesforce', Map<string, RawFields>>>;

/** What is shown now of the journey, where this round wrote some of it. */
const shownAfter = ({ standing }: UnderWay, wrote: Wrote): NonNullable<EffectSave['shown']> | null => {
  const { effect, stored } = standing;
  const sides = (['hubspot', 'salesforce'] as const).map((system) => {
    const fields = wrote[system].get(effect.key);
    const before = stored.shown[system];
    if (fields === undefined) return [system, before] as const;
    return [system, { ...(before[shownOn] === fields[shownOn] ? before : {}), ...fields }] as const;
  });
  const isWritten = wrote.hubspot.has(effect.key) || wrote.salesforce.has(effect.key);
  return isWritten ? { json: JSON.stringify(Object.fromEntries(sides)), version: stored.version } : null;
};

/** The steps that write what the journey shows. */
const showing: ReadonlySet<StepName> = new Set(['sales', 'hubspot']);

/** `step`: the one that was just made, null before it; what did not change with it is not written once more. */
const saveOf = (
  context: LifecycleContext,
  each: UnderWay,
  wrote: Wrote,
  open: boolean,
  step: StepName | null,
): EffectSave => {
  const { effect } = each.standing;
  const shown = step !== null && showing.has(step) ? shownAfter(each, wrote) : null;
  const isDone = each.moot === true || nextStep(effect) === null;
  const fact = isDone && each.moot !== true ? factOf(each) : null;
  // The clock runs from the moment at which the rep has the lead in front of them.
  const clocks =
    effect.steps.sales?.state === 'done' && (step === 'sales' || isDone)
      ? clocksOf(each.standing, context.models.sla.version).map((clock) =>
          toClockRow(clock, readingOf(context, each.standing, clock)),
        )
      : [];
  return {
    key: effect.key,
    at: effect.at,
    journeyId: effect.journeyId,
    steps: JSON.stringify(effect.steps),
    route: effect.route === null ? null : JSON.stringify(effect.route),
    attempts: each.attempts,
    dueMs: isDone ? null : open ? 60_000 : each.dueMs,
    why: each.why,
    next: each.next,
    clocks,
    ...(isDone && each.moot !== true && effect.steps.sales?.state === 'done'
      ? noteOf(context, each.standing)
      : {}),
    ...(shown === null ? {} : { shown }),
    ...(fact === null ? {} : { fact: { key: fact.key, fact: JSON.stringify(fact) } }),
  };
};

/** Routed anew: what was written for the owner who is gone is written for the next one. */
const withoutRoute = (each: UnderWay): UnderWay => {
  const { standing } = each;
  const { route: _, sales: __, ...steps } = standing.effect.steps;
  return { ...each, standing: { ...standing, effect: { ...standing.effect, steps, route: null } } };
};

/** What a step waits for is remembered from its first try on. */
const withBegun = (
  each: UnderWay,
  step: StepName,
  { at, id }: { at: number; id: string | null },
): UnderWay => {
  const { effect } = each.standing;
  const mark = { state: 'sent' as const, at, ...(id === null ? {} : { id }) };
  return {
    ...each,
    standing: { ...each.standing, effect: { ...effect, steps: { ...effect.steps, [step]: mark } } },
  };
};

const withResult = (each: UnderWay, step: StepName, result: StepResult): UnderWay => {
  if (result.kind === 'done')
    return { ...markStep(each, step, 'done', result), why: result.note ?? null, next: null };
  // A message that is known not to have been taken may be sent again; a task is looked up by its key before.
  const own = step === 'tell' ? markStep(each, step, null) : each;
  const kept =
    result.kind !== 'wait'
      ? own
      : result.ownerGone === true
        ? withoutRoute(own)
        : result.began === undefined
          ? own
          : withBegun(own, step, result.began);
  return {
    ...kept,
    // To wait for somebody else's choice is no failed try: what comes after it is not to be put off the longer.
    attempts: each.attempts + (result.kind === 'wait' && result.began !== undefined ? 0 : 1),
    dueMs: result.kind === 'wait' ? result.ms : refusedAgainMs,
    why: result.why,
    next: result.kind === 'refused' ? result.next : null,
  };
};

/** Whether nothing is set up for a step: it is over with the one before, and costs no save of its own. */
const isIdle = (
  { models, tell, mail }: LifecycleContext,
  { kind }: Effect,
  step: StepName | null,
): step is 'campaign' | 'timeline' | 'tell' =>
  (step === 'campaign' && models.lifecycle.campaigns === null) ||
  (step === 'timeline' && models.lifecycle.timelineMax === 0) ||
  // A clock's step says that nobody was told.
  (step === 'tell' && tell === undefined && mail === undefined && !isClockStep(kind));

/** Whose record is there needs no step, and no save, for it. */
const pastRecord = (each: UnderWay): UnderWay =>
  nextStep(each.standing.effect) === 'record' && each.standing.person.sales !== null
    ? markStep(each, 'record', 'done')
    : each;

const pastIdle = (context: LifecycleContext, each: UnderWay): UnderWay => {
  const step = each.dueMs === null ? nextStep(each.standing.effect) : null;
  return isIdle(context, each.standing.effect, step) ? pastIdle(context, markStep(each, step, 'done')) : each;
};

/** Goes on for the owner whom the org's rule chose; whom it gave to nobody is written once more, to the fallback queue, or waits while there is none. */
const withAssigned = (each: UnderWay, { standing, instead }: Assigned): UnderWay => {
  const now = { ...each, standing };
  if (instead === null) return now;
  const anew = withoutRoute(now);
  if (instead.decision.kind === 'held') {
    const before = "Salesforce's assignment rules gave it to nobody";
    return withResult(anew, 'sales', heldResult(standing, before, instead.lines.at(-1)));
  }
  const { effect } = anew.standing;
  const steps = {
    ...effect.steps,
    route: standing.effect.steps.route ?? { state: 'done', at: standing.now },
  };
  return { ...anew, standing: { ...anew.standing, effect: { ...effect, steps, route: instead } } };
};

const withNewOwners = async (
  context: LifecycleContext,
  all: readonly UnderWay[],
): Promise<readonly UnderWay[]> => {
  const chosen = all.filter(({ standing, dueMs }) => dueMs === null && isAssigned(standing));
  const found = await readAssigned(
    context,
    chosen.map(({ standing }) => standing),
  );
  return all.map((each) => {
    const assigned = found.get(each.standing);
    return assigned === undefined ? each : withAssigned(each, assigned);
  });
};

const underWay = (standing: Standing): UnderWay => ({
  standing,
  dueMs: null,
  why: null,
  next: null,
  attempts: standing.effect.attempts,
});

/** Who has left sales after a rep had them is told of no more; the rest of the hand-over is done, for it was one. */
const withLess = (standing: Standing): Standing =>
  hasLeftSales(standing) ? { ...standing, effect: withoutTelling(standing.effect, standing.now) } : standing;

/** Ends those of which nothing is to be done any more, with the reason; answers the others, with what is still to be done. */
const withoutMoot = async (
  context: LifecycleContext,
  standings: readonly Standing[],
): Promise<readonly Standing[]> => {
  const reasons = new Map(
    standings.map((standing) => [standing, mootReason(standing, context.models.lifecycle)]),
  );
  const nothing = { hubspot: new Map(), salesforce: new Map() };
  const ended = standings.flatMap((standing): UnderWay[] => {
    const why = reasons.get(standing) ?? null;
    return why === null ? [] : [{ ...underWay(standing), why: `not done: ${why}`, moot: true }];
  });
  await context.store.saveEffects(ended.map((each) => saveOf(context, each, nothing, false, null)));
  for (const { standing, why } of ended) {
    context.events.emit('effect-moot', { key: standing.effect.key, kind: standing.effect.kind, why });
  }
  return standings.filter((standing) => reasons.get(standing) === null).map(withLess);
};

/**
 * Carries out effects that are due, step by step, many at once: each step is one batch of calls for all that stand at it. What was done is stored
 * after each step, and what must not be done twice before it, so that a death at any moment leaves effects that go on where they were.
 * Answers how many there were. `paused`: kinds that wait for a word. @throws CallFailed where the records cannot be read
 */
export const carryOut = async (
  whole: LifecycleContext,
  paused: readonly Effect['kind'][] = [],
  limit = 100,
): Promise<number> => {
  const { store, events } = whole;
  const due = (await store.dueEffects(whole.pair.name, limit, paused)).map(toEffect);
  if (due.length === 0) return 0;
  // Nobody waits for what only shows where somebody stands: it goes by itself, and after all else.
  const orders = due.filter(({ kind }) => kind !== 'show');
  const effects = orders.length > 0 ? orders : due;
  const context: LifecycleContext = { ...whole, workClass: orders.length > 0 ? 'consent' : 'sweep' };
  // Whoever just logged a call must not be reminded: what reps did is asked for once more before.
  if (effects.some(({ kind }) => isClockStep(kind))) await readTouches(context);
  const loaded = await loadStandings(context, effects);
  const gone = effects.filter((effect) => !loaded.some((standing) => standing.effect === effect));
  const wanted = await withoutMoot(context, loaded);
  const standings = wanted.map((standing) => withTaker(standing, context.models.routing));
  const wrote = { hubspot: new Map<string, RawFields>(), salesforce: new Map<string, RawFields>() };
  const steps = makeSteps(wrote);
  let open: UnderWay[] = standings.map((standing) => pastRecord(underWay(standing)));
  await putOff(context, gone);
  for (;;) {
    // Whoever is first says which step is next; all that stand at it go together. No rep waits for a list.
    const first = open.find(({ standing }) => standing.effect.kind !== 'programs') ?? open[0];
    const step = first === undefined ? null : nextStep(first.standing.effect);
    if (step === null) break;
    const at = open
      .filter(({ standing }) => nextStep(standing.effect) === step)
      .slice(0, together(context, step));
    let going = at;
    if (rememberedBefore.has(step)) {
      going = at.map((each) =>
        each.standing.effect.steps[step] === undefined ? markStep(each, step, 'sent') : each,
      );
      await store.saveEffects(going.map((each) => saveOf(context, each, wrote, true, null)));
    }
    // What an earlier try may have made is known by its mark from before, not by the one just put.
    const results = await steps[step](
      context,
      at.map(({ standing }) => standing),
    );
    // Who is there is asked anew at once, so that the next try does not choose the same one.
    if (results.some((result) => result.kind === 'wait' && result.ownerGone)) await context.staff(true);
    const ended = going.map((each, index) =>
      pastIdle(
        context,
        withResult(each, step, results[index] ?? { kind: 'wait', ms: 25_000, why: 'no outcome' }),
      ),
    );
    const after = step === 'sales' ? await withNewOwners(context, ended) : ended;
    await store.saveEffects(after.map((each) => saveOf(context, each, wrote, each.dueMs === null, step)));
    for (const each of after) {
      const { key, kind } = each.standing.effect;
      if (nextStep(each.standing.effect) === null) events.emit('effect-done', { key, kind });
      else if (each.next !== null)
        events.emit('effect-refused', { key, kind, why: each.why, next: each.next });
    }
    const moved = new Set(at);
    const further = after.filter(
      ({ dueMs, standing }) => dueMs === null && nextStep(standing.effect) !== null,
    );
    open = [...open.filter((each) => !moved.has(each)), ...further];
  }
  return effects.length;
};

/** Whose contact is not there for now: looked at again, ever more seldom. */
const putOff = async ({ store }: LifecycleContext, effects: readonly Effect[]): Promise<void> => {
  await store.saveEffects(
    effects.map(({ key, at, journeyId, steps, route, attempts }) => ({
      key,
      at,
      journeyId,
      steps: JSON.stringify(steps),
      route: route === null ? null : JSON.stringify(route),
      attempts: attempts + 1,
      dueMs: retryMs(attempts),
      why: 'the contact or its journey cannot be read',
      next: null,
    })),
  );
};
