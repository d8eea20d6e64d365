import { describe, expect, it } from 'vitest';
import { isOwnersLookDue } from '../../../src/commands/run/owners.ts';
import { KnownReferences } from '../../../src/mapping/known-references.ts';
import { ownerReference } from '../../../src/model/mapping.ts';

const minute = 60_000;
const known = () => {
  const references = new KnownReferences();
  references.replace(ownerReference, { pairs: [{ hubspot: '1', salesforce: '005000000000001AAA' }] }, 'Lead');
  return references;
};

describe('asking who the owners are', () => {
  it('is rare while everybody who is named is known', () => {
    const references = known();
    references.table(ownerReference, 'Lead').toSalesforce('1');
    expect(isOwnersLookDue(references, 59 * minute)).toBe(false);
    expect(isOwnersLookDue(references, 60 * minute)).toBe(true);
  });

  it('comes within a minute where a record names somebody new, and then every ten while they stay unknown and are named', () => {
    const references = known();
    references.table(ownerReference, 'Lead').toSalesforce('77');
    expect(isOwnersLookDue(references, minute - 1)).toBe(false);
    expect(isOwnersLookDue(references, minute)).toBe(true);
    references.replace(ownerReference, { pairs: [] }, 'Lead');
    expect(isOwnersLookDue(references, 59 * minute)).toBe(false);
    references.table(ownerReference, 'Lead').toSalesforce('77');
    expect(isOwnersLookDue(references, 10 * minute - 1)).toBe(false);
    expect(isOwnersLookDue(references, 10 * minute)).toBe(true);
    references.table(ownerReference, 'Lead').toHubspot('005000000000009AAA');
    expect(isOwnersLookDue(references, minute)).toBe(true);
  });
});
