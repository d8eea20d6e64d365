import type { RecentRequest, RequestText, SeenRequest } from './request.ts';

/** Within so long requests of one place are counted. */
export const flapMinutes = 10;
const withinMs = flapMinutes * 60_000;
/** The same words may be asked for so often in that time, any words so often: more is no person's doing. */
const sameMax = 5;
const anyMax = 20;

const isSame = (a: RequestText, b: RequestText): boolean => a.word === b.word && a.detail === b.detail;

/** The requests of a place in the last minutes with this one, and how many of them make it one that comes back by itself; null: few enough. Pure. */
export const withRecent = (
  seen: SeenRequest | undefined,
  text: RequestText,
  at: number,
): { readonly recent: readonly RecentRequest[]; readonly tooMany: number | null } => {
  // Whoever took away what was stopped begins anew.
  const before = seen === undefined || seen.state === 'stopped' ? [] : (seen.recent ?? []);
  const recent = [
    ...before.filter((each) => each.at > at - withinMs),
    { word: text.word, detail: text.detail, at },
  ].slice(-anyMax - 1);
  const same = recent.filter((each) => isSame(each, text)).length;
  if (same > sameMax) return { recent, tooMany: same };
  return { recent, tooMany: recent.length > anyMax ? recent.length : null };
};
