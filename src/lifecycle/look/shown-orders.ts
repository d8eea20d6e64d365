import type { RawFields } from '../../model/value.ts';
import { shownKinds } from '../feedback/feedback.ts';
import { answeredAt, slaWord } from '../sla/word.ts';
import type { LifecycleDefinition } from '../stage/definition.ts';
import type { Journey } from '../stage/journey.ts';
import { isStageObserved, stageToShow } from '../stage/observed.ts';
import { salesStages } from '../stage/stages.ts';
import type { Looked } from './look.ts';
import { isStepOld, knownVerdict, verdictField } from './odd-verdict.ts';
import type { SeenPerson } from './person.ts';
import type { EffectOrder } from './stored.ts';

/** Under this name it is kept whose values are shown: those of another record (a merge, a conversion) tell nothing. */
export const shownOn = '#id';

const stepField = 'Tandem_Next_Step__c';
const slaField = 'tandem_sla';

/** A moment as Tandem writes it; null empties the field. */
const instant = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

/** Whether somebody is with sales, and not by moves alone that were observed. */
const isWithSales = (journey: Journey): boolean =>
  salesStages.has(journey.stage) && salesStages.has(stageToShow(journey));

/**
 * Whether the rep sees another time than what holds now: the due time moves with pauses, owners and their hours, and a touch after a
 * conversion moves nobody. Only what was shown before on this record counts; the hand-off is what shows it first.
 */
const areTimesOld = (
  { stored }: Looked,
  person: SeenPerson,
  shown: RawFields,
  dueAt: number | null | undefined,
): boolean => {
  if (person.sales === null || shown[shownOn] !== person.sales.ref.id) return false;
  if (!isWithSales(stored.journey)) return false;
  const differs = (field: string, at: number | null): boolean =>
    Object.hasOwn(shown, field) && shown[field] !== instant(at);
  return (
    (dueAt !== undefined && differs('Tandem_Due_At__c', dueAt)) ||
    differs('Tandem_Touched_At__c', stored.journey.touchedAt)
  );
};

/** Whether marketing sees another word of the follow-up than holds now: the time is over, or the rep answered. The hand-off is what shows it first. */
const isSlaOld = ({ stored: { journey, shown } }: Looked, dueAt: number | null, now: number): boolean => {
  const word = slaWord(dueAt, answeredAt(journey), now);
  const isShown = Object.hasOwn(shown.hubspot, slaField) && isWithSales(journey);
  return isShown && word !== null && shown.hubspot[slaField] !== word;
};

/** Whether HubSpot shows another program than the one that they are in: a request took them out of all without a move. */
const isProgramOld = ({ stored: { journey, shown } }: Looked): boolean =>
  Object.hasOwn(shown.hubspot, 'tandem_program') &&
  !isStageObserved(journey) &&
  shown.hubspot.tandem_program !== journey.program;

/** Whether marketing sees another word of the rep's than stands in Salesforce. */
const isSaid = ({ stored, feedback }: Looked, { sales }: SeenPerson): boolean =>
  feedback.some(({ kind }) => shownKinds.some((each) => each === kind)) ||
  (sales !== null &&
    Object.hasOwn(sales.fields, verdictField) &&
    knownVerdict(sales.fields) !== (stored.shown.hubspot.tandem_disposition ?? null));

/**
 * The order to show in both systems where somebody stands now; given with every move, every other score, every other due time, every other program, every other word of the follow-up and of
 * the rep's about the lead, every other rep (`isPassedOn`), and to sales with everything that they did. What is only observed is not shown. `dueAt`: of the follow-up clock, milliseconds; undefined where there is none.
 */
export const shownOrders = (
  looked: Looked,
  person: SeenPerson,
  { behaviours }: LifecycleDefinition,
  dueAt: number | null | undefined,
  now: number,
  isPassedOn = false,
): readonly EffectOrder[] => {
  const { stored, transitions, judgement, activities, amended } = looked;
  const isMoved = behaviours.stages === 'act' && transitions.some(({ mode }) => mode === 'act');
  const shown = stored.shown.hubspot;
  const score = judgement?.score;
  const isScored =
    behaviours.score === 'act' &&
    score !== undefined &&
    (shown.tandem_score !== score.score || shown.tandem_fit !== score.fit) &&
    (score.engagementPoints !== 0 || person.sales !== null);
  const isWord = behaviours.stages === 'act' && isSaid(looked, person);
  const isTimed =
    behaviours.stages === 'act' &&
    (areTimesOld(looked, person, stored.shown.salesforce, dueAt) || isSlaOld(looked, dueAt ?? null, now));
  const isOther = behaviours.stages === 'act' && (isPassedOn || isProgramOld(looked));
  const isHeldNews = behaviours.stages === 'act' && looked.wasHeld !== (stored.journey.heldAt !== null);
  // Whoever has the lead reads what the person did since, and in detail.
  const isRead = behaviours['hand-off'] === 'act' && person.sales !== null && isWithSales(stored.journey);
  const isTold = isRead && (amended.length > 0 || activities.some(({ machine }) => machine !== true));
  // Whoever chose a word that is no verdict reads so, until they chose one.
  const { salesforce } = stored.shown;
  const isStep =
    isRead &&
    salesforce[shownOn] === person.sales?.ref.id &&
    Object.hasOwn(salesforce, stepField) &&
    isStepOld(salesforce[stepField], person.sales?.fields ?? {});
  if (!isMoved && !isStep && !isScored && !isTimed && !isWord && !isTold && !isHeldNews && !isOther)
    return [];
  return [{ key: `${stored.id}/show`, kind: 'show', turn: stored.journey.turn, at: now, evidence: 'show' }];
};
