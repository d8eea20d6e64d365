import type { Sides } from '../../model/system.ts';
import { blank, type Canonical, type RawValue, type SideCodec } from '../../model/value.ts';
import { cleanText, unifyLineEnds } from '../clean-text.ts';
import { clearedHubspot, clearedSalesforce } from './codec-kind.ts';

/**
 * Codecs of a kind that both systems keep as text: `keyOf` gives the key of a cleaned, non-empty text with
 * plain line ends, and the text is written as it was entered. The laws hold for any pure `keyOf`, since encode changes nothing and cleaning is idempotent.
 */
export const textSides = (keyOf: (text: string) => string): Sides<SideCodec> => {
  const decode = (raw: RawValue): Canonical => {
    const text = cleanText(raw);
    return text === '' ? blank : { kind: 'value', key: keyOf(unifyLineEnds(text)), text };
  };
  return {
    hubspot: { decode, encode: (value) => (value.kind === 'blank' ? clearedHubspot : String(value.text)) },
    salesforce: {
      decode,
      encode: (value) => (value.kind === 'blank' ? clearedSalesforce : String(value.text)),
    },
  };
};
