import { z } from 'zod';
import type { LiveSignal } from '../../model/live.ts';
import {
  makeSignal,
  type ObjectTypeIds,
  type ParsedDelivery,
  recordId,
  typeOfObjectTypeId,
} from './webhook-events.ts';

const common = z.object({
  action: z.string(),
  /** ISO 8601. */
  occurredAt: z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
});
const ofRecord = z.object({ objectTypeId: z.string(), objectId: recordId });
const value = z
  .union([z.string(), z.number(), z.boolean(), z.null()])
  .transform((raw) => (raw === null ? null : String(raw)));
const ofValues = ofRecord.extend({ propertyChanges: z.record(z.string(), value).nullish() });
const ofMerge = ofRecord.extend({ mergedObjectIds: z.array(recordId).max(1_000).nullish() });
const ofAssociation = z.object({ fromObjectTypeId: z.string(), fromObjectId: recordId });

const simpleActions: Readonly<Record<string, LiveSignal['event']>> = {
  DELETE: 'deleted',
  RESTORE: 'restored',
};

const parseEvent = (raw: unknown, custom?: ObjectTypeIds): readonly LiveSignal[] | null => {
  const head = common.safeParse(raw);
  if (!head.success) return null;
  const { action, occurredAt: stamp } = head.data;
  if (action === 'CREATE' || action === 'UPDATE') {
    const event = ofValues.safeParse(raw);
    if (!event.success) return null;
    const { objectTypeId, objectId, propertyChanges } = event.data;
    const kind = action === 'CREATE' ? 'created' : 'changed';
    return [
      makeSignal(typeOfObjectTypeId(objectTypeId, custom), objectId, kind, {
        ...{ stamp, fields: propertyChanges ?? {} },
        ...(kind === 'changed' ? { changedAt: stamp } : {}),
      }),
    ];
  }
  if (action === 'MERGE') {
    const event = ofMerge.safeParse(raw);
    if (!event.success) return null;
    const { objectTypeId, objectId, mergedObjectIds } = event.data;
    const type = typeOfObjectTypeId(objectTypeId, custom);
    return [...new Set([objectId, ...(mergedObjectIds ?? [])])].map((id) => makeSignal(type, id, 'merged'));
  }
  if (action === 'ASSOCIATION_ADDED' || action === 'ASSOCIATION_REMOVED') {
    const event = ofAssociation.safeParse(raw);
    if (!event.success) return null;
    const { fromObjectTypeId, fromObjectId } = event.data;
    return [makeSignal(typeOfObjectTypeId(fromObjectTypeId, custom), fromObjectId, 'associated')];
  }
  const simple = simpleActions[action];
  const event = ofRecord.safeParse(raw);
  if (simple === undefined || !event.success) return null;
  return [makeSignal(typeOfObjectTypeId(event.data.objectTypeId, custom), event.data.objectId, simple)];
};

/** Reads the events of one file of the journal. One that cannot be read is counted and left out: nobody would send it again. */
export const parseJournalEvents = (events: readonly unknown[], custom?: ObjectTypeIds): ParsedDelivery => {
  const parsed = events.map((event) => parseEvent(event, custom));
  return {
    signals: parsed.flatMap((signals) => signals ?? []),
    unknown: parsed.filter((signals) => signals === null).length,
  };
};
