import { journeySignals } from '../../model/journeys.ts';
import type { ChangedRecord } from '../../model/record.ts';
import type { RawValue } from '../../model/value.ts';
import { isTouch } from '../sla/touch.ts';
import type { Fact } from '../stage/facts.ts';
import { salesStages } from '../stage/stages.ts';
import type { LifecycleContext } from './context.ts';

/** Rows that are committed late carry earlier stamps; as the engine's polls of Salesforce do. */
const overlapMs = 300_000;

/** What is read of an activity in Salesforce, by object. */
const activityFields = {
  Task: ['WhoId', 'OwnerId', 'CreatedById', 'LastModifiedById', 'IsClosed', 'TaskSubtype', 'Tandem_Key__c'],
  Event: ['WhoId', 'OwnerId', 'CreatedById'],
} as const;
type ActivityObject = keyof typeof activityFields;

const text = (raw: RawValue | undefined): string => (typeof raw === 'string' ? raw : '');

/**
 * What kind of evidence an activity is: a completed task logged as a call or a mail (TaskSubtype, Object Reference: Task), a meeting in the
 * calendar. Any other task is none: nobody was reached by it.
 */
const kindOf = (object: ActivityObject, { fields }: ChangedRecord): 'call' | 'mail' | 'meeting' | 'task' => {
  if (object === 'Event') return 'meeting';
  if (fields.IsClosed !== true) return 'task';
  const subtype = text(fields.TaskSubtype);
  if (subtype === 'Call') return 'call';
  return subtype === 'Email' || subtype === 'ListEmail' ? 'mail' : 'task';
};

const touches = (object: ActivityObject, record: ChangedRecord, own: ReadonlySet<string>): boolean =>
  !record.deleted &&
  isTouch({
    kind: kindOf(object, record),
    byTandem: own.has(text(record.fields.CreatedById)),
    // A mail to a list is a campaign, whoever's name stands under it.
    automated: text(record.fields.TaskSubtype) === 'ListEmail',
    isTandemTask: text(record.fields.Tandem_Key__c) !== '',
    meansWork: false,
  });

const tellTouches = async (
  context: LifecycleContext,
  object: ActivityObject,
  records: readonly ChangedRecord[],
): Promise<void> => {
  const { owners } = await context.staff();
  const own = new Set([...owners.values()].filter(({ isTandem }) => isTandem === true).map(({ id }) => id));
  const seen = records.filter((record) => touches(object, record, own));
  if (seen.length === 0) return;
  const links = await context.engine.linksOf(
    context.pair.name,
    'salesforce',
    seen.map(({ fields }) => text(fields.WhoId)),
  );
  await context.store.tell(
    seen.flatMap(({ ref, fields, stamp }) => {
      const link = links.get(text(fields.WhoId));
      if (link === undefined || link.ended !== null) return [];
      const fact: Fact = {
        kind: 'touched',
        key: `salesforce:${ref.id}/touched`,
        at: stamp,
        by: text(fields.CreatedById),
      };
      return [{ contactId: link.ids.hubspot, key: fact.key, fact: JSON.stringify(fact) }];
    }),
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

/** The fields of activities that are read, by object. */
export const touchFields: Readonly<Record<ActivityObject, readonly string[]>> = activityFields;
