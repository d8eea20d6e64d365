import { logEvents, type Systems } from '../../compose.ts';
import type { Connector } from '../../connectors/connector.ts';
import { causeOf, type Logger } from '../../log.ts';
import type { LoadedMappings } from '../../mapping/load.ts';
import { CallFailed } from '../../model/failure.ts';
import type { Described } from '../../model/record.ts';
import type { System } from '../../model/system.ts';
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
const idleFactor = 4;
/** A refusal that points at the schema asks for a look at once, but not more often than this. */
const askedGapMs = 30_000;

/** Refusals and failed calls of these categories can come of a schema that changed. */
const pointsAtSchema = new Set<unknown>(['schema', 'permission']);

/** Describes each object, in as few calls as the system takes; what fails is told with each. */
const describeEach = async (
  connector: Connector,
  types: readonly string[],
): Promise<ReadonlyMap<string, Described>> => {
  const context = { class: 'live', purpose: 'describe' } as const;
  const described = new Map<string, Described>();
  const attempt = async (names: readonly string[], ask: () => Promise<ReadonlyMap<string, Described>>) => {
    try {
      for (const [type, one] of await ask()) described.set(type, one);
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      for (const type of names) described.set(type, { failure: error.failure });
    }
  };
  const { describeMany } = connector;
  if (describeMany && types.length > 1) {
    await attempt(types, () => describeMany(types, context));
    return described;
  }
  for (const type of types) {
    await attempt(
      [type],
      async () => new Map([[type, { description: await connector.describe(type, context) }]]),
    );
  }
  return described;
};

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
    describe: async (system: System, types: readonly string[]) =>
      describeEach(systems.connectors[system], types),
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
