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

/** Followers that do not say yet what their person says; a converted lead can say nothing more. */
export const marksForFollowers = (
  pair: PairMapping,
  followers: Records,
  said: ReadonlySet<string>,
): readonly DirtyMark[] =>
  followers.flatMap((record) => {
    const form = formFor(pair, 'salesforce', record.ref.type);
    const own = saysYes(form, record);
    const lacks = consentsOf(form).some(({ name }) => said.has(name) && !own.has(name));
    return lacks && !isConverted(pair, record)
      ? [markOf(pair, record.ref, 'consent of another record of the same person')]
      : [];
  });

/** Asks for a look at a link whose follower says yes where the link does not. */
export const markForLink = (pair: PairMapping, link: Link, follower: RecordSnapshot): readonly DirtyMark[] =>
  bringsConsent(pair, link, follower)
    ? [markOf(pair, refOfLink(pair, link, 'hubspot'), 'consent of a follower')]
    : [];

/** Whether somebody said that this follower may lack what its person said. */
export const isAskedForConsent = ({ unit }: Draft): boolean =>
  unit.dirty.some((row) => row.class === 'consent');

/** The writes that bring a follower what its person says. Only ever yes is written. */
export const consentWrites = (
  pair: PairMapping,
  record: RecordSnapshot,
  said: ReadonlySet<string>,
): readonly FieldWrite[] => {
  const form = formFor(pair, 'salesforce', record.ref.type);
  const own = saysYes(form, record);
  return consentsOf(form)
    .filter(
      ({ name, fields }) =>
        said.has(name) && !own.has(name) && Object.hasOwn(record.fields, fields.salesforce),
    )
    .map(({ name, fields, codecs }) => {
      const sent = codecs.salesforce.encode(yes);
      const replaced = record.fields[fields.salesforce] ?? null;
      const apiField = fields.salesforce;
      return {
        ...{ field: name, apiField, sent, replaced, source: sent, rule: 'latch' },
        clock: null,
        lost: null,
      };
    });
};
