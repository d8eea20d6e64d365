import { z } from 'zod';
import type { ContentDealRow, ContentNote } from '../../model/journeys.ts';
import type { RecordSnapshot } from '../../model/record.ts';
import type { RawFields } from '../../model/value.ts';
import { contentKey, expiryOf } from '../content/content-note.ts';
import {
  type DealPiece,
  type DealReader,
  dealContentValues,
  recommendForDeal,
} from '../content/deal-content.ts';
import { contentMode, isContentPaused } from '../content/standing-content.ts';
import { callFor, type LifecycleContext } from './context.ts';
import { readOpportunities, unique } from './deal-reads.ts';
import { nameOfRecords } from './report-rows.ts';
import { toActivity } from './rows.ts';

/** Activities of a person by which it is known what they have. */
const activitiesMax = 200;

const contentFields = ['Tandem_Content__c', 'Tandem_Next_Step__c'] as const;

const fieldsOutline = z.record(z.string(), z.unknown());
const fieldsIn = (text: string | null): RawFields =>
  text === null ? {} : (fieldsOutline.parse(JSON.parse(text) ?? {}) as RawFields);

interface DealContent {
  readonly deal: string;
  readonly stage: string;
  readonly readers: readonly DealReader[];
  readonly pieces: readonly DealPiece[];
}

const contentOf = async (
  { store, models }: LifecycleContext,
  rows: readonly ContentDealRow[],
  now: number,
): Promise<readonly DealContent[]> => {
  const { content } = models;
  if (content === undefined) return [];
  const timelines = await store.timeline(unique(rows.map(({ journeyId }) => journeyId)), activitiesMax);
  return [...Map.groupBy(rows, ({ deal }) => deal)].map(([deal, own]): DealContent => {
    const [{ state = '', stage = '' } = {}] = own;
    const readers = own.map(
      ({ journeyId, turn, contact, sales }): DealReader => ({
        ...{ journeyId, turn, name: nameOfRecords(contact, sales) },
        ...{ contact: fieldsIn(contact), lead: fieldsIn(sales) },
        activities: (timelines.get(journeyId) ?? []).map(toActivity),
      }),
    );
    // What is over needs nothing any more.
    const pieces = state === 'open' ? recommendForDeal(stage, readers, content, now) : [];
    return { deal, stage, readers, pieces };
  });
};

const notesOf = (
  { deal, stage, readers, pieces }: DealContent,
  of: Pick<ContentNote, 'mode' | 'version' | 'key' | 'at'>,
): readonly ContentNote[] =>
  readers.map(({ journeyId, turn }) => ({
    ...of,
    ...{ journeyId, turn, record: deal, stage: 'opportunity', dealStage: stage },
    expiresAt: expiryOf(pieces),
    pieces: pieces
      .filter((piece) => piece.readers.some((reader) => reader.journeyId === journeyId))
      .map(({ piece }) => piece.id),
  }));

/** Writes what differs; answers the deals that show what they should. */
const show = async (
  context: LifecycleContext,
  deals: readonly DealContent[],
  known: ReadonlyMap<string, RecordSnapshot>,
): Promise<ReadonlySet<string>> => {
  const fields = contentFields.filter((name) => context.fields.get('Opportunity')?.includes(name));
  const rows = deals.flatMap(({ deal, pieces, readers }) => {
    const record = known.get(deal);
    if (record === undefined || record.deleted) return [];
    const wanted = dealContentValues(pieces, readers.length);
    const changed = fields.filter((name) => (record.fields[name] ?? null) !== wanted[name]);
    return changed.length === 0
      ? []
      : [
          {
            op: 'update' as const,
            key: context.makeId(),
            id: deal,
            fields: Object.fromEntries(changed.map((name) => [name, wanted[name]])),
          },
        ];
  });
  const shown = new Set(deals.map(({ deal }) => deal));
  if (rows.length === 0) return shown;
  const outcomes = await context.systems.salesforce.writeMany('Opportunity', rows, callFor(context, 'write'));
  const failed = rows.filter((_, index) => outcomes[index]?.kind !== 'landed');
  // What did not land is written with the next change of the deal; a refusal is told, for a person has to do something.
  for (const { id } of failed) shown.delete(id);
  if (failed.length > 0) context.events.emit('content-refused', { opportunities: failed.length });
  return shown;
};

/**
 * Shows on opportunities which content fits their stage and people, and remembers it; on those that are closed it shows none any more. `known`: as they were
 * just read; others are read. Two queries, and one call where something is another. @throws CallFailed
 */
export const showDealContent = async (
  context: LifecycleContext,
  dealIds: readonly string[],
  known: ReadonlyMap<string, RecordSnapshot>,
): Promise<void> => {
  const { store, models } = context;
  const { content } = models;
  const mode = contentMode(context);
  if (isContentPaused(context)) return store.noteStaleDeals(dealIds);
  if (content === undefined || mode === 'off' || dealIds.length === 0) return;
  const [rows, now] = await Promise.all([store.contentDeals(dealIds), store.now()]);
  const deals = await contentOf(context, rows, now);
  const missing = mode === 'act' ? dealIds.filter((id) => !known.has(id)) : [];
  const read = new Map([...known, ...(await readOpportunities(context, missing))]);
  const shown = mode === 'act' ? await show(context, deals, read) : new Set(deals.map(({ deal }) => deal));
  const of = { mode, version: content.version, key: contentKey(content, mode), at: now };
  await store.noteDealContent(
    deals.filter(({ deal }) => shown.has(deal)).flatMap((deal) => notesOf(deal, of)),
  );
};
