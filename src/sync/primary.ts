import type { WorkClass } from '../model/budget.ts';
import { formFor, formsOf, type PairMapping } from '../model/mapping.ts';
import type { RecordSnapshot } from '../model/record.ts';
import type { RecordRef } from '../model/system.ts';
import { contextFor, type EngineContext } from './engine.ts';
import { refOfLink } from './forms.ts';
import type { Found } from './found.ts';
import { isConverted, outranks } from './identity.ts';

/** When a person last worked on the record: a date, null where nobody did. Tandem's own writes do not move it (object reference). */
export const activityField = 'LastActivityDate';

/** Compares what decides in this order; the first that is not 0 decides. */
type Comparison = (a: RecordSnapshot, b: RecordSnapshot) => number;

const activityOf = ({ fields }: RecordSnapshot): string => String(fields[activityField] ?? '');

const comparisons = (pair: PairMapping): readonly Comparison[] => [
  // A contact before a lead.
  (a, b) => Number(outranks(pair, b.ref.type, a.ref.type)) - Number(outranks(pair, a.ref.type, b.ref.type)),
  // A converted lead cannot be written any more.
  (a, b) => Number(isConverted(pair, a)) - Number(isConverted(pair, b)),
  // Dates as Salesforce writes them are in order as texts.
  ...(pair.primary === 'most-recently-active'
    ? [(a: RecordSnapshot, b: RecordSnapshot) => activityOf(b).localeCompare(activityOf(a))]
    : []),
  (a, b) => a.createdAt - b.createdAt,
];

/** The one of a link's Salesforce records that stands before all others; of equals the one named first. Pure. */
export const choosePrimary = (
  pair: PairMapping,
  contenders: readonly RecordSnapshot[],
): RecordSnapshot | undefined => {
  const rules = comparisons(pair);
  const order = (a: RecordSnapshot, b: RecordSnapshot): number => {
    for (const compare of rules) {
      const difference = compare(a, b);
      if (difference !== 0) return difference;
    }
    return 0;
  };
  return contenders.toSorted(order)[0];
};

const fieldsFor = (pair: PairMapping): readonly string[] => [
  ...(pair.conversion ? [pair.conversion.flag] : []),
  ...(pair.primary === 'most-recently-active' ? [activityField] : []),
];

/**
 * Says of links that got followers by an identity event which of their records is the primary one from now on: they are read by id, each
 * as its own object. A link one of whose records cannot be read is left for its next look. Others are not in the answer: no edit and no
 * activity ever moves a link.
 */
export const weighFollowers = async (
  context: EngineContext,
  all: readonly Found[],
  workClass: WorkClass,
): Promise<ReadonlyMap<Found, RecordRef>> => {
  const { pair } = context;
  const weighing = all.filter(({ link }) => (link.followers ?? []).some(({ unweighed }) => unweighed));
  if (weighing.length === 0) return new Map();
  const refsOf = ({ link }: Found): readonly RecordRef[] => [
    refOfLink(pair, link, 'salesforce'),
    ...(link.followers ?? []).map(({ type, id }): RecordRef => ({ system: 'salesforce', type, id })),
  ];
  const refs = weighing.flatMap(refsOf);
  const pages = await Promise.all(
    formsOf(pair).map(async ({ types: { salesforce: type } }) => {
      const ids = refs.filter((ref) => ref.type === type).map(({ id }) => id);
      if (ids.length === 0) return [];
      const fields = fieldsFor(formFor(pair, 'salesforce', type));
      return [
        ...(await context.systems.salesforce.readMany(
          type,
          ids,
          fields,
          contextFor(context, workClass, 'read'),
        )),
      ];
    }),
  );
  const read = new Map(pages.flat());
  return new Map(
    weighing.flatMap((each): [Found, RecordRef][] => {
      const records = refsOf(each).map(({ id }) => read.get(id));
      if (records.some((record) => record === undefined)) return [];
      const living = records.flatMap((record, index) =>
        record && !record.deleted && record.ref.id === refsOf(each)[index]?.id ? [record] : [],
      );
      const primary = choosePrimary(pair, living);
      return primary ? [[each, primary.ref]] : [];
    }),
  );
};
