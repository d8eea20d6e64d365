import type { WorkClass } from '../model/budget.ts';
import type { PairMapping } from '../model/mapping.ts';
import type { RecordSnapshot } from '../model/record.ts';
import type { Link } from '../model/state.ts';
import { bothSides, otherSystem, type RecordRef, type Sides, type System, systems } from '../model/system.ts';
import { type Draft, lookAgain, moveBase, raiseStamp } from './draft.ts';
import { contextFor, type EngineContext, fieldsOf } from './engine.ts';
import { mayStillShow } from './erase.ts';
import { formerLinks } from './former-link.ts';
import { byForm, formOfLink, refOfLink } from './forms.ts';
import { type Found, isStale, lookAgainLater } from './found.ts';
import { isConverted, isFlagged, nextNumber, outranks } from './identity.ts';
import { followFates } from './life-events.ts';
import { signalNewer } from './newer-state.ts';
import { weighFollowers } from './primary.ts';

/** A linked unit after its look: both sides were read and neither read is stale. */
export interface Looked {
  readonly draft: Draft;
  readonly link: Link;
  readonly snapshots: Sides<RecordSnapshot>;
}

/** Whether a read shows that a record is not what the link took it for: not there, deleted, merged away, converted. */
const isIdentitySignal = (pair: PairMapping, { draft, link, found }: Found): boolean =>
  mayStillShow(draft) ||
  systems.some((system) => {
    const snapshot = found[system];
    if (!snapshot || snapshot.deleted || snapshot.ref.id !== link.ids[system]) return true;
    if (isFlagged(pair, snapshot)) return true;
    return isConverted(pair, snapshot);
  });

/**
 * A follower takes the primary record's place, and that one follows it. The base is what was settled with it while it had a link of its
 * own; where it never had, its values were never compared with the other side's, and the base starts anew.
 */
const promote = (
  context: EngineContext,
  draft: Draft,
  link: Link,
  better: RecordRef,
  former: Link | undefined,
): void => {
  const { pair } = context;
  const primary = refOfLink(pair, link, 'salesforce');
  draft.to = {
    ref: better,
    stamp: former?.stamps.salesforce ?? 0,
    follows: nextNumber(link),
    fresh: true,
  };
  if (former) moveBase(draft, former.base);
  draft.closedIntents.push(...draft.unit.intents.map(({ id }) => id));
  draft.ledger.push({
    pair: pair.name,
    event: 'link',
    target: better,
    field: null,
    from: null,
    to: link.ids.hubspot,
    cause: draft.unit.dirty.map(({ cause }) => cause).join(', '),
    rule: `life:primary ${pair.primary ?? 'oldest'}`,
    clock: null,
    lost: null,
    changedAt: null,
  });
  for (const ref of [better, primary]) {
    draft.marks.push({ pair: pair.name, ref, class: 'live', stamp: null, cause: 'primary changed' });
  }
};

/** A follower of an object that comes before the primary one's: by its type alone it is known to stand before it. */
const higherFollower = ({ pair }: EngineContext, link: Link): RecordRef | undefined => {
  const primary = refOfLink(pair, link, 'salesforce');
  const better = (link.followers ?? []).find((follower) => outranks(pair, follower.type, primary.type));
  return better && { system: 'salesforce', type: better.type, id: better.id };
};

/** Decides what one look means where nothing is wrong with the records: stale, or ready to be planned. */
const judge = (
  context: EngineContext,
  { draft, link, found }: Found,
  weighed: RecordRef | undefined,
  better: RecordRef | undefined,
  former: Link | undefined,
): Looked | null => {
  const { hubspot, salesforce } = found;
  if (!hubspot || !salesforce) return null;
  const snapshots = { hubspot, salesforce };
  const stale = systems.find((system) => isStale(draft, snapshots[system]));
  if (stale !== undefined) {
    // What the other side was seen to be is not forgotten: the next look may be shown an older state of that one, and write over this.
    const other = otherSystem(stale);
    const { ref, stamp } = snapshots[other];
    if (stamp > link.stamps[other] && !isStale(draft, snapshots[other]))
      signalNewer(context, draft, ref, stamp, `read of ${other}`);
    lookAgainLater(context, draft, stale);
    return null;
  }
  // Another record has values of its own: what became of what is under way is found out before, by this look.
  const isFirst = better !== undefined && draft.unit.intents.length > 0;
  draft.weighed = weighed !== undefined && !isFirst;
  if (isFirst) lookAgain(draft, 0);
  else if (better) {
    promote(context, draft, link, better, former);
    return null;
  }
  // What became of them is found by what was read (sync/late-write.ts).
  draft.closedIntents.push(...draft.unit.intents.map(({ id }) => id));
  for (const system of systems) raiseStamp(draft, system, snapshots[system].stamp);
  return { draft, link, snapshots };
};

/** Reads one side of links, object by object. */
const readSide = async (
  context: EngineContext,
  system: System,
  links: readonly Link[],
  workClass: WorkClass,
): Promise<ReadonlyMap<string, RecordSnapshot>> => {
  const { pair } = context;
  const forms =
    system === 'hubspot' ? [[pair, links] as const] : byForm(pair, links, (link) => formOfLink(pair, link));
  const pages = await Promise.all(
    forms.map(([form, own]) =>
      context.systems[system].readMany(
        form.types[system],
        own.map((link) => link.ids[system]),
        fieldsOf(form, system),
        contextFor(context, workClass, 'read'),
      ),
    ),
  );
  return new Map(pages.flatMap((page) => [...page]));
};

/** Reads both sides of the links by id and sorts out what cannot be planned; what became of records that are gone is asked and done. */
export const lookLinked = async (
  context: EngineContext,
  drafts: readonly Draft[],
  workClass: WorkClass,
): Promise<readonly Looked[]> => {
  const linked = drafts.flatMap((draft) => (draft.link ? [{ draft, link: draft.link }] : []));
  if (linked.length === 0) return [];
  const links = linked.map(({ link }) => link);
  const [hubspot, salesforce] = await Promise.all(
    systems.map((system) => readSide(context, system, links, workClass)),
  );
  const all = linked.map(
    ({ draft, link }): Found => ({
      draft,
      link,
      found: { hubspot: hubspot?.get(link.ids.hubspot), salesforce: salesforce?.get(link.ids.salesforce) },
    }),
  );
  const strange = all.filter((each) => isIdentitySignal(context.pair, each));
  await followFates(context, strange, workClass);
  const living = all.filter((each) => !strange.includes(each));
  const weighed = await weighFollowers(context, living, workClass);
  const better = new Map(
    living.flatMap((each): [Found, RecordRef][] => {
      const primary = weighed.get(each) ?? higherFollower(context, each.link);
      return primary && primary.id !== each.link.ids.salesforce ? [[each, primary]] : [];
    }),
  );
  const former = await formerLinks(context, better);
  return living.flatMap(
    (each) => judge(context, each, weighed.get(each), better.get(each), former.get(each)) ?? [],
  );
};

/** A link that is about to begin, as plan input: no base, stamps as read. */
export const beginningOf = (snapshots: Sides<RecordSnapshot>): NonNullable<Draft['begin']> => ({
  ids: bothSides((system) => snapshots[system].ref.id),
  types: bothSides((system) => snapshots[system].ref.type),
  base: {},
  stamps: bothSides((system) => snapshots[system].stamp),
});
