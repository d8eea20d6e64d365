import type { DigestActivity } from './input.ts';
import { foreign, quoted, wordsOf } from './plain-text.ts';

/** A name is shown so far; more does not fit a line on a phone. */
const nameMax = 80;
/** Up to here a page's name reads as one: `Pricing page`. */
const shortNameMax = 24;
const noteMax = 240;
const outcomeMax = 40;

const parsed = (url: string): URL | null =>
  URL.canParse(url) ? new URL(url) : URL.canParse(url, 'http://site') ? new URL(url, 'http://site') : null;

const decoded = (segment: string): string => {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
};

/** A page's address without what follows `?` and `#`: that may name a person, or hold a key. */
const pageKey = (url: string): string => {
  const page = parsed(url);
  return page === null ? url : `${page.host}${page.pathname.replace(/\/+$/, '')}`;
};

const fromPath = (url: string): string => {
  const page = parsed(url);
  if (page === null) return url;
  const last = page.pathname.split('/').findLast((segment) => segment !== '');
  if (last === undefined) return 'Home';
  const name = decoded(last)
    .replace(/\.[a-z0-9]{1,5}$/i, '')
    .replace(/[-_+]+/g, ' ')
    .trim();
  return name.charAt(0).toUpperCase() + name.slice(1);
};

const pageWords = ({ title, url }: DigestActivity): string => {
  const named = foreign(title ?? '', nameMax);
  const name = named === '' ? foreign(url === undefined ? '' : fromPath(url), nameMax) : named;
  if (name === '') return 'A page';
  if (name.length > shortNameMax) return `Page '${name}'`;
  return /page$/i.test(name) ? name : `${name} page`;
};

const about = (words: string, name: string | null): string => (name === null ? words : `${words} ${name}`);

/** How long something took, in whole minutes; null where that is not known. */
const durationText = (durationMs: number | undefined): string | null =>
  durationMs === undefined || !(durationMs > 0)
    ? null
    : `${Math.max(1, Math.round(durationMs / 60_000))} min`;

const talkWords = (kind: string, { title, durationMs, outcome }: DigestActivity): string =>
  [about(kind, quoted(title, nameMax)), durationText(durationMs), foreign(outcome ?? '', outcomeMax)]
    .filter((part) => part !== null && part !== '')
    .join(', ');

/** What somebody did, in words without a time. Plain, one line, of bounded length. */
export const activityWords = (activity: DigestActivity): string => {
  const { type, campaign, list, form, title } = activity;
  const mail = quoted(campaign ?? title, nameMax);
  switch (type) {
    case 'pageView':
      return pageWords(activity);
    case 'formSubmission':
      return about('Form', quoted(form ?? title ?? activity.url?.split(/[?#]/)[0], nameMax));
    case 'emailDelivered':
      return about('Got mail', mail);
    case 'emailOpen':
      return about('Opened mail', mail);
    case 'emailClick':
      return about('Clicked in mail', mail);
    case 'emailBounce':
      return mail === null ? 'Mail came back' : `Mail ${mail} came back`;
    case 'unsubscribe':
      return mail === null ? 'Unsubscribed' : `Unsubscribed after mail ${mail}`;
    case 'meetingBooked':
      return talkWords('Meeting booked', activity);
    case 'meeting':
      return talkWords('Meeting', activity);
    case 'call':
      return talkWords('Call', activity);
    case 'listJoined':
      return about('Joined list', quoted(list ?? title, nameMax));
    case 'campaignJoined':
      return [about('In campaign', quoted(campaign, nameMax)), foreign(activity.outcome ?? '', outcomeMax)]
        .filter((part) => part !== '')
        .join(', ');
    case 'note':
      return about('Note', quoted(title, nameMax));
  }
};

/** What was noted, as one line; null where nothing was. */
export const noteWords = ({ note }: DigestActivity): string | null => {
  const words = foreign(wordsOf(note ?? ''), noteMax);
  return words === '' ? null : words;
};

/** Activities of one name are repeats of one thing. What somebody wrote or a call came to is no repeat. */
export const foldKey = (activity: DigestActivity): string => {
  const { type, url, form, campaign, list, title, note, outcome, key } = activity;
  if (note !== undefined || outcome !== undefined || type === 'call' || type === 'meeting' || type === 'note')
    return `once/${key}`;
  if (type === 'pageView') return `page/${url === undefined ? (title ?? '') : pageKey(url)}`;
  return JSON.stringify([type, form ?? null, campaign ?? null, list ?? null, title ?? null]);
};
