import type { PairMapping } from '../model/mapping.ts';
import type { Alignment } from '../model/state.ts';
import { type System, systems } from '../model/system.ts';
import { contextFor, type EngineContext, fieldsOf } from './engine.ts';
import { marksOf } from './intake.ts';
import { journeyMarks } from './journey-signals.ts';
import { activeContext, readPaused } from './pauses.ts';
import { readersOf } from './readers.ts';
import { beginTieLooks } from './tie-look.ts';

/** More dirty rows than this, and the listing waits for the work to catch up: memory and the age of rows stay bounded. */
const dirtyRowsMax = 2_000;

/** `wait`: for the work that is due. `paused`: nothing becomes of it before a person, or the schema, lets it go on. */
export type AlignStep = 'page' | 'wait' | 'paused' | 'done';

/** Sets the cursors of both readers of changes before anything is listed, so that what changes meanwhile is seen by the polls. */
const setCursors = async (context: EngineContext): Promise<void> => {
  const { pair, store } = context;
  for (const { system, reader } of readersOf(pair)) {
    if (await store.cursor(pair.name, system, reader)) continue;
    const stamp = await context.systems[system].now(contextFor(context, 'live', 'poll'));
    await store.commitSignals([], {
      cursor: { pair: pair.name, system, ...(reader ? { type: reader } : {}), at: { stamp, id: '' } },
    });
  }
  await beginTieLooks(context);
};

const begin = async (context: EngineContext): Promise<Alignment> => {
  await setCursors(context);
  const alignment: Alignment = {
    pair: context.pair.name,
    mappingHash: context.mappingHash,
    after: { hubspot: null, salesforce: null },
    listed: { hubspot: 0, salesforce: 0 },
    done: { hubspot: false, salesforce: false },
    ...(context.pair.conversion ? { converted: { after: null, listed: 0, done: false } } : {}),
  };
  await context.store.commitSignals([], { alignment });
  const retried = await context.store.retryParked(context.pair.name);
  context.events.emit('alignment-started', { pair: context.pair.name, parkedRetried: retried });
  return alignment;
};

/** Lists the next page of converted records. */
const listConverted = async (
  context: EngineContext,
  form: PairMapping,
  alignment: Alignment,
  { after, listed }: NonNullable<Alignment['converted']>,
): Promise<void> => {
  const type = form.types.salesforce;
  const page = await context.systems.salesforce.listPage(
    type,
    after,
    fieldsOf(form, 'salesforce'),
    contextFor(context, 'backfill', 'list'),
  );
  const marks = await marksOf(context, page.records, 'backfill', 'first alignment');
  const done = page.after === null;
  const converted = { after: page.after ?? after, listed: listed + page.records.length, done };
  await context.store.commitSignals(marks, { alignment: { ...alignment, converted } });
  if (marks.length > 0) context.wake.wake(context.pair.name);
  const counts = { marked: marks.length, listed: converted.listed };
  context.events.emit('alignment-page', { pair: context.pair.name, system: 'salesforce', type, ...counts });
};

const listNext = async (context: EngineContext, alignment: Alignment, system: System): Promise<void> => {
  const { pair, store } = context;
  const page = await context.systems[system].listPage(
    pair.types[system],
    alignment.after[system],
    fieldsOf(pair, system),
    contextFor(context, 'backfill', 'list'),
  );
  const marks = await marksOf(context, page.records, 'backfill', 'first alignment');
  const next: Alignment = {
    ...alignment,
    after: { ...alignment.after, [system]: page.after ?? alignment.after[system] },
    listed: { ...alignment.listed, [system]: alignment.listed[system] + page.records.length },
    done: { ...alignment.done, [system]: page.after === null },
  };
  // A person without a HubSpot contact has no journey; a lead of one who has shows with their contact.
  const people = system === 'hubspot' ? page.records : [];
  const journeys = journeyMarks(pair, people, 'backfill', 'first alignment');
  await store.commitSignals([...marks, ...journeys], { alignment: next });
  if (marks.length > 0) context.wake.wake(pair.name);
  const progress = { hubspot: next.listed.hubspot, salesforce: next.listed.salesforce };
  context.events.emit('alignment-page', { pair: pair.name, system, marked: marks.length, ...progress });
  if (next.done.hubspot && next.done.salesforce) {
    context.events.emit('alignment-listed', { pair: pair.name, ...progress });
  }
};

/** Whether both systems were listed whole, converted records included where the pair has such. */
export const isListed = ({ done, converted }: Alignment): boolean =>
  systems.every((side) => done[side]) && converted?.done !== false;

/**
 * One step of the first alignment (or of a changed mapping's): lists HubSpot whole, lets the work catch up, then lists Salesforce, whose
 * records are then mostly linked and end in intake. A paused pair that was aligned before stays aligned; else it stands still. Resumes after a
 * crash at the page it had reached.
 * @throws CallFailed when a system cannot be listed.
 */
export const alignStep = async (whole: EngineContext): Promise<AlignStep> => {
  const paused = await readPaused(whole);
  const context = activeContext(whole, paused);
  const { pair, store } = context;
  let alignment = await store.alignment(pair.name);
  const isCurrent = alignment?.mappingHash === context.mappingHash;
  if (alignment && isCurrent && isListed(alignment)) return 'done';
  if (paused.whole) return 'paused';
  if (!alignment || !isCurrent) alignment = await begin(context);
  const system = systems.find((side) => !alignment.done[side]);
  const { dirty, due, leased } = await store.workload(pair.name, dirtyRowsMax + 1);
  const busy = due + leased > 0;
  if (dirty > dirtyRowsMax || (system === 'salesforce' && alignment.listed.salesforce === 0 && busy)) {
    return 'wait';
  }
  const { converted } = alignment;
  const form = pair.conversion?.form;
  if (system) await listNext(context, alignment, system);
  else if (form !== undefined && converted !== undefined)
    await listConverted(context, form, alignment, converted);
  return 'page';
};
