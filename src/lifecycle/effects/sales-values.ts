import type { Owner } from '../../model/owner.ts';
import type { RawFields, RawValue } from '../../model/value.ts';
import { contentText, sendOf } from '../content/content-text.ts';
import type { Recommendation } from '../content/recommend.ts';
import { contentMode, recommendationFor } from '../content/standing-content.ts';
import { askReasonTask, reasonWordsOn } from '../digest/ask-reason.ts';
import { type Digest, makeDigest } from '../digest/digest.ts';
import type { DigestInput, EarlierTurn, Trigger } from '../digest/input.ts';
import { nextStepLine } from '../digest/next-step.ts';
import { nudgeTask } from '../digest/nudge.ts';
import { scoreReasons } from '../digest/score-reasons.ts';
import { type FollowUpTask, followUpTask } from '../digest/task.ts';
import { pointsBy } from '../digest/telling.ts';
import { feedbackValues } from '../feedback/feedback.ts';
import { isScored } from '../look/details.ts';
import { personOf } from '../look/look.ts';
import { knownVerdict, oddVerdictStep } from '../look/odd-verdict.ts';
import { wordFields } from '../look/sales-facts.ts';
import type { LifecycleContext } from '../run/context.ts';
import { type Judgement, judge } from '../scoring/sales-ready.ts';
import { type Clock, type ClockReading, earlierClocks, readClock } from '../sla/clock.ts';
import type { ClockKind } from '../sla/model.ts';
import { answeredAt, slaWord } from '../sla/word.ts';
import type { LifecycleDefinition } from '../stage/definition.ts';
import { isStageObserved, stageToShow } from '../stage/observed.ts';
import { shownFields } from '../stage/shown-fields.ts';
import { salesStages } from '../stage/stages.ts';
import { dayMs } from '../stage/timers.ts';
import { clockOf } from './clock-steps.ts';
import { type Effect, isHanding } from './effect.ts';
import { showsStage, stageFields } from './stage-fields.ts';
import type { Standing } from './standing.ts';
import { ownerOnRecord } from './taken-since.ts';

export const judgementOf = ({ models }: LifecycleContext, { stored, person, now }: Standing): Judgement =>
  judge(personOf(stored.id, person), stored.tally, models.scoring, now, stored.earned ?? stored.tally);

/** An order that only lets go what was owed, or held back: why the person is ready, what began their turn says. */
const isLetGo = ({ kind, evidence }: Pick<Effect, 'kind' | 'evidence'>): boolean =>
  kind === 'hand-off' && evidence.startsWith('released');

/**
 * What is shown again tells why the person came: by the move that brought them in this turn, and not by the order to show. A hand-off that was owed, by what had
 * made it one.
 */
const causeOf = ({ effect, stored, transitions }: Standing): Pick<Effect, 'kind' | 'at' | 'evidence'> => {
  if (effect.kind !== 'show' && !isLetGo(effect)) return effect;
  const begun = transitions.findLast(
    ({ to, turn, evidence }) =>
      to === 'sales-ready' && turn === stored.journey.turn && !evidence.startsWith('released'),
  );
  if (begun === undefined) return effect;
  const kind = begun.effects.includes('hand-on')
    ? 'hand-on'
    : begun.effects.includes('re-route')
      ? 're-route'
      : 'hand-off';
  return { kind, at: begun.at, evidence: begun.evidence };
};

/** Name of the SDR who said yes; null where nobody knows. */
const qualifiedBy = ({ transitions, staff }: Standing, evidence: string): string | null => {
  const by = transitions.find((each) => each.evidence === evidence)?.by;
  return staff.owners.get(by ?? '')?.name ?? null;
};

const triggerOf = (standing: Standing, judgement: Judgement): Trigger => {
  const { stored, activities } = standing;
  const { evidence, kind, at } = causeOf(standing);
  if (kind === 'hand-on') return { kind: 'handed-on', at, by: qualifiedBy(standing, evidence) };
  if (kind === 're-route') return { kind: 'moved', at, reason: stored.journey.reason };
  if (kind === 'reassign') return { kind: 'moved', at, reason: 'No touch' };
  const { asked } = stored;
  const isAsking =
    evidence.startsWith('asked/') || kind === 'tell-owner' || clockOf(standing)?.asked === true;
  if (isAsking && asked !== null) {
    const by = activities.find(({ key }) => key === asked.activity);
    return {
      kind: 'asked',
      at: asked.at,
      activity: asked.activity,
      type: by !== undefined && isScored(by) ? by.type : 'formSubmission',
      form: by?.form ?? null,
      rule: asked.rule,
    };
  }
  if (evidence.startsWith('recontact/')) return { kind: 'recontact', at };
  if (evidence.startsWith('request/')) {
    return { kind: 'requested', at, by: evidence.startsWith('request/hubspot') ? 'marketing' : 'a rep' };
  }
  if (evidence.startsWith('repaired')) return { kind: 'repaired', at };
  const definition = stored.journey.definition ?? judgement.ready?.definition ?? null;
  return definition === null ? { kind: 'requested', at, by: null } : { kind: 'ready', at, definition };
};

/** Whoever has or had the person in a turn, by the clock that began with them. */
const ownerOfTurn = ({ clocks, staff }: Standing, turn: number): string | null => {
  const owner = clocks.find((clock) => clock.turn === turn && clock.owner !== null)?.owner ?? null;
  return owner === null ? null : (staff.owners.get(owner)?.name ?? null);
};

/** The last that was written of the person in a turn: by a rep in Salesforce, or with a call, meeting or note in HubSpot. */
const lastNote = ({ about, activities }: Standing, from: number, to: number): string | null => {
  const isWithin = ({ at }: { readonly at: number }): boolean => at >= from && at < to;
  const written = [
    ...(about?.notes ?? []),
    ...activities.flatMap(({ at, note }) => ((note ?? '') === '' ? [] : [{ at, text: note ?? '' }])),
  ].filter(isWithin);
  return written.sort((a, b) => b.at - a.at)[0]?.text ?? null;
};

const earlierTurns = (standing: Standing): readonly EarlierTurn[] => {
  const { transitions, stored } = standing;
  const { turn } = stored.journey;
  const beginOf = (number: number): number | undefined =>
    transitions.find((each) => each.turn === number && each.to === 'sales-ready')?.at;
  const past = [...new Set(transitions.map((each) => each.turn))].filter((each) => each > 0 && each < turn);
  return past.map((number) => {
    const own = transitions.filter((each) => each.turn === number);
    const begun = own.find(({ to }) => to === 'sales-ready');
    const end = own.findLast(({ to }) => to === 'returned' || to === 'disqualified');
    return {
      turn: number,
      definition: begun?.definition ?? null,
      handedAt: begun?.at ?? null,
      owner: ownerOfTurn(standing, number),
      verdict: end?.cause ?? null,
      reason: end?.reason ?? null,
      // A rep's last word may be written after the verdict; it is of this turn until the next one begins.
      note: lastNote(standing, begun?.at ?? 0, beginOf(number + 1) ?? Number.POSITIVE_INFINITY),
      endedAt: end?.at ?? null,
    };
  });
};

/**
 * The queue that has the lead and can own no tasks; null: whoever has it can. Salesforce refuses an owner who is a queue of other objects (help, Create Queues), and
 * a task of Tandem's own user would be nobody's.
 */
export const queueWithoutTasks = (standing: Standing): Owner | null => {
  const owner = standing.staff.owners.get(ownerOf(standing) ?? '');
  return owner?.kind === 'queue' && owner.owns?.includes('Task') === false ? owner : null;
};

/** The clock that the rep reads: their own zone, else that of the hours that count for them. */
export const zoneFor = (standing: Standing): string => {
  const owner = ownerOf(standing);
  return standing.staff.zoneOf(owner) ?? standing.staff.calendarOf(owner).zone;
};

/** What a rep is shown; what is only observed is shown to nobody. */
const shownContent = (context: LifecycleContext, standing: Standing): Recommendation | null =>
  contentMode(context) === 'act' ? recommendationFor(context, standing) : null;

/** What is said of a word that is no verdict; a hand-over takes the word away. */
const oddVerdictOf = ({ models, shownFields: shown }: LifecycleContext, { effect, person }: Standing) =>
  person.sales === null || isHanding(effect)
    ? null
    : oddVerdictStep(person.sales, models.lifecycle.pointed, shown);

/** What the texts for the rep are made of. */
export const digestInput = (context: LifecycleContext, standing: Standing): DigestInput => {
  const { stored, person, activities, effect, about, now } = standing;
  const judgement = judgementOf(context, standing);
  const content = shownContent(context, standing);
  const queue = queueWithoutTasks(standing);
  return {
    person: {
      pair: context.pair,
      fields: { hubspot: person.contact.fields, salesforce: person.sales?.fields ?? {} },
    },
    company: about?.company ?? null,
    ...(about === undefined ? {} : { colleagues: about.colleagues }),
    judgement,
    activities,
    journey: stored.journey,
    earlier: earlierTurns(standing),
    route: effect.route?.lines ?? [],
    ...(queue === null ? {} : { queueWithoutTasks: queue.name }),
    trigger: triggerOf(standing, judgement),
    nextStep: { say: oddVerdictOf(context, standing), send: content === null ? [] : sendOf(content) },
    zone: zoneFor(standing),
    now,
    pointsOf: pointsBy(context.models.scoring),
  };
};

/** The owner that the lead has once the effect's route is carried out; null: nobody yet. */
export const ownerOf = (standing: Standing): string | null => {
  const decided = standing.effect.route?.decision;
  return decided?.kind === 'owner' || decided?.kind === 'queue' ? decided.id : ownerOnRecord(standing);
};

/**
 * The clocks that an effect begins: of the moment of its order, so that a try after an hour begins none anew. Another owner in the same turn has the
 * whole time, and as little of it as the first where the person asked. `version`: of sla.yaml.
 */
export const clocksOf = (standing: Standing, version?: string): readonly Clock[] => {
  const { effect, stored, clocks } = standing;
  if (!isHanding(effect)) return [];
  const asked = stored.asked !== null && causeOf(standing).evidence === `asked/${stored.asked.activity}`;
  const kinds: readonly ClockKind[] = ['follow-up', 'verdict'];
  return kinds.map((kind): Clock => {
    const before = clocks.find((clock) => clock.kind === kind && clock.turn === effect.turn);
    if (before !== undefined && before.startedAt >= effect.at) return before;
    return {
      journey: stored.id,
      turn: effect.turn,
      kind,
      startedAt: effect.at,
      asked: before?.asked ?? asked,
      owner: ownerOf(standing),
      pauses: [],
      doneAt: null,
      ...(version === undefined ? {} : { version }),
      ...(before === undefined
        ? {}
        : { moves: (before.moves ?? 0) + 1, earlier: earlierClocks(before, effect.at) }),
    };
  });
};

const notRunning: ClockReading = {
  state: 'never',
  budgetMs: 0,
  spentMs: 0,
  remindAt: null,
  dueAt: null,
};

/** A clock as it reads now, by the hours of whoever has the lead. */
export const readingOf = (
  { models }: LifecycleContext,
  { staff, now }: Standing,
  clock: Clock,
): ClockReading => readClock(clock, models.sla, staff.calendarOf(clock.owner), now);

/** The follow-up clock as it reads now: that which the effect begins, else the one that runs. */
export const followUp = (context: LifecycleContext, standing: Standing): ClockReading => {
  const { clocks, stored } = standing;
  const isOurs = (clock: Clock): boolean => clock.kind === 'follow-up' && clock.turn === stored.journey.turn;
  const clock = clocksOf(standing).find(isOurs) ?? clocks.find(isOurs);
  if (clock === undefined) return notRunning;
  return readingOf(context, standing, clock);
};

export const taskOf = (context: LifecycleContext, standing: Standing): FollowUpTask => {
  const { effect, stored, transitions } = standing;
  const input = digestInput(context, standing);
  const { nudge, stalledDays } = context.models.lifecycle.pull;
  if (effect.kind === 'nudge' && nudge !== null) {
    const goesBackAt = effect.at + (stalledDays - nudge.afterDays) * dayMs;
    return nudgeTask(input, { days: nudge.afterDays, offer: nudge.offer, goesBackAt });
  }
  if (effect.kind !== 'ask-reason')
    return followUpTask(input, followUp(context, standing), effect.kind !== 'tell-owner');
  const cause = transitions.find(({ evidence }) => evidence === effect.evidence)?.cause;
  const { pointed } = context.models.lifecycle;
  const words = reasonWordsOn(pointed, standing.person.sales?.ref.type ?? 'Lead', context.shownFields);
  const isLossKnown = context.fields.get('Opportunity')?.includes('Tandem_Loss_Reason__c') ?? false;
  const about = cause === 'deal-lost' ? 'deal' : 'lead';
  return askReasonTask(input, about, stored.journey.program, words, isLossKnown);
};

/** HubSpot takes a date as its day (properties guide). */
const dayOf = (at: number | null): RawValue => (at === null ? null : new Date(at).toISOString().slice(0, 10));

const instant = (at: number | null): RawValue => (at === null ? null : new Date(at).toISOString());

const scoreFields = (judgement: Judgement): RawFields => ({
  Tandem_Score__c: judgement.score.score,
  Tandem_Fit__c: judgement.score.fit,
  Tandem_Engagement__c: String(judgement.score.engagement),
});

/** Whether the person came to sales in this turn: the clocks begin when the values stand on the lead, while the rest of the hand-over may still be under way. */
const hasCome = ({ effect, clocks, stored: { journey } }: Standing): boolean =>
  isHanding(effect) || clocks.some(({ turn, kind }) => turn === journey.turn && kind === 'follow-up');

/** Whether an effect shows the score: a hand-off always does, for the score is why it is one. */
const showsScore = ({ behaviours }: LifecycleDefinition, effect: Effect): boolean =>
  behaviours.score === 'act' || isHanding(effect);

/** Whether a rep is to read of the person: they are with sales, and not by moves that were only observed, and hand-offs bring people to reps. */
const isForRep = ({ models }: LifecycleContext, { effect, stored: { journey } }: Standing): boolean =>
  salesStages.has(journey.stage) &&
  salesStages.has(stageToShow(journey)) &&
  (models.lifecycle.behaviours['hand-off'] === 'act' || isHanding(effect));

/** Everything that Tandem shows of a person in Salesforce. A field that the behaviours keep back is left out, and stays as it is there. */
export const salesValues = (context: LifecycleContext, standing: Standing): RawFields => {
  const { lifecycle } = context.models;
  const { effect, stored, person } = standing;
  const judgement = judgementOf(context, standing);
  const isWithSales = isForRep(context, standing);
  const input = isWithSales ? digestInput(context, standing) : null;
  const content = isWithSales ? shownContent(context, standing) : null;
  const digest: Digest | null = input === null ? null : makeDigest(input);
  const owner = effect.route?.decision;
  return {
    ...(showsStage(lifecycle, effect)
      ? stageFields(
          stored.journey,
          lifecycle,
          person.sales?.fields.Status,
          isHanding(effect),
          hasCome(standing),
        )
      : {}),
    ...(showsScore(lifecycle, effect) ? scoreFields(judgement) : {}),
    ...(digest === null ? {} : { Tandem_Why_Now__c: digest.whyNow, Tandem_Digest__c: digest.text }),
    ...(input === null ? {} : { Tandem_Next_Step__c: nextStepLine(input) }),
    ...(content === null ? {} : { Tandem_Content__c: contentText(content) }),
    ...(isWithSales ? { Tandem_Due_At__c: instant(followUp(context, standing).dueAt) } : {}),
    ...(isHanding(effect) ? Object.fromEntries(wordFields.map((field) => [field, null])) : {}),
    ...((owner?.kind === 'owner' && !owner.kept) || owner?.kind === 'queue'
      ? person.sales?.fields.OwnerId === owner.id
        ? {}
        : { OwnerId: owner.id }
      : {}),
  };
};

/** What HubSpot shows of where somebody stands. */
const stageValues = (context: LifecycleContext, standing: Standing): RawFields => {
  const { effect, stored, person, staff, now } = standing;
  const { journey } = stored;
  const stage = person.contact.fields.lifecyclestage;
  const { hubspot } = shownFields(
    journey,
    context.models.lifecycle,
    typeof stage === 'string' ? stage : null,
  );
  const owner = journey.owner ?? ownerOf(standing);
  const word = slaWord(followUp(context, standing).dueAt, answeredAt(journey), now);
  const isWithSales = salesStages.has(journey.stage) && salesStages.has(stageToShow(journey));
  return {
    ...hubspot,
    // The journey is told when the effect is done, of this moment.
    ...(isHanding(effect) ? { tandem_handed_at: instant(now) } : {}),
    ...(word === null ? {} : { tandem_sla: word }),
    ...(isStageObserved(journey) ? {} : { tandem_recontact_on: dayOf(journey.recontactAt) }),
    // The step before has just emptied what the record was read with; and another word than a verdict would have the whole contact refused.
    tandem_disposition: isHanding(effect) ? null : knownVerdict(person.sales?.fields ?? {}),
    ...feedbackValues(standing.feedback),
    tandem_rep: isWithSales && owner !== null ? (staff.owners.get(owner)?.name ?? null) : null,
  };
};

/** Everything that Tandem shows of a person in HubSpot. A field that the behaviours keep back is left out, and stays as it is there. */
export const hubspotValues = (context: LifecycleContext, standing: Standing): RawFields => {
  const { lifecycle } = context.models;
  const judgement = judgementOf(context, standing);
  const { score } = judgement;
  return {
    ...(showsStage(lifecycle, standing.effect) ? stageValues(context, standing) : {}),
    ...(showsScore(lifecycle, standing.effect)
      ? {
          tandem_score: score.score,
          tandem_fit: score.fit,
          tandem_engagement: String(score.engagement),
          tandem_score_reasons: scoreReasons(judgement, { zone: null, now: standing.now }),
        }
      : {}),
  };
};
