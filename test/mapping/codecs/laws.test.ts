import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codecKinds } from '../../../src/mapping/codecs/registry.ts';
import { withFills } from '../../../src/mapping/fill.ts';
import { systems } from '../../../src/model/system.ts';
import { blank, type Canonical } from '../../../src/model/value.ts';
import { assertLaws } from './laws.ts';
import { rawValues, variants } from './raw-values.ts';

/** What clears a field. */
const cleared: Extract<Canonical, { kind: 'blank' }> = { kind: 'blank' };

describe.each(variants)('kind %s with %j', (name, options) => {
  const codecs = codecKinds[name].make(options);

  it('keeps the laws of codecs for every raw value', () => {
    fc.assert(
      fc.property(rawValues, (raw) => {
        assertLaws(codecs, raw);
      }),
      { numRuns: 400 },
    );
  });

  it('makes keys that every store takes', () => {
    fc.assert(
      fc.property(rawValues, fc.constantFrom(...systems), (raw, side) => {
        const value = codecs[side].decode(raw);
        if (value.kind !== 'value') return;
        expect(value.key).not.toBe('');
        expect(value.key.isWellFormed()).toBe(true);
        expect(value.key.includes('\0')).toBe(false);
      }),
      { numRuns: 200 },
    );
  });

  it('reads null and what clears a field as blank', () => {
    for (const side of systems) {
      for (const raw of [null, '', ' \t', '\0']) expect(codecs[side].decode(raw)).toEqual(blank);
      // A Salesforce check box has no blank.
      if (name === 'boolean' && side === 'salesforce') continue;
      expect(codecs[side].decode(codecs[side].encode(cleared))).toEqual(blank);
    }
  });
});

describe('fills', () => {
  it('keep the laws', () => {
    const codecs = withFills(codecKinds.text.make({}), { salesforce: 'a' });
    fc.assert(
      fc.property(fc.oneof(rawValues, fc.constantFrom('a', ' a ', 'A')), (raw) => {
        assertLaws(codecs, raw);
      }),
    );
  });

  it('read as blank on both sides, exactly', () => {
    const codecs = withFills(codecKinds.text.make({}), { salesforce: '[not provided]' });
    for (const side of systems) {
      expect(codecs[side].decode(' [not provided]\n')).toEqual(blank);
      expect(codecs[side].decode('[Not provided]')).toMatchObject({ kind: 'value' });
    }
    expect(codecs.salesforce.encode(cleared)).toBe(null);
  });
});
