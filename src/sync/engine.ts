import { randomUUID } from 'node:crypto';
import type { CallContext, CallPurpose, Reservation, WorkClass } from '../model/budget.ts';
import { isCurrencyCode } from '../model/currency.ts';
import { flagsOf } from '../model/life-events.ts';
import type { PairMapping } from '../model/mapping.ts';
import { nativeFieldsOf } from '../model/native-ids.ts';
import type { Sides, System } from '../model/system.ts';
import type { BreakerStore } from './breakers/mass-change.ts';
import { matchFieldsOf } from './match.ts';
import type { EngineEvents, EngineStore, RecordSystem, Reserve, Wake } from './ports.ts';
import type { LiveStore } from './signal-sources.ts';

/** Times that the engine keeps, milliseconds. Tests may shorten them; relations between them are checked in engineTiming. */
export interface EngineTiming {
  /** A lease outlasts the longest request and its settle. */
  readonly leaseMs: number;
  /** How long a request may still be under way after its intent was stored; nothing is looked at or sent again before. */
  readonly intentDeadlineMs: number;
  /** A write that has not left so long after its intent was stored does not leave any more: whoever looks takes it for never sent. */
  readonly sendWithinMs: number;
  /** An intent is refused when the lease ends sooner than this: a write must not outlive its lease. */
  readonly leaseMarginMs: number;
  /** A plan is not sent once its reads are older than this. */
  readonly readAgeMaxMs: number;
  /** How far a poll starts before its cursor: rows become visible late (search index; long transactions). */
  readonly overlapMs: Sides<number>;
}

/** The connectors' request timeout is 20 s: a lease (60 s) outlasts it by far, the deadline by 5 s. */
export const engineTiming: EngineTiming = {
  leaseMs: 60_000,
  intentDeadlineMs: 25_000,
  sendWithinMs: 25_000,
  leaseMarginMs: 30_000,
  readAgeMaxMs: 10_000,
  // HubSpot's search index lags by seconds; Salesforce rows committed late carry earlier stamps (airbyte #27146).
  overlapMs: { hubspot: 30_000, salesforce: 300_000 },
};

/** Everything that one pair's engine works with. Pure rooms and edges meet here by interface alone. */
export interface EngineContext {
  readonly pair: PairMapping;
  readonly mappingHash: string;
  readonly store: EngineStore;
  /** What is known of the live sources; without it everything is polled. */
  readonly live?: LiveStore;
  /** Counts what may be a mass change; without it nothing is held. */
  readonly breakers?: BreakerStore;
  readonly systems: Sides<RecordSystem>;
  readonly gates: Sides<Reserve>;
  /** What was reserved for the batch that is worked on: every call of it draws on this. */
  readonly reservations?: Sides<Reservation>;
  readonly wake: Wake;
  readonly events: EngineEvents;
  /** This worker, as the store knows it. */
  readonly holder: string;
  readonly timing: EngineTiming;
  /** Age of reads; never compared with another machine's clock. */
  readonly nowMs: () => number;
  readonly makeId: () => string;
  readonly signal: AbortSignal;
}

export const makeIntentId = (): string => randomUUID();

/**
 * The ids of the records that were merged into this one, with semicolons between (HubSpot, default properties: Merged record IDs). The
 * survivor of a merge has a new id, and is the only one of them that polls show.
 */
export const mergedIdsField = 'hs_merged_object_ids';

/** API fields of one side that hold the currency of amounts. */
const currencyFields = (pair: PairMapping, system: System): readonly string[] =>
  pair.fields.flatMap(({ currencyCodes }) =>
    currencyCodes && !isCurrencyCode(currencyCodes[system]) ? [currencyCodes[system]] : [],
  );

/** HubSpot's properties that say as what somebody is created in Salesforce, and what a converted record is created with. */
const creationFields = ({ conversion }: PairMapping): readonly string[] =>
  conversion?.creates === undefined
    ? []
    : [...conversion.creates.fields, ...conversion.form.fields.map(({ fields }) => fields.hubspot)];

/** API fields of one side that a look reads: the mapped ones, those of the match keys, the identity field, and the flag of converted records. */
export const fieldsOf = (pair: PairMapping, system: System): readonly string[] => [
  ...new Set([
    pair.identity[system],
    ...pair.fields.map((field) => field.fields[system]),
    ...matchFieldsOf(pair, system),
    ...nativeFieldsOf(pair, system),
    ...currencyFields(pair, system),
    ...(pair.scope?.[system]?.fields ?? []),
    ...flagsOf(pair, system),
    ...(pair.conversion && system === 'salesforce' ? [pair.conversion.flag] : []),
    ...(system === 'hubspot' ? [...creationFields(pair), mergedIdsField] : []),
  ]),
];

/** A call context for one purpose; of a batch, on what was reserved for it. */
export const contextFor = (
  context: EngineContext,
  workClass: WorkClass,
  purpose: CallPurpose,
): CallContext => ({
  class: workClass,
  purpose,
  signal: context.signal,
  ...(context.reservations ? { reservations: context.reservations } : {}),
});
