import type { WorkClass } from '../model/budget.ts';
import { formFor, type PairMapping } from '../model/mapping.ts';
import type { RecordSnapshot } from '../model/record.ts';
import type { DirtyMark, FieldWrite, Link } from '../model/state.ts';
import { type RecordRef, type System, systems } from '../model/system.ts';
import type { Draft } from './draft.ts';
import { contextFor, type EngineContext } from './engine.ts';
import { refOfLink } from './forms.ts';
import { isConverted } from './identity.ts';
import { bringsConsent, heardBy, isSet, lacksAny, latchesOf } from './latch.ts';
import { primaryFieldsOf } from './match.ts';

type Records = readonly RecordSnapshot[];

/** API fields that tell what a record says, and of which address. */
export const consentFieldsOf = (form: PairMapping, system: System): readonly string[] => [
  ...new Set([...latchesOf(form).map(({ fields }) => fields[system]), ...primaryFieldsOf(form, system)]),
];

const readAll = async (
  context: EngineContext,
  refs: readonly RecordRef[],
  workClass: WorkClass,
): Promise<ReadonlyMap<string, RecordSnapshot>> => {
  const found = new Map<string, RecordSnapshot>();
  const kinds = new Map(refs.map(({ system, type }) => [`${system} ${type}`, { system, type }]));
  for (const { system, type } of kinds.values()) {
    const form = formFor(context.pair, system, type);
    if (latchesOf(form).length === 0) continue;
    const flag = system === 'salesforce' && form.conversion ? [form.conversion.flag] : [];
    const fields = [...flag, ...consentFieldsOf(form, system)];
    const ids = refs.filter((ref) => ref.system === system && ref.type === type).map(({ id }) => id);
    const read = await context.systems[system].readMany(
      type,
      [...new Set(ids)],
      fields,
      contextFor(context, workClass, 'read'),
    );
    for (const [id, record] of read) if (!record.deleted) found.set(`${system} ${id}`, record);
  }
  return found;
};

const followerRefs = ({ followers = [] }: Link): readonly RecordRef[] =>
  followers.map(({ type, id }) => ({ system: 'salesforce', type, id }));

/** The followers of these links with what they say of consent, by the link's id: one read for each of their objects. */
export const readFollowers = async (
  context: EngineContext,
  links: readonly Link[],
  workClass: WorkClass,
): Promise<ReadonlyMap<string, Records>> => {
  const read = await readAll(context, links.flatMap(followerRefs), workClass);
  return new Map(
    links.map((link) => [
      link.id,
      followerRefs(link).flatMap(({ system, id }) => read.get(`${system} ${id}`) ?? []),
    ]),
  );
};

/** The records of each link's person, by the link's id: its two and its followers, with what they say. */
export const recordsOfPersons = async (
  context: EngineContext,
  links: readonly Link[],
  workClass: WorkClass,
): Promise<ReadonlyMap<string, Records>> => {
  const { pair } = context;
  const refsOf = (link: Link): readonly RecordRef[] => [
    ...systems.map((system) => refOfLink(pair, link, system)),
    ...followerRefs(link),
  ];
  const read = await readAll(context, links.flatMap(refsOf), workClass);
  return new Map(
    links.map((link) => {
      return [link.id, refsOf(link).flatMap(({ system, id }) => read.get(`${system} ${id}`) ?? [])];
    }),
  );
};

const markOf = (pair: PairMapping, ref: RecordRef, cause: string): DirtyMark => ({
  ...{ pair: pair.name, ref, class: 'consent', stamp: null, cause },
});

/** Why a record is looked at whose person has said yes on another one. */
const toldCause = 'consent of another record of the same person';

/** Why a record is looked at that was created a moment ago, with what a creation cannot give. */
export const givenLaterCause = 'what cannot be given at creation';

/** Whether every reason to look at a unit is this one; a signal that came on top has moved the row's version. */
const isOnlyBecause = ({ unit }: Draft, reason: string): boolean =>
  unit.dirty.every(({ cause, version }) => cause === reason && version === 1);

/**
 * Whether a unit is looked at for nothing but what other records have said. Such a look passes nothing on: what this record says itself was
 * passed on with its own signal. Else two records of which each refuses what the other says would call each other for ever.
 */
export const isToldAlone = (draft: Draft): boolean => isOnlyBecause(draft, toldCause);

/** Records that do not say yet what their person says; a converted lead can say nothing more. */
export const marksForOthers = (pair: PairMapping, others: Records, speakers: Records): readonly DirtyMark[] =>
  others.flatMap((record) => {
    const lacks = lacksAny(pair, record, heardBy(pair, record, speakers));
    return lacks && !isConverted(pair, record) ? [markOf(pair, record.ref, toldCause)] : [];
  });

/** Asks for a look at a link whose follower says yes where the link does not. */
export const markForLink = (pair: PairMapping, link: Link, follower: RecordSnapshot): readonly DirtyMark[] =>
  bringsConsent(pair, link, follower) ? [markOf(pair, refOfLink(pair, link, 'hubspot'), toldCause)] : [];

/** Whether another record of its person may have said what this unit lacks; behind a later signal the reason is not known any more. */
export const isTold = ({ unit }: Draft): boolean =>
  unit.dirty.some((row) => row.class === 'consent' && (row.cause === toldCause || row.version > 1));

/** Whether somebody said that these records may lack what their person said. */
export const isAskedForConsent = (draft: Draft): boolean =>
  draft.unit.dirty.some((row) => row.class === 'consent') && !isOnlyBecause(draft, givenLaterCause);

/** The writes that bring a record what its person says. Only ever yes is written. */
export const consentWrites = (
  pair: PairMapping,
  record: RecordSnapshot,
  speakers: Records,
): readonly FieldWrite[] => {
  const { system, type } = record.ref;
  const heard = heardBy(pair, record, speakers);
  return latchesOf(formFor(pair, system, type))
    .filter(({ fields, codecs }) => {
      const own = record.fields[fields[system]];
      return own !== undefined && !isSet(codecs[system].decode(own));
    })
    .flatMap(({ name, fields, codecs }) => {
      const word = heard.get(name);
      if (word?.kind !== 'value') return [];
      const sent = codecs[system].encode(word);
      const replaced = record.fields[fields[system]] ?? null;
      const apiField = fields[system];
      return {
        ...{ field: name, apiField, sent, replaced, source: sent, rule: 'latch' },
        clock: null,
        lost: null,
      };
    });
};
