import type { RawValue } from './value.ts';

/** One record that another is tied to, as part of a value. */
export interface TiedRecord {
  readonly id: string;
  /** In the system's own words, in its order. */
  readonly labels: readonly string[];
  readonly primary: boolean;
}

/** What separates parts in the text, and what would be taken for it: written as in addresses. */
const special = /[%;=+*]/g;
const escaped = (text: string): string =>
  text.replace(special, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
const plain = (text: string): string =>
  text.replace(/%([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));

const compare = (a: TiedRecord, b: TiedRecord): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/**
 * Ties as one value, so that they are compared, merged, sent and kept like a field: `501=Decision maker*;502`, in the order of the ids; `+`
 * stands between labels, `*` is the primary mark. Nobody is null.
 */
export const formatTies = (records: readonly TiedRecord[]): string | null =>
  records.length === 0
    ? null
    : records
        .toSorted(compare)
        .map(({ id, labels, primary }) => {
          const words = labels.length === 0 ? '' : `=${labels.map(escaped).join('+')}`;
          return `${id}${words}${primary ? '*' : ''}`;
        })
        .join(';');

/** The field of a pair that holds ties (mapping/build-pair.ts), by which the store knows them too. */
export const rolesField = 'contactRoles';

const parseOne = (text: string): TiedRecord => {
  const primary = text.endsWith('*');
  const [id = '', words = ''] = (primary ? text.slice(0, -1) : text).split('=', 2);
  return { id, labels: words === '' ? [] : words.split('+').map(plain), primary };
};

/** The ties of such a text; whatever else it is given is nobody. */
export const parseTies = (raw: RawValue | undefined): readonly TiedRecord[] =>
  typeof raw !== 'string' || raw === '' ? [] : raw.split(';').map(parseOne);

/** Such a text without these records, everybody else as they stood; what names none of them is the same value. */
export const withoutTied = (raw: RawValue, ids: ReadonlySet<string>): RawValue => {
  if (typeof raw !== 'string' || !parseTies(raw).some(({ id }) => ids.has(id))) return raw;
  const others = raw.split(';').filter((text) => !ids.has(parseOne(text).id));
  return others.length === 0 ? null : others.join(';');
};
