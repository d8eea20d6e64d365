import { describe, expect, it } from 'vitest';
import { codecKinds, type KindName } from '../../src/mapping/codecs/registry.ts';
import { compareValues, unionValues } from '../../src/mapping/value-order.ts';
import type { CanonicalValue, RawValue } from '../../src/model/value.ts';

const value = (kind: KindName, raw: RawValue): CanonicalValue => {
  const decoded = codecKinds[kind].make({}).hubspot.decode(raw);
  if (decoded.kind !== 'value') throw new Error(`expected a value, found ${decoded.kind}`);
  return decoded;
};

describe('the order of values', () => {
  it.each([
    ['number', '9', '10', -1],
    ['number', '-1', '-2', 1],
    ['currency', '10.50', '10.5', 0],
    ['date', '2020-02-29', '2019-12-31', 1],
    ['datetime', '2020-02-29T01:00:00+02:00', '2020-02-28T23:00:00Z', 0],
    ['datetime', '2020-02-29T00:00:00Z', '2020-02-29T00:00:01Z', -1],
  ] as const)('%s: %s and %s', (kind, a, b, sign) => {
    expect(Math.sign(compareValues(kind, value(kind, a), value(kind, b)) ?? Number.NaN)).toBe(sign);
  });

  it('is none for kinds without one', () => {
    expect(compareValues('text', value('text', 'a'), value('text', 'b'))).toBe(null);
    expect(compareValues('toString', value('text', 'a'), value('text', 'b'))).toBe(null);
  });
});

describe('the union of sets', () => {
  it('has every member once and is a value of its kind', () => {
    const union = unionValues(value('multi-enum', 'c;a'), value('multi-enum', 'b;a'));
    expect(union).toEqual({ kind: 'value', key: 'a;b;c', text: 'c;a;b' });
    expect(codecKinds['multi-enum'].make({}).salesforce.decode('c;a;b')).toEqual(union);
  });
});
