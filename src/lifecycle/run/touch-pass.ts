import type { ChangedRecord } from '../../model/record.ts';
import { type ActivityObject, noteOf, textIn, touchFactOf } from '../look/activity-touch.ts';
import { salesStages } from '../stage/stages.ts';
import type { LifecycleContext } from './context.ts';
import { toActivityRow } from './rows.ts';
import { overlapMs, restedAt, type SalesObject, salesPlace } from './sales-news.ts';

const tellTouches = async (
  context: LifecycleContext,
  object: ActivityObject,
  records: readonly ChangedRecord[],
): Promise<void> => {
  const staff = await context.staff();
  const seen = records.flatMap((record) => {
    const fact = touchFactOf(object, record, staff);
    const note = noteOf(object, record, staff);
    return fact === null ? [] : [{ who: textIn(record.fields.WhoId), fact, note }];
  });
  if (seen.length === 0) return;
  const links = await context.engine.linksOf(
    context.pair.name,
    'salesforce',
    seen.map(({ who }) => who),
  );
  const known = seen.flatMap((each) => {
    const link = links.get(each.who);
    return link === undefined || link.ended !== null ? [] : [{ ...each, contactId: link.ids.hubspot }];
  });
  // What was noted goes first: whoever is handed on because of it, has it in the digest.
  await context.store.tellActivities(
    known.flatMap(({ contactId, note }) =>
      note === null ? [] : [{ contactId, activity: toActivityRow(note) }],
    ),
  );
  await context.store.tell(
    known.map(({ contactId, fact }) => ({ contactId, key: fact.key, fact: JSON.stringify(fact) })),
  );
};

/**
 * Reads what reps logged since the last time, and tells the journeys that they touched: one call for tasks and one for meetings, made only while
 * somebody is with sales. `news`: the objects that have any; absent: both are read.
 * @throws CallFailed
 */
export const readTouches = async (
  context: LifecycleContext,
  news?: ReadonlySet<SalesObject>,
): Promise<void> => {
  const { store, engine, systems } = context;
  if (!(await store.anybodyIn([...salesStages]))) return;
  const call = { class: 'live', purpose: 'poll', signal: context.signal } as const;
  for (const object of ['Task', 'Event'] as const) {
    const fields = context.fields.get(object);
    if (fields === undefined || news?.has(object) === false) continue;
    const at = salesPlace(object);
    const begunAt = await store.now();
    const cursor = await engine.cursor(at.pair, at.system, at.type);
    if (cursor === null) {
      const stamp = await systems.salesforce.now(call);
      await engine.commitSignals([], { cursor: { ...at, at: { stamp, id: '' } } });
      continue;
    }
    let seen = cursor;
    for await (const page of systems.salesforce.changesSince(object, cursor, overlapMs, fields, call)) {
      await tellTouches(context, object, page.records);
      seen = page.cursor;
      await engine.commitSignals([], { cursor: { ...at, at: seen } });
    }
    await engine.commitSignals([], { cursor: { ...at, at: restedAt(seen, begunAt) } });
  }
};
