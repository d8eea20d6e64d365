import { expect } from 'vitest';
import type { Sides, System } from '../../../src/model/system.ts';
import { otherSystem, systems } from '../../../src/model/system.ts';
import type { Canonical, RawValue, SideCodec } from '../../../src/model/value.ts';

const keyOf = (value: Canonical): string => {
  if (value.kind !== 'value') throw new Error(`expected a value, found ${value.kind}`);
  return value.key;
};

/** Asserts the laws of SideCodec for one raw value, within each side and across. */
export const assertLaws = (codecs: Sides<SideCodec>, raw: RawValue): void => {
  for (const side of systems) {
    const value = codecs[side].decode(raw);
    if (value.kind === 'foreign') {
      expect(Object.is(value.raw, raw)).toBe(true);
      expect(value.why).not.toBe('');
      continue;
    }
    if (value.kind === 'blank') continue;
    for (const target of [side, otherSystem(side)] satisfies System[]) {
      const sent = codecs[target].encode(value);
      const back = codecs[target].decode(sent);
      expect(keyOf(back)).toBe(value.key);
      if (back.kind === 'value') expect(codecs[target].encode(back)).toBe(sent);
    }
  }
};
