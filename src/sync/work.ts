import { setTimeout as sleep } from 'node:timers/promises';
import { type WorkClass, workClasses } from '../model/budget.ts';
import { CallFailed, StoreAwayError } from '../model/failure.ts';
import { type PairMapping, tieFields } from '../model/mapping.ts';
import type { RecordSnapshot } from '../model/record.ts';
import type { ClaimedUnit, FieldWrite, LedgerEntry, Link, NewIntent } from '../model/state.ts';
import { bothSides, otherSystem, type Sides } from '../model/system.ts';
import { againAfterMs } from './backoff.ts';
import { holdBack } from './breakers/hold-back.ts';
import { answerDefect, isOfOneRecord } from './defect.ts';
import { continueWith, type Draft, lookAgain, makeDraft, raiseStamp, settlementOf } from './draft.ts';
import { askAboutDuplicates } from './duplicates.ts';
import type { EngineContext } from './engine.ts';
import { givenLaterCause } from './follower-consent.ts';
import { formOfRecord, inForm } from './forms.ts';
import { guardKeys } from './key-guard.ts';
import { isSet, isTextLatch } from './latch.ts';
import { beginningOf, type Looked, lookLinked } from './linked.ts';
import { withoutOutdated } from './newer-state.ts';
import type { Bounds } from './overtaking.ts';
import { activeContext, type PausedParts, readPaused, withoutHeld } from './pauses.ts';
import { baseOfCreated, planLinked, rawFieldsOf } from './plan.ts';
import { planLooked } from './plan-looked.ts';
import { forgetCallFailure, reportCallFailure } from './problems.ts';
import {
  BatchCalls,
  callsAhead,
  callsToSend,
  keepOnly,
  type Reservations,
  unitsCarried,
  unitsPerBatch,
  withReservations,
} from './reservation.ts';
import { scopeMoves } from './scope.ts';
import { applyOutcome, makeJob, type SentJob, sendAll } from './send.ts';
import { announce, tellEnd, tellRefused } from './tell.ts';
import { guardTies } from './tie-guard.ts';
import { type Beginning, lookUnlinked, type Unlinked } from './unlinked.ts';

/** What one batch did; all zero when nothing was due. */
export interface BatchResult {
  readonly units: number;
  readonly created: Sides<number>;
  readonly updated: Sides<number>;
  readonly equal: number;
  readonly linked: number;
  readonly failed: number;
  /** True where state moved: something was written, linked, ended, parked or sent to review. */
  readonly moved: boolean;
  /**
   * Tandem itself failed on something in it, or a system refused a whole call for something in it: all of it was given back, to be tried in
   * smaller batches.
   */
  readonly broken?: 'defect' | 'refusal';
}

const nothing: BatchResult = {
  units: 0,
  created: { hubspot: 0, salesforce: 0 },
  updated: { hubspot: 0, salesforce: 0 },
  equal: 0,
  linked: 0,
  failed: 0,
  moved: false,
};

const strongestOf = (units: readonly ClaimedUnit[]): WorkClass =>
  workClasses.find((workClass) => units.some((unit) => unit.dirty.some((row) => row.class === workClass))) ??
  'backfill';

const createEntry = (sent: SentJob, id: string): LedgerEntry => {
  const { intent, changedAt, why } = sent.job;
  const to = rawFieldsOf(intent.writes);
  const common = { pair: intent.pair, target: { ...intent.target, id }, field: null, from: null, to };
  return {
    ...common,
    event: 'create',
    cause: intent.cause,
    rule: why ?? 'create',
    clock: null,
    lost: null,
    changedAt,
  };
};

/** Stores links that begin between existing records; those that could not (one of them was linked meanwhile) are given up. */
const beginLinks = async (
  context: EngineContext,
  beginnings: readonly Beginning[],
): Promise<readonly Looked[]> => {
  if (beginnings.length === 0) return [];
  for (const { draft, snapshots, base, how, followers = [], isLeaving } of beginnings) {
    const begin = { ...beginningOf(snapshots), ...(followers.length > 0 ? { followers } : {}) };
    const own = inForm(context, formOfRecord(context.pair, snapshots.salesforce.ref));
    // What is equal has its base at once: an edit that comes before the second step must not meet a link that knows nothing.
    const { settled } = isLeaving
      ? { settled: {} }
      : planLinked(own, { ...begin, base }, snapshots, draft.unit.parked);
    draft.begin = { ...begin, base: { ...base, ...settled } };
    const cause = draft.unit.dirty.map((row) => row.cause).join(', ');
    draft.ledger.push(...scopeMoves(own.pair, snapshots, base, settled, cause));
    // A lookup finds the record alone, and not who is tied to it.
    if (tieFields(own.pair).length > 0) {
      const ties = 'who is tied to it';
      draft.marks.push({
        pair: context.pair.name,
        ref: snapshots.hubspot.ref,
        class: 'live',
        stamp: null,
        cause: ties,
      });
    }
    draft.ledger.push({
      pair: context.pair.name,
      event: 'link',
      target: snapshots.salesforce.ref,
      field: null,
      from: null,
      to: snapshots.hubspot.ref.id,
      cause,
      rule: how,
      clock: null,
      lost: null,
      changedAt: null,
    });
  }
  const { begun } = await context.store.settleAndKeep(
    beginnings.map(({ draft }) => settlementOf(draft, context.pair.name, true)),
  );
  return beginnings.flatMap(({ draft, snapshots, isLeaving }) => {
    const link = begun.get(draft.unit.key);
    if (!link) return [];
    continueWith(draft, link);
    if (isLeaving) {
      lookAgain(draft, 0);
      return [];
    }
    return { draft, link, snapshots };
  });
};

/** Stores the links of creates that landed, and answers the writes that put the new id into their sources. */
const adoptCreated = async (
  context: EngineContext,
  landed: readonly SentJob[],
  sources: ReadonlyMap<Draft, Unlinked['creates'][number]['source']>,
) => {
  for (const sent of landed) {
    const { draft, intent } = sent.job;
    const source = sources.get(draft);
    if (!source || sent.outcome.kind !== 'landed') continue;
    const { id, stamp } = sent.outcome;
    const isHubSpot = source.ref.system === 'hubspot';
    draft.begin = {
      ids: isHubSpot
        ? { hubspot: source.ref.id, salesforce: id }
        : { hubspot: id, salesforce: source.ref.id },
      types: isHubSpot
        ? { hubspot: source.ref.type, salesforce: intent.target.type }
        : { hubspot: intent.target.type, salesforce: source.ref.type },
      base: baseOfCreated(
        formOfRecord(context.pair, isHubSpot ? intent.target : source.ref),
        source,
        intent.writes,
      ),
      stamps: isHubSpot
        ? { hubspot: source.stamp, salesforce: stamp ?? 0 }
        : { hubspot: stamp ?? 0, salesforce: source.stamp },
    };
    draft.ledger.push(createEntry(sent, id));
  }
  const ready = landed.filter(({ job }) => job.draft.begin);
  if (ready.length === 0) return [];
  const { begun } = await context.store.settleAndKeep(
    ready.map(({ job }) => settlementOf(job.draft, context.pair.name, true)),
  );
  return ready.flatMap(({ job }) => {
    const { draft } = job;
    const source = sources.get(draft);
    const link = begun.get(draft.unit.key);
    if (!link || !source) return [];
    continueWith(draft, link);
    raiseStamp(draft, source.ref.system, source.stamp);
    if (saysMoreLater(context.pair, source)) {
      const cause = givenLaterCause;
      draft.marks.push({ pair: context.pair.name, ref: source.ref, class: 'consent', stamp: null, cause });
    }
    return makeJob(
      context,
      draft,
      'update',
      source.ref,
      source.ref,
      [identityOf(context, link, source)],
      job.readAt,
      null,
    );
  });
};

/** Whether a record says something that its counterpart is not created with. */
const saysMoreLater = (pair: PairMapping, { ref, fields }: RecordSnapshot): boolean =>
  formOfRecord(pair, ref).fields.some(
    (field) =>
      (isTextLatch(field) || field.ties !== undefined) &&
      isSet(field.codecs[ref.system].decode(fields[field.fields[ref.system]] ?? null)),
  );

const identityOf = (
  context: EngineContext,
  link: Link,
  source: Unlinked['creates'][number]['source'],
): FieldWrite => {
  const { system } = source.ref;
  const apiField = context.pair.identity[system];
  const sent = link.ids[otherSystem(system)];
  const replaced = source.fields[apiField] ?? null;
  return {
    field: 'identity',
    apiField,
    sent,
    replaced,
    source: sent,
    rule: 'identity',
    clock: null,
    lost: null,
  };
};

/** The way of one batch: look, begin, plan, send, settle; and for what was created, its identity. */
const workBatch = async (
  context: EngineContext,
  drafts: readonly Draft[],
  workClass: WorkClass,
  paused: PausedParts,
): Promise<readonly SentJob[]> => {
  const linked = drafts.filter((draft) => draft.link !== null);
  const open = drafts.filter((draft) => draft.link === null);
  const [looked, unlinked] = await Promise.all([
    lookLinked(context, linked, workClass),
    lookUnlinked(context, open, workClass),
  ]);
  const begun = await beginLinks(context, unlinked.beginnings);
  const current = withoutOutdated(context, looked, unlinked.shown);
  const planned = await planLooked(context, [...current, ...begun], workClass);
  const jobs = await guardTies(context, await guardKeys(context, planned, workClass), workClass);
  // What a pause keeps from being created anyway is none of the many that are.
  const creates = withoutHeld(
    paused,
    unlinked.creates.map(({ job }) => job),
  );
  const free = await holdBack(context, [...jobs, ...creates], drafts);
  for (const draft of drafts) tellEnd(context, draft);
  const wanted = withoutHeld(paused, [...free, ...unlinked.jobs]);
  // From here on the plan says what the batch needs: the rest is for others, at once.
  await keepOnly(context, callsToSend(context, wanted));
  const sent = await sendAll(context, wanted, workClass);
  for (const each of await askAboutDuplicates(context, sent, workClass)) applyOutcome(context, each);
  const landed = sent.filter(({ job, outcome }) => job.intent.op === 'create' && outcome.kind === 'landed');
  const sources = new Map(unlinked.creates.map(({ job, source }) => [job.draft, source]));
  const identities = await adoptCreated(context, landed, sources);
  const named = withoutHeld(paused, identities);
  await keepOnly(context, callsToSend(context, named));
  const second = await sendAll(context, named, workClass);
  for (const each of second) applyOutcome(context, each);
  return [...sent, ...second];
};

const countBatch = (drafts: readonly Draft[], sent: readonly SentJob[]): BatchResult => {
  const landed = sent.filter(({ outcome }) => outcome.kind === 'landed');
  const count = (op: NewIntent['op']): Sides<number> =>
    bothSides(
      (system) =>
        landed.filter(
          ({ job: { intent } }) =>
            intent.op === op &&
            intent.target.system === system &&
            intent.writes.some((write) => write.field !== 'identity'),
        ).length,
    );
  const busy = new Set(sent.map(({ job }) => job.draft));
  const parked = drafts.filter((draft) =>
    draft.park.some(
      (row) =>
        !draft.unit.parked.some(
          (old) => old.system === row.system && old.field === row.field && old.refused === row.refused,
        ),
    ),
  );
  const linked = drafts.filter((draft) => draft.key !== draft.unit.key).length;
  const based = drafts.some(
    (draft) => Object.keys(draft.base).length > 0 || draft.end !== undefined || draft.to !== undefined,
  );
  return {
    units: drafts.length,
    created: count('create'),
    updated: count('update'),
    equal: drafts.filter((draft) => !busy.has(draft) && draft.link && !draft.held && draft.againMs === null)
      .length,
    linked,
    failed: parked.length,
    moved: sent.length > 0 || linked > 0 || parked.length > 0 || based,
  };
};

/** Units whose settlement did not apply (lease lost, link moved, record linked meanwhile) are looked at anew. */
const giveUp = async (
  context: EngineContext,
  drafts: readonly Draft[],
  refused: ReadonlySet<string>,
): Promise<void> => {
  const units = drafts.filter((draft) => refused.has(draft.key));
  context.events.emit('settle-refused', { pair: context.pair.name, units: units.length });
  await context.store.release(
    units.map(({ key, unit }) => ({ key, fence: unit.fence })),
    againAfterMs(0),
  );
};

/** A store that went away is mostly back within seconds; after this long the leases end by themselves. */
const giveBackTriesMax = 30;
const giveBackEveryMs = 1_000;

/**
 * The store failed in the middle of a batch: as soon as it answers again its units are given back, so that nobody waits for the leases to end.
 * What may still be under way is guarded by its intent's deadline.
 */
const giveBack = async (context: EngineContext, drafts: readonly Draft[]): Promise<void> => {
  const units = drafts.map(({ key, unit }) => ({ key, fence: unit.fence }));
  for (let tries = 0; tries < giveBackTriesMax && !context.signal.aborted; tries += 1) {
    try {
      await context.store.release(units, 0);
      return;
    } catch {
      // Told by the caller already; it is the same outage.
      await sleep(giveBackEveryMs, undefined, { signal: context.signal }).catch(() => undefined);
    }
  }
};

const workUnits = async (
  context: EngineContext,
  units: readonly ClaimedUnit[],
  paused: PausedParts,
): Promise<BatchResult> => {
  const { store } = context;
  const drafts = units.map(makeDraft);
  const workClass = strongestOf(units);
  try {
    const sent = await workBatch(context, drafts, workClass, paused);
    const { refused } = await store.settle(drafts.map((draft) => settlementOf(draft, context.pair.name)));
    if (refused.size > 0) await giveUp(context, drafts, refused);
    announce(context, sent, workClass);
    tellRefused(context, sent);
    return countBatch(drafts, sent);
  } catch (error) {
    if (error instanceof StoreAwayError) {
      await giveBack(context, drafts);
      throw error;
    }
    if (error instanceof CallFailed) await reportCallFailure(context, error);
    if (!(error instanceof CallFailed) || isOfOneRecord(error.failure)) {
      const isParked = await answerDefect(context, drafts, error);
      // What the route failed on is not asked for by itself any more: all others went through.
      if (isParked && error instanceof CallFailed) await forgetCallFailure(context, error);
      const broke = { broken: error instanceof CallFailed ? ('refusal' as const) : ('defect' as const) };
      const counts = { ...nothing, units: drafts.length, failed: drafts.length };
      return isParked ? { ...counts, moved: true } : { ...counts, ...broke };
    }
    const dueMs = error.failure.retryAfterMs ?? againAfterMs(1);
    await store.release(
      drafts.map(({ key, unit }) => ({ key, fence: unit.fence })),
      dueMs,
    );
    return { ...nothing, units: drafts.length, failed: drafts.length };
  }
};

export interface WorkOptions {
  /** Called once units are claimed. */
  readonly claimed?: () => void;
  /** Units of records with these ids alone. */
  readonly only?: readonly string[];
  readonly bounds?: Bounds;
  readonly unitsMax?: number;
  /** How many rows are due, as far as is known: permits are asked for as many, and a batch claims what they carry. */
  readonly due?: number;
  /** What batches of the pair were seen to need. */
  readonly calls?: BatchCalls;
}

/**
 * Claims up to a batch of units and brings each to its end. A pair that is paused is left alone. Rejects only when the store fails.
 */
export const workOnce = async (
  context: EngineContext,
  reserveAs: WorkClass,
  {
    claimed = () => undefined,
    only,
    bounds,
    unitsMax = unitsPerBatch,
    due = unitsMax,
    calls = new BatchCalls(),
  }: WorkOptions = {},
): Promise<BatchResult> => {
  if ((await readPaused(context)).whole) return nothing;
  const most = unitsCarried(context, due, unitsMax);
  const work = async (reservations: Reservations): Promise<BatchResult> => {
    const own = { ...context, reservations };
    const { store, holder, timing } = context;
    const { leaseMs } = timing;
    const units = await store.claim(context.pair.name, holder, most, leaseMs, only, bounds?.weakest);
    claimed();
    if (units.length === 0) return nothing;
    await keepOnly(own, callsAhead(context, units.length, calls));
    // Read after the claim: whoever pauses waits for the leases that are there, and can then rely on it.
    const paused = await readPaused(context);
    if (paused.whole) {
      await store.release(units, 0);
      return nothing;
    }
    const result = await workUnits(activeContext(own, paused), units, paused);
    calls.made(context, units.length, reservations.hubspot.came);
    return result;
  };
  return withReservations(context, reserveAs, callsAhead(context, most, calls), work, bounds?.signal);
};
