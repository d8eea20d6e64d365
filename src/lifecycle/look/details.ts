import type { EngagementKind, FoundActivity } from '../../model/engagement.ts';
import type { RawFields } from '../../model/value.ts';
import type { DigestActivity } from '../digest/input.ts';
import type { Activity, ActivityType } from '../scoring/activity.ts';
import { isAbout } from '../scoring/engagement.ts';
import type { ScoringModel } from '../scoring/model.ts';
import { activityKey, instantOf } from './roll-ups.ts';

/** What tells of the newest engagement that people of the company logged: its time and how many there are. */
export const loggedAt = 'notes_last_updated';
export const loggedCount = 'num_notes';

/** What is stored of a journey already, as far as a look needs it. */
export interface Memory {
  /** Stored activities among those that the look may be told of, by key. */
  readonly known: ReadonlyMap<string, DigestActivity>;
  /** All that are stored, where the tally is to be counted anew; null: it is right. */
  readonly history: readonly DigestActivity[] | null;
}

export const noMemory: Memory = { known: new Map(), history: null };

/**
 * A detail as an activity: of its type and moment, as the contact's roll-ups are, so that one thing is one however it is told. `now`: when it was
 * asked for, and so known that they have left a list.
 */
export const toActivityOf = ({ isOver, ...found }: FoundActivity, now: number): DigestActivity => ({
  ...found,
  // An import puts many on several lists in one moment.
  key: `${activityKey(found.type, found.at)}${found.list === undefined ? '' : `/${found.list}`}`,
  ...(isOver === true ? { leftAt: now } : {}),
});

/** Whether they are in the list or campaign no more: what was undone is no part of what somebody did. */
export const isUndone = ({ leftAt }: DigestActivity): boolean => typeof leftAt === 'number';

/** What a look is told: activities that are new, and stored ones of which more is known now. */
export interface News {
  readonly fresh: readonly DigestActivity[];
  readonly amended: readonly DigestActivity[];
}

const isSame = (a: DigestActivity, b: DigestActivity): boolean => {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]) as ReadonlySet<keyof DigestActivity>;
  return [...names].every((name) => a[name] === b[name]);
};

/**
 * Sorts what the contact and the details tell. Pure. A key that is stored is no news; where the details say more of it (that a machine opened
 * the mail, a page's title), it is amended. What the details say goes before what the contact sums up.
 */
export const newsOf = (
  own: readonly DigestActivity[],
  told: readonly DigestActivity[],
  known: Memory['known'],
): News => {
  const fresh = new Map<string, DigestActivity>();
  const amended = new Map<string, DigestActivity>();
  for (const activity of [...own, ...told]) {
    const { key } = activity;
    const stored = known.get(key);
    if (stored === undefined) {
      // Undone before anybody was told of it.
      if (isUndone(activity)) fresh.delete(key);
      else fresh.set(key, { ...fresh.get(key), ...activity });
    } else if (told.includes(activity)) {
      const merged = { ...(amended.get(key) ?? stored), ...activity };
      if (!isSame(merged, stored)) amended.set(key, merged);
    }
  }
  return { fresh: [...fresh.values()], amended: [...amended.values()] };
};

/** Whether rules may be about it: notes and meetings that a colleague entered are nothing that the person did, and what was undone counts no more. */
export const isScored = (activity: DigestActivity): activity is DigestActivity & Activity =>
  activity.type !== 'note' && activity.type !== 'meeting' && !isUndone(activity);

const doing: ReadonlySet<DigestActivity['type']> = new Set<ActivityType>([
  'pageView',
  'formSubmission',
  'emailOpen',
  'emailClick',
  'meetingBooked',
]);

/** Whether the person did something by it, and no machine and nobody of the company. */
export const isDoing = ({ type, machine }: DigestActivity): boolean => machine !== true && doing.has(type);

/** Whether every rule of engagement counts both alike. */
const countAlike = (a: DigestActivity, b: DigestActivity, { engagement, lists }: ScoringModel): boolean =>
  engagement.rules.every(
    (rule) => (isScored(a) && isAbout(rule, a, lists)) === (isScored(b) && isAbout(rule, b, lists)),
  );

/** Whether what is amended counts otherwise than what is stored: then the tally is counted anew. */
export const isRecount = (
  amended: readonly DigestActivity[],
  known: Memory['known'],
  scoring: ScoringModel,
): boolean =>
  amended.some((activity) => {
    const stored = known.get(activity.key);
    return stored !== undefined && !countAlike(activity, stored, scoring);
  });

/** A history with what was amended in it. */
export const withAmended = (
  history: readonly DigestActivity[],
  amended: readonly DigestActivity[],
): readonly DigestActivity[] => {
  const byKey = new Map(amended.map((activity) => [activity.key, activity]));
  return history.map((activity) => byKey.get(activity.key) ?? activity);
};

const kindsOf: Readonly<Partial<Record<DigestActivity['type'], readonly EngagementKind[]>>> = {
  pageView: ['pages'],
  // Who sends a form has been on pages.
  formSubmission: ['forms', 'pages'],
  emailOpen: ['mails'],
  emailClick: ['mails'],
  meetingBooked: ['logged', 'pages'],
};

const isLogged = (fields: RawFields, before: RawFields | null, sinceAt: number): boolean => {
  const at = instantOf(fields[loggedAt]);
  if (before === null) return at !== null && at >= sinceAt;
  const count = fields[loggedCount] ?? null;
  return (
    (at !== null && at !== instantOf(before[loggedAt])) ||
    (count !== null && loggedCount in before && count !== before[loggedCount])
  );
};

/**
 * Which details are worth a call after a look: those of which the contact tells that there is something new since the lifecycle is on. Pure.
 * `own`: what its roll-ups told and nobody had told before.
 */
export const detailsWorth = (
  own: readonly DigestActivity[],
  fields: RawFields,
  before: RawFields | null,
  sinceAt: number,
): readonly EngagementKind[] => {
  const moved = own.filter(({ at }) => at >= sinceAt).flatMap(({ type }) => kindsOf[type] ?? []);
  return [...new Set([...moved, ...(isLogged(fields, before, sinceAt) ? (['logged'] as const) : [])])];
};
