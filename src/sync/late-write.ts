import type { WorkClass } from '../model/budget.ts';
import type { FieldMapping } from '../model/mapping.ts';
import type { FieldHistoryEntry } from '../model/record.ts';
import { type Base, type FieldWrite, type Intent, lateWriteOf, type ReadBefore } from '../model/state.ts';
import { bothSides, otherSystem, type Sides, type System, systems } from '../model/system.ts';
import type { RawValue } from '../model/value.ts';
import {
  type CrossedSuspect,
  crossedEdit,
  crossedRule,
  crossedSuspect,
  noteCrossed,
  toldEdit,
  toldIn,
} from './crossed.ts';
import { moveBase, type Overwritten } from './draft.ts';
import { contextFor, type EngineContext } from './engine.ts';
import { type Histories, rawOf } from './evidence.ts';
import { landedWrites } from './landed.ts';
import type { Looked } from './linked.ts';
import { sameRaw } from './merge-view.ts';
import { before, overtakenEdit } from './overtaken.ts';
import type { LinkedPlan } from './plan.ts';
import { canTell, decisionOf, settleLanded } from './unsettled.ts';

/*
 * What our writes came over without having seen it: late writes, and edits between a read and its write (sync/crossed.ts). A request whose
 * outcome nobody knows may be carried out after somebody has edited what it overwrites. Nothing can keep it from that; it is recognised:
 * the value that stands there is one of ours, and the history says what stood there just before.
 */

/** A value of ours that may have come late, or that an edit may have crossed. */
interface Suspect extends Partial<Pick<CrossedSuspect, 'crossed'>> {
  readonly field: FieldMapping;
  readonly system: System;
  readonly sent: RawValue;
  /** What our write was decided from, where it is known. */
  readonly read?: ReadBefore | undefined;
  /** It was to put an edit back over a value of ours. */
  readonly restores?: true | undefined;
  /** The write, where its intent is settled by this look. */
  readonly landed?: { readonly intent: Intent; readonly write: FieldWrite };
}

const rule = 'late-write';

/** Intents of unknown outcome: what they sent may still come, and is remembered; what stands there already may have come late. */
const suspectsOfIntents = ({ pair }: EngineContext, { draft, snapshots }: Looked): readonly Suspect[] =>
  draft.unit.intents.flatMap((intent) => {
    const { system } = intent.target;
    const landed = new Set(landedWrites(pair, intent, snapshots[system]));
    const own: Suspect[] = [];
    for (const write of intent.writes) {
      const field = pair.fields.find(({ name }) => name === write.field);
      // An edit that was to be put back and is not: the late value over it is what has to be known still, not the one that did not come.
      if (field && (landed.has(write) || !write.restores || write.leaves))
        draft.late.set(write.field, lateWriteOf(system, write));
      if (!landed.has(write)) continue;
      if (field && canTell(field))
        own.push({ field, system, sent: write.sent, read: write.read, landed: { intent, write } });
      else settleLanded(draft, intent, write);
    }
    return own;
  });

/** Values that were sent once with an outcome that nobody knew, and stand there now although something else was settled since. */
const suspectsOfBase = ({ pair }: EngineContext, { draft, link, snapshots }: Looked): readonly Suspect[] =>
  pair.fields.flatMap((field): readonly Suspect[] => {
    const base = link.base[field.name];
    if (!base?.late || !canTell(field) || draft.late.has(field.name)) return [];
    const { to: system, sent, read, restores } = base.late;
    const present = rawOf(snapshots[system], field.fields[system]);
    if (present === undefined || !sameRaw(field, system, present, sent)) return [];
    return sameRaw(field, system, base[system], present) ? [] : [{ field, system, sent, read, restores }];
  });

/** Whether an edit that a write of ours had crossed was to be put back, and is not there: what was told of it stands as before. */
const isStillCrossed = ({ pair }: EngineContext, { snapshots }: Looked, intent: Intent, write: FieldWrite) =>
  write.leaves !== undefined && !landedWrites(pair, intent, snapshots[intent.target.system]).includes(write);

/** Values of ours that somebody's edit may have crossed, as signals tell; of what is under way its own suspects tell. */
const suspectsOfSignals = (context: EngineContext, look: Looked): readonly Suspect[] => {
  const { pair } = context;
  const { dirty, intents } = look.draft.unit;
  if (dirty.every(({ changed }) => changed === undefined)) return [];
  const underWay = new Set(
    intents.flatMap((intent) =>
      intent.writes
        .filter((write) => !isStillCrossed(context, look, intent, write))
        .map(({ field }) => field),
    ),
  );
  return pair.fields
    .filter(({ name }) => !underWay.has(name))
    .flatMap((field) => systems.flatMap((system) => crossedSuspect(look, field, system) ?? []));
};

interface Found {
  readonly overwritten: Overwritten;
  readonly isSure: boolean;
}

const overwrittenBy = (
  suspect: Suspect,
  look: Looked,
  entries: readonly FieldHistoryEntry[],
): Found | null => {
  const { field, system, sent, crossed } = suspect;
  if (crossed) return crossedEdit({ field, system, sent, crossed }, look, entries);
  const told = entries.length > 0 ? null : toldOver(suspect, look);
  if (told) return told;
  const overwritten = lateWriteOver(suspect, look, entries);
  return overwritten && { overwritten, isSure: true };
};

/** Without a history a signal may have told of the edit. */
const toldOver = ({ field, system, sent, read, landed }: Suspect, look: Looked): Found | null => {
  if (read === undefined) return null;
  const replaced = landed ? landed.write.replaced : (look.link.base[field.name]?.[system] ?? null);
  const { snapshots } = look;
  const told = toldEdit(
    field,
    system,
    { sent, replaced, read },
    toldIn(look, field, system),
    snapshots[system],
  );
  if (!told) return null;
  const { value, isSure } = told;
  const actual = rawOf(snapshots[system], field.fields[system]) ?? null;
  return { overwritten: { field, system, value, actual, crossed: { leaves: null } }, isSure };
};

const lateWriteOver = (
  { field, system, restores, landed }: Suspect,
  { link, snapshots }: Looked,
  entries: readonly FieldHistoryEntry[],
): Overwritten | null => {
  const actual = rawOf(snapshots[system], field.fields[system]) ?? null;
  const value = before(entries);
  if (landed) {
    const edit = overtakenEdit(field, system, landed.write, entries);
    return edit === undefined ? null : { field, system, value: edit, actual };
  }
  // Over a value of ours an edit that is put back stands where it belongs.
  if (restores && (entries[1]?.byUs ?? true)) return null;
  const settled = link.base[field.name]?.[system] ?? null;
  if (value !== undefined) return { field, system, value, actual };
  // Without a history the last modifier tells whose value it is, and the base what stood there as far as anybody knows.
  const isOurs = entries.length === 0 && snapshots[system].lastModifiedByUs === true;
  return isOurs ? { field, system, value: settled, actual } : null;
};

/**
 * The edit is put back by the next look at the earliest, since the intent that is settled here is under way until then, and what is known of a late value
 * stands in its field's base. One that was never settled has none: it begins with what the write was decided from, over which the edit is a change.
 */
const rememberDecision = ({ draft, link }: Looked, write: FieldWrite, system: System): void => {
  if (link.base[write.field] === undefined) moveBase(draft, decisionOf(write, system));
};

/** Histories of the suspects' fields: a call a system for the records of all. */
const historiesOf = async (
  context: EngineContext,
  suspects: ReadonlyMap<Looked, readonly Suspect[]>,
  workClass: WorkClass,
): Promise<ReadonlyMap<Looked, Histories>> => {
  const pages = await Promise.all(
    systems.map(async (system) => {
      const own = [...suspects].filter(([, each]) => each.some((one) => one.system === system));
      if (own.length === 0) return null;
      const names = own.flatMap(([, each]) => each.map(({ field }) => field.fields[system]));
      return context.systems[system].history(
        context.pair.types[system],
        own.map(([{ link }]) => link.ids[system]),
        [...new Set(names)],
        contextFor(context, workClass, 'history'),
      );
    }),
  );
  const of = (index: number, { link }: Looked, system: System) => pages[index]?.get(link.ids[system]) ?? {};
  return new Map(
    [...suspects.keys()].map((look) => [
      look,
      { hubspot: of(0, look, 'hubspot'), salesforce: of(1, look, 'salesforce') },
    ]),
  );
};

/**
 * Settles intents whose outcome nobody knew by what stands there now, and finds values of ours that came late over somebody's edit. Those
 * are left to the plan: the edit counts as standing there still. Answers the histories that it was found out by.
 */
export const settleUnsure = async (
  context: EngineContext,
  looked: readonly Looked[],
  workClass: WorkClass,
): Promise<ReadonlyMap<Looked, Histories>> => {
  const suspects = new Map(
    looked.flatMap((look): [Looked, readonly Suspect[]][] => {
      const late = [...suspectsOfIntents(context, look), ...suspectsOfBase(context, look)];
      const isLate = ({ field }: Suspect): boolean => late.some((each) => each.field === field);
      const own = [...late, ...suspectsOfSignals(context, look).filter((each) => !isLate(each))];
      return own.length === 0 ? [] : [[look, own]];
    }),
  );
  if (suspects.size === 0) return new Map();
  const histories = await historiesOf(context, suspects, workClass);
  for (const [look, own] of suspects) {
    for (const suspect of own) {
      const { field, system, landed } = suspect;
      const entries = histories.get(look)?.[system]?.[field.fields[system]] ?? [];
      const found = overwrittenBy(suspect, look, entries);
      if (found?.isSure) {
        look.draft.overwritten.push(found.overwritten);
        if (landed) rememberDecision(look, landed.write, system);
        continue;
      }
      if (landed) {
        // It has come: it will not come once more.
        look.draft.late.delete(field.name);
        settleLanded(look.draft, landed.intent, landed.write);
      }
      if (found) noteCrossed(context.pair.name, look, found.overwritten);
    }
    tellOverwritten(context, look);
  }
  return histories;
};

const tellOverwritten = ({ events, pair }: EngineContext, { draft, link }: Looked): void => {
  const tell = (own: readonly Overwritten[]) => ({
    ...{ pair: pair.name, link: link.id, fields: own.map(({ field }) => field.name).join(' ') },
    next: 'Nothing to do: tandem explain RECORD tells what was put right.',
  });
  const late = draft.overwritten.filter(({ crossed }) => crossed === undefined);
  const crossed = draft.overwritten.filter((each) => each.crossed !== undefined);
  if (late.length > 0) events.emit('late-write', tell(late));
  if (crossed.length > 0) events.emit('edit-crossed', tell(crossed));
};

/** The bases as they were before writes of ours came over edits that no read had shown, by field. */
export const withoutCrossed = ({ draft }: Looked): Base =>
  Object.fromEntries(
    draft.overwritten.flatMap(({ field, crossed }) =>
      crossed?.leaves ? [[field.name, crossed.leaves]] : [],
    ),
  );

/** Fields, by system, whose value is the one that a signal told of last, for what came over it is thought away. */
export const toldLast = ({ draft }: Looked): Partial<Sides<ReadonlySet<string>>> =>
  bothSides(
    (system) =>
      new Set(
        draft.overwritten
          .filter((each) => each.crossed && each.system === system)
          .map(({ field }) => field.name),
      ),
  );

/** The snapshots as they would be had our late values not come. */
export const withoutLate = ({ draft, snapshots }: Looked): Sides<Looked['snapshots'][System]> => {
  const patched = { ...snapshots };
  for (const { field, system, value } of draft.overwritten) {
    const { fields } = patched[system];
    patched[system] = { ...patched[system], fields: { ...fields, [field.fields[system]]: value } };
  }
  return patched;
};

/**
 * The plan made as if our values had not come, put right: where it writes the field there anyway, that write ends it, and what it
 * replaced is the edit. Else the edit is put back first; what follows from it is planned by the next look.
 */
export const putRight = (plan: LinkedPlan, { draft, snapshots }: Looked): LinkedPlan => {
  if (draft.overwritten.length === 0) return plan;
  const settled = { ...plan.settled };
  const writes = { ...plan.writes };
  for (const { field, system, value, actual, crossed } of draft.overwritten) {
    const other = otherSystem(system);
    if (writes[system].some((write) => write.field === field.name)) continue;
    delete settled[field.name];
    writes[other] = writes[other].filter((write) => write.field !== field.name);
    const source = rawOf(snapshots[other], field.fields[other]) ?? null;
    const common = {
      field: field.name,
      apiField: field.fields[system],
      sent: value,
      replaced: actual,
      source,
    };
    const restored = crossed
      ? { rule: crossedRule, clock: 'event', ...(crossed.leaves ? { leaves: crossed.leaves } : {}) }
      : { rule, clock: 'history' };
    writes[system] = [...writes[system], { ...common, ...restored, lost: null, restores: true }];
  }
  return { ...plan, settled, writes };
};

/** Whether the plan puts an edit back, so that there is more to do after it. */
export const putsBack = ({ writes }: LinkedPlan): boolean =>
  systems.some((system) => writes[system].some(({ restores }) => restores === true));
