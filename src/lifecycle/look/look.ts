import type { EngagementKind } from '../../model/engagement.ts';
import { engagementKinds } from '../../model/engagement.ts';
import type { RawFields } from '../../model/value.ts';
import type { DigestActivity } from '../digest/input.ts';
import { feedbackIn, type SaidFeedback } from '../feedback/feedback.ts';
import type { Activity } from '../scoring/activity.ts';
import { addActivities, asksFor, recompute } from '../scoring/engagement.ts';
import type { ScoringModel } from '../scoring/model.ts';
import { rulesHash } from '../scoring/rules-hash.ts';
import { type Judgement, judge } from '../scoring/sales-ready.ts';
import type { Person } from '../scoring/score.ts';
import { type Advance, advance, futureToleranceMs } from '../stage/advance.ts';
import type { LifecycleDefinition } from '../stage/definition.ts';
import type { Fact, FactRecord } from '../stage/facts.ts';
import { type Journey, newJourney, type Transition } from '../stage/journey.ts';
import { withOwed } from '../stage/owed.ts';
import { salesStages } from '../stage/stages.ts';
import { boughtFacts, customerFacts } from './customer-rules.ts';
import { detailsWorth, isDoing, isScored, type Memory, newsOf, noMemory, withAmended } from './details.ts';
import { statusWords } from './lead-status.ts';
import { repairedFacts } from './mended.ts';
import { ordersOf, programOrders, wasNudged } from './orders.ts';
import type { KeptRecord, SeenPerson, SeenRecord } from './person.ts';
import { requestFacts } from './request-plan.ts';
import { type FreshRequest, freshRequests, requestOrders, requestsAfter } from './requests.ts';
import { activitiesIn, activityKey, instantOf, rollUps } from './roll-ups.ts';
import { saidBefore, salesFacts } from './sales-facts.ts';
import type { Asked, EffectOrder, StoredJourney, ToldScore } from './stored.ts';
import { isSuppressed } from './suppressed.ts';

/** What a look decides by. */
export interface LookModels {
  readonly lifecycle: LifecycleDefinition;
  readonly scoring: ScoringModel;
  /** When the lifecycle was first on: who asked for something before that was heard, or not, by somebody else. */
  readonly sinceAt: number;
}

export interface Looked {
  readonly stored: StoredJourney;
  readonly transitions: readonly Transition[];
  readonly unmoved: Advance['unmoved'];
  readonly activities: readonly DigestActivity[];
  /** Stored activities of which more is known now. */
  readonly amended: readonly DigestActivity[];
  /** Keys of what was told in detail and is taken in. */
  readonly taken: readonly string[];
  /** Details that are worth a call. */
  readonly details: readonly EngagementKind[];
  readonly effects: readonly EffectOrder[];
  readonly judgement: Judgement | null;
  /** What people asked for by a field, new at this look. */
  readonly requests: readonly FreshRequest[];
  /** What the rep says of the lead that they did not say at the last look. */
  readonly feedback: readonly SaidFeedback[];
  /** Whether the first start held them back before this look. */
  readonly wasHeld: boolean;
  /** When something that the records tell of will have happened; null: nothing does. */
  readonly againAt: number | null;
}

/**
 * A person of whom nothing is stored yet. `at`: when they came, not before the lifecycle was on: nobody stalls for the time before it, or a first start
 * would give back every lead that reps have worked on for weeks. `isOfPast`: they were there before it.
 */
export const newStored = (id: string, contactId: string, at: number, isOfPast = false): StoredJourney => ({
  id,
  contactId,
  version: 0,
  journey: newJourney(id, at, isOfPast),
  contact: null,
  sales: null,
  tally: {},
  earned: null,
  rules: null,
  told: null,
  asked: null,
  requests: {},
  facts: [],
  shown: { hubspot: {}, salesforce: {} },
});

const kept = ({ ref, fields }: SeenRecord): KeptRecord => ({ type: ref.type, id: ref.id, fields });

/** The contact as it is kept: a roll-up from the future is left for the look at which its time has come. */
const keptContact = (
  { contact }: SeenPerson,
  before: StoredJourney,
  later: readonly DigestActivity[],
): KeptRecord => {
  const waiting = rollUps.filter(({ type, at }) => {
    const when = instantOf(contact.fields[at]);
    return when !== null && later.some(({ key }) => key === activityKey(type, when));
  });
  const old = Object.fromEntries(waiting.map(({ at }) => [at, before.contact?.fields[at] ?? null]));
  return kept({ ...contact, fields: { ...contact.fields, ...old } });
};

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

const personFrom = (
  id: string,
  contact: RawFields,
  lead: RawFields,
  owner: string | null | undefined,
): Person => ({
  id,
  contact,
  lead,
  email: textOf(contact.email)?.toLowerCase() ?? null,
  owner: owner === undefined ? textOf(lead.OwnerId) : owner,
});

/** The person as rules see them. */
export const personOf = (id: string, { contact, sales, owner }: SeenPerson): Person =>
  personFrom(id, contact.fields, sales?.fields ?? {}, owner);

/** The person as they were looked at last; null where nobody looked yet. */
export const personKept = ({ id, contact, sales, owner }: StoredJourney): Person | null =>
  contact === null ? null : personFrom(id, contact.fields, sales?.fields ?? {}, owner);

/** What the record in Salesforce tells by what changed in it since the last look. */
export const salesFactsSeen = (
  stored: StoredJourney,
  sales: SeenRecord,
  definition: LifecycleDefinition,
): readonly Fact[] => {
  const words = statusWords(definition);
  const isWithSales = salesStages.has(stored.journey.stage);
  return salesFacts(sales, saidBefore(stored, sales, words), stored.shown.salesforce, words, isWithSales);
};

/** The newest activity by which they ask for contact, since the lifecycle is on. */
const askIn = (activities: readonly Activity[], { scoring, sinceAt }: LookModels): Asked | null =>
  activities.reduce<Asked | null>((newest, activity) => {
    const rule = activity.at < sinceAt ? null : asksFor(activity, scoring);
    if (rule === null || (newest !== null && newest.at >= activity.at)) return newest;
    return { at: activity.at, rule, activity: activity.key };
  }, null);

/**
 * Whether the person is known now to be one whom nobody hands over, or no longer is. It holds for everything that the same look tells: a
 * competitor who asks for a demo is one before they ask.
 */
const exclusionFact = (
  stored: StoredJourney,
  excluded: string | null,
  others: readonly Fact[],
  now: number,
): readonly Fact[] => {
  const isExcluded = excluded !== null;
  const { excluded: wasExcluded, exclusionAt } = stored.journey;
  if (isExcluded === wasExcluded) return [];
  const before = Math.min(now, ...others.map((fact) => fact.at)) - 1;
  const at = Math.max(before, (exclusionAt ?? Number.NEGATIVE_INFINITY) + 1);
  const kind = isExcluded ? 'excluded' : 'readmitted';
  const reason = isExcluded ? { reason: 'Is a competitor or job seeker' } : {};
  return [{ kind, key: `${kind}/${at}`, at, by: 'tandem', ...reason }];
};

const toldOf = ({ score, ready }: Judgement, { version }: Pick<ScoringModel, 'version'>): ToldScore => ({
  score: score.score,
  fit: score.fit,
  engagement: score.engagement,
  ready: ready?.definition ?? null,
  newestAt: score.newestAt,
  version,
});

const isSameTold = (a: ToldScore | null, b: ToldScore): boolean =>
  a !== null &&
  a.score === b.score &&
  a.fit === b.fit &&
  a.engagement === b.engagement &&
  a.ready === b.ready &&
  a.newestAt === b.newestAt;

const scoredFact = (stored: StoredJourney, told: ToldScore, now: number): readonly Fact[] => {
  // Who is let go goes by the score of today, the same or not.
  const isLetGo = stored.facts.some(({ kind }) => kind === 'released');
  if (!isLetGo && isSameTold(stored.told, told)) return [];
  const { ready, version: _, ...score } = told;
  return [
    {
      kind: 'scored',
      key: `score/${now}/${stored.version}`,
      at: now,
      by: 'tandem',
      score: { ...score, ready: ready === null ? null : { definition: ready } },
    },
  ];
};

/** After a return only what comes then counts towards being ready. */
const tallies = (
  stored: StoredJourney,
  {
    fresh,
    amended,
  }: { readonly fresh: readonly DigestActivity[]; readonly amended: readonly DigestActivity[] },
  history: Memory['history'],
  scoring: ScoringModel,
): Pick<StoredJourney, 'tally' | 'earned' | 'rules'> => {
  const since = stored.journey.returnedAt;
  const rules = rulesHash(scoring);
  const isLater = ({ at }: Activity): boolean => since !== null && at > since;
  const counted = fresh.filter(isScored);
  if (history === null) {
    return {
      tally: addActivities(stored.tally, counted, scoring),
      earned: stored.earned === null ? null : addActivities(stored.earned, counted.filter(isLater), scoring),
      // A tally by other rules goes on being one until it is counted anew.
      rules: stored.version === 0 ? rules : stored.rules,
    };
  }
  const all = [...withAmended(history, amended).filter(isScored), ...counted];
  return {
    tally: recompute(all, scoring),
    earned: stored.earned === null ? null : recompute(all.filter(isLater), scoring),
    rules,
  };
};

const recordOf = (person: SeenPerson, judgement: Judgement | null, asked: boolean): FactRecord => ({
  contact: person.contact.fields,
  lead: person.sales?.fields ?? {},
  score: judgement?.score.score ?? null,
  fit: judgement?.score.fit ?? null,
  engagement: judgement?.score.engagement ?? null,
  asked,
});

/** Salesforce stamps a record by the whole second (SystemModstamp): what happened in it may seem older than a move of the same second. */
const stampMs = 1_000;

/** A change that this look is the first to see came after the last move, also where its stamp has lost the milliseconds. */
const inItsSecond = (fact: Fact, { turnAt, verdictAt, since }: Journey): Fact => {
  const moved = Math.max(turnAt ?? since, verdictAt ?? since, since);
  return fact.at < moved && moved - fact.at < stampMs ? { ...fact, at: moved } : fact;
};

/** A lead that became a contact says nothing again by it. */
const feedbackSeen = (
  { sales: before }: StoredJourney,
  { sales }: SeenPerson,
  { behaviours }: LifecycleDefinition,
): readonly SaidFeedback[] =>
  sales === null || behaviours.stages === 'off'
    ? []
    : feedbackIn(sales, before?.id === sales.ref.id ? before.fields : null);

/** Whether an SDR has the person, as far as was told. */
const isWithSdr = ({ journey, facts }: StoredJourney): boolean =>
  journey.stage === 'sdr' || facts.some(({ kind, to }) => kind === 'handed' && to === 'sdr');

/** A conversion is a yes of sales, whoever converts. */
const isYesOfSdr = ({ kind }: Fact, { sales }: SeenPerson, stored: StoredJourney): boolean =>
  kind === 'accepted' && sales?.ref.type !== 'Contact' && isWithSdr(stored);

/**
 * An SDR's yes is the same word as a rep's, and means that a rep is to have them. The owner stays out of it: an SDR who gives the lead to a colleague with
 * the same save has chosen the rep.
 */
const bySdr = ({ owner, ...fact }: Fact, stored: StoredJourney): Fact => ({
  ...fact,
  kind: 'qualified',
  // A stamp is a whole second: the same word of the rep may come in the same one, and is another fact.
  key: `${fact.key}/sdr`,
  by: fact.by === 'salesforce' ? (stored.journey.owner ?? owner ?? fact.by) : fact.by,
});

/** The facts that the records tell by what changed in them since the last look. */
const factsSeen = (
  stored: StoredJourney,
  person: SeenPerson,
  definition: LifecycleDefinition,
): readonly Fact[] => {
  const isFirst = stored.contact === null;
  const { contact, sales } = person;
  return [
    ...(isFirst ? [{ kind: 'known' as const, key: 'known', at: contact.createdAt, by: 'hubspot' }] : []),
    ...(sales === null
      ? []
      : salesFactsSeen(stored, sales, definition)
          .map((fact) => (isYesOfSdr(fact, person, stored) ? bySdr(fact, stored) : fact))
          .map((fact) => inItsSecond(fact, stored.journey))),
  ];
};

/** Whoever is with sales has their lists asked for beside anything else, in a call that all share: a rep is not to read of one that they have left. */
const withLists = (
  kinds: readonly EngagementKind[],
  { stage }: Pick<Journey, 'stage'>,
): readonly EngagementKind[] => (kinds.length > 0 && salesStages.has(stage) ? [...kinds, 'lists'] : kinds);

const withOwedHandOff = (
  done: Advance,
  judgement: Judgement | null,
  lifecycle: LifecycleDefinition,
  now: number,
): Advance => {
  const isReady = judgement === null ? null : judgement.ready !== null;
  return { ...done, journey: withOwed(done.journey, lifecycle, isReady, now) };
};

/**
 * One look at a person: what changed since the last one becomes facts and activities, the score is computed anew, and the stage machine works
 * all of it through. Pure. `otherwise` are activities that other sources than the contact itself tell of, stored ones among them or not; `memory`
 * says which are.
 */
export const lookAt = (
  before: StoredJourney,
  person: SeenPerson,
  otherwise: readonly DigestActivity[],
  models: LookModels,
  now: number,
  memory: Memory = noMemory,
): Looked => {
  const { lifecycle, scoring } = models;
  const { known, history } = memory;
  const sums = activitiesIn(person.contact.fields, before.contact?.fields ?? null);
  const own = sums.filter(({ key }) => !known.has(key));
  const news = newsOf(own, otherwise, known);
  const { amended } = news;
  const fresh = news.fresh.filter(({ at }) => at <= now + futureToleranceMs);
  const later = news.fresh.filter((activity) => !fresh.includes(activity));
  const counted: StoredJourney = { ...before, ...tallies(before, { fresh, amended }, history, scoring) };
  const scores = lifecycle.behaviours.score !== 'off';
  const judgement = scores
    ? judge(personOf(before.id, person), counted.tally, scoring, now, counted.earned ?? counted.tally)
    : null;
  // What is known now to be a request, and was not when it was stored, is heard now.
  const heard = amended.filter((activity) => {
    const stored = known.get(activity.key);
    return stored === undefined || !isScored(stored) || asksFor(stored, scoring) === null;
  });
  const ask = askIn([...fresh, ...heard].filter(isScored), models);
  const requests = freshRequests(before, person, lifecycle, now);
  const doings = fresh.filter(isDoing);
  const newestAt = Math.max(...doings.map(({ at }) => at));
  const told: readonly Fact[] = [
    ...before.facts,
    ...factsSeen(before, person, lifecycle),
    ...repairedFacts(before, person, now),
    ...(doings.length === 0
      ? []
      : [{ kind: 'activity' as const, key: `activity/${newestAt}`, at: newestAt, by: 'hubspot' }]),
    ...(ask === null
      ? []
      : [{ kind: 'asked' as const, key: `asked/${ask.activity}`, at: ask.at, by: 'hubspot' }]),
    ...requestFacts(requests, before.journey, lifecycle),
    ...(judgement === null ? [] : scoredFact(before, toldOf(judgement, scoring), now)),
  ];
  const record = recordOf(person, judgement, ask !== null);
  const seen = [...boughtFacts(before, record, told, lifecycle, now), ...told];
  const events = [
    ...(judgement === null ? [] : exclusionFact(before, judgement.excluded, seen, now)),
    ...seen,
    ...customerFacts(before, record, seen, lifecycle, now),
  ];
  const advanced = withOwedHandOff(
    advance(before.journey, { events, record }, lifecycle, now),
    judgement,
    lifecycle,
    now,
  );
  const asked = requestsAfter(before, requests, person, advanced, lifecycle);
  // Who was taken out of campaigns gets the place of a return or a stage, and not its program.
  const isOut = isSuppressed(person, asked, lifecycle);
  const done = isOut ? { ...advanced, journey: { ...advanced.journey, program: null } } : advanced;
  const returnedAt = done.transitions.some(({ to }) => to === 'returned') ? done.journey.returnedAt : null;
  const since = returnedAt === null ? [] : fresh.filter(isScored).filter(({ at }) => at > returnedAt);
  const effects = [
    ...ordersOf(before.id, done.transitions, wasNudged(done.journey)),
    ...programOrders(before, done.transitions, lifecycle),
    ...requestOrders(before.id, done.journey.turn, requests, lifecycle),
  ];
  // A rep will read it: whatever can be known of the person.
  const isHanded = effects.some(({ kind }) => kind === 'hand-off');
  const beforeFields = before.contact?.fields ?? null;
  return {
    stored: {
      ...counted,
      journey: done.journey,
      earned: returnedAt === null ? counted.earned : addActivities({}, since, scoring),
      told: judgement === null ? before.told : toldOf(judgement, scoring),
      asked: ask ?? before.asked,
      requests: isOut ? requestsAfter(before, requests, person, done, lifecycle) : asked,
      facts: done.waiting,
      contact: keptContact(person, before, later),
      sales: person.sales === null ? before.sales : kept(person.sales),
      ...(person.owner === undefined ? {} : { owner: person.owner }),
    },
    transitions: done.transitions,
    unmoved: done.unmoved,
    activities: fresh,
    amended,
    taken: otherwise
      .filter((activity) => !later.some(({ key }) => key === activity.key))
      .map(({ key }) => key),
    details: isHanded
      ? engagementKinds
      : withLists(detailsWorth(own, person.contact.fields, beforeFields, models.sinceAt), done.journey),
    effects,
    judgement,
    requests,
    feedback: feedbackSeen(before, person, lifecycle),
    wasHeld: before.journey.heldAt !== null,
    againAt: [...later, ...done.waiting].reduce<number | null>(
      (soonest, { at }) => (soonest === null || at < soonest ? at : soonest),
      null,
    ),
  };
};
