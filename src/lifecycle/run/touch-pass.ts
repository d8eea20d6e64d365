import { journeySignals } from '../../model/journeys.ts';
import type { ChangedRecord } from '../../model/record.ts';
import { type ActivityObject, noteOf, textIn, touchFactOf } from '../look/activity-touch.ts';
import { salesStages } from '../stage/stages.ts';
import type { LifecycleContext } from './context.ts';
import { toActivityRow } from './rows.ts';

/** Rows that are committed late carry earlier stamps; as the engine's polls of Salesforce do. */
const overlapMs = 300_000;

const tellTouches = async (
  context: LifecycleContext,
  object: ActivityObject,
  records: readonly ChangedRecord[],
): Promise<void> => {
  const { owners } = await context.staff();
  const own = new Set([...owners.values()].filter(({ isTandem }) => isTandem === true).map(({ id }) => id));
  const seen = records.flatMap((record) => {
    const fact = touchFactOf(object, record, own);
    const note = noteOf(object, record, own);
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
 * somebody is with sales. @throws CallFailed
 */
export const readTouches = async (context: LifecycleContext): Promise<void> => {
  const { store, engine, systems } = context;
  if (!(await store.anybodyIn([...salesStages]))) return;
  const call = { class: 'live', purpose: 'poll', signal: context.signal } as const;
  for (const object of ['Task', 'Event'] as const) {
    const fields = context.fields.get(object);
    if (fields === undefined) continue;
    const at = { pair: journeySignals, system: 'salesforce', type: object } as const;
    const cursor = await engine.cursor(at.pair, at.system, at.type);
    if (cursor === null) {
      const stamp = await systems.salesforce.now(call);
      await engine.commitSignals([], { cursor: { ...at, at: { stamp, id: '' } } });
      continue;
    }
    for await (const page of systems.salesforce.changesSince(object, cursor, overlapMs, fields, call)) {
      await tellTouches(context, object, page.records);
      await engine.commitSignals([], { cursor: { ...at, at: page.cursor } });
    }
  }
};
