import { z } from 'zod';
import type { Failure } from '../model/failure.ts';
import { failureCategories } from '../model/failure.ts';
import type { LaneLearned } from '../model/lane-limit.ts';
import { type Line, noLine } from '../model/lane-line.ts';
import type {
  Base,
  BaseEntry,
  FieldWrite,
  LastWrite,
  LateWrite,
  ReadBefore,
  ToldChanges,
} from '../model/state.ts';
import type { RecordRef } from '../model/system.ts';
import { systems } from '../model/system.ts';
import type { RawValue } from '../model/value.ts';
import { cleanText } from './batch.ts';

/*
 * What lies in `json` columns. JSON.stringify escapes NUL and lone surrogates, so that the text is plain and every RawValue
 * comes back as it was. Queries select these columns as text: the driver's own JSON parser would hide their type.
 */

/** A value for a `json` column. */
export const toJson = (value: unknown): string => JSON.stringify(value);

const isRaw = (value: unknown): value is RawValue =>
  value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

const corrupt = (what: string): Error =>
  new Error(`The store holds a ${what} that this version cannot read: restore it, or report a defect.`);

const lateToJson = ({ to, sent, read, restores }: LateWrite): readonly unknown[] => {
  if (restores) return [to, sent, read?.stamp ?? null, read?.at ?? null, true];
  return read ? [to, sent, read.stamp, read.at] : [to, sent];
};

const wroteToJson = ({ to, over, flips, since, kept, read }: LastWrite): readonly unknown[] => {
  const first = [to, over, flips, since];
  if (read) return [...first, kept ?? false, read.stamp, read.at];
  return kept ? [...first, true] : first;
};

const entryToJson = ({ hubspot, salesforce, wrote, late }: BaseEntry): readonly unknown[] => {
  const written = wrote ? wroteToJson(wrote) : null;
  if (late) return [hubspot, salesforce, written, lateToJson(late)];
  return written ? [hubspot, salesforce, written] : [hubspot, salesforce];
};

/**
 * A base as it is stored: two values a field, without the names of the systems, since there are many; a third element is what is
 * remembered of the last write, a fourth what may still come late.
 */
export const baseToJson = (base: Base): string =>
  toJson(Object.fromEntries(Object.entries(base).map(([name, entry]) => [name, entryToJson(entry)])));

const isCount = (value: unknown): value is number => typeof value === 'number' && value >= 0;

const parseRead = (stamp: unknown, at: unknown): { readonly read?: ReadBefore } =>
  isCount(stamp) && isCount(at) ? { read: { stamp, at } } : {};

const parseWrote = (stored: unknown): LastWrite | null => {
  if (!Array.isArray(stored)) return null;
  const [system, over, flips, since, kept, stamp, at]: unknown[] = stored;
  const to = systems.find((each) => each === system);
  if (to === undefined || !isRaw(over) || !isCount(flips) || !isCount(since)) return null;
  return { to, over, flips, since, ...(kept === true ? { kept } : {}), ...parseRead(stamp, at) };
};

const parseLate = (stored: unknown): LateWrite | null => {
  if (!Array.isArray(stored)) return null;
  const [system, sent, stamp, at, restores]: unknown[] = stored;
  const to = systems.find((each) => each === system);
  if (to === undefined || !isRaw(sent)) return null;
  return { to, sent, ...parseRead(stamp, at), ...(restores === true ? { restores } : {}) };
};

const parseEntry = (stored: unknown): BaseEntry | null => {
  if (!Array.isArray(stored) || stored.length < 2 || stored.length > 4) return null;
  const [hubspot, salesforce, written = null, coming = null]: unknown[] = stored;
  if (!isRaw(hubspot) || !isRaw(salesforce)) return null;
  const wrote = written === null ? undefined : parseWrote(written);
  const late = coming === null ? undefined : parseLate(coming);
  if (wrote === null || late === null) return null;
  return { hubspot, salesforce, ...(wrote ? { wrote } : {}), ...(late ? { late } : {}) };
};

/**
 * Reads a stored base. A field of which this version cannot read what is stored (another version wrote it, or somebody's hand) has never been seen: units
 * are claimed 200 at a time, and one that could not be read would keep all of them waiting for ever. By hand rather than by zod, as 200
 * of them with a dozen fields each are read at a time.
 */
export const parseBase = (text: string): Base => {
  const stored: unknown = JSON.parse(text);
  if (typeof stored !== 'object' || stored === null) return {};
  const entries = Object.entries(stored).flatMap(([name, pair]): [string, BaseEntry][] => {
    const entry = parseEntry(pair);
    return entry === null ? [] : [[name, entry]];
  });
  return Object.fromEntries(entries);
};

const raw: z.ZodType<RawValue> = z.custom<RawValue>(isRaw);
const ref: z.ZodType<RecordRef> = z.object({ system: z.enum(systems), type: z.string(), id: z.string() });
const writes: z.ZodType<readonly FieldWrite[]> = z.array(
  z.object({
    field: z.string(),
    apiField: z.string(),
    sent: raw,
    replaced: raw,
    source: raw,
    rule: z.string(),
    clock: z.string().nullable(),
    lost: raw,
    restores: z.literal(true).exactOptional(),
    leaves: z.object({ hubspot: raw, salesforce: raw }).exactOptional(),
    read: z.object({ stamp: z.number(), at: z.number() }).exactOptional(),
    flips: z.object({ count: z.number(), since: z.number() }).exactOptional(),
  }),
);
const failure = z.object({
  // Another version may have known one more: what is parked stays parked, whatever it was called.
  category: z.enum(failureCategories).catch('request'),
  system: z.enum(systems),
  code: z.string(),
  message: z.string(),
  fields: z.array(z.string()),
  existingId: z.string().exactOptional(),
  retryAfterMs: z.number().exactOptional(),
});

type LedgerValue = RawValue | Readonly<Record<string, RawValue>>;

const parseAs = <T>(schema: z.ZodType<T>, what: string, text: string): T => {
  const parsed = schema.safeParse(JSON.parse(text));
  if (!parsed.success) throw corrupt(what);
  return parsed.data;
};

const cleanJson = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) => (typeof each === 'string' ? cleanText(each) : each));

/** A failure holds no values of records, and SQL takes it apart: its texts are cleaned of what `->>` refuses. */
export const failureToJson = (failed: Failure): string => cleanJson(failed);

/** For `jsonb`, which refuses what Salesforce, whose values alone are among them, has none of: NUL and lone surrogates. */
export const toldToJson = (told: ToldChanges): string => cleanJson(told);

export const parseWrites = (text: string): readonly FieldWrite[] => parseAs(writes, 'list of writes', text);
export const parseFailure = (text: string): Failure => parseAs<Failure>(failure, 'failure', text);
const ledgerValue = z.union([raw, z.record(z.string(), raw)]);
/** A value of the ledger: one raw value, or (of a record's creation) all of them by field. */
export const parseLedgerValue = (text: string): LedgerValue =>
  parseAs<LedgerValue>(ledgerValue, 'ledger value', text);
export const parseRaw = (text: string): RawValue => parseAs(raw, 'value', text);
export const parseRefs = (text: string): readonly RecordRef[] =>
  parseAs(z.array(ref), 'list of records', text);

const learned: z.ZodType<LaneLearned> = z.object({
  refused: z.object({ factor: z.number(), at: z.number() }).exactOptional(),
  told: z
    .object({
      calls: z.number(),
      windowMs: z.number(),
      others: z.number(),
      smallerAt: z.number(),
      at: z.number(),
    })
    .exactOptional(),
});
/** What is known of a budget lane; nothing where nothing was written. */
export const parseLearned = (text: string | null): LaneLearned =>
  text === null ? {} : parseAs(learned, 'budget lane', text);

const line: z.ZodType<Line> = z.array(
  z.object({ id: z.string(), rank: z.number(), now: z.number(), all: z.number(), until: z.number() }),
);
/** Who waits before a budget lane; nobody where nothing was written. */
export const parseLine = (text: string | null): Line =>
  text === null ? noLine : parseAs(line, 'line before a budget lane', text);
