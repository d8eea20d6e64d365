import type { Problem, Standing } from '../../src/model/state.ts';
import type { RecordRef, System } from '../../src/model/system.ts';
import type { RawValue } from '../../src/model/value.ts';
import type { BreakerStore, Held } from '../../src/sync/breakers/mass-change.ts';
import type { EngineStore } from '../../src/sync/ports.ts';
import type { LiveStore } from '../../src/sync/signal-sources.ts';

/** A line of the ledger as far as the contract tests look at it. */
export interface LedgerRow {
  readonly event: string;
  readonly linkId: string | null;
  readonly field: string | null;
  readonly rule: string;
  readonly from: RawValue;
  readonly to: RawValue | Readonly<Record<string, RawValue>>;
  readonly lost: RawValue;
}

/** A store under the contract tests, with what they need from outside of it. */
export interface StoreUnderTest {
  readonly store: EngineStore & BreakerStore;
  reset(): Promise<void>;
  /** Live sources on the same store; for each test anew, since one may remember what it stored. */
  openLive(): Promise<{ readonly live: LiveStore; close(): Promise<void> }>;
  /** What `verify` asks of it. */
  standingOf(
    pair: string,
    units: readonly { readonly unit: string; readonly refs: readonly RecordRef[] }[],
  ): Promise<ReadonlyMap<string, Standing>>;
  /** What is wrong, the oldest first. */
  problems(): Promise<readonly Problem[]>;
  /** The store's clock, milliseconds. */
  now(): Promise<number>;
  /** Time passes for leases, dirty rows and intents. */
  pass(ms: number): Promise<void>;
  /** One lease has run out, or all. */
  expire(unit?: string): Promise<void>;
  /** Something is older by so much: how long records wait for links, and these are there; counted changes; dirty rows. */
  age(what: 'awaited' | 'links' | 'changes' | 'dirty', ms: number): Promise<void>;
  /** The last signals are older by so much; sources have been there for so long. */
  ageSignals(ms: { readonly signals?: number; readonly there?: number }): Promise<void>;
  /** The ledger, in order. */
  ledger(): Promise<readonly LedgerRow[]>;
  /** The worker wrote to a lead of `people` so long ago. */
  wrote(agoMs: number): Promise<void>;
  keyLocks(): Promise<number>;
  /** The ids that a record waits for. */
  awaitedBy(ref: RecordRef): Promise<readonly string[]>;
  /** So many live links of the pair `people`. */
  makeLinks(count: number): Promise<void>;
  /** Mass changes that wait for a word. */
  heldChanges(): Promise<readonly Held[]>;
  /** The word. Null: nothing is held under this id. */
  releaseHeld(id: string): Promise<Held | null>;
  /** A worker that lives until it leaves. */
  worker(): Promise<{ readonly id: string; leave(): Promise<void> }>;
  /** A person said that this record of the pair `people` is somebody new. */
  decideNew(system: System, id: string, candidates?: readonly RecordRef[]): Promise<void>;
  /** What the store said of settlements that it refused although it should not; empties it. */
  takeTrouble(): readonly string[];
}
