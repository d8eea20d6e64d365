import type { FieldMapping, PairMapping } from '../model/mapping.ts';
import type { RecordSnapshot } from '../model/record.ts';
import { type Base, type FieldWrite, type Intent, type LedgerEntry, lateWriteOf } from '../model/state.ts';
import { bothSides, type System } from '../model/system.ts';
import { type Draft, ledgerOfWrites, moveBase } from './draft.ts';
import type { EngineContext } from './engine.ts';
import { formOfLink } from './forms.ts';
import type { Found } from './found.ts';
import { landedWrites } from './landed.ts';
import type { Overtaken } from './overtaken.ts';
import { baseOfWrites } from './plan.ts';

/** Histories name references in words of their own, ties have none, and a consent that came late is a consent all the same. */
export const canTell = ({ reference, latch, ties }: FieldMapping): boolean => !reference && !latch && !ties;

/** What the ledger says of a write whose record is not shown any more. */
const unseenOutcome = 'outcome unknown, its record is not shown any more';

/** What the ledger says of a write whose outcome nobody knew, and that stands there. */
const noteLanded = (draft: Draft, intent: Intent, write: FieldWrite): void => {
  draft.ledger.push(...ledgerOfWrites({ ...intent, writes: [write] }, null, 'outcome unknown, found landed'));
};

/** A write whose outcome nobody knew, and that stands there: it is what was settled last, and the ledger names what it replaced. */
export const settleLanded = (draft: Draft, intent: Intent, write: FieldWrite): void => {
  moveBase(draft, baseOfWrites(intent.target.system, [write]));
  noteLanded(draft, intent, write);
};

/** A write as it was carried out: over an edit, where it came over one, and that is what is lost by it. */
const asCarriedOut = (write: FieldWrite, overtaken: Overtaken): FieldWrite => {
  if (!overtaken.has(write)) return write;
  const edit = overtaken.get(write) ?? null;
  return { ...write, replaced: edit, lost: edit };
};

/** What a write was decided from, as a base: over it an edit that the write overtook is a change. */
export const decisionOf = ({ field, replaced, source }: FieldWrite, system: System): Base => ({
  [field]: bothSides((side) => (side === system ? replaced : source)),
});

/** The edit as what a value of ours replaced. */
const notPutBack = (intent: Intent, { field, sent, replaced, rule, clock }: FieldWrite): LedgerEntry => {
  const { pair, target } = intent;
  const cause = `${intent.cause}; the edit could not be put back: its record is not what it was`;
  return {
    ...{ pair, event: 'write', target, field, from: sent, to: replaced, cause, rule, clock },
    ...{ lost: sent, changedAt: null },
  };
};

/** The edits that were to be put back into a record and do not stand there, where no look will find them any more. */
const notPutBackIn = (
  form: PairMapping,
  intent: Intent,
  snapshot: RecordSnapshot,
): readonly LedgerEntry[] => {
  const landed = landedWrites(form, intent, snapshot);
  return intent.writes
    .filter((write) => write.restores && !landed.includes(write))
    .map((write) => notPutBack(intent, write));
};

/**
 * Settles the writes of unknown outcome of a link that goes on with a record of values of its own, which were never compared: what stands there
 * is in the ledger and in no base, but for those that came over somebody's edit (sync/overtaken.ts). Those begin with what they
 * were decided from, and are put right by the next look.
 */
export const settleAnew = (
  context: EngineContext,
  { draft, link, found }: Found,
  overtaken: Overtaken,
): void => {
  const form = formOfLink(context.pair, link);
  for (const intent of draft.unit.intents) {
    const { system, id } = intent.target;
    const snapshot = found[system];
    if (snapshot?.ref.id !== id) continue;
    for (const write of landedWrites(form, intent, snapshot)) {
      if (overtaken.has(write)) {
        moveBase(draft, decisionOf(write, system));
        draft.late.set(write.field, lateWriteOf(system, write));
      } else noteLanded(draft, intent, write);
    }
    draft.ledger.push(...notPutBackIn(form, intent, snapshot));
  }
};

/** A write of which nobody can say whether it was carried out: it is not sent again, and the ledger says what it would have replaced. */
const settleUnseen = (draft: Draft, intent: Intent, write: FieldWrite): void => {
  if (!write.restores || write.leaves) draft.late.set(write.field, lateWriteOf(intent.target.system, write));
  draft.ledger.push(
    ...ledgerOfWrites({ ...intent, writes: [write] }, null, unseenOutcome).map((entry) => ({
      ...entry,
      event: 'kept' as const,
      rule: 'unreachable',
    })),
  );
};

/**
 * Settles the writes of unknown outcome of a link that waits for a record that is not shown: open, they would keep a person's values and
 * whoever waits for the end of all work. What went to the other side is looked at there. What went to the record itself may be found landed
 * once it is shown again, and is remembered in the base until then, as any late value.
 */
export const settleUnreachable = (
  context: EngineContext,
  { draft, link, found }: Found,
  overtaken: Overtaken,
): void => {
  const form = formOfLink(context.pair, link);
  for (const intent of draft.unit.intents) {
    const { system, id } = intent.target;
    const snapshot = found[system];
    const isShown = snapshot?.ref.id === id && !snapshot.deleted;
    const landed = isShown ? landedWrites(form, intent, snapshot) : intent.writes;
    for (const write of landed) {
      if (isShown) settleLanded(draft, intent, asCarriedOut(write, overtaken));
      else settleUnseen(draft, intent, write);
    }
    if (isShown) draft.ledger.push(...notPutBackIn(form, intent, snapshot));
    draft.closedIntents.push(intent.id);
  }
};

/**
 * Settles the putting back of an edit whose outcome is unknown. Where it has come, the edit is a change over what the base knows then. Where it
 * has not, the next look finds the edit by what it was found by before, a late value or a signal (life-events.ts keeps both); where there is
 * none, the ledger names the edit, which stands nowhere else.
 */
const settlePutBack = (
  draft: Draft,
  intent: Intent,
  write: FieldWrite,
  { isLanded, goesOn }: { readonly isLanded: boolean; readonly goesOn: boolean },
): void => {
  const { system } = intent.target;
  if (isLanded) settleLanded(draft, intent, write);
  else if (!goesOn) draft.ledger.push(notPutBack(intent, write));
  else if (write.leaves) draft.late.set(write.field, lateWriteOf(system, write));
};

/**
 * Settles the writes of unknown outcome of a link whose records are not what they were, before nobody knows of them any more: what the
 * link goes on with is found by other ids. What stands there has landed; what may have come over somebody's edit, or may still come, is
 * remembered in the base, and the next look finds out by the history, unless the record that the link goes on with has no such field: nobody
 * looks at it there any more. A field that was never settled has no base to remember it in: it is found out now, by `overtaken`. `stays`: the side
 * whose record the link keeps; null where it keeps none. `goesOnAs`: the form of what it goes on with.
 */
export const settleUnderWay = (
  context: EngineContext,
  { draft, link, found }: Found,
  stays: System | null,
  overtaken: Overtaken,
  goesOnAs: PairMapping = formOfLink(context.pair, link),
): void => {
  const form = formOfLink(context.pair, link);
  const goesOn = new Set(goesOnAs.fields.map(({ name }) => name));
  for (const intent of draft.unit.intents) {
    const { system, id } = intent.target;
    const snapshot = found[system];
    const landed = new Set(snapshot?.ref.id === id ? landedWrites(form, intent, snapshot) : []);
    for (const write of intent.writes) {
      const field = form.fields.find(({ name }) => name === write.field);
      const isLookedAt = system === stays && field && goesOn.has(write.field) && canTell(field);
      if (write.restores) {
        settlePutBack(draft, intent, write, { isLanded: landed.has(write), goesOn: isLookedAt === true });
        continue;
      }
      if (system === stays) draft.late.set(write.field, lateWriteOf(system, write));
      if (!landed.has(write) || (isLookedAt && link.base[write.field] !== undefined)) continue;
      if (isLookedAt && overtaken.has(write)) moveBase(draft, decisionOf(write, system));
      else settleLanded(draft, intent, asCarriedOut(write, overtaken));
    }
  }
};
