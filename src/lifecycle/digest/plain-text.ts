/**
 * What steers the order of writing beyond its own text: embeddings, overrides, isolates and their deprecated kin. The order in which
 * right-to-left text is shown comes from its letters; a stray one of these turns round what stands behind it.
 * (Unicode Bidirectional Algorithm, https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters)
 * With them the marks that stand for nothing a person wrote: byte order mark, interlinear annotation.
 */
const steering = /[\u202a-\u202e\u2066-\u206f\ufeff\ufff9-\ufffb]/g;
/** Control characters and the two separators that break lines. */
const breaking = /[\p{Cc}\u2028\u2029]/gu;
const nonCharacter = /\p{Noncharacter_Code_Point}/gu;

const openIsolate = '\u2068';
const closeIsolate = '\u2069';

/** Scripts that are written from right to left and are in use. */
const rightToLeft =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}\p{Script=Hanifi_Rohingya}\p{Script=Mandaic}\p{Script=Samaritan}\u200f]/u;

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
export const ellipsis = '…';

/**
 * Foreign text as one harmless line: no control characters, line breaks, lone surrogates or marks that steer the order of writing;
 * white space folded. Letters of any script, joiners and emoji stay as they are. Total, and idempotent.
 */
export const oneLine = (text: string): string =>
  text
    .toWellFormed()
    .replace(steering, '')
    .replace(breaking, ' ')
    .replace(nonCharacter, '\ufffd')
    .replace(/\s+/g, ' ')
    .trim();

/**
 * At most `limit` UTF-16 units (what Salesforce counts for a text field), never a part of a grapheme: a text that is too long ends
 * with '…'. Nothing is left of it where the limit is below 1.
 */
export const cut = (text: string, limit: number): string => {
  if (text.length <= limit) return text;
  if (limit < 1) return '';
  // Where a grapheme begins is told by what stands before it, so what comes after the limit need not be looked at.
  const start = graphemes.segment(text.slice(0, limit + 1)).containing(limit - 1)?.index ?? 0;
  return `${text.slice(0, start).trimEnd()}${ellipsis}`;
};

/** Foreign text within a line of ours: one line, at most `limit` units, its own direction of writing kept to itself. */
export const foreign = (text: string, limit: number): string => {
  const line = oneLine(text);
  return rightToLeft.test(line) ? `${openIsolate}${cut(line, limit - 2)}${closeIsolate}` : cut(line, limit);
};

/** Foreign text in quotation marks; null where there is none. */
export const quoted = (text: string | null | undefined, limit: number): string | null => {
  const inner = foreign(text ?? '', limit - 2);
  return inner === '' ? null : `'${inner}'`;
};

const entities: Readonly<Record<string, string>> = {
  '&nbsp;': ' ',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&amp;': '&',
};

/**
 * The words of a rich text: HubSpot keeps the bodies of notes, calls and meetings as HTML
 * (https://developers.hubspot.com/docs/api-reference/crm-notes-v3/guide). Text that only looks like a comparison (`a < b`) stays.
 */
export const wordsOf = (richText: string): string =>
  richText
    .replace(/<(?:br|\/p|\/div|\/li|\/tr|\/h[1-6])\b[^<>]*>/gi, ' ')
    .replace(/<\/?[a-z][^<>]*>/gi, '')
    .replace(/&(?:nbsp|lt|gt|quot|#39|amp);/g, (entity) => entities[entity] ?? entity);
