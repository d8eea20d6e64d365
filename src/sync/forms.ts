import { formFor, formsOf, type PairMapping } from '../model/mapping.ts';
import type { Link } from '../model/state.ts';
import type { RecordRef, System } from '../model/system.ts';

/** The object that a link's record is of. */
export const typeOfLink = (pair: PairMapping, link: Pick<Link, 'types'>, system: System): string =>
  link.types?.[system] ?? pair.types[system];

/** A record of a link. */
export const refOfLink = (
  pair: PairMapping,
  link: Pick<Link, 'types' | 'ids'>,
  system: System,
): RecordRef => ({
  system,
  type: typeOfLink(pair, link, system),
  id: link.ids[system],
});

/** The pair as it stands for this link's records. */
export const formOfLink = (pair: PairMapping, link: Pick<Link, 'types'>): PairMapping =>
  formFor(pair, 'salesforce', typeOfLink(pair, link, 'salesforce'));

/** The pair as it stands for this record. HubSpot's records are the same in every form. */
export const formOfRecord = (pair: PairMapping, ref: Pick<RecordRef, 'system' | 'type'>): PairMapping =>
  formFor(pair, ref.system, ref.type);

/** The same context for records of one form. */
export const inForm = <C extends { readonly pair: PairMapping }>(context: C, pair: PairMapping): C =>
  pair === context.pair ? context : { ...context, pair };

/** Items by the form they are of, in the order of forms; forms without items are left out. */
export const byForm = <T>(
  pair: PairMapping,
  items: readonly T[],
  formOf: (item: T) => PairMapping,
): readonly (readonly [PairMapping, readonly T[]])[] =>
  formsOf(pair).flatMap((form): (readonly [PairMapping, readonly T[]])[] => {
    const own = items.filter((item) => formOf(item) === form);
    return own.length === 0 ? [] : [[form, own]];
  });
