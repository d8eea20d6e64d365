import { z } from 'zod';
import type { ActivityRow, ClockRow, EffectRow, JourneyRow } from '../../model/journeys.ts';
import type { Owner } from '../../model/owner.ts';
import type { DigestActivity } from '../digest/input.ts';
import { type Effect, type RoutePlan, type StepMark, type StepName, stepsOf } from '../effects/effect.ts';
import type { NamedProspect } from '../look/person.ts';
import type { EffectOrder, StoredJourney } from '../look/stored.ts';
import type { RoutingState } from '../routing/model.ts';
import type { KeptSignals } from '../signals/kept.ts';
import { noSignals } from '../signals/signals.ts';
import type { Clock, ClockReading } from '../sla/clock.ts';
import type { Fact } from '../stage/facts.ts';

/*
 * What the lifecycle keeps as JSON. It alone writes and reads it, so that the shape is trusted once its outline is right; a store that was
 * tampered with is told by name.
 */

const corrupt = (what: string): Error =>
  new Error(`The store holds a ${what} that this version cannot read: restore it, or report a defect.`);

const parse = (what: string, text: string, outline: z.ZodType): unknown => {
  const value: unknown = JSON.parse(text);
  if (!outline.safeParse(value).success) throw corrupt(what);
  return value;
};

const journeyOutline = z.looseObject({ journey: z.looseObject({ stage: z.string() }) });
const shownOutline = z.looseObject({ hubspot: z.looseObject({}), salesforce: z.looseObject({}) });
const factOutline = z.looseObject({ kind: z.string(), key: z.string(), at: z.number() });
const objectOutline = z.looseObject({});

type JourneyState = Omit<StoredJourney, 'id' | 'contactId' | 'version' | 'shown'>;

/** Told by the deals pass: in this opportunity somebody asks for something about the person. No fact of the journey, but where to look. */
export interface DealAsks {
  readonly kind: 'deal-asks';
  readonly key: string;
  readonly at: number;
  readonly opportunity: string;
}
/** Told by the campaigns pass: somebody is a member of a campaign whose members are prospects. */
export interface CampaignNames extends NamedProspect {
  readonly kind: 'campaign-names';
  readonly key: string;
}
type Told = Fact | DealAsks | CampaignNames;

const toTold = (text: string): Told => parse('fact', text, factOutline) as Told;

/** The opportunities in which somebody asks for something, as this journey was told. */
export const toAskingDeals = ({ told }: JourneyRow): readonly string[] =>
  told.map(toTold).flatMap((each) => (each.kind === 'deal-asks' ? [each.opportunity] : []));

/** The memberships by which this journey's person was named a prospect. */
export const toNamed = ({ told }: JourneyRow): readonly NamedProspect[] =>
  told.map(toTold).flatMap((each) => (each.kind === 'campaign-names' ? [each] : []));

/** A journey with the facts that effects told it since. */
export const toStored = ({ id, contactId, version, state, shown, told }: JourneyRow): StoredJourney => {
  const kept = parse('journey', state, journeyOutline) as JourneyState;
  const facts = told
    .map(toTold)
    .filter((each) => each.kind !== 'deal-asks' && each.kind !== 'campaign-names');
  return {
    // Journeys of before there were requests have none.
    ...{ requests: {} },
    ...kept,
    // Those of before there was a first start are not held back by it.
    journey: { ...{ pastAt: null, heldAt: null, letGoAt: null }, ...kept.journey },
    facts: [...kept.facts, ...facts],
    shown: parse('journey', shown, shownOutline) as StoredJourney['shown'],
    id,
    contactId,
    version,
  };
};

/** What was told in detail, and no look has taken in. */
export const toToldActivities = ({ toldActivities = [] }: JourneyRow): readonly DigestActivity[] =>
  toldActivities.map((text) => parse('activity', text, objectOutline) as DigestActivity);

/** The keys of the facts that were told. */
export const toldKeys = ({ told }: JourneyRow): readonly string[] => told.map((text) => toTold(text).key);

export const toJourneyRow = ({ id, contactId, version, shown, ...state }: StoredJourney): JourneyRow => ({
  id,
  contactId,
  version,
  stage: state.journey.stage,
  turn: state.journey.turn,
  owner: state.journey.owner,
  state: JSON.stringify(state),
  shown: JSON.stringify(shown),
  told: [],
});

export const toActivityRow = (activity: DigestActivity): ActivityRow => ({
  key: activity.key,
  at: activity.at,
  activity: JSON.stringify(activity),
});
export const toActivity = ({ activity }: ActivityRow): DigestActivity =>
  parse('activity', activity, objectOutline) as DigestActivity;

/** `reading`: the clock as it reads now, by its owner's hours. */
export const toClockRow = (
  clock: Clock,
  reading: Pick<ClockReading, 'remindAt' | 'dueAt'>,
  stepsDone: readonly string[] = [],
): ClockRow => ({
  stepsDone,
  owner: clock.owner,
  remindAt: reading.remindAt,
  dueAt: reading.dueAt,
  paused: clock.doneAt === null && clock.pauses.some(({ to }) => to === null),
  journeyId: clock.journey,
  turn: clock.turn,
  kind: clock.kind,
  doneAt: clock.doneAt,
  clock: JSON.stringify(clock),
});
export const toClock = ({ clock }: ClockRow): Clock => parse('clock', clock, objectOutline) as Clock;

const isKind = (kind: string): kind is EffectOrder['kind'] => Object.hasOwn(stepsOf, kind);

export const toEffect = ({ kind, route, steps, ...row }: EffectRow): Effect => {
  if (!isKind(kind)) throw corrupt('kind of effect');
  return {
    ...row,
    kind,
    route: route === null ? null : (parse('route', route, objectOutline) as RoutePlan),
    steps: parse('step', steps, objectOutline) as Partial<Record<StepName, StepMark>>,
  };
};

export const toRoutingState = (text: string): RoutingState =>
  parse('turn of a pool', text, objectOutline) as RoutingState;

const ownersOutline = z.array(z.looseObject({ id: z.string(), kind: z.string(), name: z.string() }));

/** Everybody as they were last read (`staff` of the store), without their absences, which pass. */
export const toOwners = (text: string): readonly Owner[] =>
  parse('list of owners', text, ownersOutline) as readonly Owner[];

const signalsOutline = z.looseObject({
  state: z.looseObject({ open: z.looseObject({}) }),
  open: z.array(z.looseObject({ text: z.string(), signal: z.looseObject({ key: z.string() }) })),
});

/** What was found about stages lately (`keptSignals` of the store); nothing before the first look. */
export const toKeptSignals = (text: string): KeptSignals =>
  text === '{}'
    ? { state: noSignals, open: [] }
    : (parse('list of signals', text, signalsOutline) as KeptSignals);
