import type { PairMapping } from '../model/mapping.ts';
import type { RecordSnapshot } from '../model/record.ts';
import type { Base, Intent } from '../model/state.ts';
import { otherSystem, type Sides, type System } from '../model/system.ts';
import type { RawValue } from '../model/value.ts';
import { type Draft, lookAgain } from './draft.ts';
import type { EngineContext } from './engine.ts';
import { formOfRecord } from './forms.ts';
import { landedWrites } from './landed.ts';
import { baseOfWrites } from './plan.ts';
import type { Beginning } from './unlinked.ts';

/** The writes of a create by the names of what its record is by now: a lead that was converted meanwhile is a contact, which has other ones. */
const asNamedIn = (form: PairMapping, system: System, intent: Intent): Intent => ({
  ...intent,
  writes: intent.writes.map((write) => {
    const field = form.fields.find(({ name }) => name === write.field);
    return field ? { ...write, apiField: field.fields[system] } : write;
  }),
});

/** Closes creates whose outcome was unknown, and answers what they are now seen to have written to `target`. */
export const settleCreates = (
  context: Pick<EngineContext, 'pair'>,
  draft: Draft,
  intents: readonly Intent[],
  target: RecordSnapshot | null,
): Base => {
  const base: Record<string, Sides<RawValue>> = {};
  for (const intent of intents) {
    const { system } = intent.target;
    draft.closedIntents.push(intent.id);
    if (!target || system !== target.ref.system) continue;
    const form = formOfRecord(context.pair, target.ref);
    Object.assign(base, baseOfWrites(system, landedWrites(form, asNamedIn(form, system, intent), target)));
  }
  return base;
};

/**
 * A record that is about to be linked may itself be the work of a create whose outcome is unknown, out of its counterpart's own
 * unit. What that wrote is base, not somebody's entry: else an edit of the counterpart would lose to its own older value.
 * While such a request may still be under way nothing begins.
 */
export const settleCreatesOfOthers = async (
  context: EngineContext,
  system: System,
  beginnings: readonly Beginning[],
): Promise<readonly Beginning[]> => {
  if (beginnings.length === 0) return [];
  const ids = beginnings.map(({ snapshots }) => snapshots[otherSystem(system)].ref.id);
  const open = await context.store.openIntentsFrom(context.pair.name, otherSystem(system), ids);
  return beginnings.flatMap((beginning, index) => {
    const found = open.get(ids[index] ?? '');
    if (!found) return beginning;
    const { draft, snapshots } = beginning;
    if (found.waitMs > 0) {
      draft.closedIntents = [];
      lookAgain(draft, found.waitMs);
      return [];
    }
    const landed = settleCreates(context, draft, found.intents, snapshots[system]);
    return { ...beginning, base: { ...beginning.base, ...landed } };
  });
};
