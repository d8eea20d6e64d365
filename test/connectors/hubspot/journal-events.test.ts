import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJournalEvents } from '../../../src/connectors/hubspot/journal-events.ts';

const change = {
  ...{ action: 'UPDATE', occurredAt: '2026-11-25T10:00:00.000Z', objectTypeId: '0-1', objectId: 7 },
  propertyChanges: { city: 'Bonn' },
};
const actions = ['CREATE', 'UPDATE', 'DELETE', 'RESTORE', 'MERGE', 'ASSOCIATION_ADDED', '__proto__', ''];
/** An event in which anything may stand anywhere, most of it such that it is read to its end. */
const spoiled = fc.oneof(
  fc.anything(),
  fc.record(
    {
      action: fc.oneof(fc.constantFrom(...actions), fc.anything()),
      occurredAt: fc.oneof(fc.constant(change.occurredAt), fc.anything()),
      objectTypeId: fc.oneof(fc.constantFrom('0-1', '2-5', '__proto__'), fc.anything()),
      objectId: fc.oneof(fc.nat(), fc.anything()),
      propertyChanges: fc.oneof(fc.dictionary(fc.string(), fc.anything()), fc.anything()),
      mergedObjectIds: fc.oneof(fc.array(fc.nat()), fc.anything()),
      fromObjectTypeId: fc.constant('0-1'),
      fromObjectId: fc.oneof(fc.nat(), fc.anything()),
    },
    { requiredKeys: [] },
  ),
);

describe('the events of a file of the journal', () => {
  it('are taken one by one: whatever stands beside one that can be read, that one is', () => {
    fc.assert(
      fc.property(fc.array(spoiled), fc.array(spoiled), (before, behind) => {
        const { signals, unknown } = parseJournalEvents([...before, change, ...behind]);
        expect(unknown).toBeLessThanOrEqual(before.length + behind.length);
        expect(signals).toContainEqual(
          expect.objectContaining({
            ref: { system: 'hubspot', type: 'contacts', id: '7' },
            fields: { city: 'Bonn' },
          }),
        );
      }),
    );
  });
});
