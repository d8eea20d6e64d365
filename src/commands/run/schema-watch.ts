import { logEvents, type Systems } from '../../compose.ts';
import { causeOf, type Logger } from '../../log.ts';
import type { LoadedMappings } from '../../mapping/load.ts';
import { startTick } from '../../queue/tick.ts';
import type { Store } from '../../store/open-store.ts';
import type { EngineEvents } from '../../sync/ports.ts';
import { lookAtSchemas } from '../../sync/schema-watch.ts';
import type { Closers } from './closers.ts';

export interface SchemaWatchOptions {
  readonly mappings: LoadedMappings;
  readonly store: Store;
  readonly systems: Systems;
  /** Between two looks while records change. */
  readonly everyMs: number;
  readonly log: Logger;
}

/** Whether somebody asked for a look, and whose time has come, is asked so often; it is one query an object. */
const tickMsMax = 5_000;
/** While nothing changes, a look is made that much more rarely. */
const idleFactor = 3;
/** A refusal that points at the schema asks for a look at once, but not more often than this. */
const askedGapMs = 30_000;

/** Refusals and failed calls of these categories can come of a schema that changed. */
const pointsAtSchema = new Set<unknown>(['schema', 'permission']);

/**
 * Watches what the mapped objects are. The first look is made before this resolves, so that what does not fit any more is paused before
 * work begins; `events` hears of refusals and asks for further ones.
 */
export const startSchemaWatch = async (
  { mappings, store, systems, everyMs, log }: SchemaWatchOptions,
  closers: Closers,
): Promise<{ readonly events: EngineEvents }> => {
  const logged = logEvents(log);
  const { engine, operator } = store;
  const watch = {
    pairs: mappings.pairs,
    events: logged,
    store: {
      ...operator,
      raiseProblem: engine.raiseProblem.bind(engine),
      clearProblem: engine.clearProblem.bind(engine),
    },
    describe: async (system: 'hubspot' | 'salesforce', type: string) =>
      systems.connectors[system].describe(type, { class: 'live', purpose: 'describe' }),
  };
  let isAsked = false;
  const look = async (): Promise<void> => {
    const gapMs = Math.min(everyMs, askedGapMs);
    const gaps = isAsked
      ? { busyMs: gapMs, idleMs: gapMs }
      : { busyMs: everyMs, idleMs: everyMs * idleFactor };
    const looked = await lookAtSchemas(watch, gaps);
    if (looked) isAsked = false;
  };
  isAsked = true;
  await look();
  const tick = startTick(Math.min(everyMs, tickMsMax), look, (error) =>
    log.warn({ event: 'tick-failed', cause: causeOf(error) }),
  );
  closers.add(async () => tick.stop());
  return {
    events: {
      emit: (event, detail) => {
        logged.emit(event, detail);
        const isRefusal = event === 'call-failed' || event === 'rows-refused';
        if (isRefusal && pointsAtSchema.has(detail.category)) isAsked = true;
      },
    },
  };
};
