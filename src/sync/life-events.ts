import type { WorkClass } from '../model/budget.ts';
import type { Fate } from '../model/fate.ts';
import { policiesOf } from '../model/life-events.ts';
import { type FieldMapping, formFor, typesOn } from '../model/mapping.ts';
import type { ChangedRecord } from '../model/record.ts';
import type { Link } from '../model/state.ts';
import { bothSides, otherSystem, type RecordRef, type Sides, type System, systems } from '../model/system.ts';
import { againAfterMs, identityLooksMax } from './backoff.ts';
import { attemptsOf, lookAgain, movedBase } from './draft.ts';
import { ask, endLink, entryOf, forget, markOf } from './end-link.ts';
import { contextFor, type EngineContext } from './engine.ts';
import { eraseLinked, showsOthers, toldErased } from './erase.ts';
import { byForm, formOfLink, refOfLink, typeOfLink } from './forms.ts';
import { type Found, handleMissing, isKnownMissing } from './found.ts';
import { deletedIn, isConverted, isFlagged, nextNumber } from './identity.ts';
import { newsIn } from './intake.ts';
import { type Overtaken, overtakenIn } from './overtaken.ts';
import { settleAnew, settleUnderWay, settleUnreachable } from './unsettled.ts';

/** Live links of the records that others became, by id. */
type Owners = Sides<ReadonlyMap<string, Link>>;

const liveOwner = (owners: Owners, system: System, id: string): Link | undefined => {
  const link = owners[system].get(id);
  return link?.ended === null ? link : undefined;
};

/** What is known beside the fates of a link's records. */
interface Circumstances {
  readonly owners: Owners;
  /** Whether HubSpot shows others who are linked, so that one who is not shown is not there. */
  readonly showsOthers: boolean;
  readonly overtaken: Overtaken;
}

/**
 * HubSpot merged the contact away; the survivor has an id of its own. The link ends and one begins for the survivor; where that has a
 * link already, this one's Salesforce records follow its primary, and the rule says which of all is the primary one.
 */
const mergedInHubSpot = (
  context: EngineContext,
  each: Found,
  survivor: string,
  { owners, overtaken }: Circumstances,
): void => {
  const { draft, link } = each;
  const owner = liveOwner(owners, 'hubspot', survivor);
  const old = refOfLink(context.pair, link, 'hubspot');
  const next = { ...old, id: survivor };
  const salesforce = refOfLink(context.pair, link, 'salesforce');
  const cause = 'merged in HubSpot';
  const followers = (link.followers ?? []).map(
    ({ type, id }): RecordRef => ({ system: 'salesforce', type, id }),
  );
  settleUnderWay(context, each, owner ? null : 'salesforce', overtaken);
  endLink(context, each, old, cause, 'life:merge');
  if (owner) {
    const joining = [salesforce, ...followers];
    const first = nextNumber(owner);
    const numbered = joining.map(({ type, id }, index) => ({ type, id, number: first + index }));
    draft.follow = { linkId: owner.id, version: owner.version, followers: numbered };
    for (const ref of joining) {
      draft.ledger.push(entryOf(context, 'link', ref, cause, 'life:follower', survivor));
      draft.marks.push(markOf(context, ref, cause));
    }
  } else {
    draft.begin = {
      ids: { hubspot: survivor, salesforce: salesforce.id },
      types: { hubspot: next.type, salesforce: salesforce.type },
      base: { ...link.base, ...movedBase(draft, link) },
      stamps: { hubspot: 0, salesforce: link.stamps.salesforce },
      ...(link.followers ? { followers: link.followers } : {}),
    };
    draft.ledger.push(entryOf(context, 'link', salesforce, cause, 'life:merge', survivor));
    // Their identity names the contact that is no more.
    for (const ref of followers) draft.marks.push(markOf(context, ref, cause));
  }
  if (!owner) draft.unheard = 'salesforce';
  draft.marks.push(markOf(context, next, cause));
};

/** The Salesforce record lives on as another: the link goes there, by id, and the converted lead follows. */
const movedInSalesforce = (
  context: EngineContext,
  each: Found,
  to: RecordRef,
  follows: boolean,
  { owners, overtaken }: Circumstances,
): void => {
  const { draft, link } = each;
  const old = refOfLink(context.pair, link, 'salesforce');
  const hubspot = refOfLink(context.pair, link, 'hubspot');
  const cause = follows ? 'converted in Salesforce' : 'merged in Salesforce';
  const owner = liveOwner(owners, 'salesforce', to.id);
  if (owner && owner.id !== link.id) {
    settleUnderWay(context, each, null, overtaken);
    endLink(context, each, old, `${cause} into a record of another link`, 'life:merge');
    const question = `its Salesforce record was ${cause.split(' ')[0]} into one that is linked with another record`;
    ask(context, each, hubspot, question, [to]);
    return;
  }
  if (follows)
    settleUnderWay(context, each, 'hubspot', overtaken, formFor(context.pair, 'salesforce', to.type));
  else settleAnew(context, each, overtaken);
  forget(draft);
  // A survivor has values of its own: what is blank there was not emptied, so the two meet as for the first time.
  draft.to = follows
    ? { ref: to, stamp: 0, follows: nextNumber(link) }
    : { ref: to, stamp: 0, follows: null, fresh: true };
  draft.ledger.push(
    entryOf(context, 'link', to, cause, follows ? 'life:conversion' : 'life:merge', hubspot.id),
  );
  draft.unheard = 'hubspot';
  draft.marks.push(markOf(context, to, cause));
  if (follows) draft.marks.push(markOf(context, old, cause));
  context.events.emit('link-moved', { pair: context.pair.name, link: link.id, to: to.id, cause });
};

/** What has no base yet (a field that could not be set at creation) and holds nothing was changed by nobody. */
const isBlankUnseen = (field: FieldMapping, { ref, fields }: ChangedRecord, { base }: Link): boolean => {
  const raw = fields[field.fields[ref.system]];
  return (
    base[field.name] === undefined &&
    raw !== undefined &&
    field.codecs[ref.system].decode(raw).kind === 'blank'
  );
};

/** One side says that its record is deleted: the link is a tombstone. A change that the deletion crossed is a person's question. */
const deleted = (context: EngineContext, each: Found, system: System, { overtaken }: Circumstances): void => {
  const { link, found } = each;
  const gone = refOfLink(context.pair, link, system);
  const left = found[otherSystem(system)];
  settleUnderWay(context, each, null, overtaken);
  endLink(context, each, gone, deletedIn(system), 'tombstone');
  if (!left || left.deleted) return;
  const form = formOfLink(context.pair, link);
  const { archive, delete: deletion } = policiesOf(context.pair);
  const isAsked = (system === 'hubspot' ? archive : deletion) === 'ask';
  const isChanged = newsIn(form, left, link).some((field) => !isBlankUnseen(field, left, link));
  if (!isChanged && !isAsked) return;
  const question = isChanged
    ? `changed here while it was ${deletedIn(system)}`
    : `${deletedIn(system)}: what becomes of this record is for a person to decide`;
  ask(context, each, left.ref, question, [gone]);
};

/** Where the Salesforce record lives on, and whether by a conversion; null where it lives under its own id or not at all. */
const nextInSalesforce = (
  { pair }: EngineContext,
  { link }: Found,
  fate: Fate,
): { readonly ref: RecordRef; readonly converted: boolean } | null => {
  if (fate.kind === 'mergedInto') {
    return { ref: { ...refOfLink(pair, link, 'salesforce'), id: fate.id }, converted: false };
  }
  if (fate.kind !== 'convertedTo' || !typesOn(pair, 'salesforce').includes(fate.type)) return null;
  return { ref: { system: 'salesforce', type: fate.type, id: fate.id }, converted: true };
};

const isGone = ({ kind }: Fate): boolean => kind === 'deleted' || kind === 'archived' || kind === 'erased';

/**
 * Whether a contact was erased without anybody telling: HubSpot has no record of a linked contact, neither live nor archived nor merged, look
 * after look. It keeps no log of erasures, and a private app sees every contact or none.
 */
const hasVanished = ({ pair }: EngineContext, { draft, link, found }: Found, fate: Fate): boolean =>
  fate.kind === 'unknown' &&
  !found.hubspot &&
  typeOfLink(pair, link, 'hubspot') === 'contacts' &&
  (attemptsOf(draft.unit) >= identityLooksMax || isKnownMissing(draft, refOfLink(pair, link, 'hubspot'))) &&
  policiesOf(pair).erasure.unseen === 'erase';

const decide = (
  context: EngineContext,
  each: Found,
  fates: Sides<Fate>,
  circumstances: Circumstances,
): void => {
  const { showsOthers: isProof } = circumstances;
  const { draft, link, found } = each;
  const { hubspot, salesforce } = fates;
  const next = nextInSalesforce(context, each, salesforce);
  const gone = systems.find((system) => isGone(fates[system]));
  const lost = systems.find((system) => fates[system].kind === 'unknown' && !found[system]);
  const isTold = toldErased(draft) && (!found.hubspot || found.hubspot.deleted);
  const flagged = systems.find((system) => {
    const record = found[system];
    return record && !record.deleted && record.ref.id === link.ids[system] && isFlagged(context.pair, record);
  });
  const isErased = hubspot.kind === 'erased' || isTold || (isProof && hasVanished(context, each, hubspot));
  if (isErased) eraseLinked(context, each, 'hubspot');
  else if (flagged) eraseLinked(context, each, flagged);
  else if (hubspot.kind === 'mergedInto') mergedInHubSpot(context, each, hubspot.id, circumstances);
  else if (next) movedInSalesforce(context, each, next.ref, next.converted, circumstances);
  else if (gone) deleted(context, each, gone, circumstances);
  else if (lost) {
    handleMissing(context, draft, refOfLink(context.pair, link, lost));
    // It is parked, and no look follows soon: nothing of it may stay under way.
    if (draft.againMs === null) settleUnreachable(context, each, circumstances.overtaken);
  }
  // The system says that it lives: the read was older than that.
  else lookAgain(draft, againAfterMs(attemptsOf(draft.unit)));
};

const alive: Fate = { kind: 'alive' };

const askFates = async (
  context: EngineContext,
  system: System,
  strange: readonly Found[],
  workClass: WorkClass,
): Promise<ReadonlyMap<string, Fate>> => {
  const { pair } = context;
  const asked = strange.filter(({ link, found }) => {
    const snapshot = found[system];
    return (
      !snapshot || snapshot.deleted || snapshot.ref.id !== link.ids[system] || isConverted(pair, snapshot)
    );
  });
  const pages = await Promise.all(
    byForm(pair, asked, ({ link }) => formOfLink(pair, link)).map(([, own]) =>
      context.systems[system].fates(
        own[0] ? typeOfLink(pair, own[0].link, system) : pair.types[system],
        own.map(({ link }) => link.ids[system]),
        contextFor(context, workClass, 'read'),
      ),
    ),
  );
  return new Map(pages.flatMap((page) => [...page]));
};

/**
 * What became of the records of links whose read shows that they are not what they were: asked by id, and followed. A record that the
 * system says nothing of is unreachable, never deleted.
 */
export const followFates = async (
  context: EngineContext,
  strange: readonly Found[],
  workClass: WorkClass,
): Promise<void> => {
  if (strange.length === 0) return;
  const [hubspot, salesforce] = await Promise.all(
    systems.map((system) => askFates(context, system, strange, workClass)),
  );
  const fatesOf = ({ link }: Found): Sides<Fate> => ({
    hubspot: hubspot?.get(link.ids.hubspot) ?? alive,
    salesforce: salesforce?.get(link.ids.salesforce) ?? alive,
  });
  const targets = bothSides((system) =>
    strange.flatMap((each) => {
      const fate = fatesOf(each)[system];
      return fate.kind === 'mergedInto' || fate.kind === 'convertedTo' ? [fate.id] : [];
    }),
  );
  const [left, right] = await Promise.all(
    systems.map((system) => context.store.linksOf(context.pair.name, system, targets[system])),
  );
  const owners = { hubspot: left ?? new Map<string, Link>(), salesforce: right ?? new Map<string, Link>() };
  const vanished = strange.filter((each) => hasVanished(context, each, fatesOf(each).hubspot));
  const isProof =
    vanished.length > 0 &&
    (await showsOthers(context, new Set(vanished.map(({ link }) => link.ids.hubspot)), workClass));
  const edits = await Promise.all(systems.map((system) => overtakenIn(context, system, strange, workClass)));
  const overtaken = new Map(edits.flatMap((each) => [...each]));
  for (const each of strange) {
    decide(context, each, fatesOf(each), { owners, showsOthers: isProof, overtaken });
  }
};
