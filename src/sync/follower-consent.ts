import type { WorkClass } from '../model/budget.ts';
import { formFor, type PairMapping } from '../model/mapping.ts';
import type { RecordSnapshot } from '../model/record.ts';
import type { DirtyMark, FieldWrite, Link } from '../model/state.ts';
import { type RecordRef, systems } from '../model/system.ts';
import type { Draft } from './draft.ts';
import { contextFor, type EngineContext } from './engine.ts';
import { refOfLink } from './forms.ts';
import { isConverted } from './identity.ts';
import { bringsConsent, consentsOf, saysYes, yes } from './latch.ts';

type Records = readonly RecordSnapshot[];

const readAll = async (
  context: EngineContext,
  refs: readonly RecordRef[],
  workClass: WorkClass,
): Promise<ReadonlyMap<string, RecordSnapshot>> => {
  const found = new Map<string, RecordSnapshot>();
  const kinds = new Map(refs.map(({ system, type }) => [`${system} ${type}`, { system, type }]));
  for (const { system, type } of kinds.values()) {
    const form = formFor(context.pair, system, type);
    const consents = consentsOf(form);
    if (consents.length === 0) continue;
    const flag = system === 'salesforce' && form.conversion ? [form.conversion.flag] : [];
    const fields = [...flag, ...consents.map((field) => field.fields[system])];
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

/** What these records say yes to, each in its own form. */
export const yesAmong = (pair: PairMapping, records: Records): ReadonlySet<string> =>
  new Set(
    records.flatMap((record) => [...saysYes(formFor(pair, record.ref.system, record.ref.type), record)]),
  );

/** What any record of each link's person says yes to, by the link's id. */
export const yesOfPersons = async (
  context: EngineContext,
  links: readonly Link[],
  workClass: WorkClass,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> => {
  const { pair } = context;
  const refsOf = (link: Link): readonly RecordRef[] => [
    ...systems.map((system) => refOfLink(pair, link, system)),
    ...followerRefs(link),
  ];
  const read = await readAll(context, links.flatMap(refsOf), workClass);
  return new Map(
    links.map((link) => {
      const records = refsOf(link).flatMap(({ system, id }) => read.get(`${system} ${id}`) ?? []);
      return [link.id, yesAmong(pair, records)];
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
export const marksForOthers = (
  pair: PairMapping,
  others: Records,
  said: ReadonlySet<string>,
): readonly DirtyMark[] =>
  others.flatMap((record) => {
    const form = formFor(pair, record.ref.system, record.ref.type);
    const own = saysYes(form, record);
    const lacks = consentsOf(form).some(({ name }) => said.has(name) && !own.has(name));
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
  said: ReadonlySet<string>,
): readonly FieldWrite[] => {
  const { system, type } = record.ref;
  const form = formFor(pair, system, type);
  const own = saysYes(form, record);
  return consentsOf(form)
    .filter(
      ({ name, fields }) => said.has(name) && !own.has(name) && Object.hasOwn(record.fields, fields[system]),
    )
    .map(({ name, fields, codecs }) => {
      const sent = codecs[system].encode(yes);
      const replaced = record.fields[fields[system]] ?? null;
      const apiField = fields[system];
      return {
        ...{ field: name, apiField, sent, replaced, source: sent, rule: 'latch' },
        clock: null,
        lost: null,
      };
    });
};
