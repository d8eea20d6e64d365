import type { FieldMapping, PairMapping } from '../model/mapping.ts';
import type { FieldWrite, Intent } from '../model/state.ts';
import type { System } from '../model/system.ts';
import { type Draft, ledgerOfWrites, moveBase } from './draft.ts';
import type { EngineContext } from './engine.ts';
import { formOfLink } from './forms.ts';
import type { Found } from './found.ts';
import { landedWrites } from './landed.ts';
import { baseOfWrites } from './plan.ts';

/** Histories name references in words of their own, ties have none, and a consent that came late is a consent all the same. */
export const canTell = ({ reference, latch, ties }: FieldMapping): boolean => !reference && !latch && !ties;

/** A write whose outcome nobody knew, and that stands there: it is what was settled last, and the ledger names what it replaced. */
export const settleLanded = (draft: Draft, intent: Intent, write: FieldWrite): void => {
  moveBase(draft, baseOfWrites(intent.target.system, [write]));
  draft.ledger.push(...ledgerOfWrites({ ...intent, writes: [write] }, null, 'outcome unknown, found landed'));
};

/**
 * Settles the writes of unknown outcome of a link whose records are not what they were, before nobody knows of them any more: what the
 * link goes on with is found by other ids. What stands there has landed; what may have come over somebody's edit, or may still come, is
 * remembered in the base, and the next look finds out by the history, unless the record that the link goes on with has no such field: nobody
 * looks at it there any more. `stays`: the side whose record the link keeps; null where it keeps none. `goesOnAs`: the form of what it goes on with.
 */
export const settleUnderWay = (
  context: EngineContext,
  { draft, link, found }: Found,
  stays: System | null,
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
      const isLookedAt = system === stays && field && goesOn.has(write.field);
      const isFoundOut = isLookedAt && canTell(field) && link.base[write.field] !== undefined;
      if (system === stays) draft.late.set(write.field, { to: system, sent: write.sent });
      if (landed.has(write) && !isFoundOut) settleLanded(draft, intent, write);
    }
  }
};
