import { expect, it } from 'vitest';
import { toId18 } from '../../../src/model/salesforce-id.ts';

// Pairs from Salesforce's documentation and recorded answers.
it.each([
  ['70130000001tcyI', 'AAQ'],
  ['001D000000KnaXj', 'IAJ'],
  ['00190000001pPvH', 'AAU'],
  ['003q000000KvQ1t', 'AAF'],
])('%s ends in %s', (id, suffix) => {
  expect(toId18(id)).toBe(id + suffix);
  expect(toId18(`${id}${suffix.toLowerCase()}`)).toBe(id + suffix);
});

it.each(['', '00Q', '00Q00000000000!', "00Q000000000001' OR", '00Q0000000000011'])('%j is no id', (text) => {
  expect(toId18(text)).toBeNull();
});
