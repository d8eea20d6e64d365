import type { RecordSnapshot } from '../../model/record.ts';
import type { Tie } from '../../model/tie.ts';
import { requestFields, requestIn } from '../requests/request.ts';
import { noPrimaryContact, primaryNotLinked, resultText } from '../requests/results.ts';
import { callFor, type LifecycleContext } from './context.ts';
import type { DealAsks } from './rows.ts';
import { unlessHidden } from './unless-hidden.ts';

/** Whom a request in a deal is about: the primary contact, or the only one. Salesforce marks one role as primary at most. */
const primaryOf = (ties: readonly Tie[]): string | null => {
  const [only] = ties;
  return ties.find(({ primary }) => primary)?.to.id ?? (ties.length === 1 ? (only?.to.id ?? null) : null);
};

interface Asked {
  readonly record: RecordSnapshot;
  /** The contact of HubSpot whom it is about; null with the reason. */
  readonly contactId: string | null;
  readonly why: string;
}

const refuse = async (context: LifecycleContext, refused: readonly Asked[]): Promise<void> => {
  if (refused.length === 0) return;
  const now = await context.store.now();
  const { word, detail, result } = requestFields.salesforce;
  const outcomes = await context.systems.salesforce.writeMany(
    'Opportunity',
    refused.map(({ record, why }) => ({
      op: 'update',
      key: context.makeId(),
      id: record.ref.id,
      fields: { [word]: null, [detail]: null, [result]: resultText(why, now) },
    })),
    callFor(context, 'write'),
  );
  // What did not land is read again with the deal, five minutes long, and with its next change.
  const failed = outcomes.filter(({ kind }) => kind !== 'landed').length;
  if (failed > 0) context.events.emit('answer-refused', { opportunities: failed });
};

/**
 * Tells the journeys of primary contacts that somebody asks for something in their deals; the next look reads the deal itself. A deal without one is
 * answered at once. What is only observed is answered by nobody. @throws CallFailed
 */
export const tellDealRequests = async (
  context: LifecycleContext,
  changed: ReadonlyMap<string, RecordSnapshot>,
): Promise<void> => {
  const { store, engine, pair, models, systems } = context;
  const mode = models.lifecycle.behaviours.requests;
  const asking = [...changed.values()].filter(
    ({ deleted, fields }) => !deleted && requestIn('salesforce', fields) !== null,
  );
  if (mode === 'off' || asking.length === 0) return;
  const call = callFor(context, 'read');
  const ids = asking.map(({ ref }) => ref.id);
  const ties =
    (await unlessHidden(systems.salesforce.readTies?.('Opportunity', ids, 'Contact', call))) ?? new Map();
  const primaries = new Map(asking.map(({ ref }) => [ref.id, primaryOf(ties.get(ref.id) ?? [])]));
  const links = await engine.linksOf(
    pair.name,
    'salesforce',
    [...primaries.values()].filter((id) => id !== null),
  );
  const asked = asking.map((record): Asked => {
    const primary = primaries.get(record.ref.id) ?? null;
    if (primary === null) return { record, contactId: null, why: noPrimaryContact };
    const link = links.get(primary);
    return link?.ended === null
      ? { record, contactId: link.ids.hubspot, why: '' }
      : { record, contactId: null, why: primaryNotLinked };
  });
  await store.tell(
    asked.flatMap(({ record, contactId }) => {
      if (contactId === null) return [];
      const { id } = record.ref;
      const fact: DealAsks = { kind: 'deal-asks', key: `deal-asks/${id}`, at: record.stamp, opportunity: id };
      return [{ contactId, key: fact.key, fact: JSON.stringify(fact) }];
    }),
  );
  if (mode === 'act') {
    await refuse(
      context,
      asked.filter(({ contactId }) => contactId === null),
    );
  }
};
