import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codecKinds, type KindName } from '../../../src/mapping/codecs/registry.ts';
import { type System, systems } from '../../../src/model/system.ts';
import type { RawValue } from '../../../src/model/value.ts';
import { plausible, rawValues, variants } from './raw-values.ts';

// What the systems do to a value on write (references: HubSpot section 8 and 12, Salesforce 12.7), in the harshest reading of
// each. Whatever they make of the value sent must have its key, or the field would flap for ever.

const trimLikeJava = (text: string): string => text.replace(/^[\0- ]+|[\0- ]+$/g, '');
const trimLikeCharacterClass = (text: string): string => {
  const white = '[\\t-\\r\\x1c-\\x20\\u1680\\u2000-\\u2006\\u2008-\\u200a\\u2028\\u2029\\u205f\\u3000]+';
  return text.replace(new RegExp(`^${white}|${white}$`, 'g'), '');
};

const salesforceStores = (name: KindName, scale: number | undefined, sent: RawValue): RawValue[] => {
  if (typeof sent === 'number') return [Number(sent.toFixed(scale ?? (name === 'currency' ? 2 : 10)))];
  if (typeof sent !== 'string') return [sent];
  if (name === 'datetime') return [sent.replace(/\.\d+Z$/, '.000+0000')];
  if (name === 'multi-enum') return [sent.split(';').reverse().join(';'), sent.split(';').sort().join(';')];
  // A picklist holds the list's own spelling; only text fields rewrite line ends.
  if (name === 'enum') return [sent];
  const trimmed = [trimLikeJava(sent), trimLikeCharacterClass(sent)].map((text) =>
    text === '' ? null : text,
  );
  const lineEnds = [sent.replaceAll(/\r\n|\r|\n/g, '\r\n'), sent.replaceAll('\r\n', '\n')];
  return [sent, ...trimmed, ...lineEnds, ...(name === 'email' ? [sent.toLowerCase()] : [])];
};

const hubspotStores = (name: KindName, sent: RawValue): RawValue[] => {
  if (typeof sent !== 'string') return [sent];
  const forms = [sent, trimLikeJava(sent)];
  if (name === 'email') forms.push(sent.toLowerCase());
  if (name === 'date' || name === 'datetime') forms.push(String(new Date(sent).getTime()).padStart(5, '0'));
  if (name === 'number' || name === 'integer' || name === 'currency')
    forms.push(`${sent}${sent.includes('.') ? '0' : '.0'}`);
  return forms;
};

describe.each(variants)('kind %s with %j', (name, options) => {
  it('reads what a system stored as what was sent', () => {
    const codecs = codecKinds[name].make(options);
    let values = 0;
    fc.assert(
      fc.property(rawValues, fc.constantFrom(...systems), (raw, side) => {
        const value = codecs[side].decode(raw);
        if (value.kind !== 'value') return;
        values += 1;
        for (const stored of salesforceStores(name, options.scale, codecs.salesforce.encode(value))) {
          expect(codecs.salesforce.decode(stored)).toMatchObject({ kind: 'value', key: value.key });
        }
        for (const stored of hubspotStores(name, codecs.hubspot.encode(value))) {
          expect(codecs.hubspot.decode(stored)).toMatchObject({ kind: 'value', key: value.key });
        }
      }),
      {
        numRuns: 400,
        examples: plausible.flatMap((raw) => systems.map((side): [RawValue, System] => [raw, side])),
      },
    );
    expect(values).toBeGreaterThan(0);
  });
});
