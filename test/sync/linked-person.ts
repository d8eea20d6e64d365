import type { Link } from '../../src/model/state.ts';
import { makeField, makePair } from './builders.ts';

/** A pair of two fields, for tests of what signals say of somebody who is linked. */
export const pair = makePair([
  makeField({ name: 'email', fields: { hubspot: 'email', salesforce: 'Email' } }),
  makeField(),
]);

export const seenAt = 1_700_000_000_000;

/** The link of that person: both sides agreed on both fields at `seenAt`. */
export const makeLink = (overrides: Partial<Link> = {}): Link => ({
  id: 'L1',
  pair: pair.name,
  ids: { hubspot: '1', salesforce: '00Q1' },
  version: 1,
  base: {
    email: { hubspot: 'a@example.com', salesforce: 'a@example.com' },
    jobtitle: { hubspot: 'CEO', salesforce: 'CEO' },
  },
  stamps: { hubspot: seenAt, salesforce: seenAt },
  ended: null,
  ...overrides,
});
