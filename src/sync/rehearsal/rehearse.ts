import type { Intent, NewIntent } from '../../model/state.ts';
import { bothSides, type Sides } from '../../model/system.ts';
import { adoptMapping } from '../adopt-mapping.ts';
import { alignStep } from '../align.ts';
import { BatchSize } from '../defect.ts';
import type { EngineContext } from '../engine.ts';
import { unitsPerBatch } from '../reservation.ts';
import { type BatchResult, workOnce } from '../work.ts';

/** What a rehearsal found that a run would do for one pair. */
export interface Rehearsed {
  readonly creates: Sides<number>;
  readonly updates: Sides<number>;
  /** Creations by the object's API name. */
  readonly createsByType: Sides<Readonly<Record<string, number>>>;
  /** Links that begin, those of created records among them. */
  readonly links: number;
  /** Questions for a person that stand then. */
  readonly reviews: number;
  /** Values that a write replaces although they were entered since the last settle, or with no base: a rule let them lose. */
  readonly conflicts: number;
  /** Dirty rows that found no end: records that cannot be read. */
  readonly unsettled: number;
}

/** Rows that wait for a time are looked at again so often, then they count as unsettled. */
const roundsMax = 6;

const add = (total: Rehearsed, batch: BatchResult): Rehearsed => ({
  ...total,
  creates: bothSides((system) => total.creates[system] + batch.created[system]),
  updates: bothSides((system) => total.updates[system] + batch.updated[system]),
  links: total.links + batch.linked,
});

/** Told of every write that the rehearsal would have made. */
export type WriteListener = (intent: NewIntent | Intent) => void;

/**
 * The engine's context, told of the writes. A mapping that has run as it is (`isKnown`) is listed anew here, since nobody knows what else
 * is different; a run would not, and so sends nothing once more that was refused.
 */
export const listening = (
  context: EngineContext,
  onWrite: WriteListener,
  isKnown: boolean,
): EngineContext => {
  const openIntents: EngineContext['store']['openIntents'] = async (intents, ...rest) => {
    const accepted = await context.store.openIntents(intents, ...rest);
    for (const intent of intents) if (accepted.has(intent.id)) onWrite(intent);
    return accepted;
  };
  const store = new Proxy(context.store, {
    get: (target, name): unknown => {
      if (name === 'openIntents') return openIntents;
      if (name === 'retryParked' && isKnown) return async () => 0;
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
  return { ...context, store };
};

/**
 * Runs the first alignment of a pair, step by step as the worker does, on a store and systems where nothing of it stays. The engine's
 * own code decides everything, so that `run` on the same state does the same. `isKnown`: the pair has run with this mapping already.
 * @throws CallFailed when a system cannot be read.
 */
export const rehearse = async (
  context: EngineContext,
  skipWaits: () => Promise<void>,
  isKnown: boolean,
  onWrite: WriteListener = () => undefined,
): Promise<Rehearsed> => {
  let conflicts = 0;
  const createsByType: Sides<Record<string, number>> = { hubspot: {}, salesforce: {} };
  const heard: WriteListener = (intent) => {
    const { system, type } = intent.target;
    if (intent.op === 'create') createsByType[system][type] = (createsByType[system][type] ?? 0) + 1;
    conflicts += intent.writes.filter(({ lost }) => lost !== null).length;
    onWrite(intent);
  };
  const engine = listening(context, heard, isKnown);
  const { store, pair } = engine;
  await adoptMapping(engine);
  let total: Rehearsed = {
    createsByType,
    creates: { hubspot: 0, salesforce: 0 },
    updates: { hubspot: 0, salesforce: 0 },
    links: 0,
    reviews: 0,
    conflicts: 0,
    unsettled: 0,
  };
  let rounds = 0;
  const size = new BatchSize(unitsPerBatch);
  while (!engine.signal.aborted) {
    const step = await alignStep(engine);
    let batch: BatchResult;
    do {
      batch = await workOnce(engine, 'backfill', { unitsMax: size.max });
      size.worked(batch);
      total = add(total, batch);
    } while (batch.units > 0);
    const { dirty, due } = await store.backlog(pair.name);
    if (step === 'page' || (step === 'wait' && due > 0)) continue;
    if (dirty === 0 || rounds >= roundsMax) break;
    rounds += 1;
    await skipWaits();
  }
  const { reviews, dirty } = await store.backlog(pair.name);
  return { ...total, reviews, conflicts, unsettled: dirty };
};
