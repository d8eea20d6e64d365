import type { ObjectDescription } from '../../model/record.ts';
import type { RawValue } from '../../model/value.ts';
import { type OwnField, ownFields } from './own-fields.ts';

/** A field that the company already has, in which Tandem keeps and reads what would stand in one of its own. */
export interface PointedField {
  /** The key of lifecycle.yaml that names it, under `fields`. */
  readonly key: string;
  readonly own: OwnField;
  readonly object: string;
  /** The company's field, by its API name. */
  readonly name: string;
  /** Tandem's word → the company's: the first is written, each is understood. A word that is not here is the same in both. */
  readonly values: ReadonlyMap<string, readonly string[]>;
}

/** By object, as its API calls it. */
export type PointedFields = ReadonlyMap<string, readonly PointedField[]>;

export interface PlacedField {
  readonly own: OwnField;
  readonly object: string;
}

/** The own fields that a key means: `Tandem_Reason__c` on every object that has it, `Opportunity.Tandem_Competitor__c` on one. None: there is no such field. */
export const fieldsOfKey = (key: string): readonly PlacedField[] => {
  const dot = key.indexOf('.');
  const [only, name] = dot === -1 ? [null, key] : [key.slice(0, dot), key.slice(dot + 1)];
  return ownFields
    .filter((own) => own.name === name)
    .flatMap((own) => own.objects.map((object) => ({ own, object })))
    .filter(({ object }) => only === null || object === only);
};

/** What lifecycle.yaml says of a key, in its long form. */
export interface PointedTo {
  readonly field: string;
  readonly values: Readonly<Record<string, readonly string[]>>;
}

/** What the file says, field by field; what is said of one object counts before what is said of all. */
export const pointedFields = (said: Readonly<Record<string, PointedTo>>): PointedFields => {
  const found = new Map<string, PointedField>();
  const wide = Object.entries(said).filter(([key]) => !key.includes('.'));
  const narrow = Object.entries(said).filter(([key]) => key.includes('.'));
  for (const [key, { field, values }] of [...wide, ...narrow]) {
    for (const { own, object } of fieldsOfKey(key)) {
      const pointed = { key, own, object, name: field, values: new Map(Object.entries(values)) };
      found.set(`${object}.${own.name}`, pointed);
    }
  }
  return Map.groupBy(found.values(), ({ object }) => object);
};

export const pointedOn = (pointed: PointedFields, object: string, own: string): PointedField | null =>
  pointed.get(object)?.find((each) => each.own.name === own) ?? null;

/** What a field of Tandem's own is called on an object of this company. */
export const nameOn = (pointed: PointedFields, object: string, own: string): string =>
  pointedOn(pointed, object, own)?.name ?? own;

/** The names that stand for these on any of these objects. */
export const namesOnAny = (
  pointed: PointedFields,
  objects: readonly string[],
  names: readonly string[],
): readonly string[] => [
  ...new Set(names.flatMap((name) => objects.map((object) => nameOn(pointed, object, name)))),
];

/** The words by which a person can say what Tandem's word means. */
export const wordsFor = (pointed: PointedField | null, word: string): readonly string[] =>
  pointed?.values.get(word) ?? [word];

/** A value of the company's field in Tandem's words; one that means nothing to it stays as it is. */
export const understood = ({ own, values }: PointedField, raw: RawValue): RawValue => {
  if (own.type.kind !== 'picklist' || raw === null) return raw;
  const text = String(raw);
  return [...values].find(([, words]) => words.includes(text))?.[0] ?? text;
};

/** A value of Tandem's in the company's words. */
export const inTheirWords = ({ values }: PointedField, raw: RawValue): RawValue =>
  typeof raw === 'string' ? (values.get(raw)?.[0] ?? raw) : raw;

/** A field of the company's as its people see it. */
export interface ShownField {
  readonly label: string;
  /** What can be chosen in it; null: it is no list, or that is not known. */
  readonly choices: readonly string[] | null;
}

/** The company's fields of an object as its people see them, by `Lead.Tandem_Reason__c`. Pure. */
export const shownFieldsOf = (
  pointed: PointedFields,
  object: string,
  { fields }: Pick<ObjectDescription, 'fields'>,
): readonly (readonly [string, ShownField])[] =>
  (pointed.get(object) ?? []).flatMap(({ own, name }) => {
    const found = fields.get(name);
    if (found === undefined) return [];
    const choices = found.choices?.flatMap(({ value, active }) => (active ? [value] : []));
    return [[`${object}.${own.name}`, { label: found.label, choices: choices ?? found.options }] as const];
  });

/** An object as the lifecycle sees it: the company's fields under Tandem's names. Pure. */
export const pointedDescription = <D extends Pick<ObjectDescription, 'fields'>>(
  pointed: PointedFields,
  object: string,
  description: D,
): D => {
  const own = pointed.get(object) ?? [];
  if (own.length === 0) return description;
  const fields = new Map(description.fields);
  for (const each of own) {
    const found = description.fields.get(each.name);
    if (found === undefined) fields.delete(each.own.name);
    else fields.set(each.own.name, { ...found, name: each.own.name });
  }
  return { ...description, fields };
};
