import { expect, it } from 'vitest';
import { codecKinds } from '../../../src/mapping/codecs/registry.ts';

const { hubspot, salesforce } = codecKinds['country-code'].make({});

it.each([
  ['DE', 'Germany'],
  ['HK', 'Hong Kong'],
  ['US', 'United States'],
  ['VN', 'Vietnam'],
])('%s is %s in HubSpot, and a code in Salesforce, whichever was entered', (code, name) => {
  for (const typed of [code, name, name.toUpperCase(), code.toLowerCase()]) {
    const value = hubspot.decode(typed);
    if (value.kind === 'foreign') throw new Error(value.why);
    expect([salesforce.encode(value), hubspot.encode(value)]).toEqual([code, name]);
  }
});

it('every country of ISO 3166 comes back from its name', () => {
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
  const known = letters
    .flatMap((first) => letters.map((second) => first + second))
    .flatMap((code) => {
      const value = salesforce.decode(code);
      return value.kind === 'value' && value.key === code ? [{ code, value }] : [];
    });
  expect(known.length).toBeGreaterThan(240);
  for (const { code, value } of known)
    expect(hubspot.decode(hubspot.encode(value))).toMatchObject({ key: code });
});
