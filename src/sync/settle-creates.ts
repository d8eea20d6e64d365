import type { WorkClass } from '../model/budget.ts';
import type { PairMapping } from '../model/mapping.ts';
import type { RecordSnapshot } from '../model/record.ts';
import type { Base, Intent } from '../model/state.ts';
import { otherSystem, type Sides, type System, systems } from '../model/system.ts';
import type { RawValue } from '../model/value.ts';
import { nextMark } from './becoming.ts';
import { type Draft, lookAgain } from './draft.ts';
import type { EngineContext } from './engine.ts';
import { formOfRecord } from './forms.ts';
import { landedWrites } from './landed.ts';
import { findAll, linkedAmong } from './lookup.ts';
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

/** A record without link that is deleted, merged away or converted, as it was before that, and its unit. */
export interface Leaving {
  readonly draft: Draft;
  readonly record: RecordSnapshot;
}

/** Two records of one person, by system. */
export const bySide = (one: RecordSnapshot, other: RecordSnapshot): Sides<RecordSnapshot> =>
  one.ref.system === 'hubspot' ? { hubspot: one, salesforce: other } : { hubspot: other, salesforce: one };

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

/** Whether a create of the unit may have made records of that system, nobody knows. */
export const mayHaveCreated = ({ unit }: Draft, system: System): boolean =>
  unit.intents.some(({ op, target }) => op === 'create' && target.system === system);

/**
 * The link that a create of unknown outcome would have begun, had its answer come: one of its records is not what it was by now (deleted,
 * merged away, converted), which is found out by the link's own look. Without it both would meet as for the first time once they are back, or
 * what became of them, and an edit would lose to what the create wrote.
 */
export const beginningOfCreated = (
  context: Pick<EngineContext, 'pair'>,
  draft: Draft,
  source: RecordSnapshot,
  created: RecordSnapshot,
): Beginning => {
  draft.review = null;
  const base = settleCreates(context, draft, draft.unit.intents, created);
  return { draft, snapshots: bySide(source, created), base, how: 'identity', isLeaving: true };
};

/**
 * What the creates of unknown outcome of records made that are deleted, merged away or converted by now. `leaving`: the records as they were
 * before that. Those of which nothing is found are done with.
 */
export const adoptCreatedOf = async (
  context: EngineContext,
  system: System,
  leaving: readonly Leaving[],
  workClass: WorkClass,
): Promise<readonly Beginning[]> => {
  const other = otherSystem(system);
  const unsure = leaving.filter(({ draft }) => mayHaveCreated(draft, other));
  const ids = unsure.map(({ record }) => record.ref.id);
  const naming = await findAll(context, other, (form) => form.identity[other], ids, workClass);
  const found = [...naming.values()].flat();
  const isLinked = await linkedAmong(
    context,
    other,
    found.map(({ ref }) => ref),
  );
  return leaving.flatMap(({ draft, record }) => {
    const holding = naming.get(record.ref.id.toLowerCase()) ?? [];
    const [created, ...more] = mayHaveCreated(draft, other) ? holding : [];
    if (created && more.length === 0 && !isLinked(created.ref)) {
      return [beginningOfCreated(context, draft, record, created)];
    }
    settleCreates(context, draft, draft.unit.intents, null);
    return [];
  });
};

/** Whom the records of a beginning name in their identity field where it is not each other: those whose work they may be. */
const othersNamed = ({ pair }: EngineContext, { snapshots }: Beginning, side: System): readonly string[] => {
  const name = snapshots[side].fields[pair.identity[side]];
  return typeof name === 'string' && name !== '' && name !== snapshots[otherSystem(side)].ref.id
    ? [name]
    : [];
};

/** How long a beginning waits for the end of another record's create. */
const createOpenMs = 500;

/**
 * Leaves out beginnings with a record that a third one may have created, the outcome of which is not settled: that one is looked at first.
 * It is what one of these two was before, a lead before its conversion or a contact before a merge.
 */
const withoutUnsettled = async (
  context: EngineContext,
  beginnings: readonly Beginning[],
): Promise<readonly Beginning[]> => {
  const { pair, store } = context;
  let left = beginnings;
  for (const side of systems) {
    const names = left.flatMap((beginning) => othersNamed(context, beginning, side));
    if (names.length === 0) continue;
    const open = await store.openIntentsFrom(pair.name, otherSystem(side), names);
    left = left.filter((beginning) => {
      const found = othersNamed(context, beginning, side).flatMap((name) => open.get(name) ?? []);
      const [creator] = found.flatMap(({ intents }) => intents.filter(({ op }) => op === 'create'));
      if (!creator) return true;
      const { draft } = beginning;
      draft.closedIntents = [];
      draft.marks.push(nextMark(pair, creator.source, 'its create may have landed'));
      lookAgain(draft, Math.max(createOpenMs, ...found.map(({ waitMs }) => waitMs)));
      return false;
    });
  }
  return left;
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
  const settled = await withoutUnsettled(context, beginnings);
  if (settled.length === 0) return [];
  const ids = settled.map(({ snapshots }) => snapshots[otherSystem(system)].ref.id);
  const open = await context.store.openIntentsFrom(context.pair.name, otherSystem(system), ids);
  return settled.flatMap((beginning, index) => {
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
