import { type CodecKind, plainKind } from './codec-kind.ts';
import { textSides } from './text-sides.ts';

const scheme = /^https?:\/\//i;

/**
 * The address without scheme, with its host in lower case and without the slash at its end: `http://Example.com/` is
 * `example.com`. Not parsed as a URL: a website field holds whatever was typed, and every text must have a key.
 */
const urlKey = (text: string): string => {
  const rest = text.replace(scheme, '');
  const hostEnd = rest.search(/[/?#]/);
  const host = (hostEnd === -1 ? rest : rest.slice(0, hostEnd)).toLowerCase();
  const path = hostEnd === -1 ? '' : rest.slice(hostEnd);
  const key = host + (path.endsWith('/') ? path.slice(0, -1) : path);
  return key === '' ? text : key;
};

/** Web addresses, written as typed. `www.` counts: the two hosts need not be the same site. */
export const url: CodecKind = { ...plainKind, make: () => textSides(urlKey) };
