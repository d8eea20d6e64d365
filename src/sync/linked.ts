import type { WorkClass } from '../model/budget.ts';
import type { Failure } from '../model/failure.ts';
import type { RecordSnapshot } from '../model/record.ts';
import type { Intent, Link } from '../model/state.ts';
import { bothSides, otherSystem, type Sides, type System, systemLabel, systems } from '../model/system.ts';
import { againAfterMs, identityLooksMax, looksAfterSignalMax } from './backoff.ts';
import { attemptsOf, type Draft, ledgerOfWrites, lookAgain, moveBase, parkIn, raiseStamp } from './draft.ts';
import { contextFor, type EngineContext, fieldsOf } from './engine.ts';
import { landedWrites } from './landed.ts';
import { baseOfWrites, type History, type LinkedPlan, planLinked } from './plan.ts';
import { nextStepOf } from './refusal.ts';
import type { Reservations } from './reservation.ts';
import { makeJob, type SendJob } from './send.ts';

/** A linked unit after its look: both sides were read and neither read is stale. */
export interface Looked {
  readonly draft: Draft;
  readonly link: Link;
  readonly snapshots: Sides<RecordSnapshot>;
}

const missingFailure = (system: System, code: string, message: string): Failure => ({
  category: 'identity',
  system,
  code,
  message,
  fields: [],
});

/** Absence is not deletion: a record that was not found is looked at again and then parked as unreachable. */
export const handleMissing = (context: EngineContext, draft: Draft, system: System, id: string): void => {
  const attempts = attemptsOf(draft.unit);
  if (attempts < identityLooksMax) {
    lookAgain(draft, againAfterMs(attempts));
    return;
  }
  const message = `${systemLabel[system]} does not return the record, and does not say that it is deleted.`;
  const failure = missingFailure(system, 'UNREACHABLE', message);
  const ref = { system, type: context.pair.types[system], id };
  parkIn(draft, context.pair.name, { ref, field: null, failure, next: nextStepOf(failure), refused: '' });
};

/**
 * A read below the highest stamp seen, or below the signal's, is stale: it is read again at widening distances. A signal's stamp is
 * not believed for ever: a vendor may give an event another time than the record's own stamp, and a read that has not moved after
 * all of them is what there is. The next look by stamp finds what it should have shown.
 */
export const isStale = (draft: Draft, snapshot: RecordSnapshot): boolean => {
  const { ref } = snapshot;
  if (snapshot.stamp < (draft.link?.stamps[ref.system] ?? 0)) return true;
  if (attemptsOf(draft.unit) >= looksAfterSignalMax) return false;
  const signalled = draft.unit.dirty
    .filter((row) => row.ref.system === ref.system)
    .map((row) => row.stamp ?? 0);
  return snapshot.stamp < Math.max(0, ...signalled);
};

/** Asks for another look at a unit whose read was stale. */
export const lookAgainLater = (context: EngineContext, draft: Draft, system: System): void => {
  const againMs = againAfterMs(attemptsOf(draft.unit));
  context.events.emit('stale-read', { pair: context.pair.name, system, unit: draft.key, againMs });
  lookAgain(draft, againMs);
};

const endLink = (context: EngineContext, draft: Draft, link: Link, system: System): void => {
  const cause = `deleted in ${systemLabel[system]}`;
  draft.end = { linkId: link.id, cause };
  draft.stillParked = [];
  draft.ledger.push({
    pair: context.pair.name,
    event: 'end',
    target: { system, type: context.pair.types[system], id: link.ids[system] },
    field: null,
    from: null,
    to: null,
    cause,
    rule: 'tombstone',
    clock: null,
    lost: null,
    changedAt: null,
  });
  context.events.emit('link-ended', { pair: context.pair.name, link: link.id, cause });
};

/** Intents whose outcome nobody knows: a field that holds what was sent has landed, any other has not. */
const settleIntent = (context: EngineContext, draft: Draft, intent: Intent, target: RecordSnapshot): void => {
  draft.closedIntents.push(intent.id);
  const writes = landedWrites(context.pair, intent, target);
  if (writes.length === 0) return;
  moveBase(draft, baseOfWrites(intent.target.system, writes));
  draft.ledger.push(...ledgerOfWrites({ ...intent, writes }, null, 'outcome unknown, found landed'));
};

/** Decides what one look means: missing, merged away, deleted, stale, or ready to be planned. */
const judge = (
  context: EngineContext,
  draft: Draft,
  link: Link,
  found: Sides<RecordSnapshot | undefined>,
): Looked | null => {
  for (const system of systems) {
    const snapshot = found[system];
    if (!snapshot || snapshot.ref.id !== link.ids[system]) {
      handleMissing(context, draft, system, link.ids[system]);
      return null;
    }
    if (snapshot.deleted) {
      endLink(context, draft, link, system);
      draft.closedIntents.push(...draft.unit.intents.map((intent) => intent.id));
      return null;
    }
    if (isStale(draft, snapshot)) {
      lookAgainLater(context, draft, system);
      return null;
    }
  }
  const { hubspot, salesforce } = found;
  if (!hubspot || !salesforce) return null;
  const snapshots = { hubspot, salesforce };
  for (const intent of draft.unit.intents) {
    settleIntent(context, draft, intent, snapshots[intent.target.system]);
  }
  for (const system of systems) raiseStamp(draft, system, snapshots[system].stamp);
  return { draft, link, snapshots };
};

/** Reads both sides of the links by id and sorts out what cannot be planned. */
export const lookLinked = async (
  context: EngineContext,
  drafts: readonly Draft[],
  workClass: WorkClass,
  reservations: Reservations,
): Promise<readonly Looked[]> => {
  const linked = drafts.flatMap((draft) => (draft.link ? [{ draft, link: draft.link }] : []));
  if (linked.length === 0) return [];
  const [hubspot, salesforce] = await Promise.all(
    systems.map((system) =>
      context.systems[system].readMany(
        context.pair.types[system],
        linked.map(({ link }) => link.ids[system]),
        fieldsOf(context.pair, system),
        contextFor(context, workClass, 'read', reservations[system]),
      ),
    ),
  );
  return linked.flatMap(({ draft, link }) => {
    const found = {
      hubspot: hubspot?.get(link.ids.hubspot),
      salesforce: salesforce?.get(link.ids.salesforce),
    };
    return judge(context, draft, link, found) ?? [];
  });
};

const planOf = (context: EngineContext, { draft, link, snapshots }: Looked, history?: History): LinkedPlan =>
  planLinked(
    context,
    { ids: link.ids, base: { ...link.base, ...draft.base }, stamps: link.stamps },
    snapshots,
    draft.unit.parked,
    history,
  );

/** Plans with the vendor's property history where it could decide a conflict; the call is made for those records alone. */
const planAll = async (
  context: EngineContext,
  looked: readonly Looked[],
  workClass: WorkClass,
): Promise<ReadonlyMap<Looked, LinkedPlan>> => {
  const plans = new Map(looked.map((look) => [look, planOf(context, look)]));
  const open = looked.filter((look) => (plans.get(look)?.needsHistory.length ?? 0) > 0);
  if (open.length === 0) return plans;
  const names = new Set(open.flatMap((look) => plans.get(look)?.needsHistory ?? []));
  const properties = context.pair.fields
    .filter((field) => names.has(field.name))
    .map((field) => field.fields.hubspot);
  const histories = await context.systems.hubspot.history(
    context.pair.types.hubspot,
    open.map((look) => look.link.ids.hubspot),
    properties,
    contextFor(context, workClass, 'history'),
  );
  for (const look of open) plans.set(look, planOf(context, look, histories.get(look.link.ids.hubspot)));
  return plans;
};

const holdFailure = (system: System, rule: string): Failure => ({
  category: 'value',
  system,
  code: rule === 'foreign' ? 'UNREADABLE_VALUE' : 'HELD',
  message:
    rule === 'foreign'
      ? 'The value is not of the kind that the mapping says; it is not written anywhere.'
      : `The rule ${rule} holds the difference.`,
  fields: [],
});

/** A value that the codec cannot read is reported where it stands. Differences that a rule holds are counted by `verify`. */
const reportForeign = (context: EngineContext, { draft, snapshots }: Looked, plan: LinkedPlan): void => {
  for (const { field: name, rule } of plan.held) {
    if (rule !== 'foreign') continue;
    const field = context.pair.fields.find((candidate) => candidate.name === name);
    if (!field) continue;
    for (const system of systems) {
      const raw = snapshots[system].fields[field.fields[system]] ?? null;
      if (field.codecs[system].decode(raw).kind !== 'foreign') continue;
      const failure = holdFailure(system, rule);
      const { ref } = snapshots[system];
      parkIn(draft, context.pair.name, { ref, field: name, failure, next: nextStepOf(failure), refused: '' });
    }
  }
};

/** Plans links that were looked at: moves bases in the drafts and answers the writes that are due. */
export const planLooked = async (
  context: EngineContext,
  looked: readonly Looked[],
  workClass: WorkClass,
): Promise<readonly SendJob[]> => {
  const plans = await planAll(context, looked, workClass);
  return looked.flatMap((look) => {
    const { draft, snapshots } = look;
    const plan = plans.get(look);
    if (!plan) return [];
    moveBase(draft, plan.settled);
    draft.stillParked = plan.stillParked;
    reportForeign(context, look, plan);
    const readAt = Math.min(snapshots.hubspot.readAt, snapshots.salesforce.readAt);
    return systems.flatMap((system) => {
      const writes = plan.writes[system];
      if (writes.length === 0) return [];
      const source = snapshots[otherSystem(system)];
      const target = snapshots[system].ref;
      return makeJob(context, draft, 'update', target, source.ref, writes, readAt, source.stamp);
    });
  });
};

/** A link that is about to begin, as plan input: no base, stamps as read. */
export const beginningOf = (snapshots: Sides<RecordSnapshot>): NonNullable<Draft['begin']> => ({
  ids: bothSides((system) => snapshots[system].ref.id),
  base: {},
  stamps: bothSides((system) => snapshots[system].stamp),
});
