import type { WorkClass } from '../model/budget.ts';
import type { Failure } from '../model/failure.ts';
import type { RecordSnapshot } from '../model/record.ts';
import type { Intent, Link } from '../model/state.ts';
import { bothSides, type Sides, type System, systemLabel, systems } from '../model/system.ts';
import { againAfterMs, identityLooksMax, looksAfterSignalMax } from './backoff.ts';
import { attemptsOf, type Draft, ledgerOfWrites, lookAgain, moveBase, parkIn, raiseStamp } from './draft.ts';
import { contextFor, type EngineContext, fieldsOf } from './engine.ts';
import { landedWrites } from './landed.ts';
import { baseOfWrites } from './plan.ts';
import { nextStepOf } from './refusal.ts';
import type { Reservations } from './reservation.ts';

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

/** A link that is about to begin, as plan input: no base, stamps as read. */
export const beginningOf = (snapshots: Sides<RecordSnapshot>): NonNullable<Draft['begin']> => ({
  ids: bothSides((system) => snapshots[system].ref.id),
  base: {},
  stamps: bothSides((system) => snapshots[system].stamp),
});
