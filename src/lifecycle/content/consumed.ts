import type { DigestActivity } from '../digest/input.ts';
import type { Catalogue, Piece } from './model.ts';
import { topicsOf } from './topics.ts';

/** An address without what differs from visit to visit: scheme, `www.`, query, anchor, a slash at the end. Null: it is none. */
export const addressKey = (url: string): string | null => {
  if (!URL.canParse(url)) return null;
  const { host, pathname } = new URL(url);
  return `${host.replace(/^www\./, '')}${pathname.replace(/\/+$/, '')}`.toLowerCase();
};

/** By what somebody has a piece: they opened its page, clicked on it in a mail, or sent the form that gives it. */
const reading: ReadonlySet<DigestActivity['type']> = new Set(['pageView', 'emailClick']);

const sameForm = (a: string, b: string): boolean => a.trim().toLowerCase() === b.trim().toLowerCase();

/** Whether an activity shows that somebody has a piece; what a mail program did shows nothing. Pure. */
export const shows = (
  { url, forms }: Pick<Piece, 'url' | 'forms'>,
  activity: Pick<DigestActivity, 'type' | 'url' | 'form' | 'machine'>,
): boolean => {
  if (activity.machine === true) return false;
  if (activity.type === 'formSubmission')
    return activity.form !== undefined && forms.some((form) => sameForm(form, activity.form ?? ''));
  if (!reading.has(activity.type) || activity.url === undefined) return false;
  const key = addressKey(activity.url);
  return key !== null && key === addressKey(url);
};

/** When somebody first had a piece, as far as is known, milliseconds; null: they have not. `after`: from then on. Pure. */
export const consumedAt = (
  piece: Pick<Piece, 'url' | 'forms'>,
  activities: readonly Pick<DigestActivity, 'type' | 'url' | 'form' | 'machine' | 'at'>[],
  after = Number.NEGATIVE_INFINITY,
): number | null =>
  activities.reduce<number | null>(
    (first, activity) =>
      activity.at >= after && (first === null || activity.at < first) && shows(piece, activity)
        ? activity.at
        : first,
    null,
  );

/** Whether something that somebody did can make other content fit: they have a piece by it, or looked at a topic. Pure. */
export const bearsOnContent = ({ pieces, topics }: Catalogue, activity: DigestActivity): boolean =>
  pieces.some((piece) => shows(piece, activity)) || topicsOf([activity], topics).size > 0;
