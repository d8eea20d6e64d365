import { activityWords, foldKey, noteWords } from './activity-words.ts';
import type { DigestActivity } from './input.ts';
import { momentText, type WallClock } from './when.ts';

/** One thing that somebody did, however often. */
export interface FoldedLine {
  readonly newest: DigestActivity;
  readonly count: number;
  /** When each happened, newest first. */
  readonly times: readonly number[];
}

export interface Folded {
  /** Newest first. */
  readonly lines: readonly FoldedLine[];
  /** Opens and clicks by mail programs: nobody's doing. */
  readonly machine: number;
  /** Mails that were sent to them: marketing's doing. */
  readonly delivered: number;
}

const newestFirst = (a: DigestActivity, b: DigestActivity): number =>
  b.at - a.at || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);

/**
 * Repeats as one line each, newest first. Pure; the order of the activities does not matter, and a key counts once. Every activity is in
 * exactly one of the lines or of the two counts.
 */
export const fold = (activities: readonly DigestActivity[]): Folded => {
  const known = new Map<string, DigestActivity>();
  for (const activity of activities) {
    if (!known.has(activity.key)) known.set(activity.key, activity);
  }
  const all = [...known.values()].sort(newestFirst);
  const byPerson = all.filter(({ machine }) => machine !== true);
  const done = byPerson.filter(({ type }) => type !== 'emailDelivered');
  const groups = [...Map.groupBy(done, foldKey).values()];
  return {
    // A group keeps the order of its first, and so newest, member.
    lines: groups.flatMap((group) => {
      const [newest] = group;
      return newest === undefined ? [] : [{ newest, count: group.length, times: group.map(({ at }) => at) }];
    }),
    machine: all.length - byPerson.length,
    delivered: byPerson.length - done.length,
  };
};

/** `Pricing page, 4 times, last Tue 24 Nov 14:05`, and what was noted. */
export const foldedText = ({ newest, count }: FoldedLine, clock: WallClock): string => {
  const when = momentText(newest.at, clock);
  const note = noteWords(newest);
  const line = `${activityWords(newest)}, ${count === 1 ? when : `${count} times, last ${when}`}`;
  return note === null ? line : `${line}: ${note}`;
};

/** What is not in the lines, counted; empty where nothing is. */
export const uncountedText = ({ machine, delivered }: Pick<Folded, 'machine' | 'delivered'>): string[] => [
  ...(delivered === 0 ? [] : [`Mails sent to them: ${delivered}`]),
  ...(machine === 0 ? [] : [`Opened or clicked by mail programs, not by a person: ${machine}`]),
];
