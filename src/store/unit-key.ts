import { type RawBuilder, sql } from 'kysely';
import { formatRef, type RecordRef, systems } from '../model/system.ts';

const linkPrefix = 'link:';

/** The unit of a link. */
export const linkUnit = (linkId: string): string => `${linkPrefix}${linkId}`;

/** The unit of a record that has no link. */
export const recordUnit = (ref: RecordRef): string => formatRef(ref);

/** What a unit's key says: a link, or a record without one. */
export type UnitSubject = { readonly linkId: string } | { readonly ref: RecordRef };

/** Takes a unit's key apart. @throws Error for a string that is none, a defect of the caller. */
export const parseUnit = (unit: string): UnitSubject => {
  if (unit.startsWith(linkPrefix)) return { linkId: unit.slice(linkPrefix.length) };
  const colon = unit.indexOf(':');
  const slash = unit.indexOf('/', colon);
  const system = systems.find((name) => name === unit.slice(0, colon));
  if (system === undefined || slash < 0) throw new Error('not the key of a unit: link:ID or SYSTEM:TYPE/ID');
  return { ref: { system, type: unit.slice(colon + 1, slash), id: unit.slice(slash + 1) } };
};

/**
 * The link's id in a column of unit keys, null where the unit is a record: an expression that the primary key of links is looked up by. Written
 * the other way round (`'link:' || id`), every unit would be held against every link.
 */
export const linkIdOfUnit = (column: string): RawBuilder<string | null> =>
  sql.raw(
    `case when starts_with(${column}, '${linkPrefix}') then substr(${column}, ${linkPrefix.length + 1})::uuid end`,
  );
