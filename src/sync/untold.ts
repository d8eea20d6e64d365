import { apiFieldsOf } from '../model/mapping.ts';
import { type System, systemLabel } from '../model/system.ts';
import type { EngineContext } from './engine.ts';
import { type News, newsIn } from './intake.ts';
import { associationsHeard, untoldGraceMs } from './signal-sources.ts';

/** More fields than this are not named one by one: the whole type is then better looked at. */
const fieldsNamedMax = 20;

const liveProblemKey = (system: System, type: string, field?: string): string =>
  `live:${system}:${type}${field === undefined ? '' : `.${field}`}`;

const nextStep: Record<System, string> = {
  hubspot:
    "Subscribe the app to it in HubSpot (property change, creation, deletion, merge, restore), and check the webhook's address and secret.",
  salesforce:
    'Select the object for Change Data Capture in Salesforce Setup, and let the integration user see the field.',
};

/** Fields whose change a look found although they are told of live, and that never were. */
const raiseFields = async (
  context: EngineContext,
  system: System,
  untold: readonly News[],
): Promise<void> => {
  const { pair, live, store } = context;
  const type = pair.types[system];
  const changed = untold.flatMap(({ record, link }) =>
    link ? newsIn(pair, record, link).flatMap((field) => apiFieldsOf(field, system)) : [],
  );
  const silent = (await live?.neverHeard(system, type, [...new Set(changed)])) ?? [];
  for (const field of silent.slice(0, fieldsNamedMax)) {
    await store.raiseProblem({
      key: liveProblemKey(system, type, field),
      what: `No live signal for ${type}.${field} of ${systemLabel[system]}`,
      cause: 'Its changes are found by looking at the system now and then, and arrive later than others.',
      fault: 'config',
      next: nextStep[system],
    });
  }
};

/**
 * Says in `status` that associations of a type are not told of, where they never were although its fields are: the sweep found one that
 * had changed. Nothing where they have been told of; that one may have been lost.
 */
export const raiseAssociations = async ({ pair, live, store }: EngineContext): Promise<void> => {
  const type = pair.types.hubspot;
  const silent = (await live?.neverHeard('hubspot', type, [associationsHeard])) ?? [];
  if (silent.length === 0) return;
  await store.raiseProblem({
    key: liveProblemKey('hubspot', type, associationsHeard),
    what: `No live signal for associations of ${type} of ${systemLabel.hubspot}`,
    cause:
      'Their changes are found by reading the associations of all linked records in turn, and arrive later than others.',
    fault: 'config',
    next: "Subscribe the app to the object's association changes in HubSpot.",
  });
};

/** Says in `status` that a type's live source is known to have missed something; nothing where none is. */
export const raiseSilence = async (context: EngineContext, system: System): Promise<void> => {
  const { pair, live, store } = context;
  const type = pair.types[system];
  const states = (await live?.sources()) ?? [];
  if (!states.some((state) => state.system === system && state.type === type && state.missed)) return;
  context.events.emit('live-signals-missed', { system, type });
  await store.raiseProblem({
    key: liveProblemKey(system, type),
    what: `No live signal for ${type} of ${systemLabel[system]}`,
    cause: 'Records have changed, and nothing was told of it. They are polled until signals come again.',
    fault: 'config',
    next: nextStep[system],
  });
};

/**
 * Holds what a poll found against what live sources should have told, before its dirty rows are committed: changes that nobody told
 * of become problems in `status`, and a source that was silent since is not relied on. Does nothing where no source was ever live.
 * Answers how many nobody told of.
 */
export const noteUntold = async (
  context: EngineContext,
  system: System,
  news: readonly News[],
): Promise<number> => {
  const { pair, live } = context;
  if (!live || news.length === 0) return 0;
  const ids = new Set(
    await live.noteUntold({
      pair: pair.name,
      system,
      type: pair.types[system],
      found: news.map(({ record: { ref, stamp }, link }) => ({
        id: ref.id,
        stamp,
        unread: link !== null && stamp > link.stamps[system],
      })),
      graceMs: untoldGraceMs,
    }),
  );
  if (ids.size === 0) return 0;
  await raiseFields(
    context,
    system,
    news.filter(({ record }) => ids.has(record.ref.id)),
  );
  await raiseSilence(context, system);
  return ids.size;
};
