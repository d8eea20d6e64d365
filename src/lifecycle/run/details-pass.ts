import { engagementKinds, type WantedEngagement } from '../../model/engagement.ts';
import { CallFailed } from '../../model/failure.ts';
import type { AnsweredDetails, DueDetails } from '../../model/journeys.ts';
import type { DigestActivity } from '../digest/input.ts';
import { activitiesMax } from '../effects/load-standings.ts';
import { toActivityOf } from '../look/details.ts';
import type { StoredJourney } from '../look/stored.ts';
import type { LifecycleContext } from './context.ts';
import { membershipsOfContacts } from './memberships.ts';
import { toActivity, toActivityRow, toStored } from './rows.ts';

/** People asked about in one round: so many calls at most, and a few that all share. */
export const detailsMax = 25;

/** HubSpot tells of some things late: what was asked for is asked for once more by so much. Repeats have the same keys. */
const overlapMs = 60 * 60_000;
/** Of somebody who was never asked about: as far back as half of the points are left (scoring.yaml as shipped). */
const firstMs = 30 * 24 * 60 * 60_000;

const againMs = [5_000, 30_000, 120_000, 600_000] as const;

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

const wantedOf = (
  { contactId, kinds, askedAt }: DueDetails,
  { contact }: StoredJourney,
  stored: readonly DigestActivity[],
  now: number,
): WantedEngagement => ({
  contactId,
  email: text(contact?.fields.email)?.toLowerCase() ?? null,
  since: askedAt === null ? now - firstMs : askedAt - overlapMs,
  kinds: new Set(engagementKinds.filter((kind) => kinds.includes(kind))),
  form: text(contact?.fields.recent_conversion_event_name),
  joined: stored.flatMap(({ type, list, at, leftAt }) =>
    type === 'listJoined' && list !== undefined && (leftAt ?? null) === null ? [{ list, at }] : [],
  ),
});

/** What is stored of those whose lists are asked for, as much of it as a digest shows. */
const storedOf = async (
  { store }: LifecycleContext,
  due: readonly DueDetails[],
): Promise<ReadonlyMap<string, readonly DigestActivity[]>> => {
  const asked = due.filter(({ kinds }) => kinds.includes('lists'));
  const rows = await store.timeline(
    asked.map(({ journeyId }) => journeyId),
    activitiesMax,
  );
  return new Map(
    asked.map(({ journeyId, contactId }) => [contactId, (rows.get(journeyId) ?? []).map(toActivity)]),
  );
};

/**
 * Asks for details of what people did of whom a look told that there is something, and tells them to the journeys; the next look takes them in. One
 * call a person at most, and a few that all share, behind the calls for hand-offs. Answers how many people it asked about.
 * @throws what is no failed call
 */
export const readDetails = async (context: LifecycleContext): Promise<number> => {
  const { store, engagement, events, signal } = context;
  if (engagement === undefined) return 0;
  const due = await store.dueDetails(detailsMax);
  if (due.length === 0) return 0;
  const [rows, stored, now] = await Promise.all([
    store.journeys(due.map(({ contactId }) => contactId)),
    storedOf(context, due),
    store.now(),
  ]);
  const wanted = due.flatMap((each) => {
    const row = rows.get(each.contactId);
    return row === undefined ? [] : [wantedOf(each, toStored(row), stored.get(each.contactId) ?? [], now)];
  });
  const refusedBefore = new Set(engagement.refused());
  try {
    const found = await engagement.read(wanted, { class: 'live', purpose: 'read', signal });
    // Where somebody is handed over, Salesforce's campaigns as well; what changes in them afterwards is told by the campaigns themselves.
    const inCampaigns = await membershipsOfContacts(
      context,
      wanted.filter(({ kinds }) => kinds.size === engagementKinds.length).map(({ contactId }) => contactId),
      stored,
      now,
    );
    const answered = due.map(({ journeyId, contactId, version }): AnsweredDetails => {
      const details = (found.get(contactId) ?? []).map((each) => toActivityOf(each, now));
      const activities = [...details, ...(inCampaigns.get(contactId) ?? [])].map(toActivityRow);
      const byKey = new Map(activities.map((each) => [each.key, each]));
      return { journeyId, version, askedAt: now, activities: [...byKey.values()] };
    });
    await store.saveDetails(answered);
    events.emit('details-read', {
      people: due.length,
      activities: answered.reduce((sum, { activities }) => sum + activities.length, 0),
    });
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
    const attempts = Math.max(...due.map((each) => each.attempts));
    // Roll-ups have told what matters; the next thing that somebody does asks again, from the same moment.
    const waitMs = againMs[attempts] ?? null;
    await store.putOffDetails(
      due.map(({ journeyId }) => journeyId),
      waitMs,
    );
    events.emit('details-failed', {
      people: due.length,
      cause: error.failure.message,
      givenUp: waitMs === null,
    });
  }
  for (const kind of engagement.refused()) {
    if (!refusedBefore.has(kind)) events.emit('details-refused', { kind });
  }
  return due.length;
};
