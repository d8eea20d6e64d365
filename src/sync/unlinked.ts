import type { WorkClass } from '../model/budget.ts';
import { lockName } from '../model/erasure.ts';
import { policiesOf } from '../model/life-events.ts';
import { formFor } from '../model/mapping.ts';
import { nativeKeysOf } from '../model/native-ids.ts';
import type { RecordSnapshot } from '../model/record.ts';
import type { Base, Follower, Link } from '../model/state.ts';
import { otherSystem, type RecordRef, type Sides, type System, systems } from '../model/system.ts';
import { nextMark, type Seeking, withoutBecoming, withoutSurvivors } from './becoming.ts';
import { creationForm, waitForForm, waitsForForm } from './creation-form.ts';
import { verdictsOf } from './decided-new.ts';
import { attemptsOf, type Draft, lookAgain } from './draft.ts';
import { parkedForCreation, waitsForAnswer, wasBlocked } from './duplicates.ts';
import { contextFor, type EngineContext, fieldsOf } from './engine.ts';
import { eraseTold, eraseVanished, withoutErased } from './erase.ts';
import { workFollowers } from './followers.ts';
import { formOfRecord, inForm, refOfLink } from './forms.ts';
import { handleMissing, isStale, lookAgainLater, notShownCause } from './found.ts';
import { canRevive, decidedCause, followerIn, isConverted, isLifted } from './identity.ts';
import { linkedAmong, lookUp } from './lookup.ts';
import { type Candidates, type MatchVerdict, matchKeysOf, primaryKeysOf, shownIn } from './match.ts';
import { withNative } from './native-lookup.ts';
import { withoutChanged } from './newer-state.ts';
import { isSought, noteOut } from './out-of-scope.ts';
import { planCreate } from './plan.ts';
import { takesPart } from './scope.ts';
import { makeJob, type SendJob } from './send.ts';
import {
  adoptCreatedOf,
  beginningOfCreated,
  bySide,
  type Leaving,
  mayHaveCreated,
  settleCreates,
  settleCreatesOfOthers,
} from './settle-creates.ts';
import { consentUnderReview } from './twins-consent.ts';

/** A link that is to begin between two records that were read. */
export interface Beginning {
  readonly draft: Draft;
  readonly snapshots: Sides<RecordSnapshot>;
  /** What an earlier create, whose outcome was unknown, is now seen to have written. */
  readonly base: Base;
  readonly how: string;
  readonly followers?: readonly Follower[];
  /** One of the two is deleted, merged away or converted: nothing is planned, the link's own look says what that means. */
  readonly isLeaving?: true;
}

export interface Unlinked {
  readonly beginnings: readonly Beginning[];
  readonly creates: readonly { readonly job: SendJob; readonly source: RecordSnapshot }[];
  /** What followers get, and records under review. */
  readonly jobs: readonly SendJob[];
  /** Every record that the lookups showed. */
  readonly shown: readonly RecordSnapshot[];
}

const nobody: Unlinked = { beginnings: [], creates: [], jobs: [], shown: [] };

/** HubSpot's search shows a change after up to some seconds (search guide). */
const indexLagMs = 4_000;

/** How long a unit waits whose match key another unit holds. */
const keyHeldMs = 500;

const refOf = (draft: Draft): RecordRef =>
  draft.unit.dirty[0]?.ref ?? { system: 'hubspot', type: '', id: '' };

/** What the store says of units that were claimed without a link. */
interface Sorted {
  readonly open: readonly Draft[];
  readonly followers: readonly (readonly [Draft, Link])[];
  /** Tombstones whose record may have come back. */
  readonly ended: ReadonlyMap<Draft, Link>;
}

/** Whether a sweep asked for the look, to which a contact of any tombstone may have to be found gone for good. */
const isSwept = ({ unit }: Draft): boolean => unit.dirty.some(({ cause }) => cause === notShownCause);

/**
 * Sorts out records that have a link after all: an ended one is a tombstone, and its record is not created again; a live one began
 * a moment ago, and the unit is claimed anew as that link; a follower has its own way.
 */
const sortByLink = async (
  context: EngineContext,
  system: System,
  drafts: readonly Draft[],
): Promise<Sorted> => {
  const ids = drafts.map((draft) => refOf(draft).id);
  const links = await context.store.linksOf(context.pair.name, system, ids);
  const open: Draft[] = [];
  const followers: (readonly [Draft, Link])[] = [];
  const ended = new Map<Draft, Link>();
  for (const draft of drafts) {
    const ref = refOf(draft);
    const link = links.get(ref.id);
    if (!link || isLifted(link)) open.push(draft);
    else if (link.ended) {
      if (!canRevive(link, ref) && !isSwept(draft)) continue;
      open.push(draft);
      ended.set(draft, link);
    } else if (followerIn(link, ref)) followers.push([draft, link]);
    else lookAgain(draft, 0);
  }
  return { open, followers, ended };
};

/** What was read of records, and who was looked for without being shown as often as absence takes. */
interface Own {
  readonly read: readonly Seeking[];
  readonly missing: readonly Draft[];
  /** Deleted, merged away or converted; whatever their creates made is looked for, and nothing else. */
  readonly leaving: readonly Leaving[];
}

/** Reads the records themselves, object by object; what is missing or stale ends here. */
const readOwn = async (
  context: EngineContext,
  system: System,
  drafts: readonly Draft[],
  workClass: WorkClass,
): Promise<Own> => {
  const { pair } = context;
  const missing: Draft[] = [];
  const leaving: Leaving[] = [];
  const pages = await Promise.all(
    [...new Set(drafts.map((draft) => refOf(draft).type))].map((type) =>
      context.systems[system].readMany(
        type,
        drafts.filter((draft) => refOf(draft).type === type).map((draft) => refOf(draft).id),
        fieldsOf(formFor(pair, system, type), system),
        contextFor(context, workClass, 'read'),
      ),
    ),
  );
  const found = new Map(pages.flatMap((page) => [...page]));
  const read = drafts.flatMap((draft) => {
    const ref = refOf(draft);
    const record = found.get(ref.id);
    if (!record) {
      handleMissing(context, draft, ref);
      if (draft.againMs === null) missing.push(draft);
      // It is not known to be gone; what it was to become is, and holds a person's values: who is shown again is looked up as anybody.
      if (draft.park.length > 0) draft.closedIntents.push(...draft.unit.intents.map(({ id }) => id));
      return [];
    }
    const isMerged = record.ref.id !== ref.id;
    if (isMerged || record.deleted || isConverted(pair, record)) {
      leaving.push({ draft, record: { ...record, ref } });
      draft.stillParked = [];
      // Whatever was asked about it, there is nobody left to ask about.
      draft.review = null;
      if (isMerged) draft.marks.push(nextMark(pair, record.ref, 'merged'));
      return [];
    }
    if (isStale(draft, record)) {
      lookAgainLater(context, draft, record.ref.system);
      return [];
    }
    return [{ draft, record, keys: matchKeysOf(formOfRecord(pair, record.ref), record) }];
  });
  return { read, missing, leaving };
};

/** Whether a person has answered a question about the record (commands/reviews/decide.ts). */
const isDecided = (draft: Draft): boolean => draft.unit.dirty.some(({ cause }) => cause === decidedCause);

/** Tombstones whose record lives again, and whose other record lives still, begin anew with the base they had. */
const revive = async (
  context: EngineContext,
  seeking: readonly Seeking[],
  ended: ReadonlyMap<Draft, Link>,
  workClass: WorkClass,
): Promise<readonly Beginning[]> => {
  const { pair } = context;
  const coming = await Promise.all(
    seeking.map(async ({ draft, record }): Promise<Beginning | null> => {
      const link = ended.get(draft);
      if (!link) return null;
      const other = refOfLink(pair, link, otherSystem(record.ref.system));
      const read = await context.systems[other.system].readMany(
        other.type,
        [other.id],
        fieldsOf(formFor(pair, other.system, other.type), other.system),
        contextFor(context, workClass, 'read'),
      );
      const counterpart = read.get(other.id);
      if (!counterpart || counterpart.deleted || counterpart.ref.id !== other.id) return null;
      const snapshots = bySide(record, counterpart);
      draft.review = null;
      if (policiesOf(pair).undelete === 'ask' && !isDecided(draft)) {
        const cause = 'it is back, and was linked with this record before';
        draft.review = { pair: pair.name, unit: draft.key, ref: record.ref, cause, candidates: [other] };
        return null;
      }
      return { draft, snapshots, base: link.base, how: 'restored', followers: link.followers ?? [] };
    }),
  );
  return coming.filter((each) => each !== null);
};

/** Whether there is anything to look a counterpart up by; a record without a valid match key stays alone, by rule. */
const canSeek = (context: EngineContext, { draft, record, keys }: Seeking): boolean => {
  const named = record.fields[context.pair.identity[record.ref.system]];
  const isCreated = context.pair.create[otherSystem(record.ref.system)] === 'always';
  return (
    isCreated ||
    keys.length > 0 ||
    nativeKeysOf(context.pair, record).length > 0 ||
    draft.unit.intents.length > 0 ||
    (typeof named === 'string' && named !== '')
  );
};

/** Locks the match keys, and the ids of HubSpot's own integration; a unit that does not get all of its keys waits for the one that holds them. */
const lockKeys = async (context: EngineContext, seeking: readonly Seeking[]): Promise<readonly Seeking[]> => {
  const locksOf = ({ record, keys }: Seeking): readonly string[] => [
    ...keys,
    ...nativeKeysOf(context.pair, record),
  ];
  const entries = seeking.flatMap((each) =>
    locksOf(each).map((key) => ({
      unit: each.draft.key,
      fence: each.draft.unit.fence,
      key: lockName(context.pair.name, key),
    })),
  );
  const granted =
    entries.length === 0
      ? new Set<string>()
      : await context.store.lockKeys(context.holder, entries, context.timing.leaseMs);
  return seeking.filter((each) => {
    const { draft } = each;
    const all = locksOf(each).every((key) => granted.has(`${draft.key} ${lockName(context.pair.name, key)}`));
    if (!all) lookAgain(draft, keyHeldMs);
    return all;
  });
};

/**
 * Companies are found in HubSpot by its search, whose index is seconds behind: one that HubSpot made by itself from somebody's address a moment
 * ago would be made a second time. Whoever is not found is looked up once more before that. The ids of HubSpot's own integration are found by search, too.
 */
const needsSecondLook = ({ pair }: EngineContext, draft: Draft, target: System): boolean =>
  target === 'hubspot' &&
  (pair.native !== undefined || pair.match.some(({ kind }) => kind === 'domain')) &&
  attemptsOf(draft.unit) === 0;

/** Which of the contacts sales gets a record for; nobody is asked for where everyone has one, or no one. */
const handedOf = async (
  { pair, store }: EngineContext,
  system: System,
  seeking: readonly Seeking[],
): Promise<ReadonlySet<string>> => {
  if (system !== 'hubspot' || pair.create.salesforce !== 'sales-ready') return new Set();
  return (await store.handedAmong?.(seeking.map(({ record }) => record.ref.id))) ?? new Set();
};

/** Whether the mapping says that somebody without counterpart has to have one. */
const isCreated = (
  { pair }: EngineContext,
  { record }: Seeking,
  decided: boolean,
  handed: ReadonlySet<string>,
): boolean => {
  const rule = pair.create[otherSystem(record.ref.system)];
  if (rule === 'never') return false;
  if (rule === 'sales-ready') return handed.has(record.ref.id);
  // What it is found by may be another of its addresses; what it is created with is its own.
  return rule === 'always' || decided || primaryKeysOf(formOfRecord(pair, record.ref), record).length > 0;
};

/** Who is missing on the other side, and to be created there. */
const missingAmong = (
  context: EngineContext,
  verdicts: ReadonlyMap<Seeking, MatchVerdict>,
  handed: ReadonlySet<string>,
): readonly Seeking[] =>
  [...verdicts].flatMap(([seeking, verdict]) => {
    if (verdict.kind !== 'none' || verdict.asConverted === true) return [];
    const isIn = takesPart(formOfRecord(context.pair, seeking.record.ref), seeking.record);
    return isIn && isCreated(context, seeking, verdict.decided === true, handed) ? [seeking] : [];
  });

const decide = (
  context: EngineContext,
  seeking: Seeking,
  verdict: MatchVerdict,
  handed: ReadonlySet<string>,
  waiting: ReadonlySet<Seeking>,
): Beginning | { readonly job: SendJob; readonly source: RecordSnapshot } | null => {
  const { draft, record } = seeking;
  const { pair } = context;
  const target = otherSystem(record.ref.system);
  draft.review = null;
  if (verdict.kind === 'review') {
    settleCreates(context, draft, draft.unit.intents, null);
    const { cause } = verdict;
    draft.review = {
      pair: pair.name,
      unit: draft.key,
      ref: record.ref,
      cause,
      candidates: verdict.candidates,
    };
    return null;
  }
  if (verdict.kind === 'link') {
    const base = settleCreates(context, draft, draft.unit.intents, verdict.other);
    return { draft, snapshots: bySide(record, verdict.other), base, how: verdict.how };
  }
  settleCreates(context, draft, draft.unit.intents, null);
  if (!takesPart(formOfRecord(pair, record.ref), record)) {
    noteOut(context, seeking);
    return null;
  }
  if (!isCreated(context, seeking, verdict.decided === true, handed)) {
    draft.stillParked = [];
    return null;
  }
  if (needsSecondLook(context, draft, target)) {
    lookAgain(draft, indexLagMs);
    return null;
  }
  if (waiting.has(seeking)) {
    waitForForm(seeking);
    return null;
  }
  draft.ruledOut = verdict.ruledOut;
  const { form, why } = creationForm(pair, record, verdict.asConverted);
  const plan = planCreate(inForm(context, form), record, parkedForCreation(pair, draft));
  draft.stillParked = plan.stillParked;
  if (plan.kind === 'blocked') {
    if (waitsForAnswer(plan.stillParked)) draft.review = undefined;
    return null;
  }
  const to = { system: target, type: form.types[target], id: '' };
  const { readAt, stamp } = record;
  return {
    job: { ...makeJob(context, draft, 'create', to, record.ref, plan.writes, readAt, stamp), why },
    source: record,
  };
};

/** The record that a create of unknown outcome made, and that was deleted before anybody knew of it. */
const deletedWork = (
  { draft, record }: Seeking,
  { naming }: Candidates,
  isLinked: (ref: RecordRef) => boolean,
): RecordSnapshot | null => {
  const [created, ...more] = naming;
  const isWork = created?.deleted === true && more.length === 0 && !isLinked(created.ref);
  return isWork && mayHaveCreated(draft, otherSystem(record.ref.system)) ? created : null;
};

const workSide = async (
  context: EngineContext,
  system: System,
  drafts: readonly Draft[],
  workClass: WorkClass,
): Promise<Unlinked> => {
  const untold = await eraseTold(context, system, drafts, workClass);
  const { open, followers, ended } = await sortByLink(context, system, untold);
  const jobs = await workFollowers(context, followers, workClass);
  if (open.length === 0) return { ...nobody, jobs };
  const { read: all, missing, leaving } = await readOwn(context, system, open, workClass);
  await eraseVanished(context, missing, ended, workClass);
  const adopted = await adoptCreatedOf(context, system, leaving, workClass);
  const back = all.filter(({ draft, record }) => {
    const link = ended.get(draft);
    return link !== undefined && canRevive(link, record.ref);
  });
  const revived = back.length === 0 ? [] : await revive(context, back, ended, workClass);
  const present = await withoutSurvivors(
    context,
    system,
    all.filter(({ draft }) => !ended.has(draft)),
  );
  const allowed = await withoutErased(context, present);
  const read = allowed.filter((seeking) => isSought(context, seeking));
  for (const seeking of allowed) if (!read.includes(seeking)) noteOut(context, seeking);
  for (const seeking of read) if (!canSeek(context, seeking)) seeking.draft.stillParked = [];
  const locked = await lockKeys(
    context,
    read.filter((seeking) => canSeek(context, seeking)),
  );
  if (locked.length === 0) return { ...nobody, beginnings: [...adopted, ...revived], jobs };
  const plain = await lookUp(context, system, locked, workClass);
  const found = await withNative(context, system, plain, workClass);
  const looked = withoutChanged(context, found);
  const candidates = withoutBecoming(context, looked);
  const others = [...candidates.values()].flatMap(({ named, naming, converted, native = [], matching }) =>
    [named, ...naming, ...converted.map(({ contact }) => contact), ...native, ...matching].flatMap(
      (record) => record?.ref ?? [],
    ),
  );
  const isLinked = await linkedAmong(context, otherSystem(system), others);
  const verdicts = await verdictsOf(context, system, candidates, isLinked, ({ draft }) => wasBlocked(draft));
  const handed = await handedOf(context, system, locked);
  const waiting = await waitsForForm(context, missingAmong(context, verdicts, handed));
  const beginnings: Beginning[] = [];
  const creates: { job: SendJob; source: RecordSnapshot }[] = [];
  const consents: SendJob[] = [];
  for (const [seeking, own] of candidates) {
    const verdict = verdicts.get(seeking);
    const deleted = verdict?.kind === 'review' ? deletedWork(seeking, own, isLinked) : null;
    if (deleted) {
      beginnings.push(beginningOfCreated(context, seeking.draft, seeking.record, deleted));
      continue;
    }
    if (verdict?.kind === 'review' && !verdict.decided) {
      consents.push(...consentUnderReview(context, seeking, own));
    }
    const decided = verdict ? decide(context, seeking, verdict, handed, waiting) : null;
    if (!decided) continue;
    if ('job' in decided) creates.push(decided);
    else beginnings.push(decided);
  }
  const begun = await settleCreatesOfOthers(context, system, beginnings);
  const shown = [...found.values()].flatMap(shownIn);
  return { beginnings: [...adopted, ...revived, ...begun], creates, jobs: [...jobs, ...consents], shown };
};

/** Looks at records without link: finds their counterpart, plans one, asks a person, or leaves them alone by rule. */
export const lookUnlinked = async (
  context: EngineContext,
  drafts: readonly Draft[],
  workClass: WorkClass,
): Promise<Unlinked> => {
  const sides = await Promise.all(
    systems.map(async (system) => {
      const own = drafts.filter((draft) => draft.unit.dirty[0]?.ref.system === system);
      return own.length === 0 ? nobody : workSide(context, system, own, workClass);
    }),
  );
  return {
    beginnings: sides.flatMap((side) => side.beginnings),
    creates: sides.flatMap((side) => side.creates),
    jobs: sides.flatMap((side) => side.jobs),
    shown: sides.flatMap((side) => side.shown),
  };
};
