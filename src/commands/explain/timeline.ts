import { activityWords, noteWords } from '../../lifecycle/digest/activity-words.ts';
import { nameOfRecords } from '../../lifecycle/run/report-rows.ts';
import { toActivity, toOwners } from '../../lifecycle/run/rows.ts';
import type { ColleagueRow, TimelineRow } from '../../model/journeys.ts';
import type { Store } from '../../store/open-store.ts';
import { iso } from '../with-store.ts';

/** So much of what people did, and of their moves, is told. */
const eventsMax = 200;
/** So much of it stands in the text; JSON has all. */
const wordsMax = 50;
const peopleMax = 100;

/** One thing that somebody did, or a move of theirs. */
export interface TimelineEvent {
  readonly at: string;
  readonly contactId: string;
  readonly event: 'activity' | 'move';
  /** In words, of foreign texts in parts: plain, one line. */
  readonly what: string;
}

const eventOf = ({
  at,
  contactId,
  activity,
  from,
  to,
  cause,
  reason,
  observed,
}: TimelineRow): TimelineEvent => {
  const common = { at: iso(at), contactId };
  if (activity === null) {
    const why = `${cause ?? ''}${reason === null ? '' : `: ${reason}`}${observed ? '; observed' : ''}`;
    return { ...common, event: 'move', what: `${from ?? ''} → ${to ?? ''} (${why})` };
  }
  const done = toActivity({ key: '', at, activity });
  const note = noteWords(done);
  const left = typeof done.leftAt === 'number' ? ` (taken out again, seen ${iso(done.leftAt)})` : '';
  return {
    ...common,
    event: 'activity',
    what: `${activityWords(done)}${left}${note === null ? '' : `: ${note}`}`,
  };
};

/** What people did and how they moved, newest first. */
export const timelineEvents = async (
  { lifecycle }: Pick<Store, 'lifecycle'>,
  who: { readonly companyIds: readonly string[]; readonly contactIds: readonly string[] },
): Promise<readonly TimelineEvent[]> => (await lifecycle.timelineOf(who, eventsMax)).map(eventOf);

export const timelineWords = (
  events: readonly TimelineEvent[],
  nameOf: (contactId: string) => string | null = () => null,
): readonly string[] => {
  if (events.length === 0) return [];
  const more = events.length - wordsMax;
  return [
    'Timeline, newest first:',
    ...events.slice(0, wordsMax).map(({ at, contactId, event, what }) => {
      const name = nameOf(contactId);
      return `${at}  ${event.padEnd(8)} ${name === null ? '' : `${name}: `}${what}`;
    }),
    ...(more > 0 ? [`and ${more} more; --json lists all`] : []),
  ];
};

/** Somebody of an account. */
export interface AccountPerson {
  readonly contactId: string;
  readonly name: string | null;
  readonly stage: string;
  readonly owner: string | null;
  readonly ownerName: string | null;
}

export interface AccountTimeline {
  /** So many people of it have journeys; the first hundred are named. */
  readonly count: number;
  readonly people: readonly AccountPerson[];
  readonly timeline: readonly TimelineEvent[];
}

/** All that people of these HubSpot companies did, and where each stands; null where nobody of them has a journey. */
export const accountOf = async (
  store: Pick<Store, 'lifecycle'>,
  companyIds: readonly string[],
): Promise<AccountTimeline | null> => {
  if (companyIds.length === 0) return null;
  const [rows, staff] = await Promise.all([
    store.lifecycle.colleagues(companyIds, peopleMax),
    store.lifecycle.staff(),
  ]);
  if (rows.length === 0) return null;
  const names = new Map(toOwners(staff).map(({ id, name }) => [id, name]));
  const counts = new Map(rows.map(({ companyId, count }) => [companyId, count]));
  return {
    count: [...counts.values()].reduce((sum, count) => sum + count, 0),
    people: rows.map(
      ({ contactId, stage, owner, contact, sales }: ColleagueRow): AccountPerson => ({
        ...{ contactId, stage, owner },
        name: nameOfRecords(contact, sales),
        ownerName: owner === null ? null : (names.get(owner) ?? null),
      }),
    ),
    timeline: await timelineEvents(store, { companyIds, contactIds: [] }),
  };
};

export const accountWords = ({ count, people, timeline }: AccountTimeline): readonly string[] => {
  const names = new Map(people.map(({ contactId, name }) => [contactId, name]));
  const nameOf = (contactId: string): string => names.get(contactId) ?? `contact ${contactId}`;
  const more = count - people.length;
  return [
    `People of this account: ${count}`,
    ...people.map(
      ({ contactId, stage, owner, ownerName }) =>
        `  ${nameOf(contactId)}: ${stage}${owner === null ? '' : `, with ${ownerName ?? owner}`}`,
    ),
    ...(more > 0 ? [`  and ${more} more`] : []),
    ...timelineWords(timeline, nameOf),
  ];
};
