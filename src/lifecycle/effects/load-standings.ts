import { CallFailed } from '../../model/failure.ts';
import type { JourneyRow } from '../../model/journeys.ts';
import { isUndone } from '../look/details.ts';
import type { StoredJourney } from '../look/stored.ts';
import { withAuthors } from '../run/authors.ts';
import type { LifecycleContext } from '../run/context.ts';
import { readAbout } from '../run/read-about.ts';
import { openDealsOf, withAskingDeals } from '../run/read-asking.ts';
import { readPeople } from '../run/read-people.ts';
import { toActivity, toClock, toStored } from '../run/rows.ts';
import { salesStages } from '../stage/stages.ts';
import { isClockStep } from './clock-steps.ts';
import type { Effect } from './effect.ts';
import type { About, Standing } from './standing.ts';

/** Activities that texts for a rep are made of. */
export const activitiesMax = 200;

/** When a system is asked again that did not answer: it costs one call for all of them. */
const unansweredAgainMs = 2_000;

/** One journey that cannot be read must not keep the others' effects waiting. */
const storedOf = (context: LifecycleContext, row: JourneyRow): StoredJourney | null => {
  try {
    return toStored(row);
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    context.events.emit('look-failed', {
      contact: row.contactId,
      cause,
      next: 'Report it; its effects wait.',
    });
    return null;
  }
};

/** The opportunities whose requests these effects answer, by contact. */
const dealsAsked = (
  effects: readonly Effect[],
  journeys: ReadonlyMap<string, StoredJourney | null>,
): ReadonlyMap<string, readonly string[]> =>
  new Map(
    effects.flatMap(({ kind, contactId }) => {
      const stored = kind === 'request' ? (journeys.get(contactId) ?? null) : null;
      return stored === null ? [] : [[contactId, openDealsOf(stored)]];
    }),
  );

/** Effects that tell nobody of the person. */
const silent: ReadonlySet<Effect['kind']> = new Set(['return', 'programs', 'close-task', 'request']);

const isTold = ({ kind }: Effect, { journey }: StoredJourney): boolean =>
  !silent.has(kind) && (kind === 'ask-reason' || salesStages.has(journey.stage));

const load = async (context: LifecycleContext, effects: readonly Effect[]): Promise<readonly Standing[]> => {
  const { store } = context;
  const contactIds = [...new Set(effects.map(({ contactId }) => contactId))];
  const journeyIds = [...new Set(effects.map(({ journeyId }) => journeyId))];
  const [{ people }, rows, timelines, transitions, clocks, feedback, staff, now] = await Promise.all([
    readPeople(context, contactIds),
    store.journeys(contactIds),
    store.timeline(journeyIds, activitiesMax),
    store.transitions(journeyIds),
    store.clocks(journeyIds),
    store.feedback(journeyIds),
    context.staff(),
    store.now(),
  ]);
  const journeys = new Map([...rows].map(([id, row]) => [id, storedOf(context, row)]));
  // Whose status an automation gave is not to be taken for one who has acted.
  const seen = effects.some(({ kind }) => isClockStep(kind))
    ? await withAuthors(context, people, (id) => journeys.get(id) ?? null)
    : people;
  const asked = await withAskingDeals(context, seen, dealsAsked(effects, journeys));
  const told = effects.flatMap((effect) => {
    const [person, stored] = [asked.get(effect.contactId), journeys.get(effect.contactId) ?? null];
    return person === undefined || stored === null || !isTold(effect, stored)
      ? []
      : [{ person, turn: stored.journey.turn }];
  });
  const about = await readAbout(context, told, staff);
  return effects.flatMap((effect): Standing[] => {
    const person = asked.get(effect.contactId);
    const stored = journeys.get(effect.contactId) ?? null;
    if (stored === null || person === undefined) return [];
    return [
      {
        effect,
        stored,
        person,
        // What was undone stands in the history alone: no rep reads of a campaign in which the person is not.
        activities: (timelines.get(effect.journeyId) ?? [])
          .map(toActivity)
          .filter((activity) => !isUndone(activity)),
        transitions: transitions.get(effect.journeyId) ?? [],
        clocks: clocks.filter(({ journeyId }) => journeyId === effect.journeyId).map(toClock),
        feedback: feedback.get(effect.journeyId) ?? [],
        ...withAbout(about.get(effect.contactId)),
        staff,
        now,
      },
    ];
  });
};

const withAbout = (about: About | undefined): Pick<Standing, 'about'> =>
  about === undefined ? {} : { about };

/**
 * Effects with all that their steps look at; those whose contact or journey cannot be read are left out. What a system does not answer is the reason why they
 * wait, and said with them. @throws CallFailed where the records cannot be read
 */
export const loadStandings = async (
  context: LifecycleContext,
  effects: readonly Effect[],
): Promise<readonly Standing[]> => {
  try {
    return await load(context, effects);
  } catch (error) {
    if (error instanceof CallFailed) {
      const { system, code } = error.failure;
      await context.store.saveEffects(
        effects.map(({ key, at, journeyId, steps, route, attempts }) => ({
          ...{ key, at, journeyId, attempts, next: null, dueMs: unansweredAgainMs },
          steps: JSON.stringify(steps),
          route: route === null ? null : JSON.stringify(route),
          why: `${system} does not answer: ${code}`,
        })),
      );
    }
    throw error;
  }
};
