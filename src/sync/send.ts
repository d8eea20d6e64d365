import type { WorkClass } from '../model/budget.ts';
import { composedFields, type PairMapping, tieFields } from '../model/mapping.ts';
import type { FieldWrite, NewIntent } from '../model/state.ts';
import { type RecordRef, type System, systems } from '../model/system.ts';
import type { RawFields } from '../model/value.ts';
import type { WriteOutcome, WriteRow } from '../model/write.ts';
import { type Draft, ledgerOfWrites, lookAgain, moveBase, raiseStamp } from './draft.ts';
import { contextFor, type EngineContext } from './engine.ts';
import { formOfRecord } from './forms.ts';
import { curedByGroup } from './known-refusal.ts';
import { baseOfWrites, rawFieldsOf } from './plan.ts';
import { applyRefusal } from './refusal.ts';
import { isTaken } from './standing.ts';

/** A write that is ready to go, and the unit that waits for it. */
export interface SendJob {
  readonly draft: Draft;
  readonly intent: NewIntent;
  /** When the older of the two reads behind the plan arrived, by this process's clock. */
  readonly readAt: number;
  /** The source record's stamp: when the change was made there; null where no live signal told of it. */
  readonly changedAt: number | null;
  /** Of a create: the ledger's words on why it is of this object; null or absent where there was no choice. */
  readonly why?: string | null;
}

/** A job whose row was sent, with what became of it. */
export interface SentJob {
  readonly job: SendJob;
  readonly outcome: WriteOutcome;
}

/** What a listing or a sweep found may have been changed years ago: only a live signal's change has a latency. */
const isLive = (draft: Draft): boolean =>
  draft.unit.dirty.some((row) => row.class === 'live' || row.class === 'consent');

/** Builds the intent of an update or create. */
export const makeJob = (
  context: EngineContext,
  draft: Draft,
  op: NewIntent['op'],
  target: RecordRef,
  source: RecordRef,
  writes: readonly FieldWrite[],
  readAt: number,
  changedAt: number | null,
): SendJob => ({
  draft,
  readAt,
  changedAt: isLive(draft) ? changedAt : null,
  intent: {
    id: context.makeId(),
    pair: context.pair.name,
    unit: draft.key,
    linkId: draft.link?.id ?? null,
    linkVersion: draft.link?.version ?? null,
    op,
    target,
    source,
    writes,
    cause: draft.unit.dirty.map((row) => row.cause).join(', ') || 'look',
  },
});

/** What was read of the fields that are ties, or put together: they are written as a difference. */
const wasOf = ({ pair }: EngineContext, { target, writes }: NewIntent): { readonly was?: RawFields } => {
  const form = formOfRecord(pair, target);
  const names = new Set([...tieFields(form), ...composedFields(form)].map(({ name }) => name));
  const own = writes.filter(({ field }) => names.has(field));
  return own.length === 0
    ? {}
    : { was: Object.fromEntries(own.map(({ apiField, replaced }) => [apiField, replaced])) };
};

/** Which duplicate rules of Salesforce a row passes: those that the mapping, or a person's word, lets it pass. */
const passOf = ({ pair }: EngineContext, { draft, intent }: SendJob): Pick<WriteRow, 'duplicates'> => {
  if (intent.target.system !== 'salesforce') return {};
  if (pair.duplicates === 'save') return { duplicates: 'save' };
  return intent.op === 'create' && draft.ruledOut ? { duplicates: draft.ruledOut.map(({ id }) => id) } : {};
};

const rowOf = (context: EngineContext, job: SendJob): WriteRow => {
  const { intent } = job;
  return intent.op === 'update'
    ? {
        op: 'update',
        key: intent.id,
        id: intent.target.id,
        fields: rawFieldsOf(intent.writes),
        ...wasOf(context, intent),
        ...passOf(context, job),
      }
    : {
        op: 'upsert',
        key: intent.id,
        identityField: context.pair.identity[intent.target.system],
        identityValue: intent.source.id,
        fields: rawFieldsOf(intent.writes),
        ...passOf(context, job),
      };
};

const sendSide = async (
  context: EngineContext,
  system: System,
  jobs: readonly SendJob[],
  notAfter: number,
  workClass: WorkClass,
): Promise<readonly SentJob[]> => {
  const types = [...new Set(jobs.map(({ intent }) => intent.target.type))];
  const parts = await Promise.all(
    types.map((type) =>
      sendType(
        context,
        { system, type },
        jobs.filter(({ intent }) => intent.target.type === type),
        notAfter,
        workClass,
      ),
    ),
  );
  return parts.flat();
};

const sendType = async (
  context: EngineContext,
  { system, type }: Pick<RecordRef, 'system' | 'type'>,
  jobs: readonly SendJob[],
  notAfter: number,
  workClass: WorkClass,
): Promise<readonly SentJob[]> => {
  const rows = jobs.map((job) => rowOf(context, job));
  const callContext = { ...contextFor(context, workClass, 'write'), notAfter };
  const outcomes = await context.systems[system].writeMany(type, rows, callContext);
  return jobs.map((job, index) => ({
    job,
    outcome: outcomes[index] ?? { kind: 'unknown', cause: 'the connector answered no outcome for this row' },
  }));
};

/**
 * Stores the intents under the units' fences, then sends their rows, both systems at once. A job that is not sent (reads too old,
 * lease lost, link moved) asks for another look. Answers the jobs that were sent.
 */
export const sendAll = async (
  context: EngineContext,
  jobs: readonly SendJob[],
  workClass: WorkClass,
): Promise<readonly SentJob[]> => {
  const fresh = jobs.filter((job) => context.nowMs() - job.readAt <= context.timing.readAgeMaxMs);
  const fences = new Map(fresh.map((job) => [job.draft.key, job.draft.unit.fence]));
  const { intentDeadlineMs, leaseMarginMs, sendWithinMs } = context.timing;
  const notAfter = context.nowMs() + sendWithinMs;
  const accepted =
    fresh.length === 0
      ? new Set<string>()
      : await context.store.openIntents(
          fresh.map((job) => job.intent),
          fences,
          intentDeadlineMs,
          leaseMarginMs,
        );
  for (const job of jobs) if (!accepted.has(job.intent.id)) lookAgain(job.draft, 0);
  const going = fresh.filter((job) => accepted.has(job.intent.id));
  const sides = await Promise.all(
    systems.map((system) =>
      sendSide(
        context,
        system,
        going.filter((job) => job.intent.target.system === system),
        notAfter,
        workClass,
      ),
    ),
  );
  return sides.flat();
};

/** What was refused while another field of its group stood there is sent once more. */
export const unparkGroup = (
  draft: Draft,
  pair: PairMapping,
  intent: Pick<NewIntent, 'target' | 'writes'>,
): void => {
  const cured = curedByGroup(pair, intent, draft.stillParked);
  if (cured.length === 0) return;
  draft.stillParked = draft.stillParked.filter((row) => !cured.includes(row));
  lookAgain(draft, 0);
};

/**
 * Puts an outcome into the unit's draft: landed moves the base and writes the ledger, refused parks or asks for another look,
 * unknown leaves the intent open and looks once nothing can be under way any more. Creates that landed are the caller's.
 */
export const applyOutcome = (context: EngineContext, { job, outcome }: SentJob): void => {
  const { draft, intent } = job;
  switch (outcome.kind) {
    case 'landed':
      draft.closedIntents.push(intent.id);
      if (intent.op === 'create') return;
      moveBase(draft, baseOfWrites(intent.target.system, intent.writes));
      draft.stillParked = draft.stillParked.filter(
        (row) =>
          !isTaken(row) ||
          row.system !== intent.target.system ||
          !intent.writes.some(({ field }) => field === row.field),
      );
      unparkGroup(draft, context.pair, intent);
      raiseStamp(draft, intent.target.system, outcome.stamp);
      draft.ledger.push(...ledgerOfWrites(intent, job.changedAt, ''));
      return;
    case 'refused':
      draft.closedIntents.push(intent.id);
      applyRefusal(draft, context, intent.target, intent.writes, outcome.failure);
      return;
    case 'unknown':
      lookAgain(draft, context.timing.intentDeadlineMs, { kind: 'unknown', system: intent.target.system });
      return;
  }
};
