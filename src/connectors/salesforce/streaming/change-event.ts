import { z } from 'zod';
import type { LiveEvent, LiveSignal } from '../../../model/live.ts';
import { toId18 } from '../../../model/salesforce-id.ts';
import type { RawFields, RawValue } from '../../../model/value.ts';
import { clientName } from '../send.ts';

/**
 * The header of a change event (Change Data Capture guide, event header fields). What is not needed is not asked for: over CometD some
 * of its fields are there in some versions only.
 */
const headerSchema = z.looseObject({
  entityName: z.string(),
  changeType: z.string(),
  recordIds: z.array(z.string()),
  commitTimestamp: z.number().min(0).optional().catch(undefined),
  /** `com/salesforce/api/rest/62.0;client=tandem`: the client where it named itself. */
  changeOrigin: z.string().optional().catch(undefined),
});

const dataSchema = z.looseObject({
  payload: z.looseObject({ ChangeEventHeader: headerSchema }),
  event: z.looseObject({ replayId: z.int() }),
});

const replaySchema = z.looseObject({ event: z.looseObject({ replayId: z.int() }) });

/** What an event says; a type conversion or an overflow says that something has changed, and not what. */
export type ReadEvent =
  | { readonly kind: 'signals'; readonly replayId: number; readonly signals: readonly LiveSignal[] }
  | { readonly kind: 'untold'; readonly replayId: number | null };

/** Gap events tell of a change without its values; `GAP_UPDATE` may be any change. */
const eventOf: Readonly<Record<string, LiveEvent>> = {
  CREATE: 'created',
  UPDATE: 'changed',
  DELETE: 'deleted',
  UNDELETE: 'restored',
  GAP_CREATE: 'untold',
  GAP_UPDATE: 'untold',
  GAP_DELETE: 'deleted',
  GAP_UNDELETE: 'restored',
};

const instantPattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z$/;

/** Datetimes come as `2019-09-25T10:32:28Z`, and as `2019-09-25T10:32:28.000+0000` in every read. */
const asRead = (value: RawValue): RawValue => {
  if (typeof value !== 'string' || !instantPattern.test(value)) return value;
  const ms = Date.parse(value);
  return Number.isNaN(ms) ? value : new Date(ms).toISOString().replace('Z', '+0000');
};

const isRawValue = (value: unknown): value is RawValue =>
  value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The API name of a part of a compound field: `Name.LastName`, `BillingAddress.Street`, `Place__c.Latitude`. */
const partName = (compound: string, part: string): string => {
  if (compound.endsWith('__c')) return `${compound.slice(0, -'c'.length)}${part}__s`;
  return compound.endsWith('Address') ? `${compound.slice(0, -'Address'.length)}${part}` : part;
};

interface Body {
  readonly fields: RawFields;
  readonly unvalued: readonly string[];
}

/** Fields by API name; one whose value is not told as a whole (a long text comes as a diff) by its name alone. */
const bodyOf = (payload: Readonly<Record<string, unknown>>): Body => {
  const fields: Record<string, RawValue> = {};
  const unvalued: string[] = [];
  for (const [name, value] of Object.entries(payload)) {
    if (name === 'ChangeEventHeader') continue;
    if (isRawValue(value)) fields[name] = asRead(value);
    else if (!isObject(value) || 'diff' in value) unvalued.push(name);
    else {
      for (const [part, inner] of Object.entries(value)) {
        if (isRawValue(inner)) fields[partName(name, part)] = asRead(inner);
        else unvalued.push(partName(name, part));
      }
    }
  }
  return { fields, unvalued };
};

/**
 * The record's own LastModifiedDate, which a read's SystemModstamp is never below. Not commitTimestamp: a transaction may commit
 * seconds after the stamp that it gave its records, and no read would ever reach it.
 */
const stampOf = ({ LastModifiedDate: at }: RawFields): number | null => {
  const ms = typeof at === 'string' ? Date.parse(at) : Number.NaN;
  return Number.isNaN(ms) ? null : ms;
};

/**
 * Reads the data of one message of a channel of `type`. Whatever it is, it never throws: what cannot be read is `untold`, with its
 * replay id where even that could be read, for it must not be asked for again and again.
 */
export const readChangeEvent = (type: string, data: unknown): ReadEvent => {
  const parsed = dataSchema.safeParse(data);
  if (!parsed.success) {
    const replay = replaySchema.safeParse(data);
    return { kind: 'untold', replayId: replay.success ? replay.data.event.replayId : null };
  }
  const { payload, event: message } = parsed.data;
  const { replayId } = message;
  const { changeType, recordIds, entityName, commitTimestamp, changeOrigin } = payload.ChangeEventHeader;
  const event = Object.hasOwn(eventOf, changeType) ? eventOf[changeType] : undefined;
  // A wildcard (`001*`) stands for every record: a field's type was converted.
  const ids = recordIds.map((id) => toId18(id));
  if (event === undefined || ids.length === 0 || ids.includes(null) || entityName !== type) {
    return { kind: 'untold', replayId };
  }
  const { fields, unvalued } = bodyOf(payload);
  const stamp = event === 'deleted' ? null : stampOf(fields);
  const by = changeOrigin?.endsWith(`;client=${clientName}`) ? { byUs: true as const } : {};
  const signals = ids.map((id): LiveSignal => {
    const ref = { system: 'salesforce', type, id: id ?? '' } as const;
    const when = commitTimestamp === undefined ? {} : { changedAt: commitTimestamp };
    return { ref, event, stamp, fields, unvalued, ...when, ...by };
  });
  return { kind: 'signals', replayId, signals };
};
