import { isAbout } from '../scoring/engagement.ts';
import type { ScoringModel } from '../scoring/model.ts';
import { activityWords } from './activity-words.ts';
import { type Folded, type FoldedLine, fold } from './fold.ts';
import type { DigestActivity, DigestInput } from './input.ts';
import { dayMs, knownZone, type WallClock } from './when.ts';

/** What somebody did lately is what they did in the seven days up to the last thing that is known of them. */
export const latelyDays = 7;

/** By kind, where no points are told: the more effort it takes, the more it tells. */
const effort: Readonly<Record<DigestActivity['type'], number>> = {
  meetingBooked: 30,
  formSubmission: 15,
  call: 10,
  emailClick: 3,
  pageView: 2,
  listJoined: 1,
  campaignJoined: 1,
  emailOpen: 1,
  meeting: 10,
  note: 0,
  emailDelivered: 0,
  emailBounce: 0,
  unsubscribe: 0,
};

/** The points that the rules of engagement give for an activity, before any cap and fading. Pure. */
export const pointsBy =
  ({ engagement, lists }: Pick<ScoringModel, 'engagement' | 'lists'>): NonNullable<DigestInput['pointsOf']> =>
  (activity) =>
    engagement.rules
      .filter((rule) => isAbout(rule, activity, lists))
      .reduce((sum, { points }) => sum + points, 0);

const pointsFor = (activity: DigestActivity, pointsOf: DigestInput['pointsOf']): number => {
  const { type } = activity;
  return type === 'note' || type === 'meeting' || pointsOf === undefined
    ? effort[type]
    : pointsOf({ ...activity, type });
};

export interface Told {
  readonly folded: Folded;
  readonly clock: WallClock;
  /** What they did lately besides what made them come, most telling first: the line, and how often lately. */
  readonly lately: readonly { readonly line: FoldedLine; readonly times: number }[];
}

/**
 * The last moment of which anything is known: the newest of the trigger and the activities that is not in the future. All words are
 * counted from here and not from `now`, so that a text stays true, and stays the same, until there is something new to say.
 */
const anchorOf = ({ trigger, activities, now }: DigestInput): number =>
  activities.reduce(
    (newest, { at }) => (at <= now && at > newest ? at : newest),
    trigger.at <= now ? trigger.at : Number.NEGATIVE_INFINITY,
  );

/** What the words are made of, sorted out once. Pure. */
export const tell = (input: DigestInput): Told => {
  const { activities, trigger, pointsOf, zone } = input;
  const found = anchorOf(input);
  const anchor = Number.isFinite(found) ? found : trigger.at;
  const folded = fold(activities);
  const asking = trigger.kind === 'asked' ? trigger.activity : null;
  const isLately = (at: number): boolean => at <= anchor && at > anchor - latelyDays * dayMs;
  const lately = folded.lines
    .filter(({ newest }) => newest.key !== asking)
    .map((line) => ({
      line,
      times: line.times.filter(isLately).length,
      points: pointsFor(line.newest, pointsOf),
    }))
    .filter(({ times, points }) => times > 0 && points > 0)
    .sort((a, b) => b.points * b.times - a.points * a.times || b.line.newest.at - a.line.newest.at)
    .map(({ line, times }) => ({ line, times }));
  return { folded, clock: { zone: knownZone(zone), anchor }, lately };
};

/** `Pricing page 3x in 7 days`. */
export const latelyText = ({ line, times }: Told['lately'][number]): string =>
  times === 1 ? activityWords(line.newest) : `${activityWords(line.newest)} ${times}x in ${latelyDays} days`;
