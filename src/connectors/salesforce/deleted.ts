import { z } from 'zod';
import type { CallContext } from '../../model/budget.ts';
import { CallFailed } from '../../model/failure.ts';
import type { DeletionPage } from '../../model/record.ts';
import type { Api } from './api.ts';
import { idSchema, instantSchema } from './rows.ts';
import { soqlName } from './soql.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** How far back getDeleted can look, less an hour for clocks that differ (REST API guide, Get Deleted: 15 days). */
const deletedLookBackMs = 15 * dayMs - 60 * minuteMs;

const deletedSchema = z.object({
  deletedRecords: z.array(z.object({ id: idSchema, deletedDate: instantSchema })),
  earliestDateAvailable: instantSchema,
  latestDateCovered: instantSchema,
});

/** What getDeleted answered for a span of time. */
interface DeletedPage {
  readonly records: readonly { readonly id: string; readonly at: number }[];
  /** Deletions from before this moment are not in the log any more, milliseconds. */
  readonly earliest: number;
  /** Everything up to this moment is in the answer; the next look starts here. */
  readonly covered: number;
}

/** Seconds are ignored and the span must be longer than a minute, so that it is given in whole minutes, two at least. */
const deletedBetween = async (
  api: Api,
  type: string,
  fromMs: number,
  toMs: number,
  context: CallContext,
): Promise<DeletedPage> => {
  const end = Math.ceil(toMs / minuteMs) * minuteMs + minuteMs;
  const start = Math.min(Math.floor(fromMs / minuteMs) * minuteMs, end - 2 * minuteMs);
  const span = [start, end].map((ms) =>
    encodeURIComponent(new Date(ms).toISOString().replace('.000Z', '+00:00')),
  );
  const { body } = await api.read(
    context,
    { method: 'GET', path: `/sobjects/${soqlName(type)}/deleted?start=${span[0]}&end=${span[1]}` },
    deletedSchema,
  );
  return {
    records: body.deletedRecords.map(({ id, deletedDate }) => ({ id, at: deletedDate })),
    earliest: body.earliestDateAvailable,
    covered: body.latestDateCovered,
  };
};

/** The vendor's time, by the Date header of its list of versions, which is not counted against the day's calls. */
export const vendorNow = async (api: Api, context: CallContext): Promise<number> => {
  const { date } = await api.read(context, { method: 'GET', path: '/services/data' }, z.unknown());
  if (date !== null) return date;
  throw new CallFailed({
    category: 'unavailable',
    system: 'salesforce',
    code: 'BAD_ANSWER',
    message: 'the answer has no Date header',
    fields: [],
  });
};

/** Deletions since that moment, in the order of the log. It looks back 15 days at most, and says where that is not enough. */
export const deletionsSince = async (
  api: Api,
  type: string,
  since: number,
  context: CallContext,
): Promise<DeletionPage> => {
  const now = await vendorNow(api, context);
  const from = Math.max(since, now - deletedLookBackMs);
  const { records, earliest, covered } = await deletedBetween(api, type, from, now, context);
  return {
    records: records.toSorted((a, b) => a.at - b.at),
    covered,
    complete: from === since && earliest <= since,
  };
};

/** Every id in the log of deletions of this object; none for objects that have no such log (REST: not replicateable). */
export const deletedIds = async (
  api: Api,
  type: string,
  context: CallContext,
): Promise<ReadonlySet<string>> => {
  const now = await vendorNow(api, context);
  const { records } = await deletedBetween(api, type, now - deletedLookBackMs, now, context);
  return new Set(records.map(({ id }) => id));
};
