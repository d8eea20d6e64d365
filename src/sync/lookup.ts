import type { CallContext, WorkClass } from '../model/budget.ts';
import { formFor, type PairMapping, typesOn } from '../model/mapping.ts';
import type { FieldSearch, RecordSnapshot } from '../model/record.ts';
import type { FoundRecord } from '../model/record-system.ts';
import { otherSystem, type RecordRef, type System } from '../model/system.ts';
import { contextFor, type EngineContext, fieldsOf } from './engine.ts';
import { formerLeads } from './former-leads.ts';
import { formOfRecord } from './forms.ts';
import { isConverted } from './identity.ts';
import { type Candidates, matchKeysOf } from './match.ts';
import type { RecordSystem } from './ports.ts';

/** An unlinked record that was read, and the match keys it locked, those of its further addresses among them. */
export interface Seeker {
  readonly record: RecordSnapshot;
  readonly keys: readonly string[];
}

/** Found records by lower-cased value asked for. */
type Index = ReadonlyMap<string, readonly RecordSnapshot[]>;

const indexOf = (found: readonly FoundRecord[]): Index => {
  const index = new Map<string, RecordSnapshot[]>();
  for (const { record, matched } of found) {
    for (const value of matched) index.set(value, [...(index.get(value) ?? []), record]);
  }
  return index;
};

/** One call for all types where the system can do that. */
const findIn = async (
  system: RecordSystem,
  searches: readonly FieldSearch[],
  values: readonly string[],
  context: CallContext,
): Promise<readonly FoundRecord[]> => {
  if (searches.length > 1 && system.findAcross) return system.findAcross(searches, values, context);
  const pages = await Promise.all(
    searches.map(async ({ type, field, fields }) => system.findByField(type, field, values, fields, context)),
  );
  return pages.flat();
};

/** Finds records of one side by a field, in every form of the pair, converted leads among them. */
export const findAll = async (
  context: EngineContext,
  system: System,
  fieldIn: (form: PairMapping) => string | undefined,
  values: readonly string[],
  workClass: WorkClass,
): Promise<Index> => {
  const distinct = [...new Set(values)];
  if (distinct.length === 0) return new Map();
  const callContext = contextFor(context, workClass, 'match');
  const searches = typesOn(context.pair, system).flatMap((type): FieldSearch[] => {
    const form = formFor(context.pair, system, type);
    const field = fieldIn(form);
    return field === undefined ? [] : [{ type, field, fields: fieldsOf(form, system) }];
  });
  return indexOf(await findIn(context.systems[system], searches, distinct, callContext));
};

/** The same without converted leads: their contacts are found. */
const withoutConverted = (pair: PairMapping, index: Index): Index =>
  new Map(
    [...index].map(([value, records]) => [value, records.filter((record) => !isConverted(pair, record))]),
  );

const findAllByKey = async (
  context: EngineContext,
  system: System,
  rule: number,
  keys: readonly string[],
  workClass: WorkClass,
): Promise<Index> => findAll(context, system, (form) => form.match[rule]?.fields[system], keys, workClass);

/** Finds records of one side by the pair's match key in that place. */
export const findByKey = async (
  context: EngineContext,
  system: System,
  rule: number,
  keys: readonly string[],
  workClass: WorkClass,
): Promise<Index> =>
  withoutConverted(context.pair, await findAllByKey(context, system, rule, keys, workClass));

/** Finds records of one side that name these of the other in their identity field. */
export const findNaming = async (
  context: EngineContext,
  system: System,
  ids: readonly string[],
  workClass: WorkClass,
): Promise<Index> =>
  withoutConverted(
    context.pair,
    await findAll(context, system, (form) => form.identity[system], ids, workClass),
  );

/** The contacts that converted leads became, by the lead's id. */
const contactsOf = async (
  context: EngineContext,
  system: System,
  leads: readonly string[],
  workClass: WorkClass,
): Promise<ReadonlyMap<string, RecordSnapshot>> => {
  const { pair } = context;
  const form = pair.conversion?.form;
  if (!form || leads.length === 0) return new Map();
  const callContext = contextFor(context, workClass, 'match');
  const fates = await context.systems[system].fates(pair.types[system], leads, callContext);
  const idOf = (lead: string): string => {
    const fate = fates.get(lead);
    return fate?.kind === 'convertedTo' && fate.type === form.types[system] ? fate.id : '';
  };
  const ids = leads.map(idOf).filter((id) => id !== '');
  if (ids.length === 0) return new Map();
  const read = await context.systems[system].readMany(
    form.types[system],
    ids,
    fieldsOf(form, system),
    callContext,
  );
  return new Map(
    leads.flatMap((lead): [string, RecordSnapshot][] => {
      const contact = read.get(idOf(lead));
      return contact ? [[lead, contact]] : [];
    }),
  );
};

/** Reads the records that identity fields name, whatever object they are of; a converted lead's contact stands for it. Asks nothing for no ids. */
export const readNamed = async (
  context: EngineContext,
  system: System,
  ids: readonly string[],
  workClass: WorkClass,
): Promise<ReadonlyMap<string, RecordSnapshot>> => {
  const { pair } = context;
  const named = new Map<string, RecordSnapshot>();
  for (const type of typesOn(pair, system)) {
    const missing = ids.filter((id) => !named.has(id));
    if (missing.length === 0) break;
    const read = await context.systems[system].readMany(
      type,
      missing,
      fieldsOf(formFor(pair, system, type), system),
      contextFor(context, workClass, 'match'),
    );
    for (const [id, record] of read) named.set(id, record);
  }
  const converted = [...named].flatMap(([id, record]) => (isConverted(pair, record) ? [id] : []));
  const contacts = await contactsOf(context, system, converted, workClass);
  for (const id of converted) named.delete(id);
  return new Map([...named, ...contacts]);
};

const unique = (records: readonly RecordSnapshot[]): readonly RecordSnapshot[] => [
  ...new Map(records.map((record) => [record.ref.id, record])).values(),
];

const idInIdentityField = (context: EngineContext, record: RecordSnapshot): string | null => {
  const value = record.fields[context.pair.identity[record.ref.system]];
  return typeof value === 'string' && value !== '' ? value : null;
};

/** The match keys of a seeker and of those whom they led to: a contact that has a lead's address has others, and other leads may have those. */
const widened = (
  { pair }: EngineContext,
  { keys }: Seeker,
  matching: readonly RecordSnapshot[],
): readonly string[] => [
  ...new Set([
    ...keys,
    ...matching
      .filter(({ deleted }) => !deleted)
      .flatMap((record) => matchKeysOf(formOfRecord(pair, record.ref), record)),
  ]),
];

/**
 * Looks for the counterparts of records of one system, after their match keys were locked: by the id in their own identity field, by
 * their id in the other side's, and by match key. Twins are looked up in Salesforce alone: HubSpot's match fields are looked up
 * by `idProperty`, which only unique properties allow. They are looked up last, by every key of the candidates too, which costs no further call.
 */
export const lookUp = async <S extends Seeker>(
  context: EngineContext,
  system: System,
  seekers: readonly S[],
  workClass: WorkClass,
): Promise<ReadonlyMap<S, Candidates>> => {
  const { pair } = context;
  const other = otherSystem(system);
  const ids = seekers.map((seeker) => seeker.record.ref.id);
  const keys = seekers.flatMap((seeker) => seeker.keys);
  const names = seekers.flatMap((seeker) => idInIdentityField(context, seeker.record) ?? []);
  const byKey = async (side: System, wanted: readonly string[]): Promise<readonly Index[]> =>
    Promise.all(pair.match.map((_, index) => findAllByKey(context, side, index, wanted, workClass)));
  const alive = (indexes: readonly Index[]): readonly Index[] =>
    indexes.map((index) => withoutConverted(pair, index));
  const [named, naming, matching] = await Promise.all([
    readNamed(context, other, names, workClass),
    findAll(context, other, (form) => form.identity[other], ids, workClass),
    byKey(other, keys),
  ]);
  const all = (indexes: readonly Index[], wanted: readonly string[]): readonly RecordSnapshot[] =>
    unique(wanted.flatMap((key) => indexes.flatMap((index) => index.get(key.toLowerCase()) ?? [])));
  const living = alive(matching);
  const widenedOf = new Map(
    seekers.map((seeker) => [seeker, widened(context, seeker, all(living, seeker.keys))]),
  );
  const twins = system === 'salesforce' ? await byKey(system, [...widenedOf.values()].flat()) : [];
  const converted = [...new Set([...naming.values()].flat().filter((record) => isConverted(pair, record)))];
  const contacts = await contactsOf(
    context,
    other,
    converted.map(({ ref }) => ref.id),
    workClass,
  );
  const former = await formerLeads(
    context,
    twins.flatMap((index) => [...index.values()].flat()),
    workClass,
  );
  return new Map(
    seekers.map((seeker) => {
      const { ref } = seeker.record;
      const name = idInIdentityField(context, seeker.record);
      const holding = unique(naming.get(ref.id.toLowerCase()) ?? []);
      const isOther = (record: RecordSnapshot): boolean => record.ref.id !== ref.id;
      const alike = all(alive(twins), widenedOf.get(seeker) ?? []);
      return [
        seeker,
        {
          named: (name === null ? undefined : named.get(name)) ?? null,
          naming: holding.filter((record) => !converted.includes(record)),
          converted: holding
            .filter((record) => converted.includes(record))
            .map(({ ref: lead }) => ({ lead, contact: contacts.get(lead.id) ?? null })),
          matching: all(living, seeker.keys),
          twins: alike.filter(isOther),
          formerly: former.get(ref.id) ?? [],
          shownAt: alike.find((record) => !isOther(record))?.stamp ?? 0,
        },
      ];
    }),
  );
};

/** Which of these records have a live link. */
export const linkedAmong = async (
  context: EngineContext,
  system: System,
  records: readonly RecordRef[],
): Promise<(ref: RecordRef) => boolean> => {
  const ids = [...new Set(records.map((ref) => ref.id))];
  const links = ids.length === 0 ? null : await context.store.linksOf(context.pair.name, system, ids);
  return (ref) => {
    const link = links?.get(ref.id);
    return link !== undefined && link.ended === null;
  };
};
