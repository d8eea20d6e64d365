import type { WorkClass } from '../model/budget.ts';
import { showsAssociation } from '../model/mapping.ts';
import type { FieldHistoryEntry, RecordSnapshot } from '../model/record.ts';
import { otherSystem, type Sides, type System, systems } from '../model/system.ts';
import { againAfterMs, signalBelievedMs } from './backoff.ts';
import { attemptsOf, lookAgain, moveBase } from './draft.ts';
import { contextFor, type EngineContext } from './engine.ts';
import { marksForOthers } from './follower-consent.ts';
import { byForm, formOfRecord, inForm } from './forms.ts';
import { goneReferences, withGone } from './gone-references.ts';
import { stillRefused } from './known-refusal.ts';
import { landedWrites } from './landed.ts';
import { heardBy } from './latch.ts';
import { putRight, putsBack, settleUnsure, toldLast, withoutCrossed, withoutLate } from './late-write.ts';
import type { Looked } from './linked.ts';
import { leaveUnsure, signalNewer, withoutOutdated } from './newer-state.ts';
import { type Histories, type LinkedPlan, planLinked } from './plan.ts';
import { reportPlan } from './report-plan.ts';
import { scopeMoves } from './scope.ts';
import { makeJob, type SendJob, unparkGroup } from './send.ts';
import { othersOfPersons } from './twins-consent.ts';

/** A plan, and the histories it was made with. */
export interface Planned {
  readonly plan: LinkedPlan;
  readonly histories: Histories;
}

/** What one history tells can make another worth asking for, but no more often than there are systems. */
const roundsMax = systems.length;

const planOf = (
  context: EngineContext,
  look: Looked,
  histories: Histories,
  others: readonly RecordSnapshot[],
): LinkedPlan => {
  const { draft, link } = look;
  const plan = planLinked(
    context,
    { ids: link.ids, base: { ...link.base, ...draft.base, ...withoutCrossed(look) }, stamps: link.stamps },
    withGone(withoutLate(look), draft.gone),
    stillRefused(draft.unit),
    histories,
    Object.fromEntries(draft.unit.dirty.map(({ ref, changed }) => [ref.system, changed ?? {}])),
    new Map(systems.flatMap((system) => [...heardBy(context.pair, look.snapshots[system], others)])),
    attemptsOf(draft.unit) > 0,
    toldLast(look),
  );
  return putRight(plan, look);
};

/** Reads the histories of one system that these plans ask for: one call for the records of all. */
const askHistory = async (
  context: EngineContext,
  system: System,
  asking: readonly (readonly [Looked, Planned])[],
  workClass: WorkClass,
): Promise<ReadonlyMap<Looked, Histories>> => {
  const wanting = asking.filter(([, { plan }]) => plan.needsHistory.some((each) => each.system === system));
  if (wanting.length === 0) return new Map();
  const names = new Set(
    wanting.flatMap(([, { plan }]) =>
      plan.needsHistory.flatMap((each) => (each.system === system ? [each.field] : [])),
    ),
  );
  const histories = await context.systems[system].history(
    context.pair.types[system],
    wanting.map(([look]) => look.link.ids[system]),
    [
      ...new Set(
        context.pair.fields.filter((field) => names.has(field.name)).map((field) => field.fields[system]),
      ),
    ],
    contextFor(context, workClass, 'history'),
  );
  return new Map(
    wanting.map(([look]): [Looked, Histories] => [
      look,
      { [system]: histories.get(look.link.ids[system]) ?? {} },
    ]),
  );
};

/** Plans with the vendors' histories where they could decide otherwise; the calls are made for those records alone. */
const planAll = async (
  context: EngineContext,
  looked: readonly Looked[],
  workClass: WorkClass,
  othersOf: (look: Looked) => readonly RecordSnapshot[],
): Promise<ReadonlyMap<Looked, Planned>> => {
  const plans = new Map(
    looked.map((look): [Looked, Planned] => [
      look,
      { plan: planOf(context, look, {}, othersOf(look)), histories: {} },
    ]),
  );
  for (let round = 0; round < roundsMax; round += 1) {
    const asking = [...plans].filter(([, { plan, histories }]) =>
      plan.needsHistory.some(({ system }) => histories[system] === undefined),
    );
    if (asking.length === 0) return plans;
    const [hubspot, salesforce] = await Promise.all(
      systems.map((system) => askHistory(context, system, asking, workClass)),
    );
    for (const [look, { histories: known }] of asking) {
      const histories = { ...hubspot?.get(look), ...salesforce?.get(look), ...known };
      plans.set(look, { plan: planOf(context, look, histories, othersOf(look)), histories });
    }
  }
  return plans;
};

/**
 * So many looks may a history cost that is ahead of its record, and more of them as long as a signal of its time would; vendors do not
 * promise that both go by one clock.
 */
const aheadLooksMax = 3;

/**
 * Whether a read shows an association as its history has it last. HubSpot does not move a record's stamp for a change of its associations
 * (associations v4): their history is ahead of every read.
 */
const isShown = (
  { ref, fields }: RecordSnapshot,
  name: string,
  { value }: Pick<FieldHistoryEntry, 'value'>,
): boolean => showsAssociation(ref.type, name) && String(value ?? '') === String(fields[name] ?? '');

/** When a history tells of a change that its record's read is too old to show: the value that was read is not there any more. */
const aheadIn = ({ draft, snapshots }: Looked, histories: Histories, system: System): number | undefined => {
  const ahead = Object.entries(histories[system] ?? {}).flatMap(([name, [newest]]) =>
    newest !== undefined &&
    newest.at > snapshots[system].stamp &&
    !isShown(snapshots[system], name, newest) &&
    (attemptsOf(draft.unit) < aheadLooksMax ||
      Math.abs(snapshots[system].readAt - newest.at) < signalBelievedMs)
      ? [newest.at]
      : [],
  );
  return ahead.length === 0 ? undefined : Math.max(...ahead);
};

/**
 * Whether what was read is older than what the histories tell. What they tell is a signal then: the next look may read the same
 * old state again, and find nothing in it that would make it ask for a history.
 */
const isBehindHistory = (context: EngineContext, look: Looked, asked: readonly Histories[]): boolean => {
  const { draft, snapshots } = look;
  const ahead = systems.flatMap((system) => {
    const times = asked.flatMap((histories) => aheadIn(look, histories, system) ?? []);
    return times.length === 0 ? [] : [{ ref: snapshots[system].ref, stamp: Math.max(...times) }];
  });
  for (const { ref, stamp } of ahead) signalNewer(context, draft, ref, stamp, `history of ${ref.system}`);
  return ahead.length > 0;
};

const jobsOf = (
  context: EngineContext,
  { draft, snapshots }: Looked,
  writes: Sides<LinkedPlan['writes'][System]>,
): readonly SendJob[] => {
  const readAt = Math.min(snapshots.hubspot.readAt, snapshots.salesforce.readAt);
  return systems.flatMap((system) => {
    if (writes[system].length === 0) return [];
    const source = snapshots[otherSystem(system)];
    const target = snapshots[system].ref;
    const { stamp, readAt: at } = snapshots[system];
    const own = writes[system].map((write) => ({ ...write, read: { stamp, at } }));
    return makeJob(context, draft, 'update', target, source.ref, own, readAt, source.stamp);
  });
};

/** Plans links that were looked at: moves bases in the drafts and answers the writes that are due. */
export const planLooked = async (
  context: EngineContext,
  looked: readonly Looked[],
  workClass: WorkClass,
): Promise<readonly SendJob[]> => {
  const { pair } = context;
  const others = await othersOfPersons(context, looked, workClass);
  const othersOf = (look: Looked): readonly RecordSnapshot[] => others.of.get(look) ?? [];
  const current = withoutOutdated(context, looked, others.shown);
  for (const look of current) {
    const all = [...systems.map((system) => look.snapshots[system]), ...othersOf(look)];
    look.draft.marks.push(...marksForOthers(pair, othersOf(look), all));
  }
  const forms = byForm(pair, current, ({ snapshots }) => formOfRecord(pair, snapshots.salesforce.ref));
  const jobs = await Promise.all(
    forms.map(([form, own]) => planInForm(inForm(context, form), own, workClass, othersOf)),
  );
  return jobs.flat();
};

const planInForm = async (
  context: EngineContext,
  looked: readonly Looked[],
  workClass: WorkClass,
  othersOf: (look: Looked) => readonly RecordSnapshot[],
): Promise<readonly SendJob[]> => {
  const unsure = await settleUnsure(context, looked, workClass);
  const gone = await goneReferences(context, looked, workClass);
  for (const look of looked) {
    look.draft.gone = gone.references.get(look) ?? [];
    for (const { field, value } of gone.merged.get(look) ?? []) {
      const base = look.link.base[field.name];
      if (base) moveBase(look.draft, { [field.name]: { ...base, hubspot: value } });
    }
    look.draft.marks.push(...(gone.marks.get(look) ?? []));
  }
  const plans = await planAll(context, looked, workClass, othersOf);
  return looked.flatMap((look) => {
    const planned = plans.get(look);
    if (!planned) return [];
    if (isBehindHistory(context, look, [planned.histories, unsure.get(look) ?? {}])) {
      leaveUnsure(look.draft);
      const more = attemptsOf(look.draft.unit) - aheadLooksMax;
      lookAgain(look.draft, more < 0 ? 0 : againAfterMs(more));
      return [];
    }
    const { plan } = planned;
    const cause = look.draft.unit.dirty.map((row) => row.cause).join(', ') || 'look';
    look.draft.ledger.push(...scopeMoves(context.pair, look.snapshots, look.link.base, plan.settled, cause));
    moveBase(look.draft, plan.settled);
    look.draft.stillParked = plan.stillParked;
    for (const intent of look.draft.unit.intents) {
      const { target } = intent;
      const writes = landedWrites(context.pair, intent, look.snapshots[target.system]);
      unparkGroup(look.draft, context.pair, { target, writes });
    }
    reportPlan(context, look, planned);
    if (putsBack(plan)) lookAgain(look.draft, 0);
    return jobsOf(context, look, plan.writes);
  });
};
