import type { Sides } from '../model/system.ts';
import { blank, type SideCodec } from '../model/value.ts';

/**
 * Codecs that read the fills as blank, on both sides: a placeholder written at creation never flows back as if somebody had
 * entered it, nor does one that came over by another way. A blank is still written as the kind's own blank.
 */
export const withFills = (codecs: Sides<SideCodec>, fills: Partial<Sides<string>>): Sides<SideCodec> => {
  const keys = new Set<string>();
  for (const [side, fill] of Object.entries(fills) as [keyof Sides<string>, string][]) {
    const decoded = codecs[side].decode(fill);
    if (decoded.kind === 'value') keys.add(decoded.key);
  }
  if (keys.size === 0) return codecs;
  const wrap = (codec: SideCodec): SideCodec => ({
    decode: (raw) => {
      const value = codec.decode(raw);
      return value.kind === 'value' && keys.has(value.key) ? blank : value;
    },
    encode: codec.encode,
  });
  return { hubspot: wrap(codecs.hubspot), salesforce: wrap(codecs.salesforce) };
};
