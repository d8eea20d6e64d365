import type { DigestActivity } from '../digest/input.ts';
import type { Catalogue } from './model.ts';

/** Text as whole words between single spaces, so that `ai` is not found in `mail`. */
const asWords = (text: string): string =>
  ` ${text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .join(' ')} `;

/** The path alone: a host would make every page of `security.example` one about security. */
const pathOf = (url: string): string => {
  if (!URL.canParse(url)) return url;
  const { pathname } = new URL(url);
  try {
    return decodeURIComponent(pathname);
  } catch {
    return pathname;
  }
};

const wordsIn = ({ url, title, form, campaign }: DigestActivity): string =>
  [url === undefined ? '' : pathOf(url), title, form, campaign]
    .filter((text) => text !== undefined)
    .join(' ');

/** What shows an interest: what somebody got without doing anything does not. */
const isOwn = ({ type, machine }: DigestActivity): boolean =>
  machine !== true && (type === 'pageView' || type === 'formSubmission' || type === 'emailClick');

/** The topics that somebody looked at, by the words that the catalogue has for them. Pure. */
export const topicsOf = (
  activities: readonly DigestActivity[],
  topics: Catalogue['topics'],
): ReadonlySet<string> => {
  if (topics.size === 0) return new Set();
  const texts = [...new Set(activities.filter(isOwn).map(wordsIn))].map(asWords);
  return new Set(
    [...topics].flatMap(([topic, words]) => {
      const named = words.map(asWords).filter((word) => word.trim() !== '');
      return texts.some((text) => named.some((word) => text.includes(word))) ? [topic] : [];
    }),
  );
};
