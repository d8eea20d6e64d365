import type { WorkClass } from '../model/budget.ts';
import type { Erasure } from '../model/erasure.ts';
import { keyName, recordName } from '../model/erasure.ts';
import { policiesOf } from '../model/life-events.ts';
import { formsOf, type PairMapping } from '../model/mapping.ts';
import type { RecordSnapshot } from '../model/record.ts';
import type { Base, FieldWrite, Link } from '../model/state.ts';
import { otherSystem, type RecordRef, type System, systems } from '../model/system.ts';
import type { RawValue } from '../model/value.ts';
import { againAfterMs, identityLooksMax } from './backoff.ts';
import { attemptsOf, type Draft, lookAgain } from './draft.ts';
import { ask, endLink, forget } from './end-link.ts';
import { contextFor, type EngineContext } from './engine.ts';
import { formOfRecord, refOfLink } from './forms.ts';
import type { Found } from './found.ts';
import { erasedIn, isErased, isFlagged } from './identity.ts';
import { matchFieldsOf, matchKeysOf } from './match.ts';

/** Whether the system told that the unit's record was erased; asked by id, it answers of it as of one that never was. */
export const toldErased = (draft: Draft): boolean => draft.unit.dirty.some(({ erased }) => erased);

/** Whether a record that was told to be erased still shows, as reads do that come too early; after so many looks it lives. */
export const mayStillShow = (draft: Draft): boolean =>
  toldErased(draft) && attemptsOf(draft.unit) < identityLooksMax;

/** The person's match keys in values of one side, by API name. */
const keysIn = (
  pair: PairMapping,
  system: System,
  values: readonly (readonly [apiField: string, value: RawValue])[],
): readonly string[] =>
  formsOf(pair).flatMap((form) =>
    form.match.flatMap((rule) =>
      values.flatMap(([apiField, raw]) => {
        const value = apiField === rule.fields[system] ? rule.codecs[system].decode(raw) : null;
        return value?.kind === 'value' ? [value.key] : [];
      }),
    ),
  );

/** The match keys that a base holds: both halves, and with `past` what the last write replaced. */
export const keysOfBase = (pair: PairMapping, base: Base, past = true): readonly string[] =>
  formsOf(pair).flatMap((form) =>
    form.fields.flatMap(({ name, fields }) => {
      const entry = base[name];
      if (!entry) return [];
      return systems.flatMap((system) => {
        const over = past && entry.wrote?.to === system ? [entry.wrote.over] : [];
        const late = past && entry.late?.to === system ? [entry.late.sent] : [];
        return [entry[system], ...over, ...late].flatMap((raw) =>
          keysIn(pair, system, [[fields[system], raw]]),
        );
      });
    }),
  );

const keysOfWrites = (pair: PairMapping, system: System, writes: readonly FieldWrite[]): readonly string[] =>
  keysIn(
    pair,
    system,
    writes.flatMap(({ apiField, sent, replaced }) => [
      [apiField, sent] as const,
      [apiField, replaced] as const,
    ]),
  );

/** All records of a link: both its own, and those that follow. */
export const recordsOfLink = (pair: PairMapping, link: Link): readonly RecordRef[] => [
  ...systems.map((system) => refOfLink(pair, link, system)),
  ...(link.followers ?? []).map(({ type, id }): RecordRef => ({ system: 'salesforce', type, id })),
];

const erasureOf = (
  { pair }: EngineContext,
  draft: Draft,
  refs: readonly RecordRef[],
  links: readonly Link[],
  found: readonly (RecordSnapshot | undefined)[],
  cause: string,
): Erasure => ({
  refs,
  keys: [
    ...new Set([
      ...links.flatMap(({ base }) => keysOfBase(pair, base)),
      ...found.flatMap((record) => (record ? matchKeysOf(formOfRecord(pair, record.ref), record) : [])),
      ...draft.unit.intents.flatMap(({ target, writes }) => keysOfWrites(pair, target.system, writes)),
    ]),
  ],
  ...(pair.rolesIn ? { rolesIn: pair.rolesIn } : {}),
  cause,
});

const question = (system: System): string =>
  `${erasedIn(system)}: what becomes of this record is for a person to decide`;

/**
 * A linked person is erased in one system: the link ends, and what Tandem keeps of them goes. On the other side nothing is deleted or
 * changed; a question names the record that is left, with those that followed it.
 */
export const eraseLinked = (context: EngineContext, each: Found, system: System): void => {
  const { draft, link, found } = each;
  const { pair } = context;
  const cause = erasedIn(system);
  endLink(context, each, refOfLink(pair, link, system), cause, 'life:erasure');
  const refs = recordsOfLink(pair, link);
  draft.erase = erasureOf(context, draft, refs, [link], [found.hubspot, found.salesforce], cause);
  const left = found[otherSystem(system)];
  if (!left || left.deleted || policiesOf(pair).erasure.counterpart === 'keep') return;
  const followers = refs.filter((ref) => ref.system === 'salesforce' && ref.id !== link.ids.salesforce);
  ask(context, each, left.ref, question(system), followers);
};

/** Of so many others it is asked whether HubSpot shows them: one call. */
const othersMax = 100;

/** Others of whom something is kept, who come behind these first. */
const othersThan = async (
  { pair, store }: EngineContext,
  missing: ReadonlySet<string>,
): Promise<ReadonlyMap<string, Link | undefined>> => {
  const type = pair.types.hubspot;
  const [first = ''] = [...missing].sort();
  const behind = await store.keptAfter(pair.name, type, first, othersMax);
  const before = behind.length < othersMax ? await store.keptAfter(pair.name, type, '', othersMax) : [];
  const ids = [...new Set([...behind, ...before])].filter((id) => !missing.has(id)).slice(0, othersMax);
  const links = await store.linksOf(pair.name, 'hubspot', ids);
  // Of a tombstone nobody knows whether there is a record.
  return new Map(ids.filter((id) => !links.get(id)?.ended).map((id) => [id, links.get(id)]));
};

/**
 * Whether HubSpot shows others whom the store knows, as the records that they are: else somebody who is not shown is no proof of an erasure, but
 * of a portal, a token or an answer in which something is wrong. Half of those who are asked for have to be there (others may just have been erased,
 * too) and, where they are linked, to name their counterpart, since ids mean other records in another portal.
 */
export const showsOthers = async (
  context: EngineContext,
  missing: ReadonlySet<string>,
  workClass: WorkClass,
): Promise<boolean> => {
  const others = await othersThan(context, missing);
  if (others.size === 0) return false;
  const { pair, systems: connected } = context;
  const identity = pair.identity.hubspot;
  const read = await connected.hubspot.readMany(
    pair.types.hubspot,
    [...others.keys()],
    [identity],
    contextFor(context, workClass, 'read'),
  );
  const shown = [...others].filter(([id, link]) => {
    const record = read.get(id);
    return record !== undefined && (!link || record.fields[identity] === link.ids.salesforce);
  });
  return shown.length > 0 && shown.length * 2 >= others.size;
};

/** The record on the other side of a link that had ended before, where it stands alone: as a link's it is somebody who lives. */
const leftAlone = async (context: EngineContext, link: Link, system: System): Promise<RecordRef | null> => {
  const ref = refOfLink(context.pair, link, otherSystem(system));
  const owner = (await context.store.linksOf(context.pair.name, ref.system, [ref.id])).get(ref.id);
  return owner?.ended === null ? null : ref;
};

const eraseOne = async (
  context: EngineContext,
  draft: Draft,
  ref: RecordRef,
  link: Link | undefined,
): Promise<void> => {
  const { pair, store } = context;
  const cause = erasedIn(ref.system);
  // Told once more: nothing is kept any more, and what is asked about the record that is left stays asked.
  if (isErased(link)) return;
  forget(draft);
  draft.review = null;
  const known = link?.ended ? link : undefined;
  const left = known ? await leftAlone(context, known, ref.system) : null;
  const refs = [ref, ...(left ? [left] : [])];
  const read = left
    ? (
        await context.systems[left.system].readMany(
          left.type,
          [left.id],
          matchFieldsOf(pair, left.system),
          contextFor(context, 'live', 'read'),
        )
      ).get(left.id)
    : undefined;
  draft.erase = erasureOf(context, draft, refs, known ? [known] : [], [read], cause);
  const before = await store.erasedAmong([recordName(ref)]);
  if (!left || !read || read.deleted || before.size > 0) return;
  if (policiesOf(pair).erasure.counterpart === 'keep') return;
  const unit = draft.key;
  draft.review = { pair: pair.name, unit, ref: left, cause: question(ref.system), candidates: [] };
};

/**
 * Takes out of units without a live link those whose record was told to be erased: it was never linked, or its deletion, which comes
 * with the erasure, was seen first. Answers the others.
 */
export const eraseTold = async (
  context: EngineContext,
  system: System,
  drafts: readonly Draft[],
  workClass: WorkClass,
): Promise<readonly Draft[]> => {
  const told = drafts.filter(toldErased);
  if (told.length === 0) return drafts;
  const { pair, store, systems: connected } = context;
  const refs = new Map(
    told.flatMap((draft) => (draft.unit.dirty[0] ? [[draft, draft.unit.dirty[0].ref]] : [])),
  );
  const ids = [...refs.values()].map(({ id }) => id);
  const [read, links] = await Promise.all([
    connected[system].readMany(pair.types[system], ids, [], contextFor(context, workClass, 'read')),
    store.linksOf(pair.name, system, ids),
  ]);
  const living = new Set<Draft>();
  for (const [draft, ref] of refs) {
    const record = read.get(ref.id);
    const link = links.get(ref.id);
    if (link?.ended === null) lookAgain(draft, 0);
    else if (!record || record.deleted) await eraseOne(context, draft, ref, link);
    else if (mayStillShow(draft)) lookAgain(draft, againAfterMs(attemptsOf(draft.unit)));
    else living.add(draft);
  }
  return drafts.filter((draft) => !refs.has(draft) || living.has(draft));
};

/**
 * People without a live link whom HubSpot shows nowhere, look after look, not in the archive either: they were erased, out of the archive perhaps, or
 * their time there is over. What is kept of them goes all the same. `missing`: who was looked for often enough; `ended`: their tombstones, where they
 * had a link.
 */
export const eraseVanished = async (
  context: EngineContext,
  missing: readonly Draft[],
  ended: ReadonlyMap<Draft, Link>,
  workClass: WorkClass,
): Promise<void> => {
  const { pair } = context;
  if (policiesOf(pair).erasure.unseen === 'park') return;
  const gone = missing.flatMap((draft) => {
    const ref = draft.unit.dirty[0]?.ref;
    return ref?.system === 'hubspot' && ref.type === 'contacts' ? [{ draft, ref }] : [];
  });
  if (gone.length === 0) return;
  if (!(await showsOthers(context, new Set(gone.map(({ ref }) => ref.id)), workClass))) return;
  for (const { draft, ref } of gone) {
    draft.park = [];
    await eraseOne(context, draft, ref, ended.get(draft));
  }
};

/** What is known of a record without link by which it could be somebody who was erased. */
interface Alone {
  readonly draft: Draft;
  readonly record: RecordSnapshot;
  readonly keys: readonly string[];
}

const namesOf = ({ pair }: EngineContext, { record, keys }: Alone): readonly string[] => {
  const { ref, fields } = record;
  const other = otherSystem(ref.system);
  const named = fields[pair.identity[ref.system]];
  // A follower's identity has a number behind the id.
  const [id = ''] = typeof named === 'string' ? named.split('.') : [];
  return [
    recordName(ref),
    ...(id === '' ? [] : [recordName({ system: other, type: pair.types[other], id })]),
    ...keys.map(keyName),
  ];
};

/**
 * Leaves out records of people who were erased: what is left of them on one side, or is made of them later, is not carried over. Each is
 * a question; lifting the tombstone answers it.
 */
export const withoutErased = async <T extends Alone>(
  context: EngineContext,
  alone: readonly T[],
): Promise<readonly T[]> => {
  const flagged = new Set(alone.filter(({ record }) => isFlagged(context.pair, record)));
  for (const { draft, record } of flagged) {
    forget(draft);
    draft.review = null;
    draft.erase = erasureOf(context, draft, [record.ref], [], [record], erasedIn(record.ref.system));
  }
  const rest = alone.filter((each) => !flagged.has(each));
  const names = new Map(rest.map((each) => [each, namesOf(context, each)]));
  const erased = await context.store.erasedAmong([...new Set([...names.values()].flat())]);
  if (erased.size === 0) return rest;
  return rest.filter((each) => {
    if (!names.get(each)?.some((name) => erased.has(name))) return true;
    forget(each.draft);
    const cause = 'it is, or has the match key of, somebody who was erased';
    const { ref } = each.record;
    each.draft.review = { pair: context.pair.name, unit: each.draft.key, ref, cause, candidates: [] };
    return false;
  });
};
