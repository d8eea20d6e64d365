import { duplicatesCode, UsageError } from '../../model/failure.ts';
import type { FieldMapping, PairMapping } from '../../model/mapping.ts';
import type { Link } from '../../model/state.ts';
import { otherSystem, type RecordRef, type System, systemLabel, systems } from '../../model/system.ts';
import type { ParkedItem } from '../../store/operator/parked-rows.ts';
import { formOfLink, formOfRecord, refOfLink } from '../../sync/forms.ts';
import { ownCodes } from '../../sync/standing.ts';

/** A refused value and the place where it was entered. */
export interface RefusedValue {
  readonly pair: PairMapping;
  readonly field: FieldMapping;
  readonly source: RecordRef;
}

type Item = Pick<ParkedItem, 'pair' | 'unit' | 'system' | 'field' | 'ref' | 'failure' | 'next'>;
type KnownLink = Pick<Link, 'id' | 'ids' | 'types'>;

/** The record whose unit it is, where it has no link; null where it has. */
const recordOfUnit = ({ unit }: Pick<Item, 'unit'>): RecordRef | null => {
  const [, system, type = '', id = ''] = /^([a-z]+):([^/]+)\/(.+)$/.exec(unit) ?? [];
  const known = systems.find((each) => each === system);
  return known === undefined ? null : { system: known, type, id };
};

/** The record that a refusal is about: of one that could not be created, the one that it was to be made of. */
export const recordRefused = (item: Pick<Item, 'unit' | 'ref'>): RecordRef =>
  item.ref.id === '' ? (recordOfUnit(item) ?? item.ref) : item.ref;

/** Nobody has refused these: they say of a value where it stands that it cannot be carried over. */
const standingCodes: ReadonlySet<string> = new Set([ownCodes.unreadable, ownCodes.unknownOwner]);

/** The value was entered on the other side of the one that refuses it, or stands where it was entered. */
const sourceSystem = ({ failure, system }: Item): System =>
  standingCodes.has(failure.code) ? system : otherSystem(system);

/** Whether another value could help: of a whole record nobody says which, and all of them may be the reason. */
const isOfValue = ({ field, failure: { category, code } }: Item): boolean =>
  field !== null || category === 'value' || code === duplicatesCode;

const placeOf = (
  pair: PairMapping,
  links: readonly KnownLink[],
  item: Item,
): { readonly form: PairMapping; readonly source: RecordRef } | null => {
  const system = sourceSystem(item);
  const link = links.find(({ id }) => item.unit === `link:${id}`);
  if (link) return { form: formOfLink(pair, link), source: refOfLink(pair, link, system) };
  const own = recordOfUnit(item);
  return own?.system === system ? { form: formOfRecord(pair, own), source: own } : null;
};

/**
 * The refused value that a person means by a field's name, either system's, in the form that its record has; where the whole record is refused and no
 * field is named, any field of it. Null: there is none. Pure.
 * @throws UsageError where the record is refused for another reason than a value
 */
export const refusedValueOf = (
  pairs: readonly PairMapping[],
  links: readonly KnownLink[],
  items: readonly Item[],
  name: string,
): RefusedValue | null => {
  const lower = name.toLowerCase();
  const found = items.flatMap((item) => {
    const pair = pairs.find((each) => each.name === item.pair);
    const place = pair === undefined ? null : placeOf(pair, links, item);
    if (place === null) return [];
    const field = place.form.fields.find(
      ({ name: own, fields }) =>
        (item.field === null || own === item.field) &&
        [own, fields.hubspot, fields.salesforce].some((each) => each.toLowerCase() === lower),
    );
    return field === undefined ? [] : [{ item, value: { pair: place.form, field, source: place.source } }];
  });
  // A refusal that names the field says more than one of the whole record.
  const [best] = found.toSorted((a, b) => Number(a.item.field === null) - Number(b.item.field === null));
  if (best === undefined) return null;
  if (isOfValue(best.item)) return best.value;
  const { system, failure, next } = best.item;
  throw new UsageError(
    `${systemLabel[system]} refuses the whole record, and not for a value: ${failure.code}.`,
    next,
  );
};
