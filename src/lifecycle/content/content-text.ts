import type { NextStep } from '../digest/input.ts';
import { foreign } from '../digest/plain-text.ts';
import type { Recommendation, Recommended } from './recommend.ts';

/** What the worker's own `Tandem_Content__c` holds, in UTF-16 units. */
export const contentMaxDefault = 32_000;
const titleMax = 120;
const sayMax = 400;
const whyMax = 400;
/** So many pieces that they had are told, newest first: what is sent twice annoys. */
const hadMax = 5;

export const kindWords = (kind: string): string => kind.replaceAll('-', ' ');

const pieceLines = ({ piece, why }: Recommended, index: number): string =>
  [
    `${index + 1}. ${foreign(piece.title, titleMax)} (${kindWords(piece.kind)})`,
    piece.url,
    `Why: ${foreign(why.join('; '), whyMax)}`,
    ...(piece.say === null ? [] : [`Say: ${foreign(piece.say, sayMax)}`]),
  ].join('\n');

const hadLines = ({ left }: Recommendation): readonly string[] => {
  const had = left
    .flatMap(({ piece, consumedAt }) => (consumedAt === null ? [] : [{ piece, at: consumedAt }]))
    .sort((a, b) => b.at - a.at)
    .slice(0, hadMax);
  if (had.length === 0) return [];
  return [
    [
      'They have already:',
      ...had.map(
        ({ piece, at }) => `- ${foreign(piece.title, titleMax)} (${new Date(at).toISOString().slice(0, 10)})`,
      ),
    ].join('\n'),
  ];
};

/** Parts with a blank line between, as far as they fit as a whole: half an address leads nowhere. */
export const wholeParts = (parts: readonly string[]): string =>
  parts.reduce((text, part) => {
    const longer = text === '' ? part : `${text}\n\n${part}`;
    return longer.length <= contentMaxDefault ? longer : text;
  }, '');

/**
 * What `Tandem_Content__c` shows: the pieces, best first, each with its address and why it is meant for them; then what they have already. Null: there
 * is nothing to say. Pure, and the same until there is something new to say.
 */
export const contentText = (recommendation: Recommendation): string | null => {
  const parts = [...recommendation.recommended.map(pieceLines), ...hadLines(recommendation)];
  return parts.length === 0 ? null : wholeParts(parts);
};

/** The same as what the digest's last part sends. */
export const sendOf = ({ recommended }: Recommendation): NextStep['send'] =>
  recommended.map(({ piece: { title, url, say } }) => ({ title, url, say }));
