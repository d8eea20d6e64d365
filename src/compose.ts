import type { Gate } from './connectors/budget/gate.ts';
import { makeGate } from './connectors/budget/make-gate.ts';
import type { Connector } from './connectors/connector.ts';
import { type HubSpotConnector, makeHubSpotConnector } from './connectors/hubspot/connector.ts';
import { concernsAllLanes } from './connectors/hubspot/errors.ts';
import { makeSalesforceConnector, type SalesforceConnector } from './connectors/salesforce/connector.ts';
import { isDailyLimit } from './connectors/salesforce/vendor-error.ts';
import { causeOf, type Logger } from './log.ts';
import type { LoadedMappings } from './mapping/load.ts';
import type { CallContext, LaneLimits, PermitStore } from './model/budget.ts';
import type { PairMapping } from './model/mapping.ts';
import { passOn } from './model/pass-on.ts';
import { bothSides, type Sides, type System } from './model/system.ts';
import type { Connections } from './settings.ts';
import type { BreakerStore } from './sync/breakers/mass-change.ts';
import { withComposed } from './sync/composed-system.ts';
import { type EngineContext, engineTiming, makeIntentId } from './sync/engine.ts';
import type { EngineEvents, EngineStore, RecordSystem, Wake } from './sync/ports.ts';
import { type ReferenceParts, withReferences } from './sync/reference-system.ts';
import type { LiveStore } from './sync/signal-sources.ts';
import { withTies } from './sync/tie-system.ts';
import { withToldCalls } from './sync/told-calls.ts';

/**
 * Limits as shipped: HubSpot Professional's 190 calls in 10 s and 5 searches a second (usage guidelines, read 2026-11-24), and 150 calls of
 * associations in 10 s (associations guide); Salesforce limits no rate, only requests that last (25 at once), so 20 calls at a time.
 */
export const limits: Sides<LaneLimits> = {
  hubspot: {
    standard: { calls: 190, windowMs: 10_000 },
    search: { calls: 5, windowMs: 1_000 },
    associations: { calls: 150, windowMs: 10_000 },
  },
  salesforce: { standard: { calls: 20, windowMs: 0 }, search: { calls: 20, windowMs: 0 } },
};

/** Tandem's part of the daily quotas; the rest is for the company's other tools. */
const dailyShare = 0.8;

export interface Systems {
  readonly gates: Sides<Gate>;
  readonly connectors: { readonly hubspot: HubSpotConnector; readonly salesforce: SalesforceConnector };
}

/** Both connectors behind their gates, on one permit store. Makes no call. What `mayCall` throws keeps a call from being made. */
export const composeSystems = (
  connections: Connections,
  permits: PermitStore,
  log: Logger,
  mayCall: (system: System, context: CallContext) => void = () => undefined,
): Systems => {
  const gates = bothSides((system) => {
    const gate = makeGate({
      system,
      store: permits,
      limits: limits[system],
      dailyShare,
      concernsAllLanes: system === 'salesforce' ? isDailyLimit : concernsAllLanes,
      onStoreError: (error) =>
        log.warn(
          {
            event: 'budget-store-failed',
            system,
            cause: causeOf(error),
          },
          'the budget could not be booked; the call itself went through',
        ),
    });
    return {
      ...gate,
      call: async (context, ...rest) => {
        mayCall(system, context);
        return gate.call(context, ...rest);
      },
    } satisfies Gate as Gate;
  });
  const connectors = {
    hubspot: makeHubSpotConnector({ ...connections.hubspot, gate: gates.hubspot }),
    salesforce: makeSalesforceConnector({ ...connections.salesforce, gate: gates.salesforce }),
  };
  return { gates, connectors };
};

/** How many records a worker read by id, per system: `read` of the idle line. */
export interface ReadCounter {
  readonly counts: Record<System, number>;
  /** The connector, counting. */
  readonly counted: Sides<RecordSystem>;
}

export const countReads = (connectors: Sides<Connector>): ReadCounter => {
  const counts = { hubspot: 0, salesforce: 0 };
  const counted = bothSides((system): RecordSystem => {
    const inner = connectors[system];
    return {
      ...passOn(inner),
      readMany: async (...request) => {
        const found = await inner.readMany(...request);
        counts[system] += found.size;
        return found;
      },
      findByField: async (...request) => {
        const found = await inner.findByField(...request);
        counts[system] += found.length;
        return found;
      },
      ...(inner.findAcross && {
        findAcross: async (...request: Parameters<NonNullable<RecordSystem['findAcross']>>) => {
          const found = (await inner.findAcross?.(...request)) ?? [];
          counts[system] += found.length;
          return found;
        },
      }),
      ...(inner.findByDomain && {
        findByDomain: async (...request: Parameters<NonNullable<RecordSystem['findByDomain']>>) => {
          const found = (await inner.findByDomain?.(...request)) ?? [];
          counts[system] += found.length;
          return found;
        },
      }),
    };
  });
  return { counts, counted };
};

/** The engine's events as log lines; they hold names, counts and ids, never values. */
export const logEvents = (log: Logger): EngineEvents => ({
  emit: (event, detail) => {
    const isTrouble = event.endsWith('-failed') || event === 'settle-refused';
    log[isTrouble ? 'warn' : 'info']({ event, ...detail });
  },
});

export interface EngineParts {
  readonly pair: PairMapping;
  readonly mappings: LoadedMappings;
  readonly store: EngineStore;
  readonly live?: LiveStore;
  readonly breakers?: BreakerStore;
  readonly systems: Sides<RecordSystem>;
  readonly gates: Sides<Gate>;
  readonly wake: Wake;
  readonly events: EngineEvents;
  readonly holder: string;
  readonly signal: AbortSignal;
}

/** A system as the engine of one pair sees it: who and what its records refer to, who is tied to them, and what is put together. */
export const asSeen = (inner: RecordSystem, parts: ReferenceParts): RecordSystem =>
  withComposed(withTies(withReferences(inner, parts), parts), parts.pair);

/** One pair's engine. */
export const composeEngine = (parts: EngineParts): EngineContext => {
  const { mappings, ...rest } = parts;
  const { pair, store } = parts;
  const { pairs, references: known } = mappings;
  return {
    ...rest,
    systems: bothSides((system) =>
      asSeen(withToldCalls(parts.systems[system], store), { pair, pairs, known, store }),
    ),
    mappingHash: mappings.hash,
    timing: engineTiming,
    nowMs: Date.now,
    makeId: makeIntentId,
  };
};
