import type { Call } from '../../core/message.ts';
import { refuseRequest } from './errors.ts';

/** Where a page ends, as clients hand it back. */
export interface PageCursor {
  readonly after: string;
  readonly link: string;
}

const linkTo = (call: Call, after: string): string => {
  const query = new URLSearchParams(call.request.query);
  query.delete('after');
  const rest = query.toString();
  return `${call.request.origin}${call.request.path}?${rest === '' ? '' : `${rest}&`}after=${after}`;
};

/** `{next: {after, link}}` for a token, which goes into both as it is. */
export const nextPage = (
  call: Call,
  after: string | null,
): { readonly paging?: { readonly next: PageCursor } } =>
  after === null ? {} : { paging: { next: { after, link: linkTo(call, after) } } };

/**
 * An offset as an opaque token. Forms and marketing emails hand out the token percent-encoded (`MQ%3D%3D`, recorded: amp-labs/connectors,
 * providers/hubspot/test/read/marketing-forms.json), so that clients which encode it again send it encoded twice.
 */
export const offsetToken = (offset: number): string =>
  encodeURIComponent(Buffer.from(String(offset)).toString('base64'));

/** The offset of `after` in the query, however often it was encoded; 0 without one. */
export const readOffsetToken = (call: Call): number => {
  const token = call.request.query.get('after') ?? '';
  if (token === '') return 0;
  const offset = Buffer.from(decodeAll(token), 'base64').toString();
  if (/^\d{1,9}$/.test(offset)) return Number(offset);
  throw refuseRequest('after must be the value of paging.next.after');
};

const decodeAll = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};
