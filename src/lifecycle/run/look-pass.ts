import type { WorkClass } from '../../model/budget.ts';
import { recordName } from '../../model/erasure.ts';
import type { ClockRow, JourneyRow, JourneySave, JourneySignal } from '../../model/journeys.ts';
import { bearsOnContent } from '../content/consumed.ts';
import { filedContentMode } from '../content/standing-content.ts';
import type { Effect } from '../effects/effect.ts';
import {
  type ClocksLooked,
  type KeptClock,
  lookAtClocks,
  type Reassigning,
  withHandOffClock,
  withReassignClock,
  withReturnClock,
} from '../look/clocks.ts';
import { type Memory, noMemory } from '../look/details.ts';
import { heldBack } from '../look/held-back.ts';
import { leaverOf, leftOrders } from '../look/left-orders.ts';
import { lookAt, newStored } from '../look/look.ts';
import type { SeenPerson } from '../look/person.ts';
import { freshRequests } from '../look/requests.ts';
import { shownOrders } from '../look/shown-orders.ts';
import type { EffectOrder, StoredJourney } from '../look/stored.ts';
import { requestWordOf } from '../requests/request.ts';
import { nextStepAt, readClock } from '../sla/clock.ts';
import type { SlaModel } from '../sla/model.ts';
import { isPerson, type Staff } from '../staff/staff.ts';
import type { Journey } from '../stage/journey.ts';
import { salesStages } from '../stage/stages.ts';
import { nextTimer } from '../stage/timers.ts';
import { answeredOf, withAnswered } from './answered-requests.ts';
import { askForRecords } from './ask-records.ts';
import { withAuthors } from './authors.ts';
import type { LifecycleContext } from './context.ts';
import { tellDeals } from './deal-pass.ts';
import { memoriesOf } from './memory.ts';
import { dealsAsking, withAskingDeals, withNamed } from './read-asking.ts';
import { readPeople } from './read-people.ts';
import {
  toActivity,
  toActivityRow,
  toClock,
  toClockRow,
  toJourneyRow,
  toldKeys,
  toStored,
  toToldActivities,
} from './rows.ts';

/** People looked at in one round: two or three calls. */
export const peopleMax = 100;

/** A read that is older than its signal by more than this is stale: HubSpot's answers may stamp one change some milliseconds apart. */
const staleMs = 1_000;
const staleAgainMs = [1_000, 5_000, 30_000, 120_000] as const;

const groupMax = 100;

/** Who asks while requests are paused. */
const pausedAgainMs = 60_000;

/** After a defect of ours in the look at somebody. */
const defectAgainMs = 60 * 60_000;

/** Signals by the contact that they are about; of whom nobody knows the contact, none. */
const byContact = async (
  { pair, engine }: LifecycleContext,
  signals: readonly JourneySignal[],
): Promise<{
  readonly of: ReadonlyMap<string, readonly JourneySignal[]>;
  readonly nobodys: readonly JourneySignal[];
}> => {
  const theirs = signals.filter(({ ref }) => ref.system === 'salesforce');
  const linked = await engine.linksOf(
    pair.name,
    'salesforce',
    theirs.map(({ ref }) => ref.id),
  );
  const of = new Map<string, JourneySignal[]>();
  const nobodys: JourneySignal[] = [];
  for (const signal of signals) {
    const link = signal.ref.system === 'hubspot' ? undefined : linked.get(signal.ref.id);
    const id =
      signal.ref.system === 'hubspot' ? signal.ref.id : link?.ended === null ? link.ids.hubspot : undefined;
    if (id === undefined) nobodys.push(signal);
    else of.set(id, [...(of.get(id) ?? []), signal]);
  }
  return { of, nobodys };
};

const isStale = (person: SeenPerson, { ref, stamp }: JourneySignal): boolean => {
  const record = ref.system === 'hubspot' ? person.contact : person.sales;
  return stamp !== null && record !== null && record.ref.id === ref.id && record.stamp + staleMs < stamp;
};

const soonest = (...times: readonly (number | null)[]): number | null => {
  const known = times.filter((time) => time !== null);
  return known.length === 0 ? null : Math.min(...known);
};

/** Who has the lead as Salesforce shows it, a colleague's change too; a queue, or Tandem itself, is nobody, and whom the journey knows counts. */
const ownerNow = ({ sales }: SeenPerson, known: string | null, { owners }: Staff): string | null => {
  const id = sales?.fields.OwnerId;
  const owner = typeof id === 'string' ? owners.get(id) : undefined;
  return owner !== undefined && isPerson(owner) ? owner.id : known;
};

/** The journey with whoever has the lead now: a colleague who passed it on in Salesforce did so at once, and not with the next touch. Pure. */
export const withOwner = (journey: Journey, owner: string | null): Journey =>
  journey.handedAt === null || !salesStages.has(journey.stage) || owner === null || owner === journey.owner
    ? journey
    : { ...journey, owner };

const leaverNow = (owner: string | null, { owners }: Staff): string | null =>
  owner !== null && owners.get(owner)?.active === false ? owner : null;

/** When the first touch of this turn is due; undefined where no clock of it began. */
const dueAtOf = (
  clocks: readonly KeptClock[],
  turn: number,
  sla: SlaModel,
  { calendarOf }: Staff,
  now: number,
): number | null | undefined => {
  const kept = clocks.find(({ clock }) => clock.kind === 'follow-up' && clock.turn === turn);
  return kept && readClock(kept.clock, sla, calendarOf(kept.clock.owner), now).dueAt;
};

/** Whether somebody was there before the lifecycle was on, in one of the systems: a contact that was just made of an old lead, too. */
const isOfPast = ({ contact, sales }: SeenPerson, sinceAt: number): boolean =>
  Math.min(contact.createdAt, sales?.createdAt ?? contact.createdAt) < sinceAt;

/** A property of the contact as what people are compared by; long texts are cut, for it is to have few values. */
const groupIn = ({ contact }: SeenPerson, property: string | null): string | null => {
  const value = property === null ? null : contact.fields[property];
  return typeof value === 'string' && value !== '' ? value.slice(0, groupMax) : null;
};

/** The order of this look to give somebody else the lead: for the owner left, or by the follow-up clock. */
const reassigning = (
  [left]: readonly EffectOrder[],
  due: ClocksLooked['due'],
  now: number,
): Reassigning | null => {
  if (left !== undefined) return { at: now, from: leaverOf(left.evidence) };
  const step = due.find((each) => each.step.step === 'reassign' && each.step.mode === 'act');
  return step === undefined ? null : { at: now, from: step.clock.owner };
};

const lookAtOne = (
  context: LifecycleContext,
  row: JourneyRow | undefined,
  person: SeenPerson,
  {
    sinceAt,
    now,
    clocks,
    staff,
    answered,
    memory,
  }: {
    sinceAt: number;
    now: number;
    clocks: readonly ClockRow[];
    staff: Staff;
    answered: ReadonlySet<string>;
    memory: Memory;
  },
): Omit<JourneySave, 'answers'> => {
  const { models } = context;
  const { lifecycle, scoring, sla } = models;
  const contactId = person.contact.ref.id;
  const before =
    row === undefined
      ? newStored(
          context.makeId(),
          contactId,
          Math.max(person.contact.createdAt, sinceAt),
          isOfPast(person, sinceAt),
        )
      : withAnswered(toStored(row), answered);
  const told = row === undefined ? [] : toToldActivities(row);
  const seen = lookAt(before, person, told, { lifecycle, scoring, sinceAt }, now, memory);
  const owner = ownerNow(person, seen.stored.journey.owner, staff);
  const journey = withOwner(seen.stored.journey, owner);
  const isPassedOn = journey !== seen.stored.journey;
  const looked = { ...seen, stored: { ...seen.stored, journey } };
  const known = clocks
    .filter(({ journeyId }) => journeyId === before.id)
    .map((each) => ({ clock: toClock(each), stepsDone: each.stepsDone }));
  const begun = withReturnClock(known, journey, looked.transitions, sla.version);
  const kept = withHandOffClock(begun, journey, looked.effects, sla.version);
  const timed = lookAtClocks(
    kept,
    journey,
    {
      sla,
      mode: lifecycle.behaviours.clock,
      calendarOf: staff.calendarOf,
      names: {
        stage: journey.stage,
        contact: person.contact.fields,
        lead: person.sales?.fields ?? {},
      },
      owner,
    },
    now,
  );
  const left = leftOrders(journey, leaverNow(owner, staff), lifecycle.behaviours.route, now);
  const clocksNow = withReassignClock(timed.clocks, journey, reassigning(left, timed.due, now), sla.version);
  for (const { system, ...request } of looked.requests) {
    const word = requestWordOf(request) ?? 'unknown';
    context.events.emit('requested', {
      contact: contactId,
      system,
      word,
      mode: lifecycle.behaviours.requests,
    });
  }
  for (const { clock, step } of timed.due) {
    const { key, step: name, mode } = step;
    context.events.emit('clock-step', {
      ...{ contact: contactId, key, clock: clock.kind, step: name, mode },
      version: clock.version ?? null,
    });
  }
  for (const { from, to, cause, mode } of looked.transitions) {
    context.events.emit('moved', { contact: contactId, from, to, cause, mode });
  }
  return {
    row: toJourneyRow(looked.stored),
    nextAt: soonest(
      nextTimer(journey, lifecycle)?.at ?? null,
      timed.nextAt,
      looked.againAt,
      ...clocksNow
        .filter((each) => !timed.clocks.includes(each))
        .map(({ clock }) => nextStepAt(clock, sla, staff.calendarOf(clock.owner), new Set())),
    ),
    transitions: looked.transitions,
    groups: {
      source: groupIn(person, lifecycle.signals.source),
      segment: groupIn(person, lifecycle.signals.segment),
    },
    activities: looked.activities.map(toActivityRow),
    amended: looked.amended.map(toActivityRow),
    taken: looked.taken,
    feedback: looked.feedback.map((each) => ({ ...each, turn: journey.turn })),
    ...(context.engagement === undefined
      ? {}
      : {
          details: {
            kinds: looked.details,
            atOnce: looked.effects.some(({ kind }) => kind === 'hand-off'),
          },
        }),
    effects: [
      ...looked.effects,
      ...timed.due
        .filter(({ step }) => step.mode === 'act')
        .map(({ clock, step }) => ({
          key: step.key,
          kind: step.step,
          turn: clock.turn,
          // Another rep has the whole time from now on, also where nobody looked for an hour.
          at: step.step === 'reassign' ? now : step.at,
          evidence: step.key,
        })),
      ...left,
      ...shownOrders(
        looked,
        person,
        lifecycle,
        dueAtOf(timed.clocks, journey.turn, sla, staff, now),
        now,
        isPassedOn,
      ),
    ],
    clocks: clocksNow.map(({ clock, stepsDone }) =>
      toClockRow(clock, readClock(clock, sla, staff.calendarOf(clock.owner), now), stepsDone),
    ),
    heard: row === undefined ? [] : toldKeys(row),
    ...heldBack(looked, lifecycle),
  };
};

/** Whether somebody asks for something by a field, or is named, and nobody has seen it yet. */
const isAsking = (
  { models }: LifecycleContext,
  row: JourneyRow | undefined,
  person: SeenPerson,
  now: number,
): boolean => {
  const before = row === undefined ? newStored('', person.contact.ref.id, now) : toStored(row);
  return freshRequests(before, person, models.lifecycle, now).length > 0;
};

/** The journeys of these people, with those that contacts had which were merged into theirs. */
const withAdopted = async (
  { store }: LifecycleContext,
  people: ReadonlyMap<string, SeenPerson>,
  rows: ReadonlyMap<string, JourneyRow>,
): Promise<ReadonlyMap<string, JourneyRow>> => {
  const heirs = [...people].flatMap(([id, { contact }]) => {
    const text = contact.fields.hs_merged_object_ids;
    const merged =
      typeof text === 'string' ? text.split(';').filter((each) => each !== '' && each !== id) : [];
    return rows.has(id) || merged.length === 0 ? [] : [{ id, merged }];
  });
  if (heirs.length === 0) return rows;
  for (const { id, merged } of heirs) await store.adopt(id, merged);
  const adopted = await store.journeys(heirs.map(({ id }) => id));
  return new Map([...rows, ...adopted]);
};

/** What is stored of somebody; null where nothing is, or it cannot be read, which their own look tells. */
const storedIn =
  (rows: ReadonlyMap<string, JourneyRow>) =>
  (contactId: string): StoredJourney | null => {
    const row = rows.get(contactId);
    try {
      return row === undefined ? null : toStored(row);
    } catch {
      return null;
    }
  };

/** Whether both may be of one round: who asks for contact goes first in it, and keeps nobody else waiting for as long as others ask. */
export const areTogether = (a: WorkClass, b: WorkClass): boolean =>
  a === b || [a, b].every((each) => each === 'consent' || each === 'live');

/** The class of a round: that of its strongest signals, at least `live` where somebody's time has come. */
const strongest = (told: WorkClass | undefined, isDue: boolean): WorkClass => {
  if (told === undefined || told === 'consent') return told ?? 'live';
  return isDue ? 'live' : told;
};

/**
 * Looks at everybody of whom something was told, and at those whose time has come. Answers how many people it looked at. A look is saved whole, with
 * its signals; one whose journey moved meanwhile is made again. `requests`: they are paused, and who asks for something by a field is looked at later; `kinds`: orders
 * of these wait. @throws CallFailed where the records cannot be read
 */
export const lookOnce = async (
  whole: LifecycleContext,
  {
    requests: withoutRequests,
    kinds: paused = [],
  }: { readonly requests: boolean; readonly kinds?: readonly Effect['kind'][] } = { requests: false },
): Promise<number> => {
  const { store } = whole;
  const [told, due] = await Promise.all([store.signals(peopleMax), store.dueContacts(peopleMax)]);
  if (told.length === 0 && due.length === 0) return 0;
  // One class a round, the strongest: what a first alignment lists must not take the budget of live changes.
  const workClass = strongest(told[0]?.class, due.length > 0);
  const signals = told.filter((signal) => areTogether(signal.class, workClass));
  const context: LifecycleContext = { ...whole, workClass };
  const deals = signals.flatMap(({ ref }) => (ref.type === 'Opportunity' ? [ref.id] : []));
  if (deals.length > 0) await tellDeals(context, deals);
  const { of, nobodys } = await byContact(context, signals);
  const asked = [...new Set([...of.keys(), ...due])].slice(0, peopleMax);
  const nameOf = (id: string): string =>
    recordName({ system: 'hubspot', type: context.pair.types.hubspot, id });
  const erased = await context.engine.erasedAmong(asked.map(nameOf));
  const contactIds = asked.filter((id) => !erased.has(nameOf(id)));
  const [{ people: found, merged }, journeys, now, sinceAt, staff] = await Promise.all([
    readPeople(context, contactIds),
    store.journeys(contactIds),
    store.now(),
    store.sinceAt(),
    context.staff(),
  ]);
  const rows = await withAdopted(context, found, journeys);
  const asking = withNamed(await withAskingDeals(context, found, dealsAsking(rows)), rows);
  const people = await withAuthors(context, asking, storedIn(rows));
  const known = contactIds.flatMap((id) => {
    const [row, person] = [rows.get(id), people.get(id)];
    return row === undefined || person === undefined ? [] : [{ row, person }];
  });
  const [clocks, answered, memories] = await Promise.all([
    store.clocks([...rows.values()].map(({ id }) => id)),
    answeredOf(context, rows),
    memoriesOf(context, known),
  ]);
  const saves: JourneySave[] = [];
  const gone = asked.filter((id) => erased.has(nameOf(id)));
  const clean: JourneySignal[] = [...nobodys, ...gone.flatMap((id) => of.get(id) ?? [])];
  const again: { signal: JourneySignal; dueMs: number }[] = [];
  for (const id of contactIds) {
    const own = of.get(id) ?? [];
    const person = people.get(id);
    if (person === undefined) {
      // Merged away, archived or not there: its journey waits. What lives on makes signals of its own.
      clean.push(...own);
      const row = rows.get(id);
      if (row !== undefined && due.includes(id)) saves.push(resting(row));
      continue;
    }
    if (withoutRequests && isAsking(context, rows.get(id), person, now)) {
      // Requests are paused: what they ask for stands on the record, and is seen when they go on.
      again.push(...own.map((signal) => ({ signal, dueMs: pausedAgainMs })));
      const row = rows.get(id);
      if (row !== undefined) saves.push({ ...resting(row), nextAt: now + pausedAgainMs });
      continue;
    }
    const stale = own.filter((signal) => isStale(person, signal) && signal.attempts < staleAgainMs.length);
    again.push(...stale.map((signal) => ({ signal, dueMs: staleAgainMs[signal.attempts] ?? 120_000 })));
    const answers = own.filter((signal) => !stale.includes(signal));
    try {
      const memory = memories.get(rows.get(id)?.id ?? '') ?? noMemory;
      const seen = { sinceAt, now, clocks, staff, answered, memory };
      saves.push({ ...lookAtOne(context, rows.get(id), person, seen), answers });
    } catch (error) {
      // One person's defect must not keep the others waiting.
      const cause = error instanceof Error ? error.message : String(error);
      context.events.emit('look-failed', {
        contact: id,
        cause,
        next: 'Report it; the person is looked at again in an hour.',
      });
      again.push(...answers.map((signal) => ({ signal, dueMs: defectAgainMs })));
      const row = rows.get(id);
      if (row !== undefined) saves.push({ ...resting(row), nextAt: now + defectAgainMs });
    }
  }
  await lookAtDeals(context, saves);
  const moved = await store.save(saves, clean, again);
  if (!paused.includes('hand-off')) {
    await askForRecords(
      context,
      saves.flatMap(({ row: { contactId }, effects }) => {
        const isToMake = people.get(contactId)?.sales === null && !moved.has(contactId);
        return isToMake && effects.some(({ kind }) => kind === 'hand-off') ? [contactId] : [];
      }),
    );
  }
  if (moved.size > 0) context.events.emit('journeys-moved', { count: moved.size });
  if (merged.size > 0) context.events.emit('contacts-merged', { count: merged.size });
  return asked.length + nobodys.length;
};

/**
 * Has the open deals of those read again who did something by which other content fits. Before the looks are saved, so that it is not lost with them; a
 * deal that is read for nothing is as it was.
 */
const lookAtDeals = async (context: LifecycleContext, saves: readonly JourneySave[]): Promise<void> => {
  const { content } = context.models;
  if (content === undefined || filedContentMode(context) === 'off' || !context.fields.has('Opportunity'))
    return;
  const deals = saves.flatMap(({ row, activities }) =>
    activities.some((each) => bearsOnContent(content, toActivity(each)))
      ? toStored(row).journey.openOpportunities
      : [],
  );
  if (deals.length > 0) await context.store.lookAtDeals([...new Set(deals)]);
};

/** A journey whose contact is not there: no timer of its own until a signal tells of it. */
const resting = (row: JourneyRow): JourneySave => ({
  row,
  rests: true,
  nextAt: null,
  transitions: [],
  activities: [],
  effects: [],
  clocks: [],
  heard: [],
  answers: [],
});
